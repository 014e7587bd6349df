import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressesOf, equalAddresses, noAddresses, parseAddress, parseCidr, spansOf } from '../../base/index.ts';
import { formatIntervals, isEverything } from './address-elements.ts';

describe('ranges of addresses', () => {
  it.each([
    ['192.0.2.1', ['192.0.2.1']],
    ['192.0.2.0/24', ['192.0.2.0/24']],
    ['0.0.0.0/0', ['0.0.0.0/0']],
    ['2001:db8::/32', ['2001:db8::/32']],
    ['2001:db8::1', ['2001:db8::1']],
  ])('%s', (text, intervals) => {
    const set = parseCidr(text) ?? noAddresses;
    expect([...formatIntervals(set, 4), ...formatIntervals(set, 6)]).toEqual(intervals);
  });

  it('that are no block are the first and the last', () => {
    const set = addressesOf(['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((text) => parseCidr(text) ?? noAddresses));
    expect(formatIntervals(set, 4)).toEqual(['192.0.2.1-192.0.2.3']);
  });

  it('are the set that they were made of', () => {
    const span = fc
      .tuple(fc.nat(2 ** 32 - 2), fc.nat(1000))
      .map(([from, size]) => ({ from, end: Math.min(from + size + 1, 2 ** 32) }));
    fc.assert(
      fc.property(fc.array(span), (spans) => {
        const set = { v4: spansOf(spans), v6: [] };
        const read = formatIntervals(set, 4).map((text) => {
          const [first = '', last] = text.split('-');
          if (last === undefined) return parseCidr(first) ?? noAddresses;
          const [from, to] = [parseAddress(first), parseAddress(last)];
          if (from?.family !== 4 || to?.family !== 4) return noAddresses;
          return { v4: [{ from: from.value, end: to.value + 1 }], v6: [] };
        });
        expect(equalAddresses(addressesOf(read), set)).toBe(true);
      }),
    );
  });

  it('may be everything, of one version', () => {
    const all = parseCidr('0.0.0.0/0') ?? noAddresses;
    expect([isEverything(all, 4), isEverything(all, 6), isEverything(noAddresses, 4)]).toEqual([true, false, false]);
  });
});
