import { closeSync, constants, createReadStream, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { asNumber, asObject, asString, BoundError, type Digest, messageOf, parseJson } from '../base/index.ts';
import { pieceBytes } from './decompress.ts';
import { type Keep, LayerBoundError, LayerCollector } from './layer-collector.ts';
import { parentOf } from './layer-path.ts';
import type { ReadBudget } from './read-budget.ts';
import type { LayerClaims, ScannedLayer } from './scan-layer.ts';
import { TarFormatError } from './tar-header.ts';
import { TarWalker } from './tar-walker.ts';

/**
 * A layer as engines keep it unpacked: `split` holds all of its tar stream but the files (tar-split: gzip, a JSON object a
 * line), `directory` the files.
 */
export interface SplitLayer {
  readonly split: string;
  /** Absolute, without links in it. */
  readonly directory: string;
  /** Bytes of the files, as the engine says. */
  readonly length: number;
}

/** A piece of a tar stream: bytes as they are, or a file of that size, whose bytes lie elsewhere. */
export type SplitPiece = { readonly bytes: Buffer } | { readonly fileBytes: number };

const longestLine = 16 * 2 ** 20;

/**
 * One line of tar-split's metadata (github.com/vbatts/tar-split, tar/storage: Entry; type 1 is a file, 2 a segment).
 * Throws BoundError for what is none.
 */
export function parseSplitLine(line: string, what: string): SplitPiece {
  const entry = asObject(parseJson(line, what));
  const size = asNumber(entry?.size) ?? 0;
  const payload = asString(entry?.payload) ?? '';
  if (entry?.type === 2) return { bytes: Buffer.from(payload, 'base64') };
  if (entry?.type === 1 && Number.isSafeInteger(size) && size >= 0) return { fileBytes: size };
  throw new BoundError('bad-json', `${what} has a line that is neither a file nor a segment`);
}

/**
 * Walks the layer as if its tar stream went by, and opens only those files whose bytes somebody asks for. Nothing is
 * hashed: the engine verified the layer when it unpacked it, and its storage is trusted as the engine is. Files are read
 * synchronously, so this is for a thread that nobody waits for. Never throws for what the bytes are; rejects with the signal's
 * reason alone. Where the storage is not what it should be there is no table and the problem `image/unreadable-storage`.
 */
export async function scanSplitLayer(
  layer: SplitLayer,
  claims: LayerClaims,
  keep: Keep,
  budget: ReadBudget,
  signal: AbortSignal,
): Promise<ScannedLayer> {
  const scan = new SplitScan(layer.directory, keep, budget);
  const result = () => ({
    ...(claims.digest === undefined ? {} : { digest: claims.digest }),
    diffId: claims.diffId as Digest,
    size: scan.size,
    uncompressedSize: scan.size,
    compression: 'plain' as const,
  });
  try {
    for await (const line of splitLines(layer.split)) {
      signal.throwIfAborted();
      scan.take(parseSplitLine(line, layer.split));
      await scan.collector.untilRoom(signal);
    }
    scan.walker.end();
    await scan.collector.untilAnswered(signal);
  } catch (error) {
    signal.throwIfAborted();
    const isBound = error instanceof LayerBoundError;
    const why = isBound ? 'goes over a limit' : "cannot be read in the engine's storage";
    const code = isBound ? 'image/limit-exceeded' : 'image/unreadable-storage';
    return { ...result(), problems: [{ code, message: `the layer ${why}: ${messageOf(error)}` }] };
  } finally {
    scan.collector.abandonFile();
  }
  signal.throwIfAborted();
  const table = scan.collector.finish();
  return { ...result(), table, problems: table.problems };
}

class SplitScan {
  readonly collector: LayerCollector;
  readonly walker: TarWalker;
  readonly #directory: string;
  readonly #budget: ReadBudget;
  /** Directories of the layer that are where they seem to be. */
  readonly #real = new Set<string>();
  readonly #buffer = Buffer.allocUnsafeSlow(pieceBytes);
  /** Of the tar stream so far. */
  size = 0;

  constructor(directory: string, keep: Keep, budget: ReadBudget) {
    this.#directory = directory;
    this.#budget = budget;
    this.collector = new LayerCollector(keep, budget);
    this.walker = new TarWalker(this.collector);
  }

  take(piece: SplitPiece): void {
    const length = 'bytes' in piece ? piece.bytes.length : piece.fileBytes;
    this.size += length;
    this.#budget.addProgress(length);
    if (!this.#budget.takeUncompressed(length))
      throw new LayerBoundError(`more than ${this.#budget.limits.maxUncompressedBytes} bytes in all layers together`);
    if ('bytes' in piece) this.walker.push(piece.bytes);
    else if (length > 0) this.#takeFile(length);
  }

  #takeFile(length: number): void {
    if (this.walker.dataToCome !== length) throw new TarFormatError('a file has not the size that its header says');
    if (this.walker.wantsData) this.#showFile(this.collector.currentPath, length);
    this.walker.passOver();
  }

  /** Follows no link: layers are written by whoever made the image. Only root changes them later. */
  #open(path: string): number {
    const parent = this.#directory + parentOf(path);
    if (parent !== `${this.#directory}/` && !this.#real.has(parent)) {
      const found = realpathSync(parent);
      if (found !== parent) throw new Error(`a link leads to ${found}`);
      this.#real.add(parent);
    }
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = constants;
    return openSync(this.#directory + path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  }

  /** A file that is not what the layer brought is a problem of its own: the rest of the layer is still there. */
  #showFile(path: string, length: number): void {
    let shown = 0;
    try {
      const fd = this.#open(path);
      try {
        const stat = fstatSync(fd);
        if (!stat.isFile()) throw new Error('it is no regular file');
        if (stat.size !== length) throw new Error(`it has ${stat.size} bytes, not ${length}`);
        while (shown < length && this.walker.wantsData) {
          const read = readSync(fd, this.#buffer, 0, Math.min(pieceBytes, length - shown), shown);
          if (read === 0) throw new Error('it became shorter');
          shown += read;
          this.walker.push(this.#buffer.subarray(0, read));
        }
      } finally {
        closeSync(fd);
      }
    } catch (error) {
      if (error instanceof LayerBoundError) throw error;
      const message = `"${path}" in the engine's storage is not what the layer brought: ${messageOf(error)}`;
      this.collector.abandonFile();
      this.collector.problem('image/stored-file-differs', message, path);
    }
  }
}

async function* splitLines(file: string): AsyncGenerator<string> {
  const source = createReadStream(file);
  const gunzip = createGunzip({ chunkSize: pieceBytes });
  source.on('error', (error) => gunzip.destroy(error));
  let rest = '';
  // Base64 and what Go writes of JSON lie in ASCII but for names, which are not used.
  for await (const piece of source.pipe(gunzip)) {
    const lines = (rest + (piece as Buffer).toString('latin1')).split('\n');
    rest = lines.pop() as string;
    if (rest.length > longestLine) throw new BoundError('too-large', `a line of ${file} is too long`);
    for (const line of lines) if (line !== '') yield line;
  }
  if (rest.trim() !== '') throw new BoundError('bad-json', `${file} ends in the middle of a line`);
}
