import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressesOf, equalAddresses, formatCidrs, parseCidr } from '../base/index.ts';
import { addressLinesLimits, parseAddressLines } from './address-lines.ts';
import { PolicyError } from './policy-error.ts';

describe('a list of addresses', () => {
  it.each([
    ['nothing', '', []],
    ['comments', '# a\n; b\n\n   \n', []],
    [
      'what Spamhaus writes',
      '; Spamhaus DROP List 2026/01/01\n192.0.2.0/24 ; SBL1\n198.51.100.0/25 ; SBL2\n',
      ['192.0.2.0/24', '198.51.100.0/25'],
    ],
    ['what FireHOL writes', '#\n# firehol_level1\n#\n192.0.2.0/24\n203.0.113.9\n', ['192.0.2.0/24', '203.0.113.9/32']],
    ['both versions', '2001:db8::/32\n192.0.2.1\n', ['192.0.2.1/32', '2001:db8::/32']],
    ['blocks that overlap', '192.0.2.0/25\n192.0.2.128/25\n192.0.2.0/24\n', ['192.0.2.0/24']],
    ['lines of Windows, and none at the end', '\ufeff192.0.2.1\r\n192.0.2.3', ['192.0.2.1/32', '192.0.2.3/32']],
  ])('of %s', (_, text, blocks) => {
    const { addresses, rejected, rejectedLines } = parseAddressLines(text);
    expect({ blocks: formatCidrs(addresses), rejected, rejectedLines }).toEqual({
      blocks,
      rejected: [],
      rejectedLines: 0,
    });
  });

  it('tells which lines are none, and why, and takes the others', () => {
    const { addresses, rejected } = parseAddressLines(
      '192.0.2.1\nevil.example\n192.0.2.1/24\n192.0.2.0-192.0.2.9\n192.0.2.3',
    );
    expect(formatCidrs(addresses)).toEqual(['192.0.2.1/32', '192.0.2.3/32']);
    expect(rejected).toEqual([
      { line: 2, why: 'begins with no address' },
      { line: 3, why: 'has bits beyond its prefix: it could mean the block or the address' },
      { line: 4, why: 'begins with no address' },
    ]);
  });

  it('tells some of many, and how many they are', () => {
    const { rejected, rejectedLines } = parseAddressLines('x\n'.repeat(5000));
    expect(rejected).toHaveLength(addressLinesLimits.rejected);
    expect(rejectedLines).toBe(5000);
  });

  it.each([
    [
      'many lines',
      '\n'.repeat(addressLinesLimits.lines + 1),
      'list.txt:1000001:1: the list has more than 1000000 lines',
    ],
    ['many characters', ' '.repeat(addressLinesLimits.characters + 1), 'list.txt:1:1: the list has more than'],
  ])('is not taken in part: of %s', (_, text, message) => {
    expect(() => parseAddressLines(text, 'list.txt')).toThrow(PolicyError);
    expect(() => parseAddressLines(text, 'list.txt')).toThrow(message);
  });

  it('does not take a long line for its beginning', () => {
    const { addresses, rejectedLines } = parseAddressLines(`192.0.2.0/24${' '.repeat(5000)}x\n`);
    expect({ blocks: formatCidrs(addresses), rejectedLines }).toEqual({ blocks: [], rejectedLines: 1 });
  });

  it('is the union of its lines', () => {
    const block = fc.tuple(fc.nat(255), fc.integer({ min: 8, max: 32 })).map(([part, bits]) => `${part}.0.0.0/${bits}`);
    fc.assert(
      fc.property(fc.array(block), fc.constantFrom('\n', '\r\n', ' # x\n', '\n\n; y\n'), (blocks, between) => {
        const { addresses } = parseAddressLines(blocks.join(between));
        expect(equalAddresses(addresses, addressesOf(blocks.flatMap((text) => parseCidr(text) ?? [])))).toBe(true);
      }),
    );
  });
});
