import type { Digest, JsonObject } from '../../base/index.ts';
import {
  formatImageReference,
  type ImageReference,
  ImageReferenceError,
  parseImageReference,
} from '../../model/index.ts';
import type { ResolveImage } from './remember-digests.ts';
import { imagesOf, type NamedImage, type WorkloadKind } from './workload-kinds.ts';

/** RFC 6902, the two operations that are used. */
export interface JsonPatchOperation {
  readonly op: 'test' | 'replace';
  readonly path: string;
  readonly value: string;
}

/** Images of an object that are named by a tag, each with what it is to be pinned to where that is known. */
export interface UnpinnedImage {
  readonly image: NamedImage;
  readonly reference: ImageReference;
  readonly digest: Digest | undefined;
}

/**
 * The images that no digest is written for, with the digests that their names lead to. What cannot be read as a reference is
 * left out: the parser of launches refuses it. On an update an image that was pinned, and whose written name is the same,
 * keeps its digest: to apply the same manifest again changes nothing, and must not, where a template cannot be changed.
 */
export async function resolveUnpinned(
  object: JsonObject,
  old: JsonObject | undefined,
  kind: WorkloadKind,
  resolve: ResolveImage,
): Promise<readonly UnpinnedImage[]> {
  const kept = new Map(old ? imagesOf(old, kind).map((image) => [image.owner, image.text]) : []);
  const unpinned = imagesOf(object, kind).flatMap((image) => {
    const reference = readReference(image.text);
    return reference && reference.digest === undefined ? [{ image, reference }] : [];
  });
  // One answer for one name, however often it stands there.
  const answers = new Map<string, Promise<Digest | undefined>>();
  return Promise.all(
    unpinned.map(async ({ image, reference }) => {
      const before = keptDigest(kept.get(image.owner), image.text);
      if (before) return { image, reference, digest: before };
      const key = formatImageReference(reference);
      const answer = answers.get(key) ?? resolve(reference);
      answers.set(key, answer);
      return { image, reference, digest: await answer };
    }),
  );
}

/** Writes the digests in: each image is tested to be what was resolved, then replaced by `name:tag@digest`. */
export function compilePatch(images: readonly UnpinnedImage[]): readonly JsonPatchOperation[] {
  return images.flatMap(({ image, digest }): JsonPatchOperation[] => {
    if (digest === undefined) return [];
    const path = image.steps.map((step) => `/${escapePointer(String(step))}`).join('');
    return [
      { op: 'test', path, value: image.text },
      { op: 'replace', path, value: `${image.text}@${digest}` },
    ];
  });
}

/** RFC 6901, section 3. */
export function escapePointer(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1');
}

function keptDigest(before: string | undefined, now: string): Digest | undefined {
  if (before === undefined || !before.startsWith(`${now}@`)) return undefined;
  return readReference(before)?.digest;
}

function readReference(text: string): ImageReference | undefined {
  try {
    return parseImageReference(text);
  } catch (error) {
    if (error instanceof ImageReferenceError) return undefined;
    throw error;
  }
}
