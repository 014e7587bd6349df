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
import { readAddresses } from '../read-addresses.ts';
import { remember } from '../remember.ts';
import { noPeers, type ServicePlace } from './group-tables.ts';

export interface ServicePlaces {
  readonly services: ReadonlyMap<NamedService, readonly ServicePlace[]>;
  /** Indices of endpoints that are a service, or part of one; no group is called so. */
  readonly populations: ReadonlyMap<string, readonly number[]>;
  readonly remarks: readonly TrafficRemark[];
}

/**
 * Where the named services of a host are. One that runs in a container is not reached by its addresses, since no block
 * means a container: it is a population of its own, `service:dns`. The same thing for the same network, as long as the same
 * services run in containers.
 */
export function compileServicePlaces(network: HostNetwork, endpoints: readonly TrafficEndpoint[]): ServicePlaces {
  const { places, remarks, servicesWith } = readPlaces(network);
  const owners = ownersOf(places, endpoints);
  const populations = new Map<string, readonly number[]>();
  for (const { name, singles } of places) {
    const members = new Set(singles.flatMap((address) => owners.get(address) ?? []));
    if (members.size === 0) continue;
    populations.set(
      name,
      [...members].sort((a, b) => a - b),
    );
  }
  return { services: servicesWith([...populations.keys()]), populations, remarks };
}

/** As the network says it, whoever runs there. */
interface ReadPlace {
  readonly service: NamedService;
  /** Of its population. */
  readonly name: string;
  readonly connections: ConnectionSet;
  readonly addresses: AddressSet;
  /** Those that stand alone: a block that happens to have containers in it does not make them the service. */
  readonly singles: readonly string[];
}

interface ReadPlaces {
  readonly places: readonly ReadPlace[];
  readonly remarks: readonly TrafficRemark[];
  /** `populated`: names of populations that have members. */
  readonly servicesWith: (populated: readonly string[]) => ServicePlaces['services'];
}

const readPlaces = remember((network: HostNetwork): ReadPlaces => {
  const places: ReadPlace[] = [];
  const remarks: TrafficRemark[] = [];
  for (const service of namedServices) {
    const byPorts = new Map<string, { connections: ConnectionSet; blocks: AddressSet[]; singles: string[] }>();
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
      const place = byPorts.get(key) ?? { connections, blocks: [], singles: [] };
      byPorts.set(key, place);
      place.blocks.push(block);
      const single = singleAddress(written.addresses);
      if (single !== undefined) place.singles.push(single);
    }
    const sorted = [...byPorts].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [key, { connections, blocks, singles }] of sorted) {
      const name = sorted.length === 1 ? `service:${service}` : `service:${service} ${key}`;
      places.push({ service, name, connections, addresses: addressesOf(blocks), singles });
    }
  }
  const made = new Map<string, ServicePlaces['services']>();
  return {
    places,
    remarks,
    servicesWith(populated) {
      const key = JSON.stringify(populated);
      const services = made.get(key) ?? withPopulations(places, populated);
      made.set(key, services);
      return services;
    },
  };
});

function withPopulations(places: readonly ReadPlace[], populated: readonly string[]): ServicePlaces['services'] {
  const services = new Map<NamedService, ServicePlace[]>();
  for (const { service, name, connections, addresses } of places) {
    const peers = { ...noPeers, addresses, populations: populated.includes(name) ? [name] : [] };
    services.set(service, [...(services.get(service) ?? []), { peers, connections }]);
  }
  return services;
}

/** Which endpoints have an address of a service. */
function ownersOf(
  places: readonly ReadPlace[],
  endpoints: readonly TrafficEndpoint[],
): ReadonlyMap<string, readonly number[]> {
  const owners = new Map<string, number[]>();
  for (const { singles } of places) for (const address of singles) owners.set(address, []);
  if (owners.size === 0) return owners;
  endpoints.forEach(({ addresses }, index) => {
    // Of version 6 there are several ways to write one.
    const isPlain = !addresses.some((text) => text.includes(':'));
    for (const text of isPlain ? addresses : readAddresses(addresses).map((read) => read.text))
      owners.get(text)?.push(index);
  });
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
