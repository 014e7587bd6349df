import { asArray, asObject, asString } from '../../base/index.ts';
import { ImageError } from '../image-error.ts';
import { parseJsonBytes } from '../manifest.ts';

/** As the OCI distribution specification 1.1 has it, "Pulling manifests". */
const tagPattern = /^\w[\w.-]{0,127}$/;

/**
 * Tags of one page, by the OCI distribution specification 1.1, "Listing Tags". The caller has bounded the bytes. Throws
 * ImageError `bad-response` where it is no list of tags: what cannot be a tag must not be asked for, nor shown.
 */
export function parseTagList(bytes: Uint8Array, what: string): readonly string[] {
  const refuse = (why: string): never => {
    throw new ImageError('bad-response', `${what} ${why}`);
  };
  const list = asObject(parseAnswer(bytes, what)) ?? refuse('is no JSON object');
  // Registries answer null for a repository that has none any more.
  const tags = list.tags === null ? [] : (asArray(list.tags) ?? refuse('has no list of tags'));
  return tags.map((item) => {
    const tag = asString(item);
    return tag !== undefined && tagPattern.test(tag) ? tag : refuse('has something in it that is no tag');
  });
}

function parseAnswer(bytes: Uint8Array, what: string): unknown {
  try {
    return parseJsonBytes(bytes, what);
  } catch (cause) {
    if (!(cause instanceof ImageError)) throw cause;
    throw new ImageError('bad-response', cause.message, { cause });
  }
}

/**
 * The target of the link with `rel="next"` (RFC 8288, 3; OCI distribution specification 1.1, "Listing Tags"); undefined
 * where the header has none, which is how the last page shows.
 */
export function parseNextLink(header: string): string | undefined {
  for (const [, target = '', parameters = ''] of header.matchAll(/<([^<>]*)>([^<>]*)/g)) {
    const relations = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))/i.exec(parameters);
    if ((relations?.[1] ?? relations?.[2] ?? '').toLowerCase().split(/\s+/).includes('next')) return target;
  }
  return undefined;
}
