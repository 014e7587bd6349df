import { CodedError, parseDigest } from '../../base/index.ts';
import { type LaunchImage, parseImageReference } from '../../model/index.ts';

/**
 * What dockerd takes for an image: a whole ID, a reference, and also the beginning of an ID, which may be of any image that
 * lies on the host. Whatever could be that has a problem instead of a reference. Never throws.
 */
export function parseDockerImage(value: string, path: string): LaunchImage {
  if (value === '') return { value, path, problem: 'no image is named' };
  const id = parseDigest(/^[0-9a-f]{64}$/.test(value) ? `sha256:${value}` : value);
  if (id) return { value, path, id };
  if (/^(?:sha256:|sha512:)?[0-9a-f]{1,128}$/.test(value))
    return { value, path, problem: 'it may be the beginning of an image ID: write the registry, or the whole ID' };
  try {
    return { value, path, reference: parseImageReference(value) };
  } catch (error) {
    if (error instanceof CodedError) return { value, path, problem: error.message };
    throw error;
  }
}
