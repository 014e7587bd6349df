import { describe, expect, it } from 'vitest';
import { defaultReadLimits } from '../model/index.ts';
import { parseReadLimits } from './parse-read-limits.ts';

describe('limits of readings', () => {
  it('are set by name, sizes with their units, the last one holds', () => {
    const words = ['max-entries=5', 'max-uncompressed-bytes=1.5GiB', 'stall-timeout=1000', 'max-entries=7'];
    expect(parseReadLimits(words)).toEqual({
      maxEntries: 7,
      maxUncompressedBytes: 1.5 * 2 ** 30,
      stallTimeout: 1000,
    });
    expect(parseReadLimits([])).toEqual({});
  });

  it('are all settable', () => {
    for (const name of Object.keys(defaultReadLimits)) {
      const word = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      expect(parseReadLimits([`${word}=3`])).toEqual({ [name]: 3 });
    }
  });

  it.each([
    'max-entries',
    'max-entries=',
    'max-entries=0',
    'max-entries=-1',
    'max-entries=1.5',
    'max-entries=1GiB',
    'max-entries=99999999999',
    'max-wanted-bytes=lots',
    'maxEntries=3',
    'toString=3',
    '__proto__=3',
    '=3',
  ])('are not "%s"', (word) => expect(() => parseReadLimits([word])).toThrow(/limit "/));
});
