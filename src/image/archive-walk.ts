import { archiveName } from './archive-index.ts';
import { createDecoder, magicBytes, recognizeCompression } from './decompress.ts';
import { ImageError } from './image-error.ts';
import { TarFormatError, type TarHeader, tarType } from './tar-header.ts';
import { type TarSink, TarWalker } from './tar-walker.ts';

/** What comes by in an archive. `member` counts all entries, so that one can be found again in a second reading. */
export type ArchiveEvent =
  | { readonly type: 'link'; readonly name: string; readonly header: TarHeader }
  | { readonly type: 'file'; readonly name: string; readonly size: number; readonly member: number }
  | { readonly type: 'data'; readonly bytes: Buffer }
  | { readonly type: 'end' };

/**
 * Walks an archive as it streams, gzip and zstd undone; a `data` event follows its `file`, `end` follows the last of
 * them. Throws ImageError `unreadable` where it is no whole archive, `limit-exceeded` for more than `limit` bytes.
 */
export async function* walkArchive(
  stream: AsyncIterable<Uint8Array>,
  name: string,
  limit: number,
): AsyncGenerator<ArchiveEvent> {
  const sink = new ArchiveEvents();
  const walker = new TarWalker(sink);
  let total = 0;
  try {
    for await (const bytes of decompress(stream, name)) {
      total += bytes.length;
      if (total > limit) throw new ImageError('limit-exceeded', `${name} has more than ${limit} bytes uncompressed`);
      walker.push(bytes);
      yield* sink.take();
    }
    walker.end();
    yield* sink.take();
  } catch (error) {
    if (error instanceof TarFormatError)
      throw new ImageError('unreadable', `${name} is not a whole tar archive: ${error.message}`, { cause: error });
    throw error;
  }
}

class ArchiveEvents implements TarSink {
  #events: ArchiveEvent[] = [];
  #members = 0;

  take(): ArchiveEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  entry(header: TarHeader): boolean {
    const member = this.#members++;
    const name = archiveName(header.name);
    if (name === undefined) return false;
    if (header.type === tarType.symlink || header.type === tarType.hardLink)
      this.#events.push({ type: 'link', name, header: { ...header } });
    if (header.type !== tarType.file || header.sparse) return false;
    this.#events.push({ type: 'file', name, size: header.size, member });
    return true;
  }

  data(bytes: Buffer, start: number, end: number): boolean {
    this.#events.push({ type: 'data', bytes: bytes.subarray(start, end) });
    return true;
  }

  dataEnd(): void {
    this.#events.push({ type: 'end' });
  }
}

async function* decompress(stream: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Buffer> {
  const source = stream[Symbol.asyncIterator]();
  try {
    let head = Buffer.alloc(0);
    while (head.length < magicBytes) {
      const next = await source.next();
      if (next.done) break;
      head = Buffer.concat([head, next.value]);
    }
    const compression = recognizeCompression(head);
    if (compression === 'bzip2' || compression === 'xz')
      throw new ImageError('unsupported-media-type', `${name} is compressed with ${compression}`, {
        remedy: 'Decompress it first.',
      });
    if (compression === 'plain') {
      yield head;
      yield* buffers(source);
      return;
    }
    const decoder = createDecoder(compression);
    const fed = feed(decoder, head, source);
    try {
      yield* decoder;
      await fed;
    } catch (error) {
      if (error instanceof ImageError || !isDecoderError(error)) throw error;
      throw new ImageError('unreadable', `${name} cannot be decompressed: ${(error as Error).message}`, {
        cause: error,
      });
    } finally {
      decoder.destroy();
    }
  } finally {
    await source.return?.();
  }
}

function isDecoderError(error: unknown): boolean {
  return /^(?:Z|ZSTD)_/.test(String((error as NodeJS.ErrnoException).code));
}

async function* buffers(source: AsyncIterator<Uint8Array>): AsyncGenerator<Buffer> {
  for (let next = await source.next(); !next.done; next = await source.next())
    yield Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
}

/** Never rejects: a failure of the source is the decoder's, where the reader meets it. */
async function feed(
  decoder: ReturnType<typeof createDecoder>,
  head: Buffer,
  source: AsyncIterator<Uint8Array>,
): Promise<void> {
  try {
    await write(decoder, head);
    for await (const bytes of buffers(source)) if (!(await write(decoder, bytes))) return;
    decoder.end();
  } catch (error) {
    decoder.destroy(error as Error);
  }
}

/** Resolves when the decoder has taken the bytes; false where it has been closed. */
function write(decoder: ReturnType<typeof createDecoder>, bytes: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    const closed = () => resolve(false);
    decoder.once('close', closed);
    decoder.write(bytes, (error) => {
      decoder.off('close', closed);
      resolve(!error);
    });
  });
}
