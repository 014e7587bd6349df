import {
  type AddressSet,
  addressesOf,
  allAddresses,
  hasNoAddress,
  noAddresses,
  subtractAddresses,
} from '../../base/index.ts';
import {
  allConnections,
  type ConnectionSet,
  type DenyList,
  hasNoConnection,
  intersectConnections,
  type NamedService,
  protectedServices,
  type SecurityGroup,
  type TrafficDecision,
  type TrafficPeers,
  type TrafficRule,
  type TrafficSource,
  type TrafficTable,
} from '../../model/index.ts';
import { isResolverName, knownResolvers } from '../names/known-resolvers.ts';

/** Where a named service is: on each of its ports these addresses, and these containers. */
export interface ServicePlace {
  readonly peers: TrafficPeers;
  readonly connections: ConnectionSet;
}

export interface TableParts {
  readonly denyLists: readonly DenyList[];
  readonly services: ReadonlyMap<NamedService, readonly ServicePlace[]>;
  /** Groups that rules may name. */
  readonly known: ReadonlySet<string>;
}

/** Makes the tables of a set of groups. What a rule decides is made once, however many tables it is in. */
export interface TableCompiler {
  inbound(groups: readonly SecurityGroup[]): TrafficTable;
  outbound(groups: readonly SecurityGroup[]): TrafficTable;
}

/** What one rule lets, split by where in a table it has its say. */
interface CompiledRule {
  /** Of services other than the host itself. */
  readonly services: readonly TrafficDecision[];
  readonly host: readonly TrafficDecision[];
  readonly others: readonly TrafficDecision[];
}

export const noPeers: TrafficPeers = { populations: [], addresses: noAddresses, names: [] };

/** What another resolver answers nobody sees, and a tunnel over it goes anywhere. */
const refusedResolvers: TrafficDecision = {
  action: 'deny',
  peers: { ...noPeers, addresses: knownResolvers },
  connections: allConnections,
  source: { document: 'public resolvers', path: '(refused where rules say names)' },
};

/**
 * Outbound, three tiers are asked in order: deny lists; named services, of which those that are protected are refused where no
 * rule named them, before any block could let them; and what the groups allow. Where they say names, public resolvers are
 * refused in the same way, after what other groups of the member let. Inbound there is nothing to protect.
 */
export function createTableCompiler({ denyLists, services, known }: TableParts): TableCompiler {
  const compiled = new Map<TrafficRule, CompiledRule>();
  const denied: TrafficTable['tiers'][number] = {
    name: 'deny lists',
    decisions: denyLists
      .filter(({ addresses }) => !hasNoAddress(addresses))
      .map(({ name, addresses }) => ({
        action: 'deny',
        peers: { ...noPeers, addresses },
        connections: allConnections,
        source: { document: `AddressList ${name}`, path: 'spec' },
      })),
    otherwise: 'next',
  };
  const refusals = (wanted: readonly NamedService[]): readonly TrafficDecision[] =>
    wanted.flatMap((service) =>
      (services.get(service) ?? []).map((place) => ({
        action: 'deny' as const,
        ...place,
        source: { document: 'protected services', path: service },
      })),
    );
  const refusedServices = refusals(protectedServices.filter((service) => service !== 'host'));
  const refusedHost = refusals(['host']);

  const compile = (group: SecurityGroup, rule: TrafficRule, isOutbound: boolean): CompiledRule => {
    const before = compiled.get(rule);
    if (before) return before;
    const source = sourceOf(group, rule);
    const peers = plainPeers(rule, known, isOutbound);
    const others: TrafficDecision[] = [];
    if (!hasNoConnection(rule.connections) && !isNobody(peers))
      others.push({ action: 'allow', peers, connections: rule.connections, source });
    const named = { services: [] as TrafficDecision[], host: [] as TrafficDecision[] };
    for (const service of servicesOf(rule)) {
      for (const place of services.get(service) ?? []) {
        // A service that connects to a container does so from any port of its own.
        const connections = isOutbound ? intersectConnections(rule.connections, place.connections) : rule.connections;
        if (hasNoConnection(connections)) continue;
        const decision: TrafficDecision = { action: 'allow', peers: place.peers, connections, source };
        if (!isOutbound) others.push(decision);
        else if (service === 'host') named.host.push(decision);
        else named.services.push(decision);
      }
    }
    const made = { ...named, others };
    compiled.set(rule, made);
    return made;
  };

  return {
    inbound: (groups) => ({
      direction: 'inbound',
      tiers: [
        denied,
        {
          name: 'groups',
          decisions: groups.flatMap((group) => group.inbound.flatMap((rule) => compile(group, rule, false).others)),
          otherwise: 'deny',
        },
      ],
    }),
    outbound(groups) {
      const compileAll = (some: readonly SecurityGroup[]) =>
        some.flatMap((group) => group.outbound.map((rule) => compile(group, rule, true)));
      const rules = compileAll(groups);
      const letting = (some: readonly SecurityGroup[]) => compileAll(some).flatMap(({ others }) => others);
      const naming = groups.filter(saysNames);
      const free = groups.filter((group) => !saysNames(group));
      return {
        direction: 'outbound',
        tiers: [
          denied,
          {
            name: 'named services',
            // Who may reach the host may not reach the engine on it: the host comes after what is told apart from it.
            decisions: [
              ...rules.flatMap((rule) => rule.services),
              ...refusedServices,
              ...rules.flatMap((rule) => rule.host),
              ...refusedHost,
            ],
            otherwise: 'next',
          },
          { name: 'groups', decisions: [...letting(free), ...withoutResolvers(letting(naming))], otherwise: 'deny' },
        ],
      };
    },
  };
}

