import { type AddressSet, equalSpans, hasNoAddress, spansOf } from '../../../base/index.ts';
import { allConnections, type TrafficDecision, type TrafficModel, type TrafficRemark } from '../../../model/index.ts';
import { type CloudConnections, cloudConnections, parsePortRange } from '../cloud-connections.ts';
import type { CloudFile, CloudOptions } from '../cloud-platform.ts';
import { type CloudParty, compileCloud, DecisionBudget, decideCloud, partyNames } from '../compile-cloud.ts';
import { JsonField } from '../json-field.ts';
import { type MemberPlaces, placeMembers } from '../member-places.ts';
import { readExports } from '../read-exports.ts';
import { isOfGroups, readEnd, readNetworks } from './rule-ends.ts';
import { type NetworkSecurityGroup, readAzureGroups, type SecurityRule } from './security-rules.ts';

const wanted = new Set([
  'azurerm_network_security_group',
  'azurerm_network_security_rule',
  'azurerm_application_security_group',
  'azurerm_virtual_network',
  'azurerm_network_manager_admin_rule',
]);

/**
 * Network security groups, from Terraform or from `az network nsg list`. Each application security group is a party where a
 * network security group holds for it, and so is what has none where rules are of more than such groups. The first rule by
 * priority that fits decides; Azure's own come last. Throws SegmentationError `bad-rules`.
 */
export function readAzure(
  files: readonly CloudFile[],
  options: CloudOptions,
): { readonly model: TrafficModel; readonly remarks: readonly TrafficRemark[] } {
  const remarks: TrafficRemark[] = [];
  const { securityGroups, applicationGroups, networks } = readAzureGroups(
    readExports(files, (type) => wanted.has(type)),
    remarks,
  );
  const places = placesOf(securityGroups, applicationGroups, remarks);
  const names = partyNames(places);
  const nameOf = (place: Place) => names.get(place.id) ?? place.id;
  const byGroup = new Map<string, string[]>();
  for (const place of places)
    if (place.group !== undefined) byGroup.set(place.group, [...(byGroup.get(place.group) ?? []), nameOf(place)]);
  const scene: Scene = {
    members: placeMembers(places.map(nameOf), options.members),
    networks: readNetworks(networks),
    partiesOf: (group) => byGroup.get(group) ?? [],
    remarks,
  };
  const rulesOf = new Map(securityGroups.map((group) => [group.id, compileRules(group, scene)]));
  const budget = new DecisionBudget();
  const parties = places.map((place): CloudParty => {
    const name = nameOf(place);
    const rules = place.securityGroup === undefined ? undefined : rulesOf.get(place.securityGroup)?.(place.group, name);
    const tier = (direction: SecurityRule['direction']) => [
      {
        name: 'network security groups',
        decisions: budget.spend((rules ?? []).flatMap((rule) => (rule.direction === direction ? rule.decisions : []))),
        otherwise: rules === undefined ? ('allow' as const) : ('deny' as const),
      },
    ];
    return { name, inbound: tier('inbound'), outbound: tier('outbound') };
  });
  return { model: compileCloud('azure', parties), remarks };
}

/** Interfaces that fare alike. */
interface Place {
  readonly id: string;
  readonly name: string;
  readonly group?: string;
  /** Undefined where no file says which holds for it. */
  readonly securityGroup?: string;
}

interface Scene {
  readonly members: MemberPlaces;
  readonly networks: AddressSet;
  readonly partiesOf: (group: string) => readonly string[];
  readonly remarks: TrafficRemark[];
}

function ownEnd({ direction, from, to }: SecurityRule) {
  return direction === 'inbound' ? to : from;
}

function placesOf(
  securityGroups: readonly NetworkSecurityGroup[],
  names: ReadonlyMap<string, string>,
  remarks: TrafficRemark[],
): readonly Place[] {
  const homes = new Map<string, Set<NetworkSecurityGroup>>();
  const seen = new Map<string, JsonField | undefined>([...names.keys()].map((id) => [id, undefined]));
  for (const group of securityGroups)
    for (const rule of group.rules) {
      for (const id of [...rule.from.groups, ...rule.to.groups]) if (!seen.get(id)) seen.set(id, rule.source);
      for (const id of ownEnd(rule).groups) homes.set(id, (homes.get(id) ?? new Set()).add(group));
    }
  const places: Place[] = [];
  for (const [group, source] of seen) {
    const name = names.get(group) ?? group.split('/').at(-1) ?? group;
    const own = [...(homes.get(group) ?? [])];
    for (const { id } of own) places.push({ id: `${id} ${group}`, name, group, securityGroup: id });
    if (own.length > 0 || source === undefined) continue;
    places.push({ id: group, name, group });
    remarks.push({
      kind: 'unknown-group',
      source: source.source(),
      message: `No network security group of the files is for ${name}: what holds for it is not known, and it is read as if it let all`,
    });
  }
  for (const { id, name, rules } of securityGroups)
    if (rules.length === 0 || rules.some((rule) => !isOfGroups(ownEnd(rule))))
      places.push({ id, name, securityGroup: id });
  return places;
}

