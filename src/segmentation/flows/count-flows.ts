import { type Instant, includesAddress, parseAddress } from '../../base/index.ts';
import type {
  DenyList,
  Flow,
  FlowContainer,
  FlowPeer,
  HostNetwork,
  NetworkedContainer,
  TrafficEvent,
  TrafficModel,
} from '../../model/index.ts';
import type { TrafficCount, TrafficCounters } from '../dataplane.ts';
import { boundFlows } from './bound-flows.ts';
import { plainAddress } from './plain-address.ts';
import { type ExplainingJudge, trafficEvents } from './traffic-events.ts';

export interface CountFlowsInput {
  readonly counters: TrafficCounters;
  /** By which the counted packets were judged. */
  readonly model: TrafficModel;
  /** Of this host; those of others are passed over, since their addresses may be the same. */
  readonly containers: readonly NetworkedContainer[];
  readonly denyLists: readonly DenyList[];
  readonly host: HostNetwork;
  /** What a container asked to get an address: a name resolver has it. */
  readonly names: { nameOf(asker: string, address: string): string | undefined };
  /** Says in an event which rule refused. */
  readonly judge?: ExplainingJudge;
  /** Keys of earlier `newPeers`. */
  readonly known: { has(key: string): boolean };
  readonly at: Instant;
}

export interface CountedFlows {
  /** One for each end that is a container; bounded for each container. */
  readonly flows: readonly Flow[];
  readonly events: readonly TrafficEvent[];
  /** To be known from now on. */
  readonly newPeers: readonly string[];
  /** Packets of which neither end is a container that is known. */
  readonly unattributed: number;
}

/** What the kernel counted, as flows of containers and what a person may want to know of them. */
export function countFlows(input: CountFlowsInput): CountedFlows {
  const { counters, at, host } = input;
  const parties = createParties(input);
  const flows = new Map<string, Flow>();
  let unattributed = 0;

  const count = (counted: TrafficCount, outcome: Flow['outcome']): void => {
    const source = plainAddress(counted.source);
    const destination = plainAddress(counted.destination);
    const from = parties.containerAt(source);
    const to = parties.containerAt(destination);
    if (from === undefined && to === undefined) unattributed += counted.packets;
    if (from !== undefined) add(from, 'outbound', source, destination, counted, outcome);
    if (to !== undefined) add(to, 'inbound', destination, source, counted, outcome);
  };

  const add = (
    container: FlowContainer,
    direction: Flow['direction'],
    own: string,
    other: string,
    { protocol, port, packets }: TrafficCount,
    outcome: Flow['outcome'],
  ): void => {
    const peer = parties.peerAt(own, other);
    const key = `${container.containerId} ${direction} ${peerKey(peer)} ${protocol} ${port} ${outcome}`;
    const before = flows.get(key);
    const listed = parties.listOf(other);
    flows.set(key, {
      host: host.host,
      container,
      direction,
      peer,
      protocol,
      port,
      outcome,
      ...(listed !== undefined && { listed }),
      first: at,
      last: at,
      attempts: (before?.attempts ?? 0) + packets,
    });
  };

  for (const counted of counters.allowed) count(counted, 'allowed');
  for (const counted of counters.observed) count(counted, 'observed');
  for (const counted of counters.refused) count(counted, 'refused');
  const all = [...flows.values()];
  const { events, newPeers } = trafficEvents({ ...input, flows: all, addressesOf: parties.addressesOf });
  return { flows: boundFlows(all), events, newPeers, unattributed };
}

/** What tells one peer from another. */
export function peerKey(peer: FlowPeer): string {
  if (peer.kind === 'container') return `container ${peer.containerId}`;
  return peer.kind === 'address' ? `address ${peer.address} ${peer.name ?? ''}` : peer.kind;
}

interface Parties {
  containerAt(address: string): FlowContainer | undefined;
  peerAt(asker: string, address: string): FlowPeer;
  listOf(address: string): string | undefined;
  addressesOf(containerId: string): readonly string[];
}

function createParties({ model, containers, denyLists, host, names }: CountFlowsInput): Parties {
  const groups = new Map(model.endpoints.map(({ id, groups }) => [id.slice(id.indexOf(':') + 1), groups]));
  const byAddress = new Map<string, FlowContainer>();
  const addresses = new Map<string, readonly string[]>();
  for (const container of containers) {
    if (container.host !== host.host) continue;
    const { engine, containerId, name } = container;
    const own = container.attachments.flatMap((attachment) => attachment.addresses.map(plainAddress));
    addresses.set(containerId, own);
    for (const address of own)
      byAddress.set(address, { engine, containerId, name, groups: groups.get(containerId) ?? [] });
  }
  const ofHost = new Set([
    ...host.bridges.flatMap(({ gateways }) => gateways.map(plainAddress)),
    ...(host.services.get('host') ?? []).map((service) => plainAddress(service.addresses)),
  ]);
  const lists = new Map<string, string | undefined>();
  return {
    containerAt: (address) => byAddress.get(address),
    peerAt(asker, address) {
      const container = byAddress.get(address);
      if (container !== undefined) return { kind: 'container', ...container };
      if (ofHost.has(address)) return { kind: 'host' };
      const name = names.nameOf(asker, address);
      return { kind: 'address', address, ...(name !== undefined && { name }) };
    },
    listOf(address) {
      if (denyLists.length === 0) return undefined;
      if (!lists.has(address)) {
        const parsed = parseAddress(address);
        const list = parsed && denyLists.find(({ addresses }) => includesAddress(addresses, parsed));
        lists.set(address, list?.name);
      }
      return lists.get(address);
    },
    addressesOf: (containerId) => addresses.get(containerId) ?? [],
  };
}
