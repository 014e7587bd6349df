import type { TrafficRemark } from '../../../model/index.ts';
import { SegmentationError } from '../../segmentation-error.ts';
import type { JsonField } from '../json-field.ts';
import { type CloudExports, type CloudResource, exportLimits } from '../read-exports.ts';

export interface AwsGroup {
  readonly id: string;
  readonly name: string;
  readonly vpc?: string;
}

export interface AwsRule {
  /** ID of the group that it is of. */
  readonly group: string;
  readonly direction: 'inbound' | 'outbound';
  readonly protocol: string;
  /** First and last port; type and code of ICMP; below zero for all. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly peer: AwsPeer;
  readonly source: JsonField;
}

export type AwsPeer =
  | { readonly kind: 'group'; readonly id: string }
  | { readonly kind: 'list'; readonly id: string }
  | { readonly kind: 'block'; readonly field: JsonField }
  | { readonly kind: 'unknown' };

export interface AwsGroups {
  readonly groups: ReadonlyMap<string, AwsGroup>;
  readonly rules: readonly AwsRule[];
  /** Blocks of prefix lists by ID. */
  readonly lists: ReadonlyMap<string, readonly JsonField[]>;
  /** Blocks of VPCs by ID. */
  readonly vpcs: ReadonlyMap<string, readonly JsonField[]>;
}

/** Security groups and their rules, in whichever form they were exported. */
export function readAwsGroups({ resources, listings }: CloudExports, remarks: TrafficRemark[]): AwsGroups {
  const groups = new Map<string, AwsGroup>();
  const lists = new Map<string, readonly JsonField[]>();
  const vpcs = new Map<string, readonly JsonField[]>();
  const rules = new RuleList();
  let hasNetworkAcls = false;
  for (const resource of resources) {
    const { type, values, id } = resource;
    if (type === 'aws_security_group' || type === 'aws_default_security_group') {
      const own = values.field('tags').field('portwarden-group').text();
      const name = own ?? values.field('name').text() ?? values.field('name_prefix').text() ?? resource.address;
      groups.set(id, { id, name, ...vpcOf(values.field('vpc_id')) });
      for (const direction of ['ingress', 'egress'] as const)
        for (const rule of values.field(direction).items()) readInline(rules, rule, id, direction);
    } else if (type === 'aws_security_group_rule') readOldRule(rules, values, remarks);
    else if (type.startsWith('aws_vpc_security_group_')) readRule(rules, resource, remarks);
    else if (type === 'aws_ec2_managed_prefix_list' || type === 'aws_prefix_list') readList(lists, resource);
    else if (type.startsWith('aws_network_acl') || type === 'aws_default_network_acl') hasNetworkAcls = true;
    else {
      const vpc = type === 'aws_vpc_ipv4_cidr_block_association' ? (values.field('vpc_id').text() ?? '') : id;
      const blocks = ['cidr_block', 'ipv6_cidr_block'].map((name) => values.field(name));
      vpcs.set(vpc, [...(vpcs.get(vpc) ?? []), ...blocks.filter((block) => block.text() !== undefined)]);
    }
  }
  for (const listing of listings) readListing(listing, groups, rules);
  if (hasNetworkAcls)
    remarks.push({
      kind: 'unsupported',
      source: { document: 'aws_network_acl', path: '' },
      message: 'Network ACLs of subnets are not read: they may refuse more',
    });
  return { groups, rules: rules.all, lists, vpcs };
}

function vpcOf(field: JsonField): { readonly vpc?: string } {
  const vpc = field.text();
  return vpc === undefined ? {} : { vpc };
}

class RuleList {
  readonly all: AwsRule[] = [];

  add(rule: AwsRule): void {
    if (this.all.length >= exportLimits.rules) rule.source.fail(`is one of more than ${exportLimits.rules} rules`);
    this.all.push(rule);
  }
}

/** A rule as it is of each of its peers; of nobody that is known where it names none. */
function addAll(rules: RuleList, rule: Omit<AwsRule, 'peer'>, peers: readonly AwsPeer[]): void {
  for (const peer of peers.length > 0 ? peers : [{ kind: 'unknown' } as const]) rules.add({ ...rule, peer });
}

/** In a group, or `aws_security_group_rule`: many peers. */
function wideRule(rules: RuleList, rule: JsonField, group: string, isInbound: boolean): void {
  const port = (name: string) => rule.field(name).whole(-1, 65_536);
  const protocol = rule.field('protocol').text() ?? rule.field('protocol').fail('is missing');
  const peers: AwsPeer[] = [
    ...['cidr_blocks', 'ipv6_cidr_blocks'].flatMap((name) =>
      rule
        .field(name)
        .items()
        .map((field): AwsPeer => ({ kind: 'block', field })),
    ),
    ...rule
      .field('prefix_list_ids')
      .texts()
      .map((id): AwsPeer => ({ kind: 'list', id })),
    ...rule
      .field('security_groups')
      .texts()
      .map((id): AwsPeer => ({ kind: 'group', id: plainId(id) })),
  ];
  const source = rule.field('source_security_group_id').text();
  if (rule.field('self').flag()) peers.push({ kind: 'group', id: group });
  else if (source !== undefined) peers.push({ kind: 'group', id: plainId(source) });
  const direction = isInbound ? 'inbound' : 'outbound';
  addAll(rules, { group, direction, protocol, from: port('from_port'), to: port('to_port'), source: rule }, peers);
}

