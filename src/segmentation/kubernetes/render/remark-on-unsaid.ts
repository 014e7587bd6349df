import { type AddressSet, addressesOf, hasNoAddress, intersectAddresses, parseCidr } from '../../../base/index.ts';
import { protectedServices, type SecurityGroup, type TrafficPeer, type TrafficRemark } from '../../../model/index.ts';
import type { ClusterPlace } from './cluster-services.ts';

/** Where clusters have their Pods (RFC 1918, RFC 6598, RFC 4193). */
const privateAddresses: AddressSet = addressesOf(
  ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'].flatMap(
    (text) => parseCidr(text) ?? [],
  ),
);

/** What rules may let more for, since nobody said where it is in this cluster: protected services, and Pods. */
export function remarkOnUnsaid(
  groups: readonly SecurityGroup[],
  places: readonly ClusterPlace[],
  podAddresses: AddressSet,
): readonly TrafficRemark[] {
  const enforced = groups.filter(({ mode }) => mode === 'enforce');
  const remarks: TrafficRemark[] = [];
  const unknown = protectedServices.filter((service) => !places.some((place) => place.service === service));
  if (unknown.length > 0 && enforced.some(({ outbound }) => outbound.some(({ peers }) => peers.some(hasAddresses))))
    remarks.push({
      kind: 'unsupported',
      source: { document: 'protected services', path: unknown.join(', ') },
      message: `It is not known where these are in this cluster: a rule whose addresses have them lets them, unless their places are said`,
    });
  if (!hasNoAddress(podAddresses)) return remarks;
  for (const { name, inbound, outbound } of enforced)
    for (const { path, peers } of [...inbound, ...outbound])
      if (peers.some(hasPrivateAddresses))
        remarks.push({
          kind: 'broad',
          source: { document: `SecurityGroup ${name}`, path },
          message: `Pods may have addresses of its block, and some networks let it mean them: say which with --pod-cidr`,
        });
  return remarks;
}

function hasAddresses({ kind }: TrafficPeer): boolean {
  return kind === 'any' || kind === 'addresses';
}

function hasPrivateAddresses(peer: TrafficPeer): boolean {
  return peer.kind === 'addresses' && !hasNoAddress(intersectAddresses(peer.addresses, privateAddresses));
}
