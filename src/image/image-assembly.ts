import type { Digest } from '../base/index.ts';
import type { ImageContents, ReadOptions } from '../model/index.ts';

/**
 * Where the bytes of a layer lie. A range of a file is read by worker threads; anything else is opened as a stream, in
 * this thread. `open` may be called again, long after: for `read()` of a file whose bytes were not kept. It rejects
 * with ImageError; once it streams, a failure in the midst (also ImageError, or anything) becomes a problem of the layer.
 */
export type LayerLocation =
  | { readonly file: string; readonly offset: number; readonly length: number }
  | { readonly open: (signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>> };

/** One layer, lowest first in its image, as a manifest or an archive describes it. */
export interface LayerBlob {
  /** Digest of the bytes as stored; verified while they stream. Absent where the source has none (docker save). */
  readonly digest?: Digest;
  /** Bytes as stored; verified. Absent where the source does not say. */
  readonly size?: number;
  /** As the manifest says; gzip, zstd and plain are told apart by their bytes, and a contradiction is a problem. */
  readonly mediaType?: string;
  readonly location: LayerLocation;
}

/** An image on one platform, its manifest and configuration read, its layers not yet. */
export interface ImageParts {
  /** Digest that the manifest or the engine gives for the configuration; the image ID. */
  readonly configDigest: Digest;
  readonly configBytes: Uint8Array;
  /** Already verified by whoever read the manifest. */
  readonly manifestDigest?: Digest;
  readonly indexDigest?: Digest;
  /** Names it was found under, in full. */
  readonly references: readonly string[];
  readonly layers: readonly LayerBlob[];
}

/**
 * Reads every layer once and puts them on top of each other. The diff IDs come from the configuration.
 *
 * Throws ImageError: `digest-mismatch` and `bad-manifest` for the configuration, `limit-exceeded` for too many layers,
 * `aborted`. A layer that cannot be read or is not what it claims becomes a problem; its entries are left out.
 */
export async function assembleImage(_parts: ImageParts, _options: ReadOptions): Promise<ImageContents> {
  throw new Error('being written');
}
