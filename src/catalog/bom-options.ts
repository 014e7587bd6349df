import type { Instant } from '../base/index.ts';
import { type ImageFacts, type ImageIdentity, type ImageReference, parseImageReference } from '../model/index.ts';
import { formatPackageUrl } from './package-url.ts';

/** What a bill of materials that is written says besides what is in the subject. */
export interface BomOptions {
  /** When the subject was read. */
  readonly at: Instant;
  /** Of Portwarden. */
  readonly version: string;
  readonly identity?: Pick<ImageIdentity, 'imageId' | 'manifestDigest' | 'references'>;
  readonly facts?: Pick<ImageFacts, 'created' | 'layers'>;
}

/** The first name of an image that is a reference. */
export function firstReference(identity: BomOptions['identity']): ImageReference | undefined {
  for (const text of identity?.references ?? []) {
    try {
      return parseImageReference(text);
    } catch {
      // Archives may name an image as they like; a name that is no reference stays among the properties.
    }
  }
  return undefined;
}

/** The package URL of an image (PURL-TYPES, oci), where its manifest's digest is known. */
export function ociPackageUrl(identity: BomOptions['identity'], architecture: string): string | undefined {
  const reference = firstReference(identity);
  if (!reference || !identity?.manifestDigest) return undefined;
  return formatPackageUrl({
    type: 'oci',
    name: reference.repository.slice(reference.repository.lastIndexOf('/') + 1),
    version: identity.manifestDigest,
    qualifiers: {
      arch: architecture,
      repository_url: `${reference.registry}/${reference.repository}`,
      tag: reference.tag,
    },
  });
}
