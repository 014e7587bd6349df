import { asArray, asObject, asString, type Digest, parseDigest } from '../../base/index.ts';
import { ImageError } from '../image-error.ts';
import { type Descriptor, parseDescriptor, parseJsonBytes } from '../manifest.ts';

/** A manifest of what is no container image: signatures, attestations (OCI image specification 1.1, manifest.md, "Guidelines for Artifact Usage"). */
export interface ArtifactManifest {
  readonly artifactType: string;
  readonly layers: readonly Descriptor[];
  /** What it refers to. */
  readonly subject?: Digest;
}

/** Reads it; the caller has bounded and verified the bytes. Throws ImageError `bad-manifest`. */
export function parseArtifactManifest(bytes: Uint8Array, what: string): ArtifactManifest {
  const value = asObject(parseJsonBytes(bytes, what));
  const layers = asArray(value?.layers)?.map(parseDescriptor);
  if (!value || value.schemaVersion !== 2 || value.manifests !== undefined || !layers || layers.includes(undefined)) {
    throw new ImageError('bad-manifest', `${what} is no manifest of an artifact`);
  }
  const subject = parseDigest(asString(asObject(value.subject)?.digest) ?? '');
  return {
    artifactType: asString(value.artifactType) ?? asString(asObject(value.config)?.mediaType) ?? '',
    layers: layers.filter((layer) => layer !== undefined),
    ...(subject ? { subject } : {}),
  };
}

/** What an index lists, each with the type of artifact that it is said to be. Throws ImageError `bad-manifest`. */
export function parseReferrers(
  bytes: Uint8Array,
  what: string,
): readonly (Descriptor & { readonly artifactType: string })[] {
  const manifests = asArray(asObject(parseJsonBytes(bytes, what))?.manifests);
  if (!manifests) throw new ImageError('bad-manifest', `${what} is no index`);
  return manifests.flatMap((item) => {
    const descriptor = parseDescriptor(item);
    return descriptor ? [{ ...descriptor, artifactType: asString(asObject(item)?.artifactType) ?? '' }] : [];
  });
}
