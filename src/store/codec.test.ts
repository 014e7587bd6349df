import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  containing,
  decodeJson,
  encodeJson,
  keyText,
  lowerAscii,
  packIds,
  packJson,
  unpackIds,
  unpackJson,
} from './codec.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 900 });

describe('JSON', () => {
  it('gives back any value, in a column that holds neither NUL nor a lone surrogate', () => {
    fc.assert(
      fc.property(fc.jsonValue(), anyText, (value, text) => {
        const column = encodeJson([value, text]);
        expect(column.isWellFormed() && !column.includes('\0')).toBe(true);
        expect(decodeJson(column)).toEqual(JSON.parse(JSON.stringify([value, text])));
        expect(unpackJson(packJson(text))).toBe(text);
      }),
    );
  });
});

describe('keys', () => {
  it('fit every index, are the same for the same text, and stay as they are when short and clean', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const key = keyText(text);
        expect(Buffer.byteLength(key)).toBeLessThanOrEqual(600);
        expect(key.isWellFormed() && !key.includes('\0')).toBe(true);
        expect(keyText(key)).toBe(key);
        if (text.isWellFormed() && !text.includes('\0') && Buffer.byteLength(text) <= 600) expect(key).toBe(text);
      }),
    );
  });

  it('tell long texts apart', () => {
    const long = 'x'.repeat(5000);
    expect(keyText(`${long}a`)).not.toBe(keyText(`${long}b`));
    expect(keyText(`${long}\0`)).not.toBe(keyText(`${long}\ufffd`));
  });

  it.each([
    ['Abc', 'abc'],
    ['\u00c4\u0130', '\u00c4\u0130'],
  ])('lower %s as both databases do', (text, expected) => {
    expect(lowerAscii(text)).toBe(expected);
  });

  it('keep the signs of a pattern from meaning anything', () => {
    expect(containing('50%_\\A')).toBe('%50\\%\\_\\\\a%');
  });
});

it('packs row numbers, wherever in memory their bytes lie', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(0xffff_ffff)), fc.integer({ min: 0, max: 7 }), (ids, shift) => {
      const packed = packIds(ids);
      const pool = Buffer.alloc(packed.length + 8);
      pool.set(packed, shift);
      expect(unpackIds(pool.subarray(shift, shift + packed.length))).toEqual(ids);
    }),
  );
});
