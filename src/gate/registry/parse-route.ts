import { type Digest, parseDigest } from '../../base/index.ts';

/** What a request is about (OCI distribution specification 1.1, "Endpoints"). */
export type Route =
  | { readonly kind: 'ping' }
  | { readonly kind: 'token' }
  | { readonly kind: 'manifest'; readonly repository: string; readonly reference: string }
  | { readonly kind: 'blob'; readonly repository: string; readonly digest: Digest }
  | { readonly kind: 'new-upload'; readonly repository: string }
  | { readonly kind: 'upload'; readonly repository: string; readonly session: string }
  | { readonly kind: 'tags'; readonly repository: string }
  | { readonly kind: 'referrers'; readonly repository: string; readonly digest: Digest };

/** Why a path is about nothing, in the words of the specification ("Error Codes"). */
export interface RouteFault {
  readonly kind: 'fault';
  readonly code: 'NAME_INVALID' | 'DIGEST_INVALID' | 'TAG_INVALID' | 'UNSUPPORTED';
}

const repositoryPattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const tagPattern = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const sessionPattern = /^[A-Za-z0-9_-]{20,64}$/;
const longestPath = 1024;

/**
 * Reads the path of a request, as it came. Nothing is decoded: names, tags and digests have no characters that would need
 * it, and what is written in two ways is read in two ways by whoever stands behind (`%2e%2e`, `//`, upper case). Total.
 */
export function parseRoute(path: string): Route | RouteFault {
  if (path === '/v2/' || path === '/v2') return { kind: 'ping' };
  if (path === '/token') return { kind: 'token' };
  if (path.length > longestPath || !path.startsWith('/v2/')) return fault('UNSUPPORTED');
  const parts = path.slice('/v2/'.length).split('/');
  const last = parts.at(-1) ?? '';
  const kind = parts.at(-2);
  // `NAME/blobs/uploads/` and `NAME/blobs/uploads/ID` are longer than the others.
  if (kind === 'uploads' && parts.at(-3) === 'blobs') return uploadRoute(parts.slice(0, -3).join('/'), last);
  const repository = parts.slice(0, -2).join('/');
  if (kind === 'tags' && last === 'list') return named(repository, { kind: 'tags', repository });
  if (kind === 'manifests') {
    if (!tagPattern.test(last) && !parseDigest(last))
      return fault(last.includes(':') ? 'DIGEST_INVALID' : 'TAG_INVALID');
    return named(repository, { kind: 'manifest', repository, reference: last });
  }
  if (kind === 'blobs' || kind === 'referrers') {
    const digest = parseDigest(last);
    if (!digest) return fault('DIGEST_INVALID');
    return named(repository, { kind: kind === 'blobs' ? 'blob' : 'referrers', repository, digest });
  }
  return fault('UNSUPPORTED');
}

function uploadRoute(repository: string, session: string): Route | RouteFault {
  if (session === '') return named(repository, { kind: 'new-upload', repository });
  if (!sessionPattern.test(session)) return fault('UNSUPPORTED');
  return named(repository, { kind: 'upload', repository, session });
}

function named(repository: string, route: Route): Route | RouteFault {
  return repository.length <= 255 && repositoryPattern.test(repository) ? route : fault('NAME_INVALID');
}

function fault(code: RouteFault['code']): RouteFault {
  return { kind: 'fault', code };
}
