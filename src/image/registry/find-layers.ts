import { asArray, asObject, type JsonObject } from '../../base/index.ts';
import { ImageError } from '../image-error.ts';
import { parseJsonBytes } from '../manifest.ts';
import { parseArtifactManifest } from './artifact-manifest.ts';
import { signatureLimits } from './read-signatures.ts';
import type { RegistryWriter } from './registry-writer.ts';

const maxManifestBytes = 4 * 2 ** 20;

/**
 * Descriptors of the layers that lie under a tag of an artifact, as they are, to be kept when one is added; none where there is
 * no such tag. Throws ImageError as the writer does, `bad-manifest` where the tag is something else, and `limit-exceeded`
 * where there are so many already that readers would not see another one.
 */
export async function findLayers(
  writer: RegistryWriter,
  tag: string,
  signal: AbortSignal,
): Promise<readonly JsonObject[]> {
  try {
    const { bytes } = await writer.manifest(tag, maxManifestBytes, signal);
    const what = `the tag ${tag}`;
    const { layers } = parseArtifactManifest(bytes, what);
    if (layers.length >= signatureLimits.layers) {
      throw new ImageError('limit-exceeded', `${what} has ${layers.length} layers already`, {
        remedy: 'Delete those that are no longer needed.',
      });
    }
    const raw = asArray(asObject(parseJsonBytes(bytes, what))?.layers) ?? [];
    return raw.map(asObject).filter((layer) => layer !== undefined);
  } catch (error) {
    if (error instanceof ImageError && error.code === 'not-found') return [];
    throw error;
  }
}
