import {
  type AddressSet,
  addressesOf,
  hasNoAddress,
  intersectAddresses,
  parseCidr,
  subtractAddresses,
} from '../../../base/index.ts';
import {
  allConnections,
  type ConnectionSet,
  connectionsTo,
  hasNoConnection,
  type NamedService,
  namedServices,
  noConnections,
  portProtocols,
  protectedServices,
  type ServiceAddress,
  subtractConnections,
  unionConnections,
} from '../../../model/index.ts';
import { metadataServices } from '../../containers/well-known-services.ts';
import { selectorOf } from '../label-selector.ts';
import { inNamespaces, type PodPeers } from './select-pods.ts';

/** Where a named service is on some of its ports: addresses outside, or Pods. */
export interface ClusterPlace {
  readonly service: NamedService;
  readonly addresses: AddressSet;
  readonly pods: readonly PodPeers[];
  readonly connections: ConnectionSet;
}

const nameServer = unionConnections(connectionsTo('udp', 53, 53), connectionsTo('tcp', 53, 53));

/** What every cluster has, with what is known of this one. Blocks that cannot be read are left out. */
export function clusterPlaces(services: ReadonlyMap<NamedService, readonly ServiceAddress[]>): readonly ClusterPlace[] {
  const places: ClusterPlace[] = [
    podsOf('dns', 'kube-system', ['k8s-app', 'kube-dns'], nameServer),
    // As `kubernetes manifests` makes it.
    podsOf('portwarden', 'portwarden', ['app.kubernetes.io/name', 'portwarden'], allConnections),
  ];
  for (const service of namedServices) {
    const written = [...(service === 'metadata' ? metadataServices() : []), ...(services.get(service) ?? [])];
    const byConnections = new Map<string, { readonly connections: ConnectionSet; readonly blocks: AddressSet[] }>();
    for (const one of written) {
      const block = parseCidr(one.addresses);
      if (block === undefined) continue;
      const connections = connectionsOf(one);
      const key = JSON.stringify(connections);
      const known = byConnections.get(key);
      if (known === undefined) byConnections.set(key, { connections, blocks: [block] });
      else known.blocks.push(block);
    }
    for (const { connections, blocks } of byConnections.values())
      places.push({ service, addresses: addressesOf(blocks), pods: [], connections });
  }
  return places;
}

function podsOf(
  service: NamedService,
  namespace: string,
  [key, value]: readonly [string, string],
  connections: ConnectionSet,
): ClusterPlace {
  const pods = selectorOf([{ key, operator: 'In', values: [value] }]);
  return {
    service,
    addresses: addressesOf([]),
    pods: [{ namespaces: inNamespaces([namespace]), pods }],
    connections,
  };
}

function connectionsOf({ protocol, ports }: ServiceAddress): ConnectionSet {
  const of = protocol === undefined ? portProtocols : [protocol];
  if (ports === undefined) return protocol === undefined ? allConnections : connectionsTo(protocol);
  return of.map((each) => connectionsTo(each, ports[0], ports[1])).reduce(unionConnections, noConnections);
}

/** Addresses that fare alike. */
export interface OutsidePart {
  readonly addresses: AddressSet;
  readonly connections: ConnectionSet;
}

/** What of a rule's addresses is left once the services that are refused are taken out. */
export function withoutServices(
  whole: OutsidePart,
  places: readonly ClusterPlace[],
  refused: readonly NamedService[] = protectedServices,
): readonly OutsidePart[] {
  let parts: readonly OutsidePart[] = [whole];
  for (const place of places) {
    if (!refused.includes(place.service)) continue;
    parts = parts.flatMap((part) => {
      const shared = intersectAddresses(part.addresses, place.addresses);
      if (hasNoAddress(shared)) return [part];
      return [
        { addresses: subtractAddresses(part.addresses, shared), connections: part.connections },
        { addresses: shared, connections: subtractConnections(part.connections, place.connections) },
      ];
    });
  }
  const byConnections = new Map<string, OutsidePart>();
  for (const { addresses, connections } of parts) {
    if (hasNoAddress(addresses) || hasNoConnection(connections)) continue;
    const key = JSON.stringify(connections);
    const known = byConnections.get(key)?.addresses;
    byConnections.set(key, { addresses: known ? addressesOf([known, addresses]) : addresses, connections });
  }
  return [...byConnections.values()];
}
