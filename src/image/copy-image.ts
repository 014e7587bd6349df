import type { ImageName, PinnedReference } from '../model/index.ts';
import type { RegistryOptions } from './reader-options.ts';
import type { CopiedImage, CopyOptions } from './registry/copy-image.ts';
import type { ImageContentsList, ListingOptions } from './registry/list-contents.ts';
import type { Artifact, ArtifactSubject } from './registry/push-artifact.ts';
import type { RegistryWriter } from './registry/registry-writer.ts';

// What speaks to registries is loaded when it is first asked.

/** Copies an image to another repository, byte for byte, with all that it consists of. Throws ImageError. */
export async function copyImage(
  from: { readonly image: PinnedReference },
  to: { readonly image: ImageName; readonly tags: readonly string[] },
  options: CopyOptions,
): Promise<CopiedImage> {
  const registry = await import('./registry/index.ts');
  return registry.copyImage(from, to, options);
}

/** Everything that an image in a registry consists of, by digest. Throws ImageError. */
export async function listImageContents(
  reference: PinnedReference,
  options: ListingOptions,
): Promise<ImageContentsList> {
  const registry = await import('./registry/index.ts');
  return registry.listImageContents(reference, options);
}

/** Pushes a signature, an attestation or the like beside an image. Throws ImageError. */
export async function pushArtifact(
  writer: RegistryWriter,
  artifact: Artifact,
  signal: AbortSignal,
): Promise<ArtifactSubject> {
  const registry = await import('./registry/index.ts');
  return registry.pushArtifact(writer, artifact, signal);
}

/** A repository to push to; whoever opens it closes it. `stallTimeout` is milliseconds without a byte. */
export async function openRegistryWriter(
  image: ImageName,
  options: RegistryOptions,
  stallTimeout: number,
): Promise<RegistryWriter> {
  const registry = await import('./registry/index.ts');
  return registry.createRegistryWriter(image, options, stallTimeout);
}
