import { ImageError } from '../image-error.ts';
import type { RegistryRequests } from './registry-request.ts';
import { parseNextLink, parseTagList } from './tag-list.ts';

/** Of one repository, and bytes of one page: whoever may push may push as many tags as she likes. */
export const tagListLimits = { tags: 10_000, pages: 100, pageBytes: 4 * 2 ** 20 };

/** As many as registries give at most; some refuse to be asked for more. */
const pageSize = 1000;

/**
 * All tags of a repository, each once, page by page (OCI distribution specification 1.1, "Listing Tags"). A page is at the
 * registry itself and of the same list, whatever a Link says: nothing else is asked, and nobody else gets credentials.
 * Throws ImageError as a request does, `not-found` where there is no such repository, `bad-response`, `limit-exceeded`
 * rather than a part, and `redirect-refused` where a Link leads elsewhere.
 */
export async function listTags(
  { where, transport, send }: RegistryRequests,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const tags = new Set<string>();
  const what = `the list of tags of ${where}`;
  let query: string | undefined = `?n=${pageSize}`;
  for (let page = 0; query !== undefined; page++) {
    if (page >= tagListLimits.pages) {
      throw new ImageError('limit-exceeded', `${what} has more than ${tagListLimits.pages} pages`);
    }
    const answer = await send({ to: `tags/list${query}`, headers: { accept: 'application/json' } }, signal).catch(
      (error: unknown) => {
        if (!(error instanceof ImageError) || error.code !== 'not-found') throw error;
        throw new ImageError('not-found', `there is no repository ${where}`, { cause: error });
      },
    );
    const bytes = await transport.readDocument(answer, tagListLimits.pageBytes, what, signal);
    for (const tag of parseTagList(bytes, what)) tags.add(tag);
    if (tags.size > tagListLimits.tags) {
      throw new ImageError('limit-exceeded', `${where} has more than ${tagListLimits.tags} tags`);
    }
    query = nextQuery([answer.headers.link ?? []].flat().join(', '), answer.url, what);
  }
  return [...tags];
}

/** The query of the next page; undefined where this was the last. */
function nextQuery(header: string, from: URL, what: string): string | undefined {
  const target = parseNextLink(header);
  if (target === undefined) return undefined;
  const next = URL.canParse(target, from) ? new URL(target, from) : undefined;
  if (next?.origin === from.origin && next.pathname === from.pathname) return next.search;
  throw new ImageError('redirect-refused', `${what} goes on at ${next ? next.origin + next.pathname : 'no URL'}`, {
    remedy: 'The next page must be of the same list at the same registry; a proxy before it may set links wrongly.',
  });
}
