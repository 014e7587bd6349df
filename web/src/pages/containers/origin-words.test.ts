import { describe, expect, it } from 'vitest';
import { nameOf, originFilterOf, originFilters } from './origin-words.ts';

describe('originFilterOf', () => {
  it('takes every origin that may be asked for, and nothing else', () => {
    expect(originFilters).toEqual(['ad-hoc', 'never-certified', 'was-certified', 'tag-moved', 'certified']);
    for (const each of originFilters) expect(originFilterOf(each)).toBe(each);
    for (const other of ['', 'adhoc', 'toString', '__proto__', undefined, 1]) {
      expect(originFilterOf(other)).toBeUndefined();
    }
  });

  it('names each in words of its own', () => {
    expect(new Set(Object.values(nameOf)).size).toBe(originFilters.length);
  });
});
