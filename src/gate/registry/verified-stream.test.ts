import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Digest } from '../../base/index.ts';
import { parseRange, UnverifiedError, verifiedStream } from './verified-stream.ts';

const digestOf = (bytes: Uint8Array): Digest => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

async function* pieces(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** What a client would get, and whether it would look whole to it. */
async function read(stream: AsyncIterable<Uint8Array>): Promise<{ bytes: Buffer; error?: unknown }> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of stream) chunks.push(chunk);
    return { bytes: Buffer.concat(chunks) };
  } catch (error) {
    return { bytes: Buffer.concat(chunks), error };
  }
}

describe('verifiedStream', () => {
  it('gives what is asked for, however it comes in pieces', () =>
    fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 300 }),
        fc.integer({ min: 1, max: 80 }),
        fc.nat(400),
        fc.nat(400),
        async (bytes, size, a, b) => {
          const first = Math.min(a, b) % bytes.length;
          const last = Math.max(first, Math.max(a, b) % bytes.length);
          const whole = await read(
            verifiedStream(pieces(bytes, size), { digest: digestOf(bytes), size: bytes.length }),
          );
          expect(whole).toEqual({ bytes: Buffer.from(bytes) });
          const range = await read(
            verifiedStream(pieces(bytes, size), {
              digest: digestOf(bytes),
              size: bytes.length,
              range: { first, last },
            }),
          );
          expect(range).toEqual({ bytes: Buffer.from(bytes.subarray(first, last + 1)) });
        },
      ),
    ));

  it('never gives all of what is wrong, whichever byte it is', () =>
    fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        fc.integer({ min: 1, max: 80 }),
        fc.nat(199),
        async (bytes, size, at) => {
          const wrong = Uint8Array.from(bytes);
          wrong[at % bytes.length] = (wrong[at % bytes.length] as number) ^ 1;
          const { bytes: got, error } = await read(
            verifiedStream(pieces(wrong, size), { digest: digestOf(bytes), size: bytes.length }),
          );
          expect(error).toBeInstanceOf(UnverifiedError);
          expect(got.length).toBeLessThan(bytes.length);
        },
      ),
    ));

  it.each([
    ['too few bytes', 9],
    ['too many bytes', 11],
  ])('refuses %s', async (_name, length) => {
    const bytes = Buffer.alloc(length, 1);
    const { error } = await read(verifiedStream(pieces(bytes, 4), { digest: digestOf(bytes), size: 10 }));
    expect(error).toBeInstanceOf(UnverifiedError);
  });
});

describe('parseRange', () => {
  it.each([
    ['bytes=0-4', { first: 0, last: 4 }],
    ['bytes=3-', { first: 3, last: 9 }],
    ['bytes=-3', { first: 7, last: 9 }],
    ['bytes=-30', { first: 0, last: 9 }],
    ['bytes=0-99', { first: 0, last: 9 }],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=5-4', undefined],
    ['bytes=0-1,3-4', undefined],
    ['lines=0-1', undefined],
    ['bytes=-', undefined],
    ['bytes=0x1-', undefined],
    ['bytes=99999999999999999999-', undefined],
    [undefined, undefined],
  ])('%s of ten bytes', (header, range) => expect(parseRange(header, 10)).toEqual(range));
});
