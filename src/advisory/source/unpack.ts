import { Readable, type Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
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

async function* inflate(
  chunks: AsyncIterable<Uint8Array>,
  packing: 'gzip' | 'zstd',
  name: string,
): AsyncGenerator<Uint8Array> {
  const chunkSize = 256 * 1024;
  const transform: Transform = packing === 'gzip' ? createGunzip({ chunkSize }) : createZstdDecompress({ chunkSize });
  const source = Readable.from(chunks, { objectMode: false });
  source.on('error', (error) => transform.destroy(error));
  source.pipe(transform);
  try {
    yield* transform as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (error instanceof AdvisoryError) throw error;
    throw new AdvisoryError('bad-feed', `${name} cannot be unpacked: ${messageOf(error)}`, { cause: error });
  } finally {
    source.destroy();
    transform.destroy();
  }
}
