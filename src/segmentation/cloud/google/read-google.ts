import { type AddressSet, addressesOf, allAddresses, noAddresses, spansOf } from '../../../base/index.ts';
import { allConnections, type TrafficDecision, type TrafficModel, type TrafficRemark } from '../../../model/index.ts';
import { readCloudBlock } from '../cloud-blocks.ts';
import {
  type CloudConnections,
  cloudConnections,
  parsePortRange,
  uniteCloudConnections,
} from '../cloud-connections.ts';
import type { CloudFile, CloudOptions } from '../cloud-platform.ts';
import { type CloudParty, compileCloud, DecisionBudget, decideCloud, partyNames } from '../compile-cloud.ts';
import type { JsonField } from '../json-field.ts';
import { type MemberPlaces, placeMembers } from '../member-places.ts';
import { readExports } from '../read-exports.ts';
import { type FirewallRule, readFirewallRules } from './firewall-rules.ts';

/** `google_compute_firewall`, and what policies before it have. */
const wanted = /^google_compute_(?:firewall$|(?:region_)?(?:network_)?firewall_policy)/;
const everyVersion4 = { ...noAddresses, v4: [{ from: 0, end: 2 ** 32 }] };

/**
 * Firewall rules of VPC networks, from Terraform or from `gcloud compute firewall-rules list --format json`. Each network tag and
 * service account of a network is a party; instances that have none are one where rules are of all instances. The first rule by
 * priority that fits decides, a denial before an allowance; where none fits, egress passes and ingress does not. Throws
 * SegmentationError `bad-rules`.
 */
export function readGoogle(
  files: readonly CloudFile[],
  options: CloudOptions,
): { readonly model: TrafficModel; readonly remarks: readonly TrafficRemark[] } {
  const remarks: TrafficRemark[] = [];
  const rules = readFirewallRules(
    readExports(files, (type) => wanted.test(type)),
    remarks,
  );
  const budget = new DecisionBudget();
  const networks = Map.groupBy(rules, ({ network }) => network);
  const ids = [...networks].flatMap(([network, own]) => instancesOf(network, own));
  const byNetwork = Map.groupBy(ids, ({ network }) => network);
  const names = partyNames(ids.map(({ id, name }) => ({ id, name })));
  const parties = [...networks].flatMap(([network, own]): readonly CloudParty[] => {
    const everyone = networks.size === 1 ? '*' : `* of ${network}`;
    const implied = impliedEgress(everyone);
    const nameOf = (tag: string) => names.get(`${network} ${tag}`) ?? tag;
    const instances = byNetwork.get(network) ?? [];
    const members = placeMembers(
      instances.map(({ id }) => names.get(id) ?? id),
      options.members,
      everyone,
    );
    const decided = new Map(own.map((rule) => [rule, decisionsOf(rule, nameOf, members, remarks)]));
    const ofAll = own.filter(({ targets }) => targets.length === 0);
    const byTag = new Map<string, FirewallRule[]>();
    for (const rule of own)
      for (const tag of new Set(rule.targets)) {
        const known = byTag.get(tag);
        if (known) known.push(rule);
        else byTag.set(tag, [rule]);
      }
    return instances.map(({ id, tag }): CloudParty => {
      const sorted = [...ofAll, ...(tag === undefined ? [] : (byTag.get(tag) ?? []))].sort(
        (a, b) => a.priority - b.priority || (a.action === b.action ? 0 : a.action === 'deny' ? -1 : 1),
      );
      const tier = (direction: FirewallRule['direction']) => [
        {
          name: 'firewall rules',
          decisions: budget.spend(
            sorted
              .flatMap((rule) => (rule.direction === direction ? (decided.get(rule) ?? []) : []))
              .concat(direction === 'outbound' ? implied : []),
          ),
          otherwise: 'deny' as const,
        },
      ];
      return {
        name: names.get(id) ?? id,
        within: everyone === '*' ? [] : [everyone],
        inbound: tier('inbound'),
        outbound: tier('outbound'),
      };
    });
  });
  return { model: compileCloud('google', parties), remarks };
}

interface Instances {
  readonly network: string;
  readonly id: string;
  readonly name: string;
  /** Undefined: those without any that rules speak of. */
  readonly tag?: string;
}

/** What every network ends with, for egress. A rule is of one version, so that this is two: where names lead is not asked of them. */
function impliedEgress(everyone: string): readonly TrafficDecision[] {
  return [{ v4: allAddresses.v4 }, { v6: allAddresses.v6 }].map((version) => ({
    action: 'allow',
    peers: { populations: [everyone], addresses: { ...noAddresses, ...version }, names: [] },
    connections: allConnections,
    source: { document: 'implied rule', path: 'egress' },
  }));
}

function instancesOf(network: string, rules: readonly FirewallRule[]): readonly Instances[] {
  const tags = new Set(rules.flatMap(({ sources, targets }) => [...sources, ...targets]));
  const tagged = [...tags].map((tag): Instances => ({ network, tag, id: `${network} ${tag}`, name: tag }));
  if (rules.every(({ targets }) => targets.length > 0)) return tagged;
  return [...tagged, { network, id: network, name: `instances of ${network}` }];
}

function decisionsOf(
  rule: FirewallRule,
  nameOf: (tag: string) => string,
  members: MemberPlaces,
  remarks: TrafficRemark[],
): readonly TrafficDecision[] {
  const { direction, action, source } = rule;
  const say = (message: string) => remarks.push({ kind: 'unsupported', source: source.source(), message });
  const isInbound = direction === 'inbound';
  const [own, far] = isInbound
    ? [rule.destinationRanges, rule.sourceRanges]
    : [rule.sourceRanges, rule.destinationRanges];
  if (own.length > 0) {
    say(
      action === 'allow'
        ? 'It is for some addresses of its instances: it is counted for all of them'
        : 'It is for some addresses of its instances: what it denies is not counted',
    );
    if (action === 'deny') return [];
  }
  const connections = connectionsOf(rule, say);
  const ranges = far.map(readCloudBlock);
  if (ranges.includes('unknown')) say('Some of its addresses are an expression, and not counted');
  const known = ranges.filter((range): range is AddressSet => range !== undefined && range !== 'unknown');
  const isOfAll = far.length === 0 && (rule.sources.length === 0 || !isInbound);
  return decideCloud(
    {
      action,
      connections,
      parties: isInbound ? rule.sources.map(nameOf) : [],
      addresses: isOfAll ? everyVersion4 : addressesOf(known),
      source: source.source(),
    },
    members,
  );
}

function connectionsOf({ entries }: FirewallRule, say: (message: string) => void): CloudConnections {
  const sets: CloudConnections[] = [];
  for (const { protocol, ports } of entries) {
    const set = cloudConnections(protocol, ports.length === 0 ? undefined : spansOf(ports.flatMap(readPorts)));
    if (set === undefined) say(`The protocol ${protocol} is none that groups speak of: it is not counted`);
    else sets.push(set);
  }
  return uniteCloudConnections(sets);
}

function readPorts(field: JsonField) {
  return parsePortRange(field.text() ?? '') ?? field.fail('must be a port or a range such as 8000-8080');
}
