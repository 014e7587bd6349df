import { type Digest, mapConcurrent } from '../../base/index.ts';
import { formatImageReference, type ImageName, type PinnedReference } from '../../model/index.ts';
import { ImageError } from '../image-error.ts';
import type { RegistryOptions } from '../reader-options.ts';
import { type ImageBlob, type ImageDocument, listContents } from './list-contents.ts';
import { createRegistryClient } from './registry-client.ts';
import { checkTag, createRegistryWriter } from './registry-writer.ts';

export interface CopyOptions {
  /** How the registry that has it is reached, and the one that gets it. */
  readonly source?: RegistryOptions;
  readonly target?: RegistryOptions;
  /** Bytes of one manifest. */
  readonly maxManifestBytes: number;
  /** Milliseconds without a byte. */
  readonly stallTimeout: number;
  readonly signal: AbortSignal;
  /** Bytes of blobs that were sent so far. */
  onProgress?(bytes: number): void;
}

export interface CopiedImage {
  /** The same here as there. */
  readonly digest: Digest;
  /** Bytes and blobs that were sent; what was there, or was mounted, is not counted. */
  readonly bytes: number;
  readonly blobs: number;
}

const blobsAtATime = 3;

/**
 * Copies an image from one repository to another, byte for byte: of an index, the images of all platforms, because an index
 * is only worth its digest as a whole. Blobs first, then manifests, the one that was named last, and then its tags: nobody
 * can pull what is not all there. Signatures and whatever else refers to the image are not copied.
 *
 * Throws ImageError as listContents and RegistryWriter do, `unsupported-media-type` for layers that lie elsewhere or may not
 * be distributed, and ImageReferenceError for what is no tag. What was copied by then stays; to copy again goes on from there.
 */
export async function copyImage(
  from: { readonly image: PinnedReference },
  to: { readonly image: ImageName; readonly tags: readonly string[] },
  options: CopyOptions,
): Promise<CopiedImage> {
  const { source = {}, target = {}, maxManifestBytes, stallTimeout, signal, onProgress } = options;
  for (const tag of to.tags) checkTag(to.image, tag);
  const client = createRegistryClient(from.image, source, stallTimeout);
  const writer = createRegistryWriter(to.image, target, stallTimeout);
  const mountFrom =
    from.image.registry === to.image.registry && from.image.repository !== to.image.repository
      ? from.image.repository
      : undefined;
  let bytes = 0;
  let sent = 0;

  async function* counted(stream: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    for await (const chunk of stream) {
      yield chunk;
      bytes += chunk.byteLength;
      onProgress?.(bytes);
    }
  }

  async function copyBlob({ digest, size }: ImageBlob, stop: AbortSignal): Promise<void> {
    if (await writer.hasBlob(digest, stop)) return;
    if (mountFrom && (await writer.mountBlob(digest, mountFrom, stop))) return;
    await writer.putBlob(digest, size, async (opened) => counted(await client.blob(digest, opened)), stop);
    sent++;
  }

  async function copyDocument(reference: string, document: ImageDocument): Promise<void> {
    // Where tags cannot be moved, one that is right already is no reason to fail.
    if ((await writer.hasManifest(reference, signal)) === document.digest) return;
    await writer.putManifest(reference, document.bytes, document.mediaType, signal);
  }

  try {
    const { documents, blobs } = await listContents(client, from.image, { maxManifestBytes, signal });
    const foreign = blobs.find(({ isForeign }) => isForeign);
    if (foreign) throw cannotBeCopied(from.image, foreign);
    await forEach(blobs, copyBlob, signal);
    for (const document of documents) await copyDocument(document.digest, document);
    const named = documents.at(-1) as ImageDocument;
    for (const tag of to.tags) await copyDocument(tag, named);
    return { digest: named.digest, bytes, blobs: sent };
  } finally {
    await Promise.all([client.close(), writer.close()]);
  }
}

/** A few at a time. When one fails, the others are stopped, and waited for: they give up what they had begun. */
async function forEach(
  blobs: readonly ImageBlob[],
  work: (blob: ImageBlob, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const stop = new AbortController();
  const stopped = AbortSignal.any([signal, stop.signal]);
  let failure: unknown;
  await mapConcurrent(blobs, blobsAtATime, async (blob) => {
    if (stop.signal.aborted) return;
    try {
      await work(blob, stopped);
    } catch (error) {
      failure ??= error;
      stop.abort();
    }
  });
  if (failure) throw failure;
}

function cannotBeCopied(image: PinnedReference, { digest, mediaType }: ImageBlob): ImageError {
  const what = `layer ${digest} of ${formatImageReference(image)} ("${mediaType.slice(0, 100)}")`;
  return new ImageError('unsupported-media-type', `${what} does not lie in its registry alone`, {
    remedy: 'Build the image on a base whose layers may be distributed.',
  });
}
