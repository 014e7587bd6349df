import { describe, expect, it } from 'vitest';
import { ByteArena } from './layer-table.ts';

describe('the bytes of many files', () => {
  it.each([
    ['an empty one first', [0, 5, 0]],
    ['small ones', [3, 4, 5]],
    ['a large one first', [2 ** 20, 0, 7]],
    ['more than a block holds', Array.from({ length: 9 }, () => 2 ** 18)],
  ])('lie each in a place of its own: %s', (_what, sizes) => {
    const arena = new ByteArena();
    const rooms = sizes.map((size, at) => {
      const { block, offset, bytes } = arena.allocate(size);
      bytes.fill(at + 1);
      return { block, offset, size };
    });
    const blocks = arena.finish();
    rooms.forEach(({ block, offset, size }, at) => {
      const bytes = (blocks[block] as Uint8Array).subarray(offset, offset + size);
      expect([bytes.length, bytes.every((byte) => byte === at + 1)]).toEqual([size, true]);
    });
  });
});
