import { createHash } from 'node:crypto';
import { type Digest, digestAlgorithm, messageOf } from '../base/index.ts';
import type { Problem } from '../model/index.ts';
import {
  type Compression,
  compressionOfMediaType,
  createDecoder,
  magicBytes,
  recognizeCompression,
} from './decompress.ts';
import { type Keep, LayerBoundError, LayerCollector } from './layer-collector.ts';
import type { LayerTable } from './layer-table.ts';
import type { ReadBudget } from './read-budget.ts';
import { TarFormatError } from './tar-header.ts';
import { TarWalker } from './tar-walker.ts';

/** What is known of a layer before it is read. Where nothing is said, nothing is checked. */
export interface LayerClaims {
  readonly digest?: Digest;
  readonly diffId?: Digest;
  readonly size?: number;
  readonly mediaType?: string;
}

export interface ScannedLayer {
  /** Of the bytes as stored, and uncompressed; by the algorithm of the claim, sha256 where there is none. Absent where a layer lies unpacked. */
  readonly digest?: Digest;
  readonly diffId: Digest;
  /** Bytes as stored. */
  readonly size: number;
  readonly uncompressedSize: number;
  readonly compression: Compression;
  /** Absent where the layer could not be read to its end: nothing in it can be trusted then. */
  readonly table?: LayerTable | undefined;
  /** Why there is no table, or what is odd; without the layer, which the caller names. */
  readonly problems: readonly Problem[];
}

