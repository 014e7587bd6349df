import ipaddr from 'ipaddr.js';

/**
 * Where the API of a registry is. HTTPS, but for loopback and for what is listed in `plainHttp` (`host[:port]`, as in
 * references). docker.io is the one name whose API has another host.
 */
export function registryEndpoint(registry: string, plainHttp: readonly string[] = []): URL {
  if (registry === 'docker.io') return new URL('https://registry-1.docker.io/');
  const secure = new URL(`https://${registry}/`);
  const isPlain = plainHttp.some((host) => host.toLowerCase() === registry) || isLoopbackHost(secure.hostname);
  return isPlain ? new URL(`http://${registry}/`) : secure;
}

export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || addressRange(hostname) === 'loopback';
}

/** Whether a host is written as an address that the whole Internet reaches; undefined where it is a name. */
export function isPublicAddress(hostname: string): boolean | undefined {
  if (hostname === 'localhost') return false;
  const range = addressRange(hostname);
  return range === undefined ? undefined : range === 'unicast';
}

/** IPv4 inside IPv6 counts as the IPv4 that it is. */
function addressRange(hostname: string): string | undefined {
  const text = hostname.replace(/^\[(.*)\]$/, '$1');
  return ipaddr.isValid(text) ? ipaddr.process(text).range() : undefined;
}
