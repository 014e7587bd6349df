import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AddressSet, hasNoAddress, includesAddress, spansOf } from '../../base/index.ts';
import { partAddresses } from './part-addresses.ts';

const spans = fc
  .array(fc.tuple(fc.nat(20), fc.nat(8)), { maxLength: 3 })
  .map((list) => spansOf(list.map(([from, size]) => ({ from, end: from + size }))));
const sets: fc.Arbitrary<AddressSet> = fc.tuple(spans, spans).map(([v4, v6]) => ({
  v4,
  v6: v6.map(({ from, end }) => ({ from: BigInt(from), end: BigInt(end) })),
}));

describe('partAddresses', () => {
  it('puts each address into the one part of all sets that have it', () => {
    fc.assert(
      fc.property(fc.array(sets, { maxLength: 5 }), (given) => {
        const parts = partAddresses(given);
        for (let value = 0; value < 30; value += 1)
          for (const address of [
            { family: 4, value },
            { family: 6, value: BigInt(value) },
          ] as const) {
            const inSets = given.flatMap((set, index) => (includesAddress(set, address) ? [index] : []));
            const found = parts.filter(({ addresses }) => includesAddress(addresses, address));
            expect(found.map((part) => part.sets)).toEqual(inSets.length === 0 ? [] : [inSets]);
          }
        for (const { addresses } of parts) {
          expect(hasNoAddress(addresses)).toBe(false);
          expect(addresses).toEqual({ v4: spansOf(addresses.v4), v6: spansOf(addresses.v6) });
        }
      }),
    );
  });
});
