import { createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from 'node:zlib';
import { messageOf } from '../../base/index.ts';
import { AdvisoryError } from '../advisory-error.ts';

/** What the first bytes say that a file is. */
export type Packing = 'gzip' | 'zstd' | 'zip' | 'none';

export function packingOf(head: Uint8Array): Packing {
  const [a, b, c, d] = head;
  if (a === 0x1f && b === 0x8b) return 'gzip';
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return 'zstd';
  if (a === 0x50 && b === 0x4b && (c === 0x03 || c === 0x05)) return 'zip';
  return 'none';
}

const mostLayers = 2;
const chunkSize = 256 * 1024;

/**
 * The bytes of a stream after up to two layers of gzip or zstd, told by their content: a packed file that a server
 * packed again. A zip has no place in a stream. Throws AdvisoryError `bad-feed`.
 */
export async function unpack(chunks: AsyncIterable<Uint8Array>, name: string): Promise<Peeked> {
  let peeked = await peek(chunks, 4);
  for (let layer = 0; ; layer++) {
    const packing = packingOf(peeked.head);
    if (packing === 'none') return peeked;
    if (packing === 'zip') throw new AdvisoryError('bad-feed', `${name} is a zip archive within another file`);
    if (layer === mostLayers) throw new AdvisoryError('bad-feed', `${name} is packed more than ${mostLayers} times`);
    peeked = await peek(inflate(peeked.chunks, packing, name), 4);
  }
}

export interface Peeked {
  /** At least as many bytes as asked for, or all. */
  readonly head: Buffer;
  /** Everything, the head included. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** Looks at the beginning of a stream without losing it. */
export async function peek(chunks: AsyncIterable<Uint8Array>, wanted: number): Promise<Peeked> {
  const rest = chunks[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let size = 0;
  while (size < wanted) {
    const next = await rest.next();
    if (next.done) break;
    first.push(next.value);
    size += next.value.byteLength;
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      yield* first;
      for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
    } finally {
      await rest.return?.();
    }
  }
  return { head: Buffer.concat(first), chunks: all() };
}

/**
 * One frame after the other: the zstd decoder of Node 24 stops after the first frame that ends within a chunk and says
 * nothing, so what it left is given to a new one. Of gzip it reads all members itself.
 */
async function* inflate(
  chunks: AsyncIterable<Uint8Array>,
  packing: 'gzip' | 'zstd',
  name: string,
): AsyncGenerator<Uint8Array> {
  const input = chunks[Symbol.asyncIterator]();
  let rest: Uint8Array | undefined = new Uint8Array();
  try {
    while (rest) {
      const decoder = packing === 'gzip' ? createGunzip({ chunkSize }) : createZstdDecompress({ chunkSize });
      const fed = feed(decoder, rest, input);
      // Its failure destroys the decoder, and so comes out below.
      fed.catch(() => undefined);
      try {
        yield* decoder as AsyncIterable<Uint8Array>;
        rest = await fed;
      } finally {
        decoder.destroy();
        await Promise.allSettled([fed]);
      }
      if (packing === 'gzip') return;
    }
  } catch (error) {
    if (!isZlibError(error)) throw error;
    throw new AdvisoryError('bad-feed', `${name} cannot be unpacked: ${messageOf(error)}`, { cause: error });
  } finally {
    await input.return?.();
  }
}

/** Writes the input to a decoder until one of them is through; gives what the decoder left. */
async function feed(
  decoder: Gunzip | ZstdDecompress,
  first: Uint8Array,
  input: AsyncIterator<Uint8Array>,
): Promise<Uint8Array | undefined> {
  let written = 0;
  try {
    for (let chunk: Uint8Array | undefined = first; chunk; ) {
      if (chunk.length > 0) await write(decoder, chunk);
      written += chunk.length;
      const left = written - decoder.bytesWritten;
      if (left > 0) return chunk.subarray(chunk.length - left);
      const next: IteratorResult<Uint8Array> = await input.next();
      chunk = next.done ? undefined : next.value;
    }
    decoder.end();
    return undefined;
  } catch (error) {
    decoder.destroy(error as Error);
    throw error;
  }
}

/** A decoder that failed is closed, and never calls back. */
function write(decoder: Gunzip | ZstdDecompress, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = () => reject(decoder.errored ?? new Error('it was stopped'));
    decoder.once('close', fail);
    decoder.write(chunk, (error) => {
      decoder.off('close', fail);
      if (error) reject(error);
      else resolve();
    });
  });
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(?:Z_|ZSTD_|ERR_)/.test(String(error.code));
}
