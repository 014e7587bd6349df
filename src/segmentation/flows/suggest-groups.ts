import { addressesOf, formatCidrs, formatInstant, includesAddress, parseAddress, parseCidr } from '../../base/index.ts';
import {
  type Flow,
  type FlowPeer,
  type FlowRecording,
  type HostNetwork,
  type MemberSelector,
  type NamedService,
  type NetworkedContainer,
  protectedServices,
} from '../../model/index.ts';
import { formatSeenPorts, type SeenPorts } from './seen-ports.ts';
import { suggestIdentities } from './suggested-identity.ts';

/** As the documents of policy say it. */
export interface SuggestedGroup {
  readonly apiVersion: 'portwarden/v1';
  readonly kind: 'SecurityGroup';
  readonly metadata: { readonly name: string; readonly description: string };
  readonly mode: 'observe';
  readonly spec: {
    readonly members: readonly MemberSelector[];
    readonly inbound?: readonly ({ readonly from: readonly SuggestedPeer[] } & SuggestedPorts)[];
    readonly outbound?: readonly ({ readonly to: readonly SuggestedPeer[] } & SuggestedPorts)[];
  };
}

export type SuggestedPeer =
  | { readonly group: string }
  | { readonly cidr: string }
  | { readonly name: string }
  | { readonly service: NamedService };

interface SuggestedPorts {
  readonly ports: readonly string[];
  readonly description: string;
}

export interface Suggestion {
  readonly groups: readonly SuggestedGroup[];
  /** What was seen and is in no group, and why; for a person. */
  readonly remarks: readonly string[];
}

export interface SuggestGroupsInput {
  readonly flows: readonly Flow[];
  readonly containers: readonly NetworkedContainer[];
  readonly recordings: readonly FlowRecording[];
  /** Tells named services by their addresses. */
  readonly hosts?: readonly HostNetwork[];
}

/** Of one group and direction. */
const maxBlocks = 64;

/**
 * Groups that let what was seen and nothing else, in mode observe, for a person to cut down: refused attempts and listed
 * addresses are not in them, and what does not fit is left out and said. Deterministic: the order of the flows does not
 * matter.
 */
export function suggestGroups({ flows, containers, recordings, hosts = [] }: SuggestGroupsInput): Suggestion {
  const identities = suggestIdentities(containers);
  const byName = new Map(containers.map(({ host, name, containerId }) => [`${host} ${name}`, containerId]));
  // One that was made anew since has another ID.
  const groupOf = (host: string, { containerId, name }: { containerId: string; name: string }): string | undefined =>
    (identities.get(containerId) ?? identities.get(byName.get(`${host} ${name}`) ?? ''))?.name;
  const drafts = new Map([...identities.values()].map((identity) => [identity.name, createDraft()]));
  const remarks = new Set<string>();
  for (const flow of flows) {
    if (flow.outcome === 'refused') continue;
    const who = groupOf(flow.host, flow.container);
    if (who === undefined) {
      remarks.add(`Container ${flow.container.name} is gone: what it did is left out.`);
      continue;
    }
    if (flow.listed !== undefined) {
      remarks.add(`${who} talked to an address of deny list ${flow.listed}: left out.`);
      continue;
    }
    const peer = peerOf(flow, groupOf, hosts);
    if (typeof peer === 'string') {
      remarks.add(`${who}, ${flow.direction}: ${peer}`);
      continue;
    }
    if ('service' in peer && protectedServices.includes(peer.service))
      remarks.add(`${who} uses the protected service ${peer.service}: keep that only if it must.`);
    drafts.get(who)?.[flow.direction].add(peer, flow);
  }
  const since = describeRecordings(recordings);
  const unique = new Map([...identities.values()].map((identity) => [identity.name, identity]));
  const groups = [...unique.values()].map(({ name, members }): SuggestedGroup => {
    const draft = drafts.get(name) ?? createDraft();
    const inbound = draft.inbound.rules();
    const outbound = draft.outbound.rules();
    for (const [direction, { left }] of [['inbound', inbound] as const, ['outbound', outbound] as const]) {
      if (left > 0)
        remarks.add(
          `${name}, ${direction}: ${left} more blocks of addresses than the ${maxBlocks} with most attempts are left out. Write the block that they are of, or 0.0.0.0/0 and ::/0 where it is for everybody.`,
        );
    }
    return {
      apiVersion: 'portwarden/v1',
      kind: 'SecurityGroup',
      metadata: { name, description: `Suggested from what was seen ${since}` },
      mode: 'observe',
      spec: {
        members,
        ...(inbound.rules.length > 0 && {
          inbound: inbound.rules.map(({ peers, ...rest }) => ({ from: peers, ...rest })),
        }),
        ...(outbound.rules.length > 0 && {
          outbound: outbound.rules.map(({ peers, ...rest }) => ({ to: peers, ...rest })),
        }),
      },
    };
  });
  if (recordings.some(({ overflowed }) => overflowed))
    remarks.add('The recording was full at times: there was more than is here.');
  return { groups: groups.toSorted((a, b) => compare(a.metadata.name, b.metadata.name)), remarks: [...remarks].sort() };
}

