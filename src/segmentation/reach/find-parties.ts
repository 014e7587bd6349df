import { type Address, formatAddress, parseAddress } from '../../base/index.ts';
import type { TrafficEndpoint, TrafficModel } from '../../model/index.ts';

/** Whom somebody means. */
export type NamedParty =
  | { readonly kind: 'endpoint'; readonly endpoint: TrafficEndpoint }
  /** Outside. */
  | { readonly kind: 'address'; readonly address: string; readonly name?: string }
  | { readonly kind: 'name'; readonly name: string };

/**
 * Whom a person may mean: an endpoint by its ID, by its name or by its address, an address outside, or a DNS name (with a dot,
 * unless endpoints are called so). More than one where endpoints share the name; none where nothing is called so.
 */
export function findParties({ endpoints }: TrafficModel, text: string): readonly NamedParty[] {
  const all = (found: readonly TrafficEndpoint[]): readonly NamedParty[] =>
    found.map((endpoint) => ({ kind: 'endpoint', endpoint }));
  const byId = endpoints.filter(({ id }) => id === text);
  if (byId.length > 0) return all(byId);
  const byName = endpoints.filter(({ name }) => name === text);
  if (byName.length > 0) return all(byName);
  const address = parseAddress(text);
  if (address !== undefined) {
    const owners = endpoints.filter(({ addresses }) => addresses.some((own) => isSame(own, address)));
    return owners.length > 0 ? all(owners) : [{ kind: 'address', address: formatAddress(address) }];
  }
  const name = text.toLowerCase().replace(/\.$/, '');
  return isDnsName(name) ? [{ kind: 'name', name }] : [];
}

function isSame(text: string, address: Address): boolean {
  const other = parseAddress(text);
  return other?.family === address.family && other.value === address.value;
}

/** RFC 1035 section 2.3.4 for the lengths; labels as in RFC 1123 section 2.1, and with underscores; the first may be `*`. */
function isDnsName(name: string): boolean {
  if (name.length > 253 || !name.includes('.')) return false;
  const labels = name.startsWith('*.') ? name.slice(2).split('.') : name.split('.');
  return labels.every((label) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label)) && !/^[\d.]+$/.test(name);
}