/** Rules that speak of public resolvers and of nothing else come before they are refused. */
function withoutResolvers(decisions: readonly TrafficDecision[]): readonly TrafficDecision[] {
  if (decisions.length === 0) return decisions;
  const meant = decisions.flatMap((decision) => {
    const { addresses, names } = decision.peers;
    const peers = {
      ...noPeers,
      addresses: areResolvers(addresses) ? addresses : noAddresses,
      names: names.filter((name) => isResolverName(name.replace(/^\*\./, ''))),
    };
    return isNobody(peers) ? [] : [{ ...decision, peers }];
  });
  return [...meant, refusedResolvers, ...decisions];
}

function areResolvers(addresses: AddressSet): boolean {
  return !hasNoAddress(addresses) && hasNoAddress(subtractAddresses(addresses, knownResolvers));
}

function saysNames({ outbound }: SecurityGroup): boolean {
  return outbound.some(({ peers }) => peers.some(({ kind }) => kind === 'name'));
}

/** What blocks of an outbound rule do not mean, as its group says names. */
export function resolversRefusedTo(group: SecurityGroup, rule: TrafficRule): AddressSet {
  return saysNames(group) && !areResolvers(plainPeers(rule, noGroups, true).addresses) ? knownResolvers : noAddresses;
}
const noGroups: ReadonlySet<string> = new Set();

export function sourceOf({ name }: SecurityGroup, { path }: { readonly path: string }): TrafficSource {
  return { document: `SecurityGroup ${name}`, path };
}

export function servicesOf({ peers }: TrafficRule): readonly NamedService[] {
  return [...new Set(peers.flatMap((peer) => (peer.kind === 'service' ? [peer.service] : [])))].sort();
}

/** All that a rule names but services, in one order whatever the rule's. */
export function plainPeers(rule: TrafficRule, known: ReadonlySet<string>, isOutbound: boolean): TrafficPeers {
  const populations = new Set<string>();
  const names = new Set<string>();
  const blocks: AddressSet[] = [];
  for (const peer of rule.peers) {
    if (peer.kind === 'group' && known.has(peer.group)) populations.add(peer.group);
    else if (peer.kind === 'addresses') blocks.push(peer.addresses);
    else if (peer.kind === 'name' && isOutbound) names.add(peer.name);
    else if (peer.kind === 'any') {
      populations.add('*');
      blocks.push(allAddresses);
    }
  }
  return {
    populations: populations.has('*') ? ['*'] : [...populations].sort(),
    addresses: blocks.length === 1 ? (blocks[0] ?? noAddresses) : addressesOf(blocks),
    names: [...names].sort(),
  };
}

function isNobody({ populations, addresses, names }: TrafficPeers): boolean {
  return populations.length === 0 && names.length === 0 && hasNoAddress(addresses);
}
