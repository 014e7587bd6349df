import {
  type AddressSet,
  allAddresses,
  equalSpans,
  formatCidrs,
  hasNoAddress,
  noAddresses,
} from '../../../base/index.ts';
import { allConnections, type ConnectionSet, hasNoConnection } from '../../../model/index.ts';
import type { Rendering } from '../../rendering.ts';
import { chunks } from '../chunks.ts';
import { formatPortRanges } from '../cloud-connections.ts';
import type { CloudInput } from '../cloud-platform.ts';
import { type CloudDraft, type CloudRule, draftCloudRules } from '../cloud-rules.ts';
import { remarkOnDraft } from '../remark-on-draft.ts';
import {
  expression,
  formatTerraform,
  literal,
  NameMaker,
  type TerraformResources,
  type TerraformValue,
} from '../terraform-json.ts';

/** Before what has the priority that Google gives where none is said (1000); a denial comes first among equals. */
const priorities = { listed: 800, allowed: 900, rest: 901 };
/** Of one rule. */
const limits = { sourceTags: 30, targetTags: 70, ranges: 5000 };

/**
 * Firewall rules of a VPC network, for instances by their network tags. What no rule lets is denied in both directions. Egress
 * knows destinations by address alone: a group is reached at the addresses that somebody said its members, and nobody else, have.
 */
export function renderGoogle(input: CloudInput): Rendering {
  const draft = draftCloudRules('google', input, true);
  remarkOnDraft(draft, {
    membership: 'give its network tag to their instances',
    unfiltered: 'the metadata server, and the resolver and the time service on it',
  });
  const tags = new NameMaker(/[^a-z0-9-]/g, '-', 63);
  const tagOf = new Map(draft.groups.map(({ name }) => [name, tags.make(name)]));
  for (const [name, tag] of tagOf)
    if (name !== tag)
      draft.remarks.push({
        kind: 'unsupported',
        source: { document: `SecurityGroup ${name}`, path: 'metadata' },
        message: `Its name is no network tag: the tag is ${tag}`,
      });
  const writer = new RuleWriter();
  for (const rule of draft.rules) writeRule(writer, rule, draft, tagOf);
  writeDenials(writer, draft, [...tagOf.values()]);
  const text = formatTerraform({
    terraform: { required_providers: { google: { source: 'hashicorp/google', version: '>= 5.0' } } },
    variable: { network: { type: 'string', description: 'VPC network of the rules, by name or self link' } },
    resource: { google_compute_firewall: writer.rules },
  });
  return { files: [{ path: 'portwarden-google.tf.json', text }], remarks: draft.remarks };
}

interface FirewallRule {
  readonly wish: string;
  readonly description: string;
  readonly direction: CloudRule['direction'];
  readonly priority: number;
  readonly action: 'allow' | 'deny';
  readonly protocols: TerraformValue;
  readonly peer: Readonly<Record<string, readonly string[]>>;
  readonly targets: readonly string[];
}

class RuleWriter {
  readonly rules: TerraformResources[string] = {};
  private readonly names = new NameMaker(/[^a-z0-9-]/g, '-', 63);

  add(rule: FirewallRule): void {
    const name = this.names.make(`portwarden-${rule.wish}`);
    this.rules[name] = {
      name,
      network: expression('var.network'),
      description: literal(rule.description).slice(0, 1000),
      direction: rule.direction === 'inbound' ? 'INGRESS' : 'EGRESS',
      priority: rule.priority,
      [rule.action]: rule.protocols,
      ...rule.peer,
      target_tags: rule.targets,
    };
  }
}

