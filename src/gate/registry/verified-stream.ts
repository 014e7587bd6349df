import { createHash } from 'node:crypto';
import { type Digest, digestAlgorithm } from '../../base/index.ts';

/** The bytes are not those that the digest names: what was sent of them is not whole, and must not look so. */
export class UnverifiedError extends Error {}

/** Which bytes of the whole are asked for, both included (RFC 9110, 14.1.2). */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Passes content on while it verifies it. The last chunk is held back until the whole has the size and the digest that it
 * must have: whoever reads gets all of it and it is right, or gets too few bytes and an error. Of a range the rest is read
 * as well, for without it nothing can be said of the part. Throws UnverifiedError.
 */
export async function* verifiedStream(
  source: AsyncIterable<Uint8Array>,
  { digest, size, range }: { readonly digest: Digest; readonly size: number; readonly range?: ByteRange },
): AsyncIterable<Uint8Array> {
  const algorithm = digestAlgorithm(digest);
  const hash = createHash(algorithm);
  const { first, last } = range ?? { first: 0, last: size - 1 };
  let at = 0;
  let held: Uint8Array | undefined;
  for await (const chunk of source) {
    hash.update(chunk);
    const end = at + chunk.byteLength;
    if (end > size) throw new UnverifiedError(`more than the ${size} bytes of ${digest} came`);
    const wanted = chunk.subarray(Math.max(0, first - at), Math.max(0, Math.min(chunk.byteLength, last + 1 - at)));
    at = end;
    if (wanted.byteLength === 0) continue;
    if (held) yield held;
    held = wanted;
  }
  if (at !== size) throw new UnverifiedError(`${at} of the ${size} bytes of ${digest} came`);
  const found = `${algorithm}:${hash.digest('hex')}`;
  if (found !== digest) throw new UnverifiedError(`what came as ${digest} has the digest ${found}`);
  if (held) yield held;
}

/** A Range header with one range of bytes; undefined where the whole is to be sent, `unsatisfiable` where none of it is there. */
export function parseRange(header: string | undefined, size: number): ByteRange | 'unsatisfiable' | undefined {
  const [, from = '', to = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (from === '' && to === '') return undefined;
  if (from === '') {
    const length = Math.min(Number(to), size);
    return length === 0 ? 'unsatisfiable' : { first: size - length, last: size - 1 };
  }
  const first = Number(from);
  const last = to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (first >= size) return 'unsatisfiable';
  return first > last ? undefined : { first, last };
}
