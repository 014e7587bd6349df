import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unsharedParts } from './unshared-parts.ts';

const lists = fc.uniqueArray(fc.integer({ min: 0, max: 12 }));

describe('what two lists do not share', () => {
  it('is what one has and the other has not, wherever it stands', () => {
    fc.assert(
      fc.property(lists, lists, (before, after) => {
        expect(unsharedParts(before, after)).toEqual({
          gone: before.filter((part) => !after.includes(part)),
          fresh: after.filter((part) => !before.includes(part)),
        });
      }),
    );
  });

  it('is of what is the same thing, not of what is equal', () => {
    const [a, b] = [{ of: 1 }, { of: 1 }];
    expect(unsharedParts([a], [b])).toEqual({ gone: [a], fresh: [b] });
    expect(unsharedParts([a, b], [b, a])).toEqual({ gone: [], fresh: [] });
  });
});
