import { describe, expect, it } from 'vitest';
import { LaunchError } from '../launch-error.ts';
import { expandReferences } from './expand-references.ts';
import { freshBudget } from './pod-reading.ts';

const values = new Map([
  ['A', 'a'],
  ['B', '$(A)'],
  ['', 'empty'],
]);

describe('expandReferences', () => {
  it.each([
    ['plain', 'plain'],
    ['$(A)', 'a'],
    ['x$(A)y$(A)', 'xaya'],
    ['$$(A)', '$(A)'],
    ['$$$(A)', '$a'],
    ['$(B)', '$(A)'],
    ['$(NONE)', '$(NONE)'],
    ['$A', '$A'],
    ['$(A', '$(A'],
    ['$(A $(A)', '$(A $(A)'],
    ['$( $$x', '$( $x'],
    ['a$', 'a$'],
    ['$()', 'empty'],
    ['$(__proto__)', '$(__proto__)'],
  ])('%s → %s', (text, expected) => expect(expandReferences(text, values, freshBudget(), 'p')).toBe(expected));

  it('stops where what is put in becomes too large', () => {
    const budget = { ...freshBudget(), expanded: 10 };
    const long = new Map([['A', 'x'.repeat(6)]]);
    expect(() => expandReferences('$(A)$(A)', long, budget, 'env[0].value')).toThrow(LaunchError);
  });

  it('goes through many openings once', () => {
    const text = '$('.repeat(200_000);
    expect(expandReferences(text, values, freshBudget(), 'p')).toBe(text);
  });
});
