import { type AddressSet, hasNoAddress, noAddresses } from '../../base/index.ts';
import {
  hasNoConnection,
  type TrafficDecision,
  type TrafficEndpoint,
  type TrafficModel,
  type TrafficPeers,
  type TrafficSource,
  type TrafficTable,
  type TrafficTier,
} from '../../model/index.ts';
import { SegmentationError } from '../segmentation-error.ts';
import { type CloudConnections, ofEither } from './cloud-connections.ts';
import type { CloudPlatform } from './cloud-platform.ts';
import type { MemberPlaces } from './member-places.ts';

/** Whoever has one group of a cloud and no other: a security group, a tag, an application security group. */
export interface CloudParty {
  /** Unlike that of any other, and not `*`. */
  readonly name: string;
  /** Names of more populations that it is in; not that of a party. */
  readonly within?: readonly string[];
  readonly inbound: readonly TrafficTier[];
  readonly outbound: readonly TrafficTier[];
}

/**
 * Each party as two endpoints that stand for all it has, so that what its members may say to each other is there too. Their
 * addresses are not known.
 */
export function compileCloud(platform: CloudPlatform, parties: readonly CloudParty[]): TrafficModel {
  const sorted = [...parties].sort((a, b) => (a.name < b.name ? -1 : 1));
  const endpoints = sorted.flatMap(({ name }, at) =>
    [1, 2].map(
      (copy): TrafficEndpoint => ({
        id: `${platform}:${name}#${copy}`,
        name: `${name}#${copy}`,
        addresses: [],
        groups: [name],
        outbound: 2 * at,
        inbound: 2 * at + 1,
        mode: 'enforce',
      }),
    ),
  );
  const populations = new Map<string, number[]>([['*', endpoints.map((_, index) => index)]]);
  for (const [at, { name, within = [] }] of sorted.entries())
    for (const population of [name, ...within]) {
      const known = populations.get(population);
      if (known) known.push(2 * at, 2 * at + 1);
      else populations.set(population, [2 * at, 2 * at + 1]);
    }
  const tables = sorted.flatMap(({ inbound, outbound }): readonly TrafficTable[] => [
    { direction: 'outbound', tiers: outbound },
    { direction: 'inbound', tiers: inbound },
  ]);
  return { endpoints, populations, tables };
}

/** Decisions in the tables of all parties; beyond it a file is no export of a cloud. */
const mostDecisions = 4_000_000;

/** Counts what tables have. Throws SegmentationError `bad-rules`. */
export class DecisionBudget {
  private left = mostDecisions;

  spend(decisions: readonly TrafficDecision[]): readonly TrafficDecision[] {
    this.left -= decisions.length;
    if (this.left < 0)
      throw new SegmentationError('bad-rules', `the rules of all groups together are more than ${mostDecisions}`);
    return decisions;
  }
}

export interface CloudDecision {
  readonly action: 'allow' | 'deny';
  readonly connections: CloudConnections;
  /** Parties by name; `*` for all. */
  readonly parties: readonly string[];
  readonly addresses: AddressSet;
  readonly source: TrafficSource;
}

/**
 * What a rule decides. A block is of addresses outside, and of members who may have some of it; a denial is of those members
 * alone who surely have no other.
 */
export function decideCloud(rule: CloudDecision, members: MemberPlaces): readonly TrafficDecision[] {
  const { action, connections, addresses, source } = rule;
  const held = hasNoAddress(addresses)
    ? []
    : action === 'allow'
      ? members.within(addresses)
      : members.coveredBy(addresses);
  const populations = [...new Set([...rule.parties, ...held])].sort();
  const decisions: TrafficDecision[] = [];
  const add = (peers: Partial<TrafficPeers>, set: TrafficDecision['connections']) => {
    if (hasNoConnection(set)) return;
    const full = { populations: [], addresses: noAddresses, names: [], ...peers };
    if (full.populations.length > 0 || !hasNoAddress(full.addresses))
      decisions.push({ action, peers: full, connections: set, source });
  };
  const isSame = connections.v4 === connections.v6 || JSON.stringify(connections.v4) === JSON.stringify(connections.v6);
  if (isSame) add({ populations, addresses }, connections.v4);
  else {
    add({ populations }, ofEither(connections, action));
    add({ addresses: { ...noAddresses, v4: addresses.v4 } }, connections.v4);
    add({ addresses: { ...noAddresses, v6: addresses.v6 } }, connections.v6);
  }
  return decisions;
}

/** Names unlike each other, by what they are for: two of one name are told apart by their IDs. */
export function partyNames(
  parties: readonly { readonly id: string; readonly name: string }[],
): ReadonlyMap<string, string> {
  const uses = new Map<string, number>();
  for (const { name } of parties) uses.set(name, (uses.get(name) ?? 0) + 1);
  const isPlain = (name: string) => name !== '' && !name.startsWith('*') && !name.endsWith(')') && uses.get(name) === 1;
  return new Map(parties.map(({ id, name }) => [id, isPlain(name) ? name : `${name} (${id})`]));
}
