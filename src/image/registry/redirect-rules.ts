import { ImageError } from '../image-error.ts';
import { isLoopbackHost, isPublicAddress } from './registry-endpoint.ts';

/** How many redirects are followed for one request. */
export const maxRedirects = 5;

export interface HopContext {
  /** Hosts that may be spoken to over plain HTTP, as `host[:port]`. */
  readonly plainHttp: readonly string[];
  /** Whether the registry that was asked is itself reached at public addresses only. */
  readonly registryIsPublic: boolean;
}

/**
 * Where an answer of `from` may send us: never from HTTPS to plain HTTP, over plain HTTP only to loopback or a host that
 * the user listed, never with a name and password in the URL, and never from a public registry to an address of this
 * machine or its networks (names are checked once more when they are resolved). Throws ImageError `redirect-refused`.
 */
export function nextHop(from: URL, location: string, context: HopContext): URL {
  const to = URL.canParse(location, from) ? new URL(location, from) : undefined;
  const refuse = (why: string): never => {
    throw new ImageError('redirect-refused', `${from.host} sends to ${to?.origin ?? 'an invalid URL'}: ${why}`);
  };
  if (!to || (to.protocol !== 'https:' && to.protocol !== 'http:')) return refuse('only HTTP and HTTPS are followed');
  if (to.username !== '' || to.password !== '') refuse('the URL carries credentials');
  if (to.origin === from.origin) return to;
  if (to.protocol === 'http:') {
    if (from.protocol === 'https:') refuse('HTTPS does not lead to plain HTTP');
    if (!isLoopbackHost(to.hostname) && !context.plainHttp.includes(to.host)) {
      refuse('plain HTTP was not asked for there');
    }
  }
  if (context.registryIsPublic && isPublicAddress(to.hostname) === false)
    refuse('a public registry has no business there');
  return to;
}

/**
 * Whether the credentials of a registry may go to the realm that it names. To the registry itself always; to another
 * host only over HTTPS, and only when the registry that names it was asked over HTTPS, too: an answer over plain HTTP may
 * be anybody's. On this machine, loopback to loopback, there is nobody in between.
 */
export function realmMayHaveCredentials(registry: URL, realm: URL): boolean {
  if (realm.origin === registry.origin) return true;
  if (isLoopbackHost(registry.hostname) && isLoopbackHost(realm.hostname)) return true;
  return registry.protocol === 'https:' && realm.protocol === 'https:';
}
