import type {
  AttachedContainer,
  EngineEndpoint,
  EngineKind,
  EngineNetwork,
  NetworkAttachment,
  NetworkedContainer,
  OutOfReach,
} from '../../model/index.ts';
import type { HostLink } from './host-links.ts';
import type { NetworkNamespace } from './network-namespaces.ts';
import { networkOfUser, notBound, outOfReachOf, sharedWith } from './out-of-reach.ts';

/** A container that runs, and where: the namespace is absent where its process was gone, or is another's by now. */
export interface PlacedContainer {
  readonly engine: EngineKind;
  readonly container: AttachedContainer;
  readonly namespace?: NetworkNamespace;
}

/** What was read of a host, as far as containers concerns. */
export interface HostView {
  readonly host: string;
  readonly networks: readonly EngineNetwork[];
  readonly links: readonly HostLink[];
  /** By which number links name the namespaces of their other ends. */
  readonly numbers: ReadonlyMap<NetworkNamespace, number>;
  /** Of the host itself. */
  readonly ownNamespace: NetworkNamespace;
}

/**
 * Which interface of the host is whose. A port is a container's where the kernel says that its other end lies in the
 * namespace of that container's first process, and it is a port of the bridge of a network that the engine gave the
 * container an address in. What lies inside of that namespace is never looked at, as its processes may shape it.
 *
 * Containers that share a namespace (`container:X`, pods) have the union of their ends.
 */
export function attachContainers(view: HostView, placed: readonly PlacedContainer[]): readonly NetworkedContainer[] {
  const sharing = groupByNamespace(placed);
  const ports = groupPorts(view.links);
  const networks = createNetworkIndex(view.networks);
  return placed.map((one) => {
    const { container, engine, namespace } = one;
    const mates = (namespace === undefined ? undefined : sharing.get(namespace)) ?? [one];
    const outOfReach: OutOfReach[] = [];
    const attachments: NetworkAttachment[] = [];
    if (namespace === view.ownNamespace) outOfReach.push(outOfReachOf('host', 'host'));
    else {
      const number = namespace === undefined ? undefined : view.numbers.get(namespace);
      for (const { network: known, endpoint } of endpointsOf(mates, networks)) {
        if (known === undefined) {
          outOfReach.push(notBound(endpoint.network, 'the engine does not list that network'));
          continue;
        }
        if (known.driver === 'null') continue;
        if (known.driver !== 'bridge') {
          outOfReach.push(outOfReachOf(known.driver, known.name));
          continue;
        }
        const bound = attach(known, endpoint, number, ports);
        if (typeof bound === 'string') outOfReach.push(notBound(known.name, bound));
        else attachments.push(...bound);
      }
      const isUsers = attachments.length === 0 && outOfReach.length === 0 && isElsewhere(container);
      if (isUsers && number === undefined) outOfReach.push(networkOfUser(container.networkMode));
    }
    const names = mates.filter((mate) => mate !== one).map((mate) => mate.container.name);
    if (names.length > 0 && attachments.length > 0) outOfReach.push(sharedWith(names.toSorted()));
    const { running: _, started: __, networkMode: ___, endpoints: ____, ...identity } = container;
    return { ...identity, host: view.host, engine, attachments, outOfReach };
  });
}

function attach(
  network: EngineNetwork,
  endpoint: EngineEndpoint,
  number: number | undefined,
  ports: ReadonlyMap<string, readonly string[]>,
): readonly NetworkAttachment[] | string {
  const { bridge } = network;
  const { mac, addresses } = endpoint;
  if (bridge === undefined) return 'its bridge has a name that cannot be written into rules';
  if (mac === undefined) return 'the engine does not say which hardware address it has';
  if (addresses.length === 0) return 'the engine gave it no address';
  const found = number === undefined ? [] : (ports.get(portKey(number, bridge)) ?? []);
  if (found.length === 0) return `no port of the bridge ${bridge} leads to it`;
  return found.map((port) => ({ network: network.name, bridge, port, mac, addresses }));
}

/** Those of all that share the namespace, each once: podman repeats them, docker gives them to the first alone. */
function endpointsOf(
  mates: readonly PlacedContainer[],
  networks: NetworkIndex,
): readonly { readonly network: EngineNetwork | undefined; readonly endpoint: EngineEndpoint }[] {
  const endpoints = new Map<string, { network: EngineNetwork | undefined; endpoint: EngineEndpoint }>();
  for (const { engine, container } of mates) {
    for (const endpoint of container.endpoints) {
      const network = networks.find(engine, endpoint);
      const key = JSON.stringify([engine, endpoint.network, endpoint.mac, endpoint.addresses]);
      if (!endpoints.has(key)) endpoints.set(key, { network, endpoint });
    }
  }
  return [...endpoints.values()];
}

interface NetworkIndex {
  find(engine: EngineKind, endpoint: EngineEndpoint): EngineNetwork | undefined;
}

function createNetworkIndex(networks: readonly EngineNetwork[]): NetworkIndex {
  const byId = new Map(networks.map((network) => [`${network.engine} ${network.networkId}`, network]));
  const byName = new Map(networks.map((network) => [`${network.engine} ${network.name}`, network]));
  return {
    find: (engine, { networkId, network }) => byId.get(`${engine} ${networkId}`) ?? byName.get(`${engine} ${network}`),
  };
}

function groupByNamespace(
  placed: readonly PlacedContainer[],
): ReadonlyMap<NetworkNamespace, readonly PlacedContainer[]> {
  const groups = new Map<NetworkNamespace, PlacedContainer[]>();
  for (const one of placed) {
    if (one.namespace === undefined) continue;
    const group = groups.get(one.namespace);
    if (group) group.push(one);
    else groups.set(one.namespace, [one]);
  }
  return groups;
}

function groupPorts(links: readonly HostLink[]): ReadonlyMap<string, readonly string[]> {
  const ports = new Map<string, string[]>();
  for (const { peerNamespace, bridge, name } of links) {
    if (peerNamespace === undefined || bridge === undefined) continue;
    const key = portKey(peerNamespace, bridge);
    const group = ports.get(key);
    if (group) group.push(name);
    else ports.set(key, [name]);
  }
  return ports;
}

function portKey(number: number, bridge: string): string {
  return `${number} ${bridge}`;
}

/** `none` is a network without any way out. */
function isElsewhere({ networkMode }: AttachedContainer): boolean {
  return networkMode !== 'none' && networkMode !== '';
}
