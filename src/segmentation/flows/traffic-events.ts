import type { Instant } from '../../base/index.ts';
import {
  describePort,
  type Flow,
  type FlowPeer,
  type HostNetwork,
  type NetworkedContainer,
  type TrafficEvent,
  type TrafficProtocol,
  type TrafficSource,
} from '../../model/index.ts';
import type { TrafficAnswer, TrafficCounters } from '../dataplane.ts';

/** What reach/ answers, with the rules that decide. */
export interface ExplainingJudge {
  judge(connection: {
    readonly source: string;
    readonly destination: string;
    readonly protocol: TrafficProtocol;
    readonly port: number;
  }): Pick<TrafficAnswer, 'outcome' | 'refusedBy'> & {
    readonly outbound?: TrafficSource;
    readonly inbound?: TrafficSource;
  };
}

export interface TrafficEventsInput {
  readonly flows: readonly Flow[];
  readonly counters: Pick<TrafficCounters, 'spoofed'>;
  readonly containers: readonly NetworkedContainer[];
  readonly host: HostNetwork;
  readonly judge?: ExplainingJudge;
  readonly known: { has(key: string): boolean };
  readonly at: Instant;
  /** Of a container, by its ID. */
  addressesOf(containerId: string): readonly string[];
}

/** Of one kind at one look; the last says how many more there were. */
const maxEvents = 200;

/**
 * Listed addresses, what was not let pass, forged sources, and where a group connected to for the first time: to a name, a
 * group, the host or an address, and a port there. Who comes from outside is new every time, and no event.
 */
export function trafficEvents(input: TrafficEventsInput): {
  readonly events: readonly TrafficEvent[];
  readonly newPeers: readonly string[];
} {
  const { flows, at, host, known } = input;
  const event = (kind: TrafficEvent['kind'], message: string, flow?: Flow): TrafficEvent => ({
    at,
    kind,
    host: host.host,
    ...(flow !== undefined && { flow }),
    message,
  });
  const listed = flows
    .filter((flow) => flow.listed !== undefined)
    .map((flow) => event('listed', `${describe(flow)}: an address of deny list ${flow.listed}, ${flow.outcome}`, flow));
  const refused = flows
    // Where both ends are containers, once: as who asked sees it.
    .filter((flow) => flow.outcome === 'refused' && flow.listed === undefined)
    .filter((flow) => flow.direction === 'outbound' || flow.peer.kind !== 'container')
    .map((flow) => event('refused', `${describe(flow)}: refused${whyRefused(flow, input)}`, flow));
  const fresh = new Map<string, TrafficEvent>();
  for (const flow of flows) {
    if (flow.direction !== 'outbound' || flow.outcome === 'refused') continue;
    for (const key of newPeerKeys(flow)) {
      if (known.has(key) || fresh.has(key)) continue;
      fresh.set(key, event('new-peer', `${describe(flow)}, for the first time`, flow));
    }
  }
  const spoofed = input.counters.spoofed
    .filter(({ packets }) => packets > 0)
    .map(({ port, packets }) => {
      const owner = input.containers.find(({ attachments }) => attachments.some((item) => item.port === port));
      const sender = owner === undefined ? `an unknown container at ${port}` : `${owner.name} (${port})`;
      return event('spoofed', `${sender} sent ${packets} packets with a source that is not its own: dropped`);
    });
  return {
    events: [listed, spoofed, refused, [...fresh.values()]].flatMap(bounded),
    newPeers: [...fresh.keys()],
  };
}

/** A key for each group of the container; of one without a group, by its name. */
export function newPeerKeys({ container, peer, protocol, port }: Flow): readonly string[] {
  const names = container.groups.length === 0 ? [`container ${container.name}`] : container.groups;
  return names.flatMap((name) => placesOf(peer).map((place) => `${name} > ${place} ${protocol}/${port}`));
}

function placesOf(peer: FlowPeer): readonly string[] {
  if (peer.kind === 'container')
    return peer.groups.length === 0 ? [`container ${peer.name}`] : peer.groups.map((group) => `group ${group}`);
  if (peer.kind === 'address') return [peer.name === undefined ? `address ${peer.address}` : `name ${peer.name}`];
  return peer.kind === 'host' ? ['host'] : [];
}

function describe({ container, direction, peer, protocol, port }: Flow): string {
  const who = container.groups.length === 0 ? container.name : `${container.name} (${container.groups.join(', ')})`;
  const what = describePort({ protocol, port });
  return direction === 'outbound' ? `${who} to ${nameOf(peer)}, ${what}` : `${nameOf(peer)} to ${who}, ${what}`;
}

function nameOf(peer: FlowPeer): string {
  if (peer.kind === 'container') return peer.name;
  if (peer.kind === 'address') return peer.name === undefined ? peer.address : `${peer.name} (${peer.address})`;
  return peer.kind === 'host' ? 'the host' : 'others';
}

function whyRefused(flow: Flow, { judge, addressesOf }: TrafficEventsInput): string {
  const { peer } = flow;
  const others =
    peer.kind === 'address' ? [peer.address] : peer.kind === 'container' ? addressesOf(peer.containerId) : [];
  const pairs = addressesOf(flow.container.containerId).flatMap((own) => others.map((other) => [own, other] as const));
  const [own, other] = pairs.find(([a, b]) => a.includes(':') === b.includes(':')) ?? [];
  if (judge === undefined || own === undefined || other === undefined) return '';
  const [source, destination] = flow.direction === 'outbound' ? [own, other] : [other, own];
  const answer = judge.judge({ source, destination, protocol: flow.protocol, port: flow.port });
  if (answer.outcome !== 'refused' || answer.refusedBy === undefined) return '';
  const rule = answer[answer.refusedBy];
  if (rule !== undefined) return ` by ${rule.document} ${rule.path}`;
  return `: no ${answer.refusedBy} rule lets it`;
}

function bounded(events: readonly TrafficEvent[]): readonly TrafficEvent[] {
  const last = events[maxEvents - 1];
  if (events.length <= maxEvents || last === undefined) return events;
  const { flow: _, ...rest } = last;
  const more = events.length - maxEvents + 1;
  return [...events.slice(0, maxEvents - 1), { ...rest, message: `${more} more of this kind at the same look` }];
}
