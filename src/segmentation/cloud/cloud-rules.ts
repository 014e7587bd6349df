import {
  type AddressSet,
  addressesOf,
  allAddresses,
  equalAddresses,
  hasNoAddress,
  intersectAddresses,
  noAddresses,
  subtractAddresses,
} from '../../base/index.ts';
import {
  type ConnectionSet,
  hasNoConnection,
  intersectConnections,
  type NamedService,
  protectedServices,
  type SecurityGroup,
  subtractConnections,
  type TrafficRemark,
  type TrafficRule,
  type TrafficSource,
} from '../../model/index.ts';
import { resolversRefusedTo, sourceOf } from '../groups/group-tables.ts';
import { compileServicePlaces, type ServicePlaces } from '../groups/service-places.ts';
import type { CloudInput, CloudPlatform } from './cloud-platform.ts';
import { type MemberPlaces, placeMembers } from './member-places.ts';

/** What one rule of a group lets, in words that clouds have. */
export interface CloudRule {
  readonly group: string;
  readonly direction: 'inbound' | 'outbound';
  readonly source: TrafficSource;
  readonly description: string;
  /** With members of these, and with anybody where it is of all. */
  readonly connections: ConnectionSet;
  /** Ascending. All of them where a rule is of anybody, and something is taken of where members are. */
  readonly groups: readonly string[];
  /** Every member and every address. */
  readonly isAny: boolean;
  /** Addresses of no member. */
  readonly pieces: readonly AddressPiece[];
  readonly rule: TrafficRule;
}

export interface AddressPiece {
  readonly addresses: AddressSet;
  readonly connections: ConnectionSet;
}

export interface CloudDraft {
  readonly platform: CloudPlatform;
  /** Ascending by name. */
  readonly groups: readonly SecurityGroup[];
  readonly rules: readonly CloudRule[];
  /** By deny lists, and not taken from the rules. */
  readonly denied: AddressSet;
  readonly members: MemberPlaces;
  readonly remarks: TrafficRemark[];
}

/**
 * The rules of groups as clouds could have them. What deny lists have is taken from the rules where a platform cannot deny;
 * what is protected always. Blocks lose the addresses where members are, since no block of a group means a member.
 */
export function draftCloudRules(
  platform: CloudPlatform,
  { groups: given, denyLists, services = new Map(), options = {} }: CloudInput,
  canDeny: boolean,
): CloudDraft {
  const groups = [...given].sort((a, b) => (a.name < b.name ? -1 : 1));
  const names = groups.map(({ name }) => name);
  const members = placeMembers(names, options.members);
  const places = compileServicePlaces({ host: platform, bridges: [], services }, []);
  const remarks: TrafficRemark[] = [...places.remarks];
  const listed = addressesOf(denyLists.map(({ addresses }) => addresses));
  // No list is of members; where they are is known only if somebody said so.
  const isGuess = names.some((name) => members.isGuess(name));
  const denied = isGuess ? listed : subtractAddresses(listed, members.inside);
  const draft: CloudDraft = { platform, groups, rules: [], denied: canDeny ? denied : noAddresses, members, remarks };
  const taken = canDeny ? noAddresses : denied;
  const shared = {
    names: new Set(names),
    isGuess,
    places: places.services,
    taken,
    untaken: subtractAddresses(allAddresses, taken),
    members,
    remarks,
  };
  const rules = groups.flatMap((group) =>
    (['inbound', 'outbound'] as const).flatMap((direction) =>
      group[direction].map((rule) => draftRule({ ...shared, group, direction, rule })),
    ),
  );
  return { ...draft, rules };
}

/** In each of the clouds instances reach these without anybody saying where they are. */
const ownServices: readonly NamedService[] = ['dns', 'metadata'];

interface RuleParts {
  readonly group: SecurityGroup;
  readonly direction: 'inbound' | 'outbound';
  readonly rule: TrafficRule;
  readonly names: ReadonlySet<string>;
  /** Whether nobody said where some of the members are. */
  readonly isGuess: boolean;
  readonly places: ServicePlaces['services'];
  /** By deny lists. */
  readonly taken: AddressSet;
  /** All others. */
  readonly untaken: AddressSet;
  readonly members: MemberPlaces;
  readonly remarks: TrafficRemark[];
}

