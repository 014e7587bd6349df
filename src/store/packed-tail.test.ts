import { zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { longestBeforeTail, packBefore, packTail } from './packed-tail.ts';

const unpacked = (start: string, tail: string) => zstdDecompressSync(packBefore(start, packTail(tail))).toString();

it('unpacks to both', () => {
  // Repeated, since what is compressed copies from before.
  const text = fc.tuple(fc.string({ unit: 'grapheme' }), fc.nat(400)).map(([each, times]) => each.repeat(times));
  fc.assert(
    fc.property(fc.string({ maxLength: 1000 }), text, (start, tail) => {
      expect(unpacked(start, tail)).toBe(start + tail);
    }),
  );
});

it.each([
  ['', ''],
  ['a', ''],
  ['', 'a'],
  ['x'.repeat(longestBeforeTail), 'y'],
  ['same same same', 'same same same'.repeat(3)],
  // More than one block, of which some may be one byte again and again.
  ['start', 'z'.repeat(400_000)],
  ['start', Array.from({ length: 60_000 }, (_, index) => `${(index * 7919) % 65_536}`).join()],
])('of %#', (start, tail) => expect(unpacked(start, tail) === start + tail).toBe(true));

it('puts nothing long before a tail', () => {
  expect(() => packBefore('ä'.repeat(longestBeforeTail), packTail(''))).toThrow(RangeError);
});
