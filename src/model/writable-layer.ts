import type { Instant } from '../base/index.ts';
import type { ImageContents } from './image-contents.ts';
import type { ReadOptions } from './image-source.ts';
import type { EngineKind } from './workload.ts';

/**
 * How a file of a writable layer stands to the image below. `same`: its bytes and its right to be executed are those of
 * the image; it was only touched, as `chown -R` does. `unknown`: it was there, and whether it differs cannot be told.
 */
export type LayerChange = 'added' | 'changed' | 'same' | 'unknown';

/** What a container has written over its image, as it is now. */
export interface WritableLayer {
  /** The files of the layer alone. Written by whoever runs in the container: as hostile as an image, and it may change. */
  readonly contents: ImageContents;
  /** `storage`: walked where it lies; `engine`: asked of the engine, which does not show what was there before. */
  readonly seenBy: 'storage' | 'engine';
  /** Of a regular file of the layer. */
  compare(path: string): Promise<{
    readonly change: LayerChange;
    /** When the kernel last noted a change of it (st_ctime), which the container cannot set; absent where not known. */
    readonly changedAt?: Instant;
  }>;
}

/** The port for the writable layer of a container of this machine. Throws ImageError, `not-found` where it is gone. */
export type OpenWritableLayer = (
  engine: EngineKind,
  containerId: string,
  options: Omit<ReadOptions, 'walk'>,
) => Promise<WritableLayer>;
