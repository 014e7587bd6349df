import { type AddressSet, equalSpans, formatCidrs, noAddresses } from '../../../base/index.ts';
import { allConnections, type ConnectionSet } from '../../../model/index.ts';
import { chunks } from '../chunks.ts';
import { formatPortRanges } from '../cloud-connections.ts';
import type { CloudRule } from '../cloud-rules.ts';
import { expression, literal, NameMaker, type TerraformResources, terraformLabels } from '../terraform-json.ts';

/** Priorities that rules may have; those of Azure's own come after all of them. */
export const azurePriorities = { first: 100, last: 4096 };
/** Of one rule. */
export const azureRuleLimits = { groups: 10, prefixes: 4000 };

interface AzureRule {
  readonly wish: string;
  readonly description: string;
  readonly direction: CloudRule['direction'];
  readonly access: 'Allow' | 'Deny';
  readonly protocol: string;
  readonly ports?: readonly string[];
  /** Of the other end: groups, or prefixes. */
  readonly peer: { readonly groups: readonly string[] } | { readonly prefixes: readonly string[] };
  /** Groups of the end that the rule is for. */
  readonly own: readonly string[];
}

export class AzureRuleWriter {
  readonly rules: TerraformResources[string] = {};
  readonly next = { inbound: azurePriorities.first, outbound: azurePriorities.first };
  private readonly names = new NameMaker(/[^a-z0-9._-]/g, '-', 80);
  private readonly labels = terraformLabels();
  private readonly idOf: (group: string) => string;

  constructor(idOf: (group: string) => string) {
    this.idOf = idOf;
  }

  allow(rule: CloudRule, connections: ConnectionSet, peer: AzureRule['peer'], versions: readonly (4 | 6)[]): void {
    const { source, direction, description, group } = rule;
    const way = direction === 'inbound' ? 'in' : 'out';
    for (const [protocol, ports] of protocolsOf(connections, versions))
      this.add({
        wish: `${group}-${way}-${/\d+/.exec(source.path)?.[0] ?? 0}-${protocol.toLowerCase()}`,
        description: `${source.document} ${source.path}${description === '' ? '' : `: ${description}`}`,
        direction,
        access: 'Allow',
        protocol,
        ...(ports ? { ports } : {}),
        peer,
        own: [group],
      });
  }

  deny(direction: CloudRule['direction'], wish: string, addresses: AddressSet, all: readonly string[]): void {
    for (const own of chunks(all, azureRuleLimits.groups))
      for (const { prefixes } of prefixesOf(addresses))
        this.add({
          wish: `${wish}-${direction === 'inbound' ? 'in' : 'out'}`,
          description: 'Deny lists',
          direction,
          access: 'Deny',
          protocol: '*',
          peer: { prefixes },
          own,
        });
  }

  /** What nothing before let, at the last priorities there are. */
  rest(direction: CloudRule['direction'], all: readonly string[]): void {
    const parts = chunks(all, azureRuleLimits.groups);
    const from = Math.max(this.next[direction], azurePriorities.last - parts.length + 1);
    for (const [index, own] of parts.entries())
      this.add(
        {
          wish: `rest-${direction === 'inbound' ? 'in' : 'out'}`,
          description: 'What no group lets',
          direction,
          access: 'Deny',
          protocol: '*',
          peer: { prefixes: ['*'] },
          own,
        },
        from + index,
      );
  }

  add(rule: AzureRule, priority: number = this.next[rule.direction]++): void {
    const isInbound = rule.direction === 'inbound';
    const [here, there] = isInbound ? ['destination', 'source'] : ['source', 'destination'];
    const { ports, peer } = rule;
    this.rules[this.labels.make(rule.wish)] = {
      name: this.names.make(rule.wish),
      description: literal(rule.description.slice(0, 130)),
      resource_group_name: expression('var.resource_group_name'),
      network_security_group_name: expression('azurerm_network_security_group.portwarden.name'),
      priority,
      direction: isInbound ? 'Inbound' : 'Outbound',
      access: rule.access,
      protocol: rule.protocol,
      source_port_range: '*',
      ...(ports === undefined ? { destination_port_range: '*' } : { destination_port_ranges: ports }),
      [`${here}_application_security_group_ids`]: rule.own.map(this.idOf),
      ...('groups' in peer
        ? { [`${there}_application_security_group_ids`]: peer.groups.map(this.idOf) }
        : peer.prefixes.length === 1
          ? { [`${there}_address_prefix`]: peer.prefixes[0] ?? '' }
          : { [`${there}_address_prefixes`]: peer.prefixes }),
    };
  }
}

/** A rule has one protocol. Ports undefined: all. */
export function protocolsOf(
  connections: ConnectionSet,
  versions: readonly (4 | 6)[],
): readonly (readonly [string, readonly string[] | undefined])[] {
  const found: (readonly [string, readonly string[] | undefined])[] = [];
  for (const [protocol, name] of [
    ['tcp', 'Tcp'],
    ['udp', 'Udp'],
  ] as const) {
    const spans = connections[protocol];
    if (equalSpans(spans, allConnections[protocol])) found.push([name, undefined]);
    else if (spans.length > 0) found.push([name, formatPortRanges(spans)]);
  }
  if (versions.includes(4) && equalSpans(connections.icmp, allConnections.icmp)) found.push(['Icmp', undefined]);
  return found;
}

/** Azure takes the whole of version 4 for all addresses there are. */
function halves(block: string): readonly string[] {
  return block === '0.0.0.0/0' ? ['0.0.0.0/1', '128.0.0.0/1'] : [block];
}

/** Of one version each, and not more than a rule has. */
export function prefixesOf({
  v4,
  v6,
}: AddressSet): readonly { readonly version: 4 | 6; readonly prefixes: readonly string[] }[] {
  return [
    ...chunks(formatCidrs({ ...noAddresses, v4 }).flatMap(halves), azureRuleLimits.prefixes).map((prefixes) => ({
      version: 4 as const,
      prefixes,
    })),
    ...chunks(formatCidrs({ ...noAddresses, v6 }), azureRuleLimits.prefixes).map((prefixes) => ({
      version: 6 as const,
      prefixes,
    })),
  ];
}
