import type { Digest } from '../base/index.ts';
import type { ImageContents, ReadOptions } from '../model/index.ts';

export interface ArchiveStream {
  /** What to call it in messages. */
  readonly name: string;
  /**
   * The tar stream from its beginning; called again for `read()` of a file whose bytes were not kept. Gzip and zstd
   * are undone here.
   */
  readonly open: (signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>;
  /** Which image, where there are several: a tag (`1.36`), a name (`busybox:1.36`) or an image ID. */
  readonly tag?: string;
  readonly imageId?: Digest;
  /** Names to give it, where the caller knows better than the archive. */
  readonly references?: readonly string[];
}

/**
 * Reads what `docker save` writes and what `GET /images/X/get` answers, in one pass and without temporary files: the
 * legacy form (manifest.json, layer.tar) and the form with an OCI layout inside, whatever the order of its entries.
 * Throws ImageError as assembleImage does, and `not-found`, `ambiguous`, `bad-manifest`, `unreadable`.
 */
export async function readDockerArchiveStream(_stream: ArchiveStream, _options: ReadOptions): Promise<ImageContents> {
  throw new Error('being written');
}
