import type { LaunchImage } from '../../model/index.ts';
import { parseImageText } from '../image-text.ts';

/**
 * What dockerd takes for an image: a whole ID, a reference, and also the beginning of an ID, which may be of any image that
 * lies on the host. Whatever could be that has a problem instead of a reference.
 */
export function parseDockerImage(value: string, path: string): LaunchImage {
  const image = parseImageText(value, path);
  if (image.id === undefined && /^(?:sha256:|sha512:)?[0-9a-f]{1,128}$/.test(value))
    return { value, path, problem: 'it may be the beginning of an image ID: write the registry, or the whole ID' };
  return image;
}
