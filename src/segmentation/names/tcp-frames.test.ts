import { expect, it } from 'vitest';
import { createFrameReader, frameOf } from './tcp-frames.ts';

const message = Uint8Array.of(1, 2, 3);

it('gives messages once they are whole, however they come', () => {
  const reader = createFrameReader();
  const bytes = Buffer.concat([frameOf(message), frameOf(message)]);
  const got = [...bytes].flatMap((byte) => reader.take(Uint8Array.of(byte)));
  expect(got).toEqual([message, message]);
  expect(createFrameReader().take(bytes)).toEqual([message, message]);
});

it('ends with what is too long', () => {
  const reader = createFrameReader(2);
  expect(reader.take(frameOf(message))).toEqual([undefined]);
  expect(reader.take(frameOf(Uint8Array.of(1)))).toEqual([]);
});
