import { addressesOf, allAddresses, equalAddresses } from '../../base/index.ts';
import {
  allConnections,
  type DenyList,
  equalConnections,
  hasNoConnection,
  intersectConnections,
  type NamedService,
  type NetworkedContainer,
  type SecurityGroup,
  type TrafficRemark,
  type TrafficRule,
} from '../../model/index.ts';
import { isBroadName } from './broad-names.ts';
import { type ComparedRule, comparedRule, covers, sharesWith } from './compare-rules.ts';
import { type ServicePlace, servicesOf, sourceOf } from './group-tables.ts';
import { coveredBy, listsThatTouch } from './hidden-blocks.ts';

export interface RemarkInput {
  /** Ascending by name. */
  readonly groups: readonly SecurityGroup[];
  readonly denyLists: readonly DenyList[];
  readonly populations: ReadonlyMap<string, readonly number[]>;
  readonly services: ReadonlyMap<NamedService, readonly ServicePlace[]>;
  /** Ascending by ID, with the names of their groups. */
  readonly members: readonly { readonly container: NetworkedContainer; readonly names: readonly string[] }[];
}

/** What is odd about groups, in the order in which they stand; a rule is told once of each kind. */
export function remarkOnGroups(input: RemarkInput): readonly TrafficRemark[] {
  const { groups, populations, members } = input;
  const known = new Set(groups.map(({ name }) => name));
  const denied = addressesOf(input.denyLists.map(({ addresses }) => addresses));
  const remarks: TrafficRemark[] = [];
  const defaults = groups.filter(({ isDefault }) => isDefault);
  for (const group of groups) {
    const at = (path: string) => sourceOf(group, { path });
    const [first] = defaults;
    if (group.isDefault && first !== group)
      remarks.push({
        kind: 'overlap',
        source: at('default'),
        message: `${first?.name} is the default group too: what is left over has both`,
      });
    if (!group.isDefault && (populations.get(group.name) ?? []).length === 0)
      remarks.push({ kind: 'no-members', source: at('members'), message: 'No container is in this group' });
    for (const direction of ['inbound', 'outbound'] as const) {
      const compared = group[direction].map((rule) => comparedRule(rule, known, direction === 'outbound'));
      for (const [index, rule] of group[direction].entries()) {
        const say = (kind: TrafficRemark['kind'], message: string) =>
          remarks.push({ kind, source: sourceOf(group, rule), message });
        remarkOnRule({ rule, isOutbound: direction === 'outbound', known, denied, input, say });
        remarkOnNeighbor(compared, index, say);
      }
    }
  }
  const enforcing = new Set(groups.filter(({ mode }) => mode === 'enforce').map(({ name }) => name));
  for (const { container, names } of members) {
    const held = names.filter((name) => enforcing.has(name));
    if (held.length === 0) continue;
    for (const { driver, network, message } of container.outOfReach)
      remarks.push({
        kind: 'out-of-reach',
        source: { document: `SecurityGroup ${held.join(', ')}`, path: 'members' },
        message: `${container.name} is not held to it in the network ${network} (${driver}): ${message}`,
      });
  }
  return remarks;
}

interface RuleParts {
  readonly rule: TrafficRule;
  readonly isOutbound: boolean;
  readonly known: ReadonlySet<string>;
  readonly denied: ReturnType<typeof addressesOf>;
  readonly input: RemarkInput;
  readonly say: (kind: TrafficRemark['kind'], message: string) => void;
}

function remarkOnRule({ rule, isOutbound, known, denied, input, say }: RuleParts): void {
  const way = isOutbound ? 'to' : 'from';
  const isOfAll = equalConnections(rule.connections, allConnections);
  for (const peer of rule.peers) {
    if (peer.kind === 'group' && !known.has(peer.group))
      say('unknown-group', `There is no group ${peer.group}: nobody is let ${way} it`);
    if (peer.kind === 'name' && !isOutbound)
      say('unsupported', `Who connects is known by its address alone: ${peer.name} lets nobody in`);
    if (peer.kind === 'name' && isBroadName(peer.name))
      say('broad', `Anybody can have a name of ${peer.name}: it is as good as any address`);
    if (isOfAll && (peer.kind === 'any' || (peer.kind === 'addresses' && isEverywhere(peer.addresses))))
      say('broad', `It lets everything ${way} anywhere, over every port`);
    if (peer.kind === 'addresses' && coveredBy(peer.addresses, denied))
      say(
        'shadowed',
        `All of its block is refused by ${listsThatTouch(peer.addresses, input.denyLists)
          .map((name) => `AddressList ${name}`)
          .join(', ')}`,
      );
  }
  for (const service of servicesOf(rule)) {
    const places = input.services.get(service) ?? [];
    if (places.length === 0) say('unsupported', `This host has no ${service} that is known: nothing is let ${way} it`);
    else if (
      isOutbound &&
      places.every(({ connections }) => hasNoConnection(intersectConnections(connections, rule.connections)))
    )
      say('shadowed', `None of its ports is one of ${service}: nothing is let to it`);
  }
}

/** Either version's whole. */
function isEverywhere({ v4, v6 }: ReturnType<typeof addressesOf>): boolean {
  return (
    equalAddresses({ v4, v6: allAddresses.v6 }, allAddresses) ||
    equalAddresses({ v4: allAddresses.v4, v6 }, allAddresses)
  );
}

/** Of each rule the first other that makes it needless; where none does, the first before it that says some of the same. */
function remarkOnNeighbor(rules: readonly ComparedRule[], index: number, say: RuleParts['say']): void {
  const own = rules[index] as ComparedRule;
  let shared: ComparedRule | undefined;
  for (const [at, other] of rules.entries()) {
    if (at === index) continue;
    const isCovered = covers(other, own);
    // Of two that say the same, the later is the needless one.
    if (isCovered && (at < index || !covers(own, other)))
      return say('shadowed', `${other.path} lets all of it already`);
    if (at < index && !shared && !isCovered && sharesWith(other, own) && !covers(own, other)) shared = other;
  }
  if (shared) say('overlap', `${shared.path} lets some of it too`);
}
