import type { Digest } from '../../base/index.ts';
import { answer, type Exchange, mayPush } from './exchange.ts';
import { refusalOf } from './refusal-of.ts';
import { manifestLimit } from './serve-manifest.ts';

const indexType = 'application/vnd.oci.image.index.v1+json';
const mostTags = 1000;

/** Tags of what is certified now, in order, a page at a time (distribution specification 1.1, "Listing Tags"). */
export async function serveTags(exchange: Exchange, { repository }: { readonly repository: string }): Promise<void> {
  const { url, registry, gate } = exchange;
  const asked = Number(url.searchParams.get('n') ?? mostTags);
  const count = Number.isInteger(asked) && asked >= 0 ? Math.min(asked, mostTags) : mostTags;
  const last = url.searchParams.get('last') ?? '';
  const all = [...(await gate.pulls.tags(registry, repository))].sort().filter((tag) => tag > last);
  const tags = all.slice(0, count);
  const next = tags.at(-1);
  const query = new URLSearchParams({ n: String(count), last: next ?? '' });
  const link: Record<string, string> =
    next !== undefined && all.length > count ? { link: `</v2/${repository}/tags/list?${query}>; rel="next"` } : {};
  const body = JSON.stringify({ name: repository, tags });
  answer(
    exchange,
    200,
    { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...link },
    body,
  );
}

/** What refers to an image that the asker may have (distribution specification 1.1, "Listing Referrers"); nothing is filtered. */
export async function serveReferrers(
  exchange: Exchange,
  { repository, digest }: { readonly repository: string; readonly digest: Digest },
): Promise<void> {
  const { registry, gate, principal, signal } = exchange;
  const admission = await gate.pulls.content(registry, repository, digest);
  const quarantine = mayPush(principal) ? gate.quarantineOf(registry, repository) : undefined;
  const place = admission.state === 'admitted' ? repository : quarantine;
  if (place === undefined) throw refusalOf(admission, 'MANIFEST_UNKNOWN');
  const found = await (await gate.reader(registry, place)).referrers(digest, manifestLimit, signal);
  const body = found ?? Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests: [] }));
  answer(exchange, 200, { 'content-type': indexType, 'content-length': body.byteLength }, body);
}
