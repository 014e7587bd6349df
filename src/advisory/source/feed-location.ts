import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AdvisoryError } from '../advisory-error.ts';

export type FeedLocation =
  | { readonly kind: 'url'; readonly url: URL }
  | { readonly kind: 'path'; readonly path: string };

const remedy = 'give an https URL, or the path of a file or directory';

/** An https URL (http on loopback only), a file URL, or a path. Throws AdvisoryError `bad-location`. */
export function parseFeedLocation(text: string): FeedLocation {
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(text)) {
    if (text === '' || text.includes('\0'))
      throw new AdvisoryError('bad-location', 'the location is empty', { remedy });
    return { kind: 'path', path: resolve(text) };
  }
  const url = URL.parse(text);
  if (!url) throw new AdvisoryError('bad-location', `${text.slice(0, 200)} is not a URL`, { remedy });
  if (url.protocol === 'file:') return { kind: 'path', path: filePath(url) };
  if (url.username || url.password) {
    const message = `${url.host}: a URL with a password in it would be shown to everyone who sees the feeds`;
    throw new AdvisoryError('bad-location', message, { remedy });
  }
  if (!isSafe(url)) {
    const message = `${text.slice(0, 200)} is not read: advisories come over https, or http from this machine`;
    throw new AdvisoryError('bad-location', message, { remedy });
  }
  return { kind: 'url', url };
}

/** Nobody on the way could change it. */
export function isSafe(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
}

export function isLoopback(url: URL): boolean {
  return /^(?:localhost|127(?:\.[0-9]+){3}|\[::1\])$/.test(url.hostname);
}

/** A short name for the feed: `/srv/osv-go.jsonl.zst` is `osv-go`, `https://example.org/npm/all.zip` `example.org-npm-all`. */
export function feedIdOf(location: string): string {
  const url = URL.canParse(location) ? new URL(location) : undefined;
  const path = (url?.pathname ?? location).replace(/\/+$/, '');
  const named = url?.host ? `${url.host}${path}` : path.slice(path.lastIndexOf('/') + 1);
  const id = named
    .toLowerCase()
    .replace(/(?:\.(?:jsonl?|ndjson|zip|zst|gz))+$/, '')
    .replace(/[^a-z0-9.]+/g, '-')
    .slice(-64)
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '');
  return id || 'feed';
}

function filePath(url: URL): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw new AdvisoryError('bad-location', `${url.href.slice(0, 200)} is not a file of this machine`, {
      cause,
      remedy,
    });
  }
}
