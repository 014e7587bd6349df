import { type Digest, parseDigest } from '../../base/index.ts';
import { type ImageReference, type LaunchImage, parseImageReference } from '../../model/index.ts';

/** What an engine wrote down of an image. */
export interface EngineImage {
  /** As it was asked for; anybody may give an image any name. */
  readonly name: string;
  readonly id: string;
  /** Each `repository@digest` under which the engine pulled it. */
  readonly digests: readonly string[];
}

/**
 * An image as a container has it: by its ID, and by a name only where that is bound to its content by a digest. A name with
 * a tag would be looked up anew, and lead to another image than the one that starts.
 */
export function pinImage({ name, id, digests }: EngineImage): LaunchImage {
  const digest = parseDigest(id.includes(':') ? id : `sha256:${id}`);
  const asked = readReference(name);
  const pulled = digests.map(readReference).filter((each) => each?.digest !== undefined);
  const same = pulled.find((each) => each?.registry === asked?.registry && each?.repository === asked?.repository);
  const reference = same ?? pulled[0];
  if (digest === undefined) return { value: name, path: '', problem: 'the engine does not say which image it is' };
  return { value: name || digest, path: '', id: digest, ...(reference ? { reference: withoutTag(reference) } : {}) };
}

export function digestOf(text: unknown): Digest | undefined {
  return typeof text === 'string' ? parseDigest(text) : undefined;
}

function readReference(text: string): ImageReference | undefined {
  try {
    return parseImageReference(text);
  } catch {
    return undefined;
  }
}

function withoutTag({ registry, repository, digest }: ImageReference): ImageReference {
  return { registry, repository, ...(digest === undefined ? {} : { digest }) };
}
