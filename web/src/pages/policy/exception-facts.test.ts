import { describe, expect, it } from 'vitest';
import { describeState, exceptionFacts } from './exception-facts.ts';

describe('exceptionFacts', () => {
  const spec = { owner: 'shop team', expires: '2026-04-01', reason: 'soon' };

  it('reads who answers for it and until when', () => {
    expect(exceptionFacts({ kind: 'Exception', document: { spec } })).toEqual(spec);
    expect(exceptionFacts({ kind: 'Exception', document: { spec: { ...spec, reason: 1 } } })?.reason).toBe('');
  });

  it.each([
    ['Registry', spec],
    ['Exception', undefined],
    ['Exception', null],
    ['Exception', 'spec'],
    ['Exception', { ...spec, owner: 1 }],
    ['Exception', { owner: 'a' }],
  ])('finds none in a %s whose spec is %j', (kind, other) => {
    expect(exceptionFacts({ kind, document: { spec: other } })).toBeUndefined();
  });
});

describe('describeState', () => {
  it.each([
    ['active', 'active'],
    ['requested', 'does nothing: nobody has approved it'],
    ['void: it was approved by who asked for it', 'does nothing: it was approved by who asked for it'],
    ['something new', 'something new'],
  ])('says of %s: %s', (state, words) => expect(describeState(state)).toBe(words));
});
