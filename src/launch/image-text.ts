import { CodedError, parseDigest } from '../base/index.ts';
import { type LaunchImage, parseImageReference } from '../model/index.ts';

/** An image as a person or a client of docker names it: by reference, or by its whole ID. Never throws: `problem` says why. */
export function parseImageText(value: string, path: string): LaunchImage {
  if (value === '') return { value, path, problem: 'no image is named' };
  const id = parseDigest(/^[0-9a-f]{64}$/.test(value) ? `sha256:${value}` : value);
  if (id) return { value, path, id };
  try {
    return { value, path, reference: parseImageReference(value) };
  } catch (error) {
    if (error instanceof CodedError) return { value, path, problem: error.message };
    throw error;
  }
}
