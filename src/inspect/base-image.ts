import { type Digest, parseDigest } from '../base/index.ts';
import type { BaseImage, ImageFacts } from '../model/index.ts';

/** An image that was read before, by its layers. */
export interface KnownImage {
  readonly imageId: Digest;
  readonly references: readonly string[];
  readonly diffIds: readonly Digest[];
}

/**
 * What an image was built from: as its builder says in the labels org.opencontainers.image.base.name and .digest (OCI
 * image specification 1.1, annotations.md), otherwise the known image with the most layers that it begins with, and
 * then the digest is that of its configuration. Labels are a claim of whoever made the image.
 */
export function recognizeBaseImage(
  image: Pick<ImageFacts, 'layers' | 'labels'>,
  known: readonly KnownImage[],
): BaseImage | undefined {
  const name = image.labels['org.opencontainers.image.base.name']?.trim();
  const digest = parseDigest(image.labels['org.opencontainers.image.base.digest'] ?? '');
  if (name || digest) return { ...(name ? { name } : {}), ...(digest ? { digest } : {}), evidence: 'label' };
  let best: KnownImage | undefined;
  for (const candidate of known)
    if (isBeginning(candidate.diffIds, image.layers) && (!best || isBetter(candidate, best))) best = candidate;
  if (!best) return undefined;
  const reference = firstReference(best);
  return {
    ...(reference ? { name: reference } : {}),
    digest: best.imageId,
    layers: best.diffIds.length,
    evidence: 'layers',
  };
}

function isBeginning(diffIds: readonly Digest[], layers: ImageFacts['layers']): boolean {
  return (
    diffIds.length > 0 &&
    diffIds.length < layers.length &&
    diffIds.every((diffId, index) => diffId === layers[index]?.diffId)
  );
}

/** More layers; with as many, the one that has a name; then by name and ID, so that the answer does not vary. */
function isBetter(a: KnownImage, b: KnownImage): boolean {
  if (a.diffIds.length !== b.diffIds.length) return a.diffIds.length > b.diffIds.length;
  const [nameOfA, nameOfB] = [firstReference(a), firstReference(b)];
  if ((nameOfA === undefined) !== (nameOfB === undefined)) return nameOfA !== undefined;
  return `${nameOfA} ${a.imageId}` < `${nameOfB} ${b.imageId}`;
}

function firstReference(image: KnownImage): string | undefined {
  return [...image.references].sort()[0];
}