/** A text says why there is none. */
function peerOf(
  { host, peer, direction, protocol, port }: Flow,
  groupOf: (host: string, container: { containerId: string; name: string }) => string | undefined,
  hosts: readonly HostNetwork[],
): SuggestedPeer | string {
  if (protocol !== 'icmp' && port === 0) return 'attempts that were not told apart are left out.';
  if (peer.kind === 'others') return 'peers that were not told apart are left out.';
  if (peer.kind === 'container') {
    const group = groupOf(host, peer);
    return group === undefined ? `its peer ${peer.name} is gone: left out.` : { group };
  }
  if (peer.kind === 'host') return { service: 'host' };
  const service =
    direction === 'outbound'
      ? serviceAt(
          peer,
          { protocol, port },
          hosts.find((one) => one.host === host),
        )
      : undefined;
  if (service !== undefined) return { service };
  // A rule by name needs two parts at least.
  if (direction === 'outbound' && peer.name?.includes('.')) return { name: peer.name };
  return { cidr: peer.address };
}

function serviceAt(
  { address }: Extract<FlowPeer, { kind: 'address' }>,
  { protocol, port }: Pick<Flow, 'protocol' | 'port'>,
  network: HostNetwork | undefined,
): NamedService | undefined {
  const parsed = parseAddress(address);
  if (network === undefined || parsed === undefined) return undefined;
  for (const [service, places] of network.services) {
    for (const place of places) {
      const block = parseCidr(place.addresses);
      const [first, last] = place.ports ?? [0, 65_535];
      if (block === undefined || !includesAddress(block, parsed)) continue;
      if ((place.protocol ?? protocol) === protocol && port >= first && port <= last) return service;
    }
  }
  return undefined;
}

interface SeenPeer {
  readonly peer: SuggestedPeer;
  readonly ports: SeenPorts;
  attempts: number;
  last: number;
}

function createDraft() {
  return { inbound: createSeen(), outbound: createSeen() };
}

/** What was seen in one direction: by peer, then by what ports its peers have in common. */
function createSeen() {
  const seen = new Map<string, SeenPeer>();
  return {
    add(peer: SuggestedPeer, { protocol, port, attempts, last }: Flow): void {
      const key = JSON.stringify(peer);
      const entry = seen.get(key) ?? { peer, ports: new Map(), attempts: 0, last };
      entry.ports.set(protocol, (entry.ports.get(protocol) ?? new Set()).add(port));
      entry.attempts += attempts;
      entry.last = Math.max(entry.last, last);
      seen.set(key, entry);
    },
    rules() {
      const byPorts = Map.groupBy(seen.values(), ({ ports }) => formatSeenPorts(ports).join(' '));
      let left = 0;
      let room = maxBlocks;
      const rules = [...byPorts]
        .toSorted(([a], [b]) => compare(a, b))
        .flatMap(([ports, peers]) => {
          const { kept, left: more } = peersOf(peers, room);
          left += more;
          room -= kept.filter((peer) => 'cidr' in peer).length;
          if (kept.length === 0) return [];
          const attempts = peers.reduce((sum, peer) => sum + peer.attempts, 0);
          const last = peers.reduce((latest, peer) => Math.max(latest, peer.last), 0);
          const description = `${attempts} attempts, the last at ${formatInstant(last)}`;
          return [{ peers: kept, ports: ports.split(' '), description }];
        });
      return { rules, left };
    },
  };
}

/** Addresses side by side become blocks that have no other in them. */
function peersOf(
  seen: readonly SeenPeer[],
  room: number,
): { readonly kept: readonly SuggestedPeer[]; readonly left: number } {
  const named = seen.filter(({ peer }) => !('cidr' in peer)).map(({ peer }) => peer);
  const addresses = addressesOf(seen.flatMap(({ peer }) => ('cidr' in peer ? (parseCidr(peer.cidr) ?? []) : [])));
  const attempts = new Map(seen.map(({ peer, attempts }) => ['cidr' in peer ? peer.cidr : '', attempts]));
  const blocks = formatCidrs(addresses).map((text) => text.replace(/^([^/:]+)\/32$|^([^/]+)\/128$/, '$1$2'));
  const kept = blocks
    .map((cidr) => ({ cidr, attempts: attempts.get(cidr) ?? Number.MAX_SAFE_INTEGER }))
    .toSorted((a, b) => b.attempts - a.attempts)
    .slice(0, Math.max(room, 0))
    .map(({ cidr }) => ({ cidr }));
  const order = new Map(blocks.map((block, index) => [block, index]));
  return {
    kept: [
      ...named.toSorted((a, b) => compare(JSON.stringify(a), JSON.stringify(b))),
      ...kept.toSorted((a, b) => (order.get(a.cidr) ?? 0) - (order.get(b.cidr) ?? 0)),
    ],
    left: blocks.length - kept.length,
  };
}

function describeRecordings(recordings: readonly FlowRecording[]): string {
  if (recordings.length === 0) return 'for an unknown time; what was not seen may still happen.';
  const from = Math.min(...recordings.map((recording) => recording.from));
  const to = Math.max(...recordings.map((recording) => recording.to));
  const hosts = [...new Set(recordings.map(({ host }) => host))].sort();
  const named = hosts.length <= 5 ? hosts.join(', ') : `${hosts.length} hosts`;
  return `on ${named} from ${formatInstant(from)} to ${formatInstant(to)}; what was not seen may still happen.`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
