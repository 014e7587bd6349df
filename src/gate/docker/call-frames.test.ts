import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createFrameReader, encodeFrame } from './call-frames.ts';

const frame = fc.record({ number: fc.nat(0xffffffff), bytes: fc.uint8Array({ maxLength: 40 }) });

it('reads the frames that were written, in whatever pieces they come', () => {
  fc.assert(
    fc.property(fc.array(frame), fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (frames, sizes) => {
      const stream = Buffer.concat(frames.map(encodeFrame));
      const read = createFrameReader(40);
      const found: unknown[] = [];
      for (let at = 0, turn = 0; at < stream.length; turn++) {
        const size = sizes[turn % sizes.length] ?? 1;
        found.push(...read(stream.subarray(at, at + size)).map(({ number, bytes }) => [number, [...bytes]]));
        at += size;
      }
      expect(found).toEqual(frames.map(({ number, bytes }) => [number, [...bytes]]));
    }),
  );
});

it('stops at a frame that says it is too long, before it is there', () => {
  const head = encodeFrame({ number: 1, bytes: Buffer.alloc(41) }).subarray(0, 8);
  expect(createFrameReader(41)(head)).toEqual([]);
  expect(() => createFrameReader(40)(head)).toThrow('a frame is longer than 40 bytes');
});