/** Why a layer cannot be read to its end; its message follows "the layer". */
class LayerFailure extends Error {
  readonly code: string;
  constructor(code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/**
 * Reads a layer once: hashes the bytes as stored and uncompressed, walks the tar stream, keeps what is to be kept.
 * Never throws for what the bytes are; rejects with the signal's reason alone.
 */
export async function scanLayer(
  source: AsyncIterable<Uint8Array>,
  claims: LayerClaims,
  keep: Keep,
  budget: ReadBudget,
  signal: AbortSignal,
): Promise<ScannedLayer> {
  const scan = new LayerScan(claims, keep, budget, signal);
  try {
    await scan.read(source);
    return await scan.finished();
  } catch (error) {
    signal.throwIfAborted();
    return scan.failed(error);
  } finally {
    scan.close();
  }
}

/** Uncompressed bytes that a layer may have whatever its size as stored. */
const freeBytes = 10 * 2 ** 20;

class LayerScan {
  readonly #claims: LayerClaims;
  readonly #budget: ReadBudget;
  readonly #signal: AbortSignal;
  readonly #collector: LayerCollector;
  readonly #walker: TarWalker;
  readonly #digest;
  readonly #diffId;
  readonly #problems: Problem[] = [];
  #compression: Compression = 'plain';
  #size = 0;
  #uncompressed = 0;
  #walks = true;

  constructor(claims: LayerClaims, keep: Keep, budget: ReadBudget, signal: AbortSignal) {
    this.#claims = claims;
    this.#budget = budget;
    this.#signal = signal;
    this.#collector = new LayerCollector(keep, budget);
    this.#walker = new TarWalker(this.#collector);
    this.#digest = createHash(claims.digest ? digestAlgorithm(claims.digest) : 'sha256');
    this.#diffId = createHash(claims.diffId ? digestAlgorithm(claims.diffId) : 'sha256');
  }

  async read(source: AsyncIterable<Uint8Array>): Promise<void> {
    let head: Buffer | undefined = Buffer.alloc(0);
    let sink: ((bytes: Buffer) => Promise<void> | undefined) | undefined;
    let finish: () => Promise<void> = async () => {};
    let abandon = () => {};
    const begin = (first: Buffer) => {
      this.#compression = this.#recognize(first);
      if (this.#compression === 'plain') {
        sink = (bytes) => {
          this.#take(bytes);
          return this.#collector.untilRoom(this.#signal);
        };
      } else ({ sink, finish, abandon } = this.#decode(this.#compression));
    };
    try {
      for await (const piece of source) {
        this.#signal.throwIfAborted();
        let bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
        this.#count(bytes);
        if (head !== undefined) {
          head = bytes = head.length === 0 ? bytes : Buffer.concat([head, bytes]);
          if (head.length < magicBytes) continue;
          begin(head);
          head = undefined;
        }
        await sink?.(bytes);
      }
      if (head !== undefined) {
        begin(head);
        await sink?.(head);
      }
      await finish();
    } finally {
      abandon();
    }
  }

  #count(bytes: Buffer): void {
    this.#size += bytes.length;
    this.#budget.addProgress(bytes.length);
    if (this.#claims.size !== undefined && this.#size > this.#claims.size)
      throw new LayerFailure(
        'image/layer-size-mismatch',
        `has more than the ${this.#claims.size} bytes that its manifest says`,
      );
    this.#digest.update(bytes);
  }

  #recognize(head: Buffer): Compression {
    const compression = recognizeCompression(head);
    if (compression === 'bzip2' || compression === 'xz')
      throw new LayerFailure(
        'image/unsupported-compression',
        `is compressed with ${compression}, which images do not use`,
      );
    const odd = mediaTypeProblem(this.#claims.mediaType, compression);
    if (odd) this.#problems.push(odd);
    return compression;
  }

  /**
   * Inflation runs in the thread pool while this thread hashes and walks what came out before: the pieces are taken in
   * a microtask, when node has already sent the next input off. Where examiners have no room for more it is paused.
   */
  #decode(compression: 'gzip' | 'zstd') {
    const decoder = createDecoder(compression);
    const pieces: Buffer[] = [];
    let failure: unknown;
    const takeAll = () => {
      try {
        for (const piece of pieces) if (failure === undefined) this.#take(piece);
        const room = this.#collector.untilRoom(this.#signal);
        if (room) {
          decoder.pause();
          void room.then(() => decoder.resume());
        }
      } catch (error) {
        failure = error;
        decoder.destroy();
      }
      pieces.length = 0;
    };
    decoder.on('data', (piece: Buffer) => {
      if (pieces.push(piece) === 1) queueMicrotask(takeAll);
    });
    decoder.on('error', (error) => {
      failure ??= error;
    });
    const ended = new Promise<void>((resolve) => {
      decoder.once('end', resolve).once('close', resolve);
    });
    const drained = () =>
      new Promise<void>((resolve) => {
        const done = () => {
          decoder.off('drain', done).off('close', done);
          resolve();
        };
        decoder.on('drain', done).on('close', done);
      });
    return {
      sink: async (bytes: Buffer) => {
        if (failure === undefined && !decoder.write(bytes)) await drained();
        if (failure !== undefined) throw failure;
      },
      finish: async () => {
        decoder.end();
        await ended;
        if (failure !== undefined) throw failure;
      },
      abandon: () => {
        decoder.destroy();
      },
    };
  }

  #take(bytes: Buffer): void {
    const { limits } = this.#budget;
    this.#uncompressed += bytes.length;
    if (this.#compression !== 'plain' && this.#uncompressed > freeBytes + this.#size * limits.maxCompressionRatio)
      throw new LayerBoundError(`more than ${limits.maxCompressionRatio} bytes for each compressed one`);
    if (!this.#budget.takeUncompressed(bytes.length))
      throw new LayerBoundError(`more than ${limits.maxUncompressedBytes} bytes in all layers together`);
    this.#diffId.update(bytes);
    if (this.#walks) this.#walk(() => this.#walker.push(bytes));
  }

  /** A malformed entry ends the walk, not the hashing: what came before it is true if the digests are. */
  #walk(step: () => void): void {
    try {
      step();
    } catch (error) {
      if (!(error instanceof TarFormatError)) throw error;
      this.#walks = false;
      this.#collector.problem('image/bad-tar', `the layer can be read only up to a malformed entry: ${error.message}`);
    }
  }

  async finished(): Promise<ScannedLayer> {
    if (this.#walks) this.#walk(() => this.#walker.end());
    const result = this.#result();
    const failure = brokenClaim(result, this.#claims);
    if (failure) return { ...result, problems: [...this.#problems, failure] };
    await this.#collector.untilAnswered(this.#signal);
    this.#signal.throwIfAborted();
    const table = this.#collector.finish();
    return { ...result, table, problems: [...this.#problems, ...table.problems] };
  }

  /** Nobody waits for the file that it broke off in. */
  close(): void {
    this.#collector.abandonFile();
  }

  failed(error: unknown): ScannedLayer {
    return {
      ...this.#result(),
      problems: [...this.#problems, { code: codeOf(error), message: `the layer ${whyOf(error)}` }],
    };
  }

  #result() {
    const digest =
      `${this.#claims.digest ? digestAlgorithm(this.#claims.digest) : 'sha256'}:${this.#digest.digest('hex')}` as Digest;
    const diffId =
      `${this.#claims.diffId ? digestAlgorithm(this.#claims.diffId) : 'sha256'}:${this.#diffId.digest('hex')}` as Digest;
    return {
      digest,
      diffId,
      size: this.#size,
      uncompressedSize: this.#uncompressed,
      compression: this.#compression,
    };
  }
}

/** A media type that says another compression than the bytes show. */
export function mediaTypeProblem(mediaType: string | undefined, compression: Compression): Problem | undefined {
  const said = mediaType === undefined ? undefined : compressionOfMediaType(mediaType);
  if (said === undefined || said === compression) return undefined;
  const message = `its media type "${mediaType?.slice(0, 100)}" says ${said}, its bytes are ${compression}`;
  return { code: 'image/media-type-mismatch', message: `the layer is not what it claims: ${message}` };
}

/** What a layer that was read to its end is not, though it was said to be. */
export function brokenClaim(
  found: Pick<ScannedLayer, 'digest' | 'diffId' | 'size'>,
  claims: LayerClaims,
): Problem | undefined {
  if (claims.size !== undefined && claims.size !== found.size)
    return {
      code: 'image/layer-size-mismatch',
      message: `the layer has ${found.size} bytes, its manifest says ${claims.size}`,
    };
  const mismatch = (message: string): Problem => ({ code: 'image/layer-digest-mismatch', message });
  if (claims.digest !== undefined && claims.digest !== found.digest)
    return mismatch(`the layer has the digest ${found.digest}, its manifest says ${claims.digest}`);
  if (claims.diffId !== undefined && claims.diffId !== found.diffId)
    return mismatch(`the layer is ${found.diffId} uncompressed, the configuration says ${claims.diffId}`);
  return undefined;
}

function codeOf(error: unknown): string {
  if (error instanceof LayerFailure) return error.code;
  if (error instanceof LayerBoundError) return 'image/limit-exceeded';
  return isZlibError(error) ? 'image/corrupt-layer' : 'image/unreadable-layer';
}

function whyOf(error: unknown): string {
  if (error instanceof LayerFailure) return error.message;
  if (error instanceof LayerBoundError) return `goes over a limit: ${error.message}`;
  return isZlibError(error) ? `cannot be decompressed: ${messageOf(error)}` : `cannot be read: ${messageOf(error)}`;
}

function isZlibError(error: unknown): boolean {
  const code = String((error as { code?: unknown })?.code ?? '');
  return code.startsWith('Z_') || code.startsWith('ZSTD_') || code === 'ERR_ZLIB_INITIALIZATION_FAILED';
}
