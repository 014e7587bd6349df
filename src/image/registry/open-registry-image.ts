import { formatImageReference, type ImageContents, type ImageReference } from '../../model/index.ts';
import { assembleImage } from '../image-assembly.ts';
import { ImageError } from '../image-error.ts';
import type { RegistryOptions } from '../reader-options.ts';
import type { ReadingOptions } from '../scan-location.ts';
import { createRegistryClient } from './registry-client.ts';
import { resolveManifest } from './resolve-manifest.ts';

/**
 * An image in a registry, its layers streamed. A digest in the reference wins over a tag; without either it is `latest`.
 * Throws ImageError as the client does, and `platform-missing`, `bad-manifest`, `size-mismatch`.
 */
export async function openRegistryImage(
  reference: ImageReference,
  options: ReadingOptions,
  registryOptions: RegistryOptions = {},
): Promise<ImageContents> {
  const { limits, platform, signal } = options;
  const client = createRegistryClient(reference, registryOptions, limits.stallTimeout);
  try {
    const named = reference.tag || reference.digest ? reference : { ...reference, tag: 'latest' };
    const { manifest, manifestDigest, indexDigest } = await resolveManifest(client, named, {
      maxManifestBytes: limits.maxManifestBytes,
      platform,
      signal,
    });
    if (manifest.config.size > limits.maxManifestBytes) {
      throw new ImageError('limit-exceeded', `the configuration of ${formatImageReference(named)} is too large`);
    }
    return await assembleImage(
      {
        configDigest: manifest.config.digest,
        configBytes: await client.smallBlob(manifest.config.digest, limits.maxManifestBytes, signal),
        manifestDigest,
        ...(indexDigest ? { indexDigest } : {}),
        references: [formatImageReference(named)],
        layers: manifest.layers.map(({ digest, size, mediaType }) => ({
          digest,
          size,
          mediaType,
          location: { open: (layerSignal) => client.blob(digest, layerSignal) },
        })),
      },
      options,
    );
  } catch (error) {
    await client.close();
    throw error;
  }
}
