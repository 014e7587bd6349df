import { type AddressSet, allAddresses, equalSpans, formatCidrs } from '../../../base/index.ts';
import { allConnections, type ConnectionSet, type TrafficRemark } from '../../../model/index.ts';
import type { Rendering } from '../../rendering.ts';
import type { CloudInput } from '../cloud-platform.ts';
import { type CloudDraft, type CloudRule, draftCloudRules } from '../cloud-rules.ts';
import { remarkOnDraft } from '../remark-on-draft.ts';
import {
  expression,
  formatTerraform,
  literal,
  NameMaker,
  type TerraformResources,
  terraformLabels,
} from '../terraform-json.ts';

/** Default quotas: rules of a security group in either direction, of each version of IP; security groups of an interface. */
const quotas = { rules: 60, groups: 5 };
/** Rules of all security groups of an interface together, however far quotas are raised. */
const mostRules = 1000;
/** Of names and descriptions: what the API of EC2 takes in them. */
const unsaid = /[^a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]/g;

/**
 * Security groups of a VPC: one `aws_security_group` for each group, and a rule resource for each peer and span of ports. They
 * allow and do not deny, are stateful, and a connection needs both its ends, as groups have it.
 */
export function renderAws(input: CloudInput): Rendering {
  const draft = draftCloudRules('aws', input, false);
  const remarks: TrafficRemark[] = draft.remarks;
  remarkOnDraft(draft, {
    membership: 'give its security group to their network interfaces',
    unfiltered: 'the resolver, the time service, DHCP and instance metadata of the VPC',
  });
  remarkOnLists(input, draft);
  const labels = terraformLabels();
  const names = new NameMaker(/[^a-z0-9.-]/g, '-', 255);
  const groupLabels = new Map<string, string>();
  const groups: TerraformResources[string] = {};
  for (const { name } of draft.groups) {
    const label = labels.make(name);
    groupLabels.set(name, label);
    groups[label] = {
      // EC2 keeps names that begin so for itself.
      name: names.make(name.startsWith('sg-') ? `group-${name}` : name),
      description: `Group ${name}`,
      vpc_id: expression('var.vpc_id'),
      tags: { 'portwarden-group': name },
    };
  }
  const idOf = (group: string) => expression(`aws_security_group.${groupLabels.get(group)}.id`);
  const rules = collectRules(draft, (group) => groupLabels.get(group) ?? '', idOf);
  remarkOnQuotas(draft, rules);
  const resources: TerraformResources = { aws_security_group: groups };
  for (const [type, direction] of [
    ['aws_vpc_security_group_ingress_rule', 'inbound'],
    ['aws_vpc_security_group_egress_rule', 'outbound'],
  ] as const) {
    const own = terraformLabels();
    const bodies: TerraformResources[string] = {};
    for (const rule of rules)
      if (rule.direction === direction)
        bodies[own.make(`${groupLabels.get(rule.group)}_${rule.wish}`)] = {
          security_group_id: idOf(rule.group),
          description: rule.description,
          ...rule.peer,
          ...rule.ports,
        };
    if (Object.keys(bodies).length > 0) resources[type] = bodies;
  }
  const text = formatTerraform({
    terraform: { required_providers: { aws: { source: 'hashicorp/aws', version: '>= 5.0' } } },
    variable: { vpc_id: { type: 'string', description: 'VPC that the security groups are for' } },
    resource: resources,
    output: {
      security_group_ids: {
        description: 'Security groups by the name of their group',
        value: Object.fromEntries(draft.groups.map(({ name }) => [name, idOf(name)] as const)),
      },
    },
  });
  return { files: [{ path: 'portwarden-aws.tf.json', text }], remarks };
}

interface AwsRule {
  readonly group: string;
  readonly direction: CloudRule['direction'];
  readonly wish: string;
  readonly description: string;
  readonly peer: Readonly<Record<string, string>>;
  readonly ports: Readonly<Record<string, string | number>>;
}

