import type { FoundSignatures, ImageReference } from '../model/index.ts';
import type { RegistryOptions } from './reader-options.ts';
import type { SignatureReading } from './registry/signature-reader.ts';

/** What vouches for an image in a registry; what speaks to registries is loaded when it is first asked. Throws ImageError. */
export async function readImageSignatures(
  reference: ImageReference,
  reading: SignatureReading,
  registry: RegistryOptions = {},
): Promise<readonly FoundSignatures[]> {
  const { findImageSignatures } = await import('./registry/index.ts');
  return findImageSignatures(reference, reading, registry);
}