interface CompiledRule {
  readonly direction: SecurityRule['direction'];
  readonly priority: number;
  readonly decisions: readonly TrafficDecision[];
  /** Application security groups that it is for by their name. */
  readonly groups: readonly string[];
  /** By address; `*` all of them. */
  readonly parties: readonly string[];
}

/** The rules for a party, in the order in which they are asked. */
function compileRules({ name, rules, defaults }: NetworkSecurityGroup, scene: Scene) {
  const last = defaults.length > 0 ? defaults : ownRulesOfAzure(name);
  const compiled = [...rules, ...last].map((rule) => compileRule(rule, scene));
  const byKey = new Map<string, CompiledRule[]>();
  for (const rule of compiled)
    for (const key of new Set([...rule.groups.map(groupKey), ...rule.parties])) {
      const known = byKey.get(key);
      if (known) known.push(rule);
      else byKey.set(key, [rule]);
    }
  return (group: string | undefined, party: string): readonly CompiledRule[] => {
    const keys = ['*', party, ...(group === undefined ? [] : [groupKey(group)])];
    return [...new Set(keys.flatMap((key) => byKey.get(key) ?? []))].sort((a, b) => a.priority - b.priority);
  };
}

/** Unlike any name of a party. */
function groupKey(group: string): string {
  return `* ${group}`;
}

function compileRule(rule: SecurityRule, { members, networks, partiesOf, remarks }: Scene): CompiledRule {
  const { direction, action, source } = rule;
  const say = (message: string) => remarks.push({ kind: 'unsupported', source: source.source(), message });
  const own = ownEnd(rule);
  const far = direction === 'inbound' ? rule.from : rule.to;
  const here = readEnd(own, action, networks, say);
  const there = readEnd(far, action, networks, say);
  const held = hasNoAddress(here.addresses)
    ? []
    : action === 'allow'
      ? members.within(here.addresses)
      : members.coveredBy(here.addresses);
  let connections = connectionsOf(rule, say);
  if (rule.sourcePorts.some((field) => !isEveryPort(field))) {
    say(
      action === 'allow'
        ? 'It is for some ports of whoever connects: it is counted for all of them'
        : 'It is for some ports of whoever connects: what it denies is not counted',
    );
    if (action === 'deny') connections = undefined;
  }
  const parties = [...(there.isEveryone ? ['*'] : []), ...far.groups.flatMap(partiesOf)];
  return {
    direction,
    priority: rule.priority,
    groups: own.groups,
    parties: here.isEveryone ? ['*'] : held,
    decisions:
      connections === undefined
        ? []
        : decideCloud({ action, connections, parties, addresses: there.addresses, source: source.source() }, members),
  };
}

function connectionsOf(
  { protocol, ports }: SecurityRule,
  say: (message: string) => void,
): CloudConnections | undefined {
  const spans = spansOf(
    ports.flatMap(
      (field) => parsePortRange(field.text() ?? '') ?? field.fail('must be a port or a range such as 8000-8080'),
    ),
  );
  const isAll = ports.length === 0 || equalSpans(spans, allConnections.tcp) || protocol.toLowerCase() === 'icmp';
  const connections = cloudConnections(protocol, isAll ? undefined : spans);
  if (connections === undefined) say(`The protocol ${protocol} is none that groups speak of: it is not counted`);
  return connections;
}

function isEveryPort(field: JsonField): boolean {
  const spans = parsePortRange(field.text() ?? '');
  return spans !== undefined && (spans[0]?.from ?? 1) <= 1 && spans[0]?.end === 65_536;
}

/** What every network security group ends with, where the file does not say it. */
function ownRulesOfAzure(name: string): readonly SecurityRule[] {
  const rule = (
    title: string,
    direction: SecurityRule['direction'],
    priority: number,
    action: SecurityRule['action'],
    [from, to]: readonly [string, string],
  ): SecurityRule => {
    const source = new JsonField('', `network security group ${name}`, undefined, title);
    const prefix = (value: string) => [new JsonField('', `network security group ${name}`, value, title)];
    return {
      direction,
      action,
      priority,
      protocol: '*',
      ports: [],
      sourcePorts: [],
      from: { prefixes: prefix(from), groups: [] },
      to: { prefixes: prefix(to), groups: [] },
      source,
    };
  };
  return [
    rule('AllowVnetInBound', 'inbound', 65_000, 'allow', ['VirtualNetwork', 'VirtualNetwork']),
    rule('AllowAzureLoadBalancerInBound', 'inbound', 65_001, 'allow', ['AzureLoadBalancer', '*']),
    rule('DenyAllInBound', 'inbound', 65_500, 'deny', ['*', '*']),
    rule('AllowVnetOutBound', 'outbound', 65_000, 'allow', ['VirtualNetwork', 'VirtualNetwork']),
    rule('AllowInternetOutBound', 'outbound', 65_001, 'allow', ['*', 'Internet']),
    rule('DenyAllOutBound', 'outbound', 65_500, 'deny', ['*', '*']),
  ];
}
