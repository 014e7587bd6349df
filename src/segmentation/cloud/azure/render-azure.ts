import { equalSpans } from '../../../base/index.ts';
import {
  allConnections,
  type ConnectionSet,
  connectionsTo,
  intersectConnections,
  type NamedService,
  unionConnections,
} from '../../../model/index.ts';
import type { Rendering } from '../../rendering.ts';
import { chunks } from '../chunks.ts';
import type { CloudInput } from '../cloud-platform.ts';
import { type CloudDraft, type CloudRule, draftCloudRules } from '../cloud-rules.ts';
import { remarkOnDraft } from '../remark-on-draft.ts';
import { expression, formatTerraform, NameMaker, type TerraformResources, terraformLabels } from '../terraform-json.ts';
import { AzureRuleWriter, azurePriorities, azureRuleLimits, prefixesOf, protocolsOf } from './azure-rule-writer.ts';

/** Of one network security group, and of one network interface. */
const limits = { rules: 1000, groupsInAll: 100, groupsOfInterface: 20 };

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
  const place = { location: expression('var.location'), resource_group_name: expression('var.resource_group_name') };
  for (const { name } of draft.groups) {
    const label = labels.make(name);
    labelOf.set(name, label);
    groups[label] = { name: names.make(name), ...place, tags: { 'portwarden-group': name } };
  }
  const writer = new AzureRuleWriter((group) =>
    expression(`azurerm_application_security_group.${labelOf.get(group)}.id`),
  );
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
    output: {
      application_security_group_ids: {
        description: 'Application security groups by the name of their group',
        value: Object.fromEntries(
          [...labelOf].map(
            ([name, label]) => [name, expression(`azurerm_application_security_group.${label}.id`)] as const,
          ),
        ),
      },
    },
    resource: {
      azurerm_application_security_group: groups,
      azurerm_network_security_group: { portwarden: { name: 'portwarden', ...place } },
      azurerm_network_security_rule: writer.rules,
      azurerm_subnet_network_security_group_association: {
        portwarden: {
          for_each: expression('var.subnet_ids'),
          subnet_id: expression('each.value'),
          network_security_group_id: expression('azurerm_network_security_group.portwarden.id'),
        },
      },
    },
  });
  return { files: [{ path: 'portwarden-azure.tf.json', text }], remarks: draft.remarks };
}

function writeRule(writer: AzureRuleWriter, rule: CloudRule, { remarks }: CloudDraft): void {
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
  for (const part of chunks(rule.groups, azureRuleLimits.groups))
    writer.allow(rule, rule.connections, { groups: part }, [4]);
  for (const { addresses, connections } of rule.pieces)
    for (const { version, prefixes } of prefixesOf(addresses)) writer.allow(rule, connections, { prefixes }, [version]);
}

/** What is let to them comes first: the denial is of all groups, since an interface may have several. */
function writePlatformServices(
  writer: AzureRuleWriter,
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
    for (const own of chunks(all, azureRuleLimits.groups))
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

function remarkOnLimits({ groups, remarks }: CloudDraft, { rules, next }: AzureRuleWriter): void {
  const say = (path: string, message: string) =>
    remarks.push({ kind: 'unsupported', source: { document: 'azure', path }, message });
  const count = Object.keys(rules).length;
  if (count > limits.rules || Math.max(next.inbound, next.outbound) > azurePriorities.last)
    say('rules', `These are ${count} rules; a network security group has ${limits.rules} at most`);
  if (groups.length > limits.groupsInAll)
    say(
      'rules',
      `Rules of a network security group speak of ${limits.groupsInAll} application security groups at most`,
    );
  if (groups.length > limits.groupsOfInterface)
    say('members', `A network interface has ${limits.groupsOfInterface} application security groups at most`);
}
