import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressesOf,
  allAddresses,
  equalAddresses,
  formatAddress,
  formatCidrs,
  formatRanges,
  hasNoAddress,
  includesAddress,
  parseAddress,
  parseCidr,
  subtractAddresses,
} from './address-set.ts';

const block = (text: string) => {
  const set = parseCidr(text);
  if (set === undefined) throw new Error(`${text} is no block`);
  return set;
};

describe('parseAddress', () => {
  it.each([
    ['0.0.0.0', 0],
    ['10.0.0.1', 0x0a00_0001],
    ['255.255.255.255', 2 ** 32 - 1],
    ['::1', 1n],
    ['fd00::', 0xfdn << 120n],
  ])('reads %s', (text, value) => {
    expect(parseAddress(text)?.value).toBe(value);
  });

  it.each([
    '',
    '10.0.0',
    '10.0.0.256',
    '010.0.0.1',
    '0x0a.0.0.1',
    '10.0.0.1 ',
    '1',
    '::ffff:10.0.0.1',
    'fe80::1%eth0',
    ':::',
    '1.2.3.4.5',
  ])('refuses %j', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  it('reads what it has written', () => {
    fc.assert(
      fc.property(fc.ipV4(), (text) => {
        const address = parseAddress(text);
        expect(address && formatAddress(address)).toBe(text);
      }),
    );
    fc.assert(
      fc.property(fc.bigInt(2n ** 40n * 0xffffn, 2n ** 128n - 1n), (value) => {
        expect(parseAddress(formatAddress({ family: 6, value }))).toEqual({ family: 6, value });
      }),
    );
  });
});

describe('parseCidr', () => {
  it.each(['10.0.0.1/8', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/08', '10.0.0.0/8/8', 'fd00::1/8', '/8', 'a/8'])(
    'refuses %j',
    (text) => {
      expect(parseCidr(text)).toBeUndefined();
    },
  );

  it('takes an address alone for itself', () => {
    expect(formatRanges(block('10.0.0.1'))).toEqual(['10.0.0.1']);
    expect(formatCidrs(block('fd00::1'))).toEqual(['fd00::1/128']);
  });

  it('takes /0 for all of its version', () => {
    expect(equalAddresses(addressesOf([block('0.0.0.0/0'), block('::/0')]), allAddresses)).toBe(true);
  });
});

describe('sets of addresses', () => {
  it('are told as ranges and as the fewest blocks', () => {
    const rest = subtractAddresses(block('10.0.0.0/29'), block('10.0.0.2/32'));
    expect(formatRanges(rest)).toEqual(['10.0.0.0-10.0.0.1', '10.0.0.3-10.0.0.7']);
    expect(formatCidrs(rest)).toEqual(['10.0.0.0/31', '10.0.0.3/32', '10.0.0.4/30']);
    expect(formatCidrs(allAddresses)).toEqual(['0.0.0.0/0', '::/0']);
  });

  it('are what their blocks are', () => {
    const span = fc
      .tuple(fc.nat(2 ** 32 - 1), fc.nat(2 ** 20))
      .map(([from, size]) => ({ from, end: Math.min(from + size, 2 ** 32) }));
    fc.assert(
      fc.property(fc.array(span, { maxLength: 4 }), (v4) => {
        const set = addressesOf([{ v4, v6: [] }]);
        expect(addressesOf(formatCidrs(set).map(block))).toEqual(set);
      }),
    );
  });

  it('hold the addresses of both versions apart', () => {
    const address = parseAddress('::a00:1');
    expect(address && includesAddress(block('10.0.0.1'), address)).toBe(false);
    expect(hasNoAddress(subtractAddresses(block('10.0.0.0/8'), block('::/0')))).toBe(false);
  });
});