/** Each once: EC2 refuses a rule that is there. */
function collectRules(
  { rules, remarks }: CloudDraft,
  labelOf: (group: string) => string,
  idOf: (group: string) => string,
): readonly AwsRule[] {
  const found = new Map<string, AwsRule>();
  for (const rule of rules) {
    const description = describe(rule);
    const add = (versions: readonly (4 | 6)[], connections: ConnectionSet, wish: string, peer: AwsRule['peer']) => {
      for (const ports of portsOf(connections, versions)) {
        const words = Object.values(ports).join('_').replace('-1', 'all');
        const key = `${rule.group} ${rule.direction} ${words} ${wish}`;
        if (!found.has(key))
          found.set(key, {
            group: rule.group,
            direction: rule.direction,
            wish: `${words}_${wish}`,
            description,
            peer,
            ports,
          });
      }
    };
    for (const group of rule.groups)
      add([4, 6], rule.connections, labelOf(group), {
        referenced_security_group_id: idOf(group),
      });
    const pieces = rule.isAny ? [{ addresses: allAddresses, connections: rule.connections }] : rule.pieces;
    for (const { addresses, connections } of pieces) {
      const blocks = fewCidrs(addresses);
      if (blocks === undefined)
        remarks.push({
          kind: 'unsupported',
          source: rule.source,
          message: `Without what deny lists have its addresses are more than ${mostRules} blocks, and an interface has ${mostRules} rules at most: they are left out, members among them`,
        });
      for (const block of blocks ?? []) {
        const version = block.includes(':') ? 6 : 4;
        add([version], connections, block, { [`cidr_ipv${version}`]: block });
      }
    }
    const { sctp } = rule.connections;
    if (sctp.length > 0 && !equalSpans(sctp, allConnections.sctp))
      remarks.push({
        kind: 'unsupported',
        source: rule.source,
        message: 'Of SCTP all ports or none are let: it is left out',
      });
  }
  return [...found.values()];
}

/** Undefined where there are more than all rules of an interface. Each span is one block at least. */
function fewCidrs(addresses: AddressSet): readonly string[] | undefined {
  if (addresses.v4.length + addresses.v6.length > mostRules) return undefined;
  const blocks = formatCidrs(addresses);
  return blocks.length > mostRules ? undefined : blocks;
}

/** Protocols one by one: `-1` would let those too that no group speaks of. */
function portsOf(connections: ConnectionSet, versions: readonly (4 | 6)[]): readonly AwsRule['ports'][] {
  const found: AwsRule['ports'][] = [];
  for (const protocol of ['tcp', 'udp'] as const)
    for (const { from, end } of connections[protocol])
      found.push({ ip_protocol: protocol, from_port: from, to_port: end - 1 });
  if (equalSpans(connections.sctp, allConnections.sctp)) found.push({ ip_protocol: '132' });
  for (const version of versions) {
    const ip_protocol = version === 4 ? 'icmp' : 'icmpv6';
    if (equalSpans(connections.icmp, allConnections.icmp)) found.push({ ip_protocol, from_port: -1, to_port: -1 });
    else
      for (const { from, end } of connections.icmp)
        for (let type = from; type < end; type++) found.push({ ip_protocol, from_port: type, to_port: -1 });
  }
  return found;
}

function describe({ source, description }: CloudRule): string {
  const text = `${source.document} ${source.path}${description === '' ? '' : `: ${description}`}`;
  return literal(text.replace(unsaid, ' ')).slice(0, 255);
}

function remarkOnQuotas({ groups, remarks }: CloudDraft, rules: readonly AwsRule[]): void {
  const counts = new Map<string, number>();
  // One that names a group counts for both versions.
  for (const { group, direction, peer } of rules)
    for (const version of [4, 6]) {
      if (!(`cidr_ipv${version}` in peer) && !('referenced_security_group_id' in peer)) continue;
      const key = `${group}\n${direction}\n${version}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  for (const [key, count] of counts) {
    const [group = '', path = '', version = ''] = key.split('\n');
    if (count > quotas.rules)
      remarks.push({
        kind: 'unsupported',
        source: { document: `SecurityGroup ${group}`, path },
        message: `These are ${count} rules of IPv${version}; a security group has ${quotas.rules} unless its quota is raised`,
      });
  }
  if (groups.length > quotas.groups)
    remarks.push({
      kind: 'unsupported',
      source: { document: 'aws', path: 'members' },
      message: `A network interface has ${quotas.groups} security groups at most unless its quota is raised`,
    });
}

function remarkOnLists({ denyLists }: CloudInput, { remarks }: CloudDraft): void {
  for (const { name } of denyLists)
    remarks.push({
      kind: 'unsupported',
      source: { document: `AddressList ${name}`, path: 'spec' },
      message:
        'Security groups do not deny (network ACLs of subnets do): its addresses are left out of each rule, and what other security groups of an instance let stays let',
    });
}
