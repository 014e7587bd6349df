import { parseDigest } from '../../base/index.ts';
import { ImageReferenceError, type LaunchImage, parseImageReference } from '../../model/index.ts';

/**
 * What dockerd takes for an image: `sha256:` or 64 hexadecimal digits are an ID, and it also takes the beginning of one,
 * which may be any image that lies on the host. Whatever could be that has a problem besides its reference.
 */
export function parseDockerImage(value: string, path: string): LaunchImage {
  const id = parseDigest(/^[0-9a-f]{64}$/.test(value) ? `sha256:${value}` : value);
  if (id !== undefined) return { value, path, id };
  if (/^(?:sha256:|sha512:)?[0-9a-f]{1,128}$/.test(value))
    return {
      value,
      path,
      problem: 'it may be the beginning of an image ID: write the registry, or the whole ID',
    };
  try {
    return { value, path, reference: parseImageReference(value) };
  } catch (error) {
    if (!(error instanceof ImageReferenceError)) throw error;
    return { value, path, problem: error.message };
  }
}