function writeRule(writer: RuleWriter, rule: CloudRule, draft: CloudDraft, tagOf: ReadonlyMap<string, string>): void {
  const { direction, source, description } = rule;
  const say = (message: string) => draft.remarks.push({ kind: 'unsupported', source, message });
  const isInbound = direction === 'inbound';
  const tag = tagOf.get(rule.group) ?? '';
  const base = {
    wish: `${tag}-${isInbound ? 'in' : 'out'}-${/\d+/.exec(source.path)?.[0] ?? 0}`,
    description: `${source.document} ${source.path}${description === '' ? '' : `: ${description}`}`,
    direction,
    priority: priorities.allowed,
    action: 'allow' as const,
    targets: [tag],
  };
  const { icmp, sctp } = rule.connections;
  if (icmp.length > 0 && !equalSpans(icmp, allConnections.icmp))
    say('Of ICMP all types or none are let: it is left out');
  if (sctp.length > 0 && !equalSpans(sctp, allConnections.sctp))
    say('Of SCTP all ports or none are let: it is left out');
  const addRanges = (addresses: AddressSet, connections: ConnectionSet) => {
    for (const version of [4, 6] as const) {
      const protocols = protocolsOf(connections, [version]);
      const ranges = formatCidrs(
        version === 4 ? { ...noAddresses, v4: addresses.v4 } : { ...noAddresses, v6: addresses.v6 },
      );
      if (protocols.length === 0) continue;
      for (const part of chunks(ranges, limits.ranges))
        writer.add({ ...base, protocols, peer: { [isInbound ? 'source_ranges' : 'destination_ranges']: part } });
    }
  };
  if (rule.isAny) addRanges(allAddresses, rule.connections);
  for (const { addresses, connections } of rule.pieces) addRanges(addresses, connections);
  if (isInbound) {
    const protocols = protocolsOf(rule.connections, [4, 6]);
    const sources = rule.groups.flatMap((group) => tagOf.get(group) ?? []);
    if (protocols.length > 0)
      for (const part of chunks(sources, limits.sourceTags))
        writer.add({ ...base, protocols, peer: { source_tags: part } });
    return;
  }
  for (const group of rule.groups) {
    const told = draft.members.told(group);
    if (told === undefined || hasNoAddress(told))
      say(
        `Egress knows no groups, and nobody said which addresses members of ${group} have and nobody else: nothing is let to them`,
      );
    else if (!hasNoConnection(rule.connections)) addRanges(told, rule.connections);
  }
}

function writeDenials(writer: RuleWriter, { denied }: CloudDraft, tags: readonly string[]): void {
  const all = [{ protocol: 'all' }];
  for (const direction of ['inbound', 'outbound'] as const) {
    const key = direction === 'inbound' ? 'source_ranges' : 'destination_ranges';
    const way = direction === 'inbound' ? 'in' : 'out';
    for (const targets of chunks(tags, limits.targetTags)) {
      const deny = (wish: string, description: string, priority: number, addresses: AddressSet) => {
        const parts = [
          formatCidrs({ ...noAddresses, v4: addresses.v4 }),
          formatCidrs({ ...noAddresses, v6: addresses.v6 }),
        ].flatMap((ranges) => chunks(ranges, limits.ranges));
        for (const part of parts)
          writer.add({
            wish: `${wish}-${way}`,
            description,
            direction,
            priority,
            action: 'deny',
            protocols: all,
            peer: { [key]: part },
            targets,
          });
      };
      deny('listed', 'Deny lists', priorities.listed, denied);
      deny('rest', 'What no group lets', priorities.rest, allAddresses);
    }
  }
}

/** Protocols one by one: `all` would let those too that no group speaks of. ICMPv6 is told by its number. */
function protocolsOf(connections: ConnectionSet, versions: readonly (4 | 6)[]): readonly TerraformValue[] {
  const found: TerraformValue[] = [];
  for (const protocol of ['tcp', 'udp'] as const) {
    const spans = connections[protocol];
    if (equalSpans(spans, allConnections[protocol])) found.push({ protocol });
    else if (spans.length > 0) found.push({ protocol, ports: formatPortRanges(spans) });
  }
  if (equalSpans(connections.sctp, allConnections.sctp)) found.push({ protocol: 'sctp' });
  if (equalSpans(connections.icmp, allConnections.icmp))
    for (const version of versions) found.push({ protocol: version === 4 ? 'icmp' : '58' });
  return found;
}