function readInline(rules: RuleList, rule: JsonField, group: string, direction: 'ingress' | 'egress'): void {
  wideRule(rules, rule, group, direction === 'ingress');
}

/** In a plan the group may not be there yet. */
function ofNobody(rule: JsonField): TrafficRemark {
  return {
    kind: 'unsupported',
    source: rule.source(),
    message: 'Of which security group it is, is not known yet: what it lets is not counted',
  };
}

function readOldRule(rules: RuleList, rule: JsonField, remarks: TrafficRemark[]): void {
  const type = rule.field('type').text();
  if (type !== 'ingress' && type !== 'egress') return rule.field('type').fail('must be ingress or egress');
  const group = rule.field('security_group_id').text();
  if (group === undefined) remarks.push(ofNobody(rule));
  else wideRule(rules, rule, plainId(group), type === 'ingress');
}

/** `aws_vpc_security_group_ingress_rule` and `…_egress_rule`: one peer. */
function readRule(rules: RuleList, { type, values }: CloudResource, remarks: TrafficRemark[]): void {
  const group = values.field('security_group_id').text();
  if (group === undefined) {
    remarks.push(ofNobody(values));
    return;
  }
  const peers: AwsPeer[] = ['cidr_ipv4', 'cidr_ipv6'].flatMap((name): readonly AwsPeer[] =>
    values.field(name).isAbsent ? [] : [{ kind: 'block', field: values.field(name) }],
  );
  const list = values.field('prefix_list_id').text();
  if (list !== undefined) peers.push({ kind: 'list', id: list });
  const other = values.field('referenced_security_group_id').text();
  if (other !== undefined) peers.push({ kind: 'group', id: plainId(other) });
  const port = (name: string) => values.field(name).whole(-1, 65_536);
  const protocol = values.field('ip_protocol').text() ?? values.field('ip_protocol').fail('is missing');
  const direction = type.includes('ingress') ? 'inbound' : 'outbound';
  addAll(
    rules,
    { group: plainId(group), direction, protocol, from: port('from_port'), to: port('to_port'), source: values },
    peers,
  );
}

/** `123456789012/sg-1` of another account. */
function plainId(id: string): string {
  return /^\d{12}\/sg-/.test(id) ? id.slice(13) : id;
}

function readList(lists: Map<string, readonly JsonField[]>, { type, values, id }: CloudResource): void {
  const blocks =
    type === 'aws_prefix_list'
      ? values.field('cidr_blocks').items()
      : values
          .either('entry', 'entries')
          .items()
          .map((entry) => entry.field('cidr'));
  lists.set(id, blocks);
  const own = values.field('prefix_list_id').text();
  if (own !== undefined) lists.set(own, blocks);
}

/** As `aws ec2 describe-security-groups` prints them. */
function readListing(listing: JsonField, groups: Map<string, AwsGroup>, rules: RuleList): void {
  const list = Array.isArray(listing.value) ? listing : listing.field('SecurityGroups');
  if (list.isAbsent)
    throw new SegmentationError(
      'bad-rules',
      `${listing.file}: this is no state of Terraform and no output of aws ec2 describe-security-groups`,
    );
  for (const item of list.items()) {
    const id = item.field('GroupId').text() ?? item.field('GroupId').fail('is missing');
    const group = item.named(`security group ${id}`);
    const tag = group
      .field('Tags')
      .items()
      .find((each) => each.field('Key').value === 'portwarden-group');
    const name = tag?.field('Value').text() ?? group.field('GroupName').text() ?? id;
    groups.set(id, { id, name, ...vpcOf(group.field('VpcId')) });
    for (const [field, direction] of [
      ['IpPermissions', 'inbound'],
      ['IpPermissionsEgress', 'outbound'],
    ] as const)
      for (const rule of group.field(field).items()) {
        const port = (key: string) => rule.field(key).whole(-1, 65_536);
        const blocks = (key: string, inner: string): readonly AwsPeer[] =>
          rule
            .field(key)
            .items()
            .map((item) => ({ kind: 'block', field: item.field(inner) }));
        const named = (key: string, inner: string): readonly string[] =>
          rule
            .field(key)
            .items()
            .flatMap((item) => item.field(inner).text() ?? []);
        const protocol = rule.field('IpProtocol').text() ?? rule.field('IpProtocol').fail('is missing');
        addAll(rules, { group: id, direction, protocol, from: port('FromPort'), to: port('ToPort'), source: rule }, [
          ...blocks('IpRanges', 'CidrIp'),
          ...blocks('Ipv6Ranges', 'CidrIpv6'),
          ...named('PrefixListIds', 'PrefixListId').map((list): AwsPeer => ({ kind: 'list', id: list })),
          ...named('UserIdGroupPairs', 'GroupId').map((other): AwsPeer => ({ kind: 'group', id: other })),
        ]);
      }
  }
}
