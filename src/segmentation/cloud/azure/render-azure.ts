import { type AddressSet, equalSpans, formatCidrs, noAddresses } from '../../../base/index.ts';
import {
  allConnections,
  type ConnectionSet,
  connectionsTo,
  intersectConnections,
  type NamedService,
  unionConnections,
} from '../../../model/index.ts';
import type { Rendering } from '../../rendering.ts';
import type { CloudInput } from '../cloud-platform.ts';
import { type CloudDraft, type CloudRule, draftCloudRules } from '../cloud-rules.ts';
import { remarkOnDraft } from '../remark-on-draft.ts';
import { formatTerraform, literal, NameMaker, type TerraformResources, terraformLabels } from '../terraform-json.ts';

/** Priorities that rules may have; those of Azure's own come after all of them. */
const priorities = { first: 100, last: 4096 };
const limits = { rules: 1000, groupsInRule: 10, groupsInAll: 100, prefixes: 4000, groupsOfInterface: 20 };

/** Services of the platform that no rule holds for but one by their tag. */
const platformTags: Readonly<
  Partial<Record<NamedService, { readonly tag: string; readonly address: string; readonly connections: ConnectionSet }>>
> = {
  dns: {
    tag: 'AzurePlatformDNS',
    address: '168.63.129.16',
    connections: unionConnections(connectionsTo('udp', 53, 53), connectionsTo('tcp', 53, 53)),
  },
  metadata: { tag: 'AzurePlatformIMDS', address: '169.254.169.254', connections: connectionsTo('tcp') },
};

/**
 * One network security group, and an application security group for each group. Rules are asked in the order of their
 * priorities: what lists deny, what groups let, and last a denial of all else, before Azure's own rules let what they let.
 */
export function renderAzure(input: CloudInput): Rendering {
  const draft = draftCloudRules('azure', input, true);
  remarkOnDraft(draft, { membership: 'give its application security group to their network interfaces' });
  const labels = terraformLabels();
  const names = new NameMaker(/[^a-z0-9._-]/g, '-', 80);
  const labelOf = new Map<string, string>();
  const groups: TerraformResources[string] = {};
  const place = { location: `$\{var.location}`, resource_group_name: `$\{var.resource_group_name}` };
  for (const { name } of draft.groups) {
    const label = labels.make(name);
    labelOf.set(name, label);
    groups[label] = { name: names.make(name), ...place, tags: { 'portwarden-group': name } };
  }
  const writer = new RuleWriter((group) => `$\{azurerm_application_security_group.${labelOf.get(group)}.id}`);
  const all = draft.groups.map(({ name }) => name);
  for (const direction of ['inbound', 'outbound'] as const) {
    writer.deny(direction, 'listed', draft.denied, all);
    if (direction === 'outbound') writePlatformServices(writer, draft, all, input.services);
    for (const rule of draft.rules) if (rule.direction === direction) writeRule(writer, rule, draft);
    writer.rest(direction, all);
  }
  remarkOnLimits(draft, writer);
  const text = formatTerraform({
    terraform: { required_providers: { azurerm: { source: 'hashicorp/azurerm', version: '>= 3.0' } } },
    variable: {
      location: { type: 'string', description: 'Region of the groups' },
      resource_group_name: { type: 'string', description: 'Resource group that they are in' },
      subnet_ids: {
        type: 'set(string)',
        default: [],
        description: 'Subnets that the network security group is for; it holds in none unless it is said',
      },
    },
    resource: {
      azurerm_application_security_group: groups,
      azurerm_network_security_group: { portwarden: { name: 'portwarden', ...place } },
      azurerm_network_security_rule: writer.rules,
      azurerm_subnet_network_security_group_association: {
        portwarden: {
          for_each: `$\{var.subnet_ids}`,
          subnet_id: `$\{each.value}`,
          network_security_group_id: `$\{azurerm_network_security_group.portwarden.id}`,
        },
      },
    },
  });
  return { files: [{ path: 'portwarden-azure.tf.json', text }], remarks: draft.remarks };
}

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

