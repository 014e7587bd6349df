import { describe, expect, it } from 'vitest';
import { derBits, derBoolean, derNumber, derOid, derTag, readDer, readDerValues } from './der.ts';

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');

describe('DER', () => {
  it.each([
    ['nothing', ''],
    ['a tag alone', '30'],
    ['less than its length says', '3002 00'],
    ['more than its length says', '3000 00'],
    ['an indefinite length', '3080 0000'],
    ['a length in a longer form', '308101 00'],
    ['a length with a zero before it', '30820080'],
    ['a length beyond all', '3084ffffffff'],
    ['a length of five octets', '30850000000001 00'],
    ['a tag of several octets', '3f8101 00'],
  ])('with %s is refused', (_what, hex) => expect(readDer(bytes(hex), derTag.sequence)).toBeUndefined());

  it('has a bound on how many values stand side by side', () => {
    expect(readDerValues(Buffer.alloc(512))).toHaveLength(256);
    expect(readDerValues(Buffer.alloc(514))).toBeUndefined();
  });

  it.each([
    ['06 03 2a86c8', undefined],
    ['06 03 550406', '2.5.4.6'],
    ['06 06 2a864886f70d', '1.2.840.113549'],
    ['06 03 883703', '2.999.3'],
    ['06 02 8001', undefined],
    ['06 00', undefined],
    ['06 09 2b8fffffffffffff7f', '1.3.9007199254740991'],
  ])('%s is the object identifier %s', (hex, expected) => {
    expect(derOid(readDer(bytes(hex), derTag.oid))).toBe(expected);
  });

  it.each([
    ['02 01 00', 0],
    ['02 01 7f', 127],
    ['02 02 0080', 128],
    ['02 02 007f', undefined],
    ['02 01 80', undefined],
    ['02 07 01000000000000', undefined],
    ['02 00', undefined],
  ])('%s is the number %s', (hex, expected) => {
    expect(derNumber(readDer(bytes(hex), derTag.integer))).toBe(expected);
  });

  it.each([
    ['03 02 0780', [0]],
    ['03 03 070080', [8]],
    ['03 01 00', []],
    ['03 02 0881', undefined],
    ['03 02 0781', undefined],
    ['03 01 01', undefined],
    ['03 00', undefined],
  ])('%s has the bits %s', (hex, expected) => {
    const bits = derBits(readDer(bytes(hex), derTag.bitString));
    expect(bits && [...bits]).toEqual(expected);
  });

  it('has two ways to say yes or no', () => {
    expect(
      ['0101ff', '010100', '010101', '0100'].map((hex) => derBoolean(readDer(bytes(hex), derTag.boolean))),
    ).toEqual([true, false, undefined, undefined]);
  });
});
