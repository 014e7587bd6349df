import { type AddressSet, addressesOf, formatAddress, parseAddress, parseCidr } from '../../base/index.ts';
import {
  allConnections,
  type ConnectionSet,
  connectionsTo,
  formatConnections,
  type HostNetwork,
  type NamedService,
  namedServices,
  noConnections,
  type ServiceAddress,
  type TrafficEndpoint,
  type TrafficRemark,
  unionConnections,
} from '../../model/index.ts';
import { noPeers, type ServicePlace } from './group-tables.ts';

export interface ServicePlaces {
  readonly services: ReadonlyMap<NamedService, readonly ServicePlace[]>;
  /** Indices of endpoints that are a service, or part of one; no group is called so. */
  readonly populations: ReadonlyMap<string, readonly number[]>;
  readonly remarks: readonly TrafficRemark[];
}

/**
 * Where the named services of a host are. One that runs in a container is not reached by its addresses, since no block
 * means a container: it is a population of its own, `service:dns`.
 */
export function compileServicePlaces(network: HostNetwork, endpoints: readonly TrafficEndpoint[]): ServicePlaces {
  const owners = ownersOfServices(network, endpoints);
  const services = new Map<NamedService, readonly ServicePlace[]>();
  const populations = new Map<string, readonly number[]>();
  const remarks: TrafficRemark[] = [];
  for (const service of namedServices) {
    const places = new Map<string, { connections: ConnectionSet; blocks: AddressSet[]; members: Set<number> }>();
    for (const written of network.services.get(service) ?? []) {
      const block = parseCidr(written.addresses);
      const connections = portsOf(written);
      if (!block || !connections) {
        remarks.push({
          kind: 'unsupported',
          source: { document: `host ${network.host}`, path: service },
          message: `An address of ${service} cannot be read and is left out`,
        });
        continue;
      }
      const key = formatConnections(connections);
      const place = places.get(key) ?? { connections, blocks: [], members: new Set<number>() };
      places.set(key, place);
      place.blocks.push(block);
      for (const index of owners.get(singleAddress(written.addresses) ?? '') ?? []) place.members.add(index);
    }
    const sorted = [...places].sort(([a], [b]) => (a < b ? -1 : 1));
    const compiled = sorted.map(([key, { connections, blocks, members }]): ServicePlace => {
      const name = sorted.length === 1 ? `service:${service}` : `service:${service} ${key}`;
      if (members.size > 0)
        populations.set(
          name,
          [...members].sort((a, b) => a - b),
        );
      return {
        peers: { ...noPeers, addresses: addressesOf(blocks), populations: members.size > 0 ? [name] : [] },
        connections,
      };
    });
    if (compiled.length > 0) services.set(service, compiled);
  }
  return { services, populations, remarks };
}

/**
 * Which endpoints have an address of a service. Of one address alone: a block that happens to have containers in it does
 * not make them the service.
 */
function ownersOfServices(
  network: HostNetwork,
  endpoints: readonly TrafficEndpoint[],
): ReadonlyMap<string, readonly number[]> {
  const owners = new Map<string, number[]>();
  for (const written of network.services.values())
    for (const { addresses } of written) {
      const address = singleAddress(addresses);
      if (address !== undefined) owners.set(address, []);
    }
  if (owners.size === 0) return owners;
  for (const [index, { addresses }] of endpoints.entries()) {
    for (const text of addresses) {
      // Of version 6 there are several ways to write one.
      const found = owners.get(text.includes(':') ? (singleAddress(text) ?? text) : text);
      if (found && found.at(-1) !== index) found.push(index);
    }
  }
  return owners;
}

function singleAddress(block: string): string | undefined {
  const address = parseAddress(block.replace(/\/(?:32|128)$/, ''));
  const isOne = address && (!block.includes('/') || block.endsWith(address.family === 4 ? '/32' : '/128'));
  return isOne ? formatAddress(address) : undefined;
}

function portsOf({ protocol, ports }: ServiceAddress): ConnectionSet | undefined {
  if (!ports) return protocol === undefined ? allConnections : connectionsTo(protocol);
  const [first, last] = ports;
  if (!Number.isInteger(first) || !Number.isInteger(last) || first < 0 || last < first || last > 65_535)
    return undefined;
  if (protocol !== undefined) return connectionsTo(protocol, first, last);
  return (['tcp', 'udp', 'sctp'] as const)
    .map((each) => connectionsTo(each, first, last))
    .reduce(unionConnections, noConnections);
}