class RuleWriter {
  readonly rules: TerraformResources[string] = {};
  readonly next = { inbound: priorities.first, outbound: priorities.first };
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
    for (const own of chunks(all, limits.groupsInRule))
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
    const parts = chunks(all, limits.groupsInRule);
    const from = Math.max(this.next[direction], priorities.last - parts.length + 1);
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
      resource_group_name: `$\{var.resource_group_name}`,
      network_security_group_name: `$\{azurerm_network_security_group.portwarden.name}`,
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

function writeRule(writer: RuleWriter, rule: CloudRule, { remarks }: CloudDraft): void {
  const say = (message: string) => remarks.push({ kind: 'unsupported', source: rule.source, message });
  const { icmp, sctp } = rule.connections;
  if (icmp.length > 0 && !equalSpans(icmp, allConnections.icmp))
    say('Of ICMP all types or none are let: it is left out');
  if (sctp.length > 0) say('Rules of network security groups do not know SCTP: it is left out');
  const hasVersion6 =
    rule.isAny || rule.groups.length > 0 || rule.pieces.some(({ addresses }) => addresses.v6.length > 0);
  if (hasVersion6 && equalSpans(icmp, allConnections.icmp))
    say('Rules of network security groups do not know ICMPv6: it is left out');
  if (rule.isAny) writer.allow(rule, rule.connections, { prefixes: ['*'] }, [4]);
  for (const part of chunks(rule.groups, limits.groupsInRule))
    writer.allow(rule, rule.connections, { groups: part }, [4]);
  for (const { addresses, connections } of rule.pieces)
    for (const { version, prefixes } of prefixesOf(addresses)) writer.allow(rule, connections, { prefixes }, [version]);
}

/** What is let to them comes first: the denial is of all groups, since an interface may have several. */
function writePlatformServices(
  writer: RuleWriter,
  { rules }: CloudDraft,
  all: readonly string[],
  told: CloudInput['services'] = new Map(),
): void {
  for (const [service, { tag, address, connections }] of Object.entries(platformTags)) {
    // Where somebody said that a service is elsewhere, that of the platform is not meant.
    const places = told.get(service as NamedService);
    const isHere = places?.some(({ addresses }) => addresses.replace(/\/32$/, '') === address) ?? true;
    for (const rule of rules) {
      const isMeant = rule.rule.peers.some(
        (peer) =>
          (peer.kind === 'service' && peer.service === service && isHere) || (peer.kind === 'any' && service === 'dns'),
      );
      if (rule.direction === 'outbound' && isMeant)
        writer.allow(rule, intersectConnections(rule.connections, connections), { prefixes: [tag] }, []);
    }
    for (const own of chunks(all, limits.groupsInRule))
      for (const [protocol, ports] of protocolsOf(connections, []))
        writer.add({
          wish: `no-${service}-out`,
          description: `What of ${service} no group lets`,
          direction: 'outbound',
          access: 'Deny',
          protocol,
          ...(ports ? { ports } : {}),
          peer: { prefixes: [tag] },
          own,
        });
  }
}

function remarkOnLimits({ groups, remarks }: CloudDraft, { rules, next }: RuleWriter): void {
  const say = (path: string, message: string) =>
    remarks.push({ kind: 'unsupported', source: { document: 'azure', path }, message });
  const count = Object.keys(rules).length;
  if (count > limits.rules || Math.max(next.inbound, next.outbound) > priorities.last)
    say('rules', `These are ${count} rules; a network security group has ${limits.rules} at most`);
  if (groups.length > limits.groupsInAll)
    say(
      'rules',
      `Rules of a network security group speak of ${limits.groupsInAll} application security groups at most`,
    );
  if (groups.length > limits.groupsOfInterface)
    say('members', `A network interface has ${limits.groupsOfInterface} application security groups at most`);
}

/** A rule has one protocol. Ports undefined: all. */
function protocolsOf(
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
    else if (spans.length > 0)
      found.push([name, spans.map(({ from, end }) => (end - from === 1 ? `${from}` : `${from}-${end - 1}`))]);
  }
  if (versions.includes(4) && equalSpans(connections.icmp, allConnections.icmp)) found.push(['Icmp', undefined]);
  return found;
}

/** Of one version each, and not more than a rule has. */
function prefixesOf({
  v4,
  v6,
}: AddressSet): readonly { readonly version: 4 | 6; readonly prefixes: readonly string[] }[] {
  return [
    ...chunks(formatCidrs({ ...noAddresses, v4 }), limits.prefixes).map((prefixes) => ({
      version: 4 as const,
      prefixes,
    })),
    ...chunks(formatCidrs({ ...noAddresses, v6 }), limits.prefixes).map((prefixes) => ({
      version: 6 as const,
      prefixes,
    })),
  ];
}

function chunks(items: readonly string[], size: number): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
}