function draftRule(parts: RuleParts): CloudRule {
  const { group, direction, rule, names, isGuess, places, taken, members, remarks } = parts;
  const source = sourceOf(group, rule);
  const say = (kind: TrafficRemark['kind'], message: string) => remarks.push({ kind, source, message });
  const isOutbound = direction === 'outbound';
  const way = isOutbound ? 'to' : 'from';
  const chosen = new Set<string>();
  const blocks: AddressSet[] = [];
  const pieces: AddressPiece[] = [];
  let isAny = false;
  const refused = isOutbound ? refusedPlaces(places) : [];
  for (const peer of rule.peers) {
    if (peer.kind === 'any') isAny = true;
    else if (peer.kind === 'addresses') blocks.push(peer.addresses);
    else if (peer.kind === 'name')
      say('unsupported', `Rules of this cloud know no DNS names: nothing is let ${way} ${peer.name}`);
    else if (peer.kind === 'group') {
      if (names.has(peer.group)) chosen.add(peer.group);
      else say('unknown-group', `There is no group ${peer.group}: nobody is let ${way} it`);
    } else {
      const found = places.get(peer.service) ?? [];
      if (found.length === 0 && !(isOutbound && ownServices.includes(peer.service)))
        say('unsupported', `Nobody said where ${peer.service} is: nothing is let ${way} it`);
      for (const place of found) {
        const connections = isOutbound ? intersectConnections(rule.connections, place.connections) : rule.connections;
        const own = [{ addresses: subtractAddresses(place.peers.addresses, taken), connections }];
        // Who may reach the host may not reach the engine on it.
        pieces.push(
          ...(peer.service === 'host' && isOutbound ? subtractPieces(own, refusedPlaces(places, false)) : own),
        );
      }
    }
  }
  const outside = addressesOf(blocks);
  const shared = intersectAddresses(outside, members.inside);
  if (!isAny && !hasNoAddress(shared) && isGuess)
    say('unsupported', `Members may be at private addresses, and no block means them: those of its block are left out`);
  const base = isAny ? parts.untaken : subtractAddresses(subtractAddresses(outside, members.inside), taken);
  const avoided = isOutbound ? resolversRefusedTo(group, rule) : noAddresses;
  const rest = subtractPieces(
    [{ addresses: subtractAddresses(base, avoided), connections: rule.connections }].filter(isSomething),
    refused,
  );
  const isWhole = isAny && rest.length === 1 && rest.every(({ addresses }) => equalAddresses(addresses, allAddresses));
  // Where members are is among the addresses, but for what is taken from them.
  const isOfMembers = rest.some(
    ({ addresses, connections }) =>
      connections === rule.connections && hasNoAddress(subtractAddresses(members.inside, addresses)),
  );
  if (isAny && !isWhole && !isOfMembers) for (const name of names) chosen.add(name);
  return {
    group: group.name,
    direction,
    source,
    description: rule.description ?? '',
    connections: rule.connections,
    groups: isWhole || hasNoConnection(rule.connections) ? [] : [...chosen].sort(),
    isAny: isWhole,
    pieces: [...pieces, ...(isWhole ? [] : rest)].filter(isSomething),
    rule,
  };
}

/** What no rule may let by its blocks: of protected services, the host among them unless said otherwise. */
function refusedPlaces(places: ServicePlaces['services'], withHost = true): readonly AddressPiece[] {
  return protectedServices
    .filter((service) => withHost || service !== 'host')
    .flatMap((service) => places.get(service) ?? [])
    .map(({ peers, connections }) => ({ addresses: peers.addresses, connections }));
}

function subtractPieces(pieces: readonly AddressPiece[], holes: readonly AddressPiece[]): readonly AddressPiece[] {
  let rest = pieces;
  for (const hole of holes) {
    rest = rest.flatMap((piece) => {
      const shared = intersectAddresses(piece.addresses, hole.addresses);
      if (hasNoAddress(shared)) return [piece];
      return [
        { addresses: subtractAddresses(piece.addresses, shared), connections: piece.connections },
        { addresses: shared, connections: subtractConnections(piece.connections, hole.connections) },
      ].filter(isSomething);
    });
  }
  return rest;
}

function isSomething({ addresses, connections }: AddressPiece): boolean {
  return !hasNoAddress(addresses) && !hasNoConnection(connections);
}
