import {
  type AddressSet,
  addressesOf,
  allAddresses,
  equalAddresses,
  hasNoAddress,
  noAddresses,
  parseCidr,
  type Span,
  type Spans,
  subtractAddresses,
  unionAddresses,
} from '../../base/index.ts';
import type { NamedService, TrafficEndpoint } from '../../model/index.ts';
import type { ReachParty } from '../../segmentation/index.ts';
import { addressNode, groupNodes, nameNode, serviceNode, type TrafficNode } from './traffic-nodes.ts';
import type { HostTraffic } from './traffic-scene.ts';

/**
 * The places of the map that a party of a host stands for. Hosts share them: `anywhere` is without the containers and the
 * named services of each, which documents do not mean by a block, and which differ from host to host.
 */
export function createPartyNodes(): (
  host: HostTraffic,
  groupsOf?: (endpoint: TrafficEndpoint) => readonly string[],
) => (party: ReachParty) => readonly TrafficNode[] {
  const shared = new Map<string, TrafficNode & { readonly byHost: Map<string, AddressSet> }>();
  return (host, groupsOf = ({ groups }) => groups) => {
    const services = placesOf(host);
    const own = addressesOf([ownAddresses(host), ...services.map(({ addresses }) => addresses)]);
    const nodes = new Map<ReachParty, readonly TrafficNode[]>();
    return (party) => {
      const known = nodes.get(party) ?? nodesOf(party);
      nodes.set(party, known);
      return known;
    };

    function nodesOf(party: ReachParty): readonly TrafficNode[] {
      if (party.kind === 'name') return [nameNode(party.name)];
      if (party.kind === 'addresses') return [shareNode(party.addresses)];
      // Endpoints of different groups are of one class where none of these is enforced.
      const groups = party.class.endpoints.flatMap((endpoint) => groupNodes(groupsOf(endpoint)));
      return [...new Map(groups.map((node) => [node.id, node])).values()];
    }

    function shareNode(addresses: AddressSet): TrafficNode {
      const service =
        services.find((one) => equalAddresses(addresses, one.addresses)) ??
        services.find((one) => hasNoAddress(subtractAddresses(addresses, one.addresses)));
      const made = service ? serviceNode(service.name, addresses) : addressNode(fillHoles(addresses, own));
      const node = shared.get(made.id) ?? { ...made, byHost: new Map<string, AddressSet>() };
      shared.set(made.id, node);
      node.byHost.set(host.host, unionAddresses(node.byHost.get(host.host) ?? noAddresses, addresses));
      return node;
    }
  };
}

/** Named services of a host that have addresses to themselves, whatever the port; and where names are asked for. */
function placesOf({ report }: HostTraffic): readonly { readonly name: NamedService; readonly addresses: AddressSet }[] {
  return [...report.network.services]
    .filter(([name, places]) => name === 'dns' || places.every(({ ports }) => ports === undefined))
    .sort(([a], [b]) => Number(a === 'dns') - Number(b === 'dns') || (a < b ? -1 : 1))
    .map(([name, places]) => ({
      name,
      addresses: addressesOf(places.flatMap((place) => parseCidr(place.addresses) ?? [])),
    }))
    .filter(({ addresses }) => !hasNoAddress(addresses));
}

function ownAddresses({ model }: HostTraffic): AddressSet {
  return addressesOf(model.endpoints.flatMap(({ addresses }) => addresses.flatMap((one) => parseCidr(one) ?? [])));
}

/** With what lies between its parts, where that is all of `own`. */
function fillHoles(addresses: AddressSet, own: AddressSet): AddressSet {
  const holes = subtractAddresses(allAddresses, addresses);
  return unionAddresses(addresses, {
    v4: holes.v4.filter((hole) => liesIn(hole, own.v4)),
    v6: holes.v6.filter((hole) => liesIn(hole, own.v6)),
  });
}

/** In logarithmic time. No span touches the next, so that only one can have all of it. */
function liesIn<Point extends number | bigint>({ from, end }: Span<Point>, spans: Spans<Point>): boolean {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const span = spans[middle];
    if (span === undefined) return false;
    if (span.end <= from) low = middle + 1;
    else if (span.from > from) high = middle;
    else return end <= span.end;
  }
  return false;
}
