import fc from 'fast-check';
import { type AddressSet, formatRanges, parseCidr, subtractAddresses } from '../../src/base/index.ts';
import {
  allConnections,
  type ConnectionSet,
  connectionsTo,
  type DenyList,
  formatConnections,
  type HostNetwork,
  noConnections,
  type SecurityGroup,
  type TrafficModel,
  type TrafficParty,
  type TrafficPeer,
  unionConnections,
} from '../../src/model/index.ts';
import {
  type CloudOptions,
  type CloudPlatform,
  compileTraffic,
  reachEdges,
  readCloudTraffic,
} from '../../src/segmentation/index.ts';
import { networkedContainer, securityGroup, tcp, trafficRules } from './networked-containers.ts';

export function blockOf(text: string): AddressSet {
  const block = parseCidr(text);
  if (!block) throw new TypeError(`no block: ${text}`);
  return block;
}

/** Where members of the groups of `cloudGroups` are. */
export const cloudMembers: ReadonlyMap<string, AddressSet> = new Map([
  ['*', blockOf('10.1.0.0/16')],
  ['web', blockOf('10.1.1.0/24')],
  ['db', blockOf('10.1.2.0/24')],
  ['lb', blockOf('fd00:1::/64')],
]);

const names = ['web', 'db', 'lb'] as const;
const blocks = ['192.0.2.0/24', '198.51.100.7/32', '10.0.0.0/8', '10.1.2.0/25', '0.0.0.0/0', '2001:db8::/32', '::/0'];

/** Groups that speak of each other, of blocks that touch their members, and of anybody. */
export function cloudGroups(
  connections: fc.Arbitrary<ConnectionSet>,
  peers: fc.Arbitrary<TrafficPeer> = plainPeers,
): fc.Arbitrary<readonly SecurityGroup[]> {
  const rules = fc.array(fc.tuple(fc.array(peers, { minLength: 1, maxLength: 3 }), connections), { maxLength: 3 });
  return fc.tuple(...names.map(() => fc.tuple(rules, rules))).map((all) =>
    all.map(([inbound, outbound], index) =>
      securityGroup(names[index] ?? '', {
        members: [{ name: names[index] ?? '' }],
        inbound: trafficRules('inbound', ...inbound),
        outbound: trafficRules('outbound', ...outbound),
      }),
    ),
  );
}

const block = fc.constantFrom(...blocks).map((text) => ({ kind: 'addresses' as const, addresses: blockOf(text) }));
const group = fc.constantFrom(...names, 'nobody').map((name) => ({ kind: 'group' as const, group: name }));
const anybody = fc.constant({ kind: 'any' as const });
export const plainPeers: fc.Arbitrary<TrafficPeer> = fc.oneof(block, group, anybody);
export const anyPeers: fc.Arbitrary<TrafficPeer> = fc.oneof(
  block,
  group,
  anybody,
  fc.constantFrom('api.example', '*.example.com').map((name) => ({ kind: 'name' as const, name })),
  fc
    .constantFrom('dns' as const, 'metadata' as const, 'host' as const, 'engine-api' as const, 'etcd' as const)
    .map((service) => ({ kind: 'service' as const, service })),
);

const ports = fc.constantFrom(
  tcp(443),
  tcp(80, 90),
  tcp(0, 65_535),
  connectionsTo('udp', 53, 53),
  connectionsTo('udp'),
);
/** What each cloud can say. */
export const plainConnections: fc.Arbitrary<ConnectionSet> = fc
  .array(ports, { minLength: 1, maxLength: 3 })
  .map((sets) => sets.reduce(unionConnections, noConnections));
export const anyConnections: fc.Arbitrary<ConnectionSet> = fc.oneof(
  plainConnections,
  fc.constantFrom(
    allConnections,
    connectionsTo('icmp'),
    connectionsTo('icmp', 8, 8),
    connectionsTo('sctp'),
    connectionsTo('sctp', 80, 90),
    noConnections,
  ),
);

/** Of addresses that are no member's, and of some that are. */
export const cloudDenyLists: fc.Arbitrary<readonly DenyList[]> = fc
  .subarray(['192.0.2.128/25', '203.0.113.0/24', '10.0.0.0/9', '2001:db8:1::/48'])
  .map((written) => (written.length === 0 ? [] : [{ name: 'listed', addresses: unite(written) }]));

function unite(written: readonly string[]): AddressSet {
  const [first = { v4: [], v6: [] }, ...more] = written.map(blockOf);
  return more.reduce((all, one) => {
    const rest = subtractAddresses(one, all);
    return {
      v4: [...all.v4, ...rest.v4].sort((a, b) => a.from - b.from),
      v6: [...all.v6, ...rest.v6].sort((a, b) => (a.from < b.from ? -1 : 1)),
    };
  }, first);
}

/** What groups let, with two members of each that are called as the model of a cloud calls them. */
export function groupsAsCloud(
  platform: CloudPlatform,
  groups: readonly SecurityGroup[],
  denyLists: readonly DenyList[] = [],
  services: HostNetwork['services'] = new Map(),
): TrafficModel {
  const containers = groups.flatMap(({ name }, index) =>
    [1, 2].map((copy) => {
      const number = 2 * index + copy;
      const { attachments } = networkedContainer(number);
      const bare = attachments.map((attachment) => ({ ...attachment, addresses: [] }));
      return networkedContainer(number, { name, attachments: bare });
    }),
  );
  const network: HostNetwork = { host: platform, bridges: [], services };
  const { model } = compileTraffic({ groups, denyLists, containers, network });
  const seen = new Map<string, number>();
  const endpoints = model.endpoints.map((endpoint) => {
    const copy = (seen.get(endpoint.name) ?? 0) + 1;
    seen.set(endpoint.name, copy);
    return { ...endpoint, id: `${platform}:${endpoint.name}#${copy}` };
  });
  return { ...model, endpoints };
}

/** Who reaches whom by what a cloud exported, in words, and what was remarked. */
export function cloudReach(
  platform: CloudPlatform,
  exported: unknown,
  options: CloudOptions = {},
): { readonly edges: readonly string[]; readonly remarks: readonly string[] } {
  const files = (
    Array.isArray(exported) && exported.every((item) => typeof item === 'string') ? exported : [exported]
  ).map((value, at) => ({
    path: `export-${at}.json`,
    text: typeof value === 'string' ? value : JSON.stringify(value),
  }));
  const { model, remarks } = readCloudTraffic(platform, files, options);
  const name = (party: TrafficParty) => {
    if (party.kind === 'endpoint') return party.endpoint.groups[0] ?? '';
    return party.kind === 'name' ? party.name : formatRanges(party.addresses).join(' ');
  };
  const edges = reachEdges(model).map(
    ({ from, to, connections }) => `${name(from)} > ${name(to)}: ${formatConnections(connections)}`,
  );
  return {
    edges: [...new Set(edges)].sort(),
    remarks: remarks.map(({ kind, source, message }) => `${kind}: ${source.document}: ${message}`),
  };
}

export type StateResource = readonly [address: string, values: object];

/** As `terraform show -json` prints a state. */
export function terraformState(...resources: readonly StateResource[]): unknown {
  return {
    format_version: '1.0',
    terraform_version: '1.11.4',
    values: {
      root_module: {
        resources: resources.map(([address, values]) => {
          const [type = '', name = ''] = address.replace(/^data\./, '').split('.');
          const mode = address.startsWith('data.') ? 'data' : 'managed';
          return { address, mode, type, name, provider_name: 'registry.terraform.io/x', schema_version: 1, values };
        }),
      },
    },
  };
}
