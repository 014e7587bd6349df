import { type AddressSet, addressesOf, noAddresses, type Spans, spansOf } from '../../../base/index.ts';
import { allConnections, type TrafficDecision, type TrafficModel, type TrafficRemark } from '../../../model/index.ts';
import { readCloudBlock } from '../cloud-blocks.ts';
import { cloudConnections } from '../cloud-connections.ts';
import type { CloudFile, CloudOptions } from '../cloud-platform.ts';
import { type CloudParty, compileCloud, decideCloud, partyNames } from '../compile-cloud.ts';
import type { JsonField } from '../json-field.ts';
import { placeMembers } from '../member-places.ts';
import { readExports } from '../read-exports.ts';
import { type AwsGroup, type AwsGroups, type AwsRule, readAwsGroups } from './aws-groups.ts';

const wanted = new Set([
  'aws_security_group',
  'aws_default_security_group',
  'aws_security_group_rule',
  'aws_vpc_security_group_ingress_rule',
  'aws_vpc_security_group_egress_rule',
  'aws_ec2_managed_prefix_list',
  'aws_prefix_list',
  'aws_network_acl',
  'aws_default_network_acl',
  'aws_network_acl_rule',
  'aws_vpc',
  'aws_default_vpc',
  'aws_vpc_ipv4_cidr_block_association',
]);

/**
 * Security groups of VPCs, from Terraform or from `aws ec2 describe-security-groups`: each is a party, and what it does not
 * allow is refused. Prefix lists count where their entries are in the files. Throws SegmentationError `bad-rules`.
 */
export function readAws(
  files: readonly CloudFile[],
  options: CloudOptions,
): { readonly model: TrafficModel; readonly remarks: readonly TrafficRemark[] } {
  const remarks: TrafficRemark[] = [];
  const read = readAwsGroups(
    readExports(files, (type) => wanted.has(type)),
    remarks,
  );
  const { groups, rules, lists } = read;
  // A group that rules name and no file has: what it lets itself is not known, so that it stops nothing.
  const strangers = new Map<string, AwsGroup>();
  for (const { group, peer, source } of rules)
    for (const id of [group, peer.kind === 'group' ? peer.id : group]) {
      if (groups.has(id) || strangers.has(id)) continue;
      strangers.set(id, { id, name: id });
      remarks.push({
        kind: 'unknown-group',
        source: source.source(),
        message: `The files do not have the security group ${id}: what it lets is not known, and it is read as if it let all`,
      });
    }
  const all = [...groups.values(), ...strangers.values()];
  const names = partyNames(all);
  const nameOf = (id: string) => names.get(id) ?? id;
  const members = placeMembers([...names.values()], membersOf(all, names, read.vpcs, options));
  const decisions = new Map<string, TrafficDecision[]>();
  for (const rule of rules) {
    const peers = peersOf(rule, lists, remarks);
    const connections = connectionsOf(rule, remarks);
    if (peers === undefined || connections === undefined) continue;
    const key = `${rule.direction} ${rule.group}`;
    const known = decisions.get(key) ?? [];
    decisions.set(key, known);
    const parties = peers.groups.map(nameOf);
    const decided = decideCloud(
      { action: 'allow', connections, parties, addresses: peers.addresses, source: rule.source.source() },
      members,
    );
    known.push(...decided);
  }
  const parties = all.map(({ id }): CloudParty => {
    const isKnown = groups.has(id);
    const tier = (direction: string) => [
      {
        name: 'security groups',
        decisions: isKnown ? (decisions.get(`${direction} ${id}`) ?? []) : [],
        otherwise: isKnown ? ('deny' as const) : ('allow' as const),
      },
    ];
    return { name: nameOf(id), inbound: tier('inbound'), outbound: tier('outbound') };
  });
  return { model: compileCloud('aws', parties), remarks };
}

/** Members of a security group have addresses of its VPC, where a file says what these are and nobody said more. */
function membersOf(
  groups: readonly AwsGroup[],
  names: ReadonlyMap<string, string>,
  vpcs: AwsGroups['vpcs'],
  { members: told = new Map() }: CloudOptions,
): ReadonlyMap<string, AddressSet> {
  if (told.has('*')) return told;
  const blocks = new Map(
    [...vpcs].flatMap(([vpc, fields]): readonly (readonly [string, AddressSet])[] => {
      const sets = fields.map(readCloudBlock);
      const known = sets.filter((set): set is AddressSet => set !== undefined && set !== 'unknown');
      return known.length === sets.length && known.some(({ v4 }) => v4.length > 0) ? [[vpc, addressesOf(known)]] : [];
    }),
  );
  const placed = groups.flatMap(({ id, vpc }): readonly (readonly [string, AddressSet])[] => {
    const name = names.get(id) ?? id;
    const place = vpc === undefined ? undefined : blocks.get(vpc);
    return place === undefined || told.has(name) ? [] : [[name, place]];
  });
  return new Map([...told, ...placed]);
}

function peersOf(
  { peer, source }: AwsRule,
  lists: ReadonlyMap<string, readonly JsonField[]>,
  remarks: TrafficRemark[],
): { readonly groups: readonly string[]; readonly addresses: AddressSet } | undefined {
  const say = (message: string) => {
    remarks.push({ kind: 'unsupported', source: source.source(), message });
    return undefined;
  };
  if (peer.kind === 'group') return { groups: [peer.id], addresses: noAddresses };
  if (peer.kind === 'unknown') return say('Whom it is about is not known yet: what it lets is not counted');
  if (peer.kind === 'block') {
    const addresses = readCloudBlock(peer.field);
    return addresses === 'unknown' || addresses === undefined
      ? say('Its addresses are an expression: what it lets is not counted')
      : { groups: [], addresses };
  }
  const entries = lists.get(peer.id);
  if (entries === undefined)
    return say(`The files do not say what the prefix list ${peer.id} has: what it lets is not counted`);
  const blocks = entries.flatMap((entry) => {
    const block = readCloudBlock(entry);
    return block === undefined || block === 'unknown' ? [] : [block];
  });
  if (blocks.length < entries.length) say(`Some of the prefix list ${peer.id} is an expression, and not counted`);
  return { groups: [], addresses: addressesOf(blocks) };
}

function connectionsOf({ protocol, from, to, source }: AwsRule, remarks: TrafficRemark[]) {
  const say = (message: string) => remarks.push({ kind: 'unsupported', source: source.source(), message });
  const isIcmp = ['icmp', 'icmpv6', '1', '58'].includes(protocol.toLowerCase());
  // Ports of other protocols than these count for nothing.
  const hasPorts = isIcmp || ['tcp', 'udp', '6', '17'].includes(protocol.toLowerCase());
  let spans: Spans<number> | undefined;
  if (hasPorts && from !== undefined && from >= 0) {
    const last = isIcmp ? from : (to ?? from);
    if (isIcmp && to !== undefined && to >= 0) say('Codes of ICMP are not told apart: all of the type are counted');
    if (last < from) return source.fail('ends before it begins');
    spans = spansOf([{ from, end: Math.min(last + 1, allConnections[isIcmp ? 'icmp' : 'tcp'][0]?.end ?? 0) }]);
  }
  const connections = cloudConnections(protocol, spans);
  if (connections === undefined) say(`The protocol ${protocol} is none that groups speak of: it is not counted`);
  return connections;
}
