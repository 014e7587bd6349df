import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostNetwork, networkedContainer } from '../../../../test/fakes/networked-containers.ts';
import { addressesOf, includesAddress, parseAddress, parseCidr } from '../../../base/index.ts';
import {
  allConnections,
  type ConnectionSet,
  connectionsTo,
  type DenyList,
  formatConnections,
  type MemberSelector,
  noConnections,
  portProtocols,
  type SecurityGroup,
  type ServiceAddress,
  subtractConnections,
  type TrafficEdge,
  type TrafficPeer,
  type TrafficRule,
  unionConnections,
} from '../../../model/index.ts';
import { metadataServices } from '../../containers/well-known-services.ts';
import { compileTraffic } from '../../groups/compile-traffic.ts';
import { reachEdges } from '../../reach/reach-classes.ts';
import { readClusterTraffic } from '../read-cluster-traffic.ts';
import { renderNetworkPolicies } from './render-network-policies.ts';

const block = (...texts: readonly string[]) => addressesOf(texts.flatMap((text) => parseCidr(text) ?? []));

/** What runs in the cluster of the tests; `image` is what no policy can ask for. */
const pods = ['one', 'two'].flatMap((namespace) =>
  ['a', 'b'].flatMap((app) =>
    [undefined, 'x'].flatMap((tier) =>
      ['red', 'blue'].map((image) => ({
        namespace,
        image,
        labels: { app, ...(tier ? { tier, 'com.docker.compose.project': 'shop' } : {}) },
      })),
    ),
  ),
);
const nameOf = (index: number) => `${pods[index]?.namespace}/p${index}[Pod]`;
const manifests = pods
  .map(({ namespace, labels }, index) =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `p${index}`, namespace, labels },
    }),
  )
  .join('\n---\n');
const containers = pods.map(({ namespace, labels, image }, index) =>
  networkedContainer(index, {
    name: nameOf(index),
    imageReference: `registry.example/${image}:1`,
    labels: { ...labels, 'io.kubernetes.pod.namespace': namespace },
  }),
);
const services: Readonly<Record<string, readonly ServiceAddress[]>> = {
  'kubernetes-api': [{ addresses: '10.96.0.1/32', protocol: 'tcp', ports: [443, 443] }],
  host: [{ addresses: '10.9.0.0/24' }],
  kubelet: [{ addresses: '10.9.0.0/24', protocol: 'tcp', ports: [10_250, 10_250] }],
  'engine-api': [{ addresses: '10.9.0.0/24', protocol: 'tcp', ports: [2375, 2377] }],
};
/** One of each kind of address that anything speaks of. */
const places = [
  '10.0.0.1',
  '10.0.0.9',
  '10.96.0.1',
  '10.9.0.4',
  '192.0.2.1',
  '203.0.113.5',
  '169.254.169.254',
  '1.1.1.1',
];
const places6 = ['2001:db8::1', 'fd00:ec2::254'];

const selector: fc.Arbitrary<MemberSelector> = fc
  .record({
    namespace: fc.constantFrom(undefined, undefined, 'one', 'two', '*', 'o*'),
    labels: fc.constantFrom<Record<string, string>[]>(
      { app: 'a' },
      { app: 'b' },
      { tier: 'x' },
      { tier: '*' },
      { app: 'a', tier: 'x' },
      { app: 'none' },
      { '-bad': 'x' },
    ),
    image: fc.oneof(
      { weight: 9, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.constant('registry.example/red') },
    ),
    project: fc.constantFrom(undefined, undefined, undefined, undefined, 'shop', 'sh*'),
  })
  .map(({ namespace, labels, image, project }) => ({
    labels,
    ...(project === undefined ? {} : { project }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(image === undefined ? {} : { image }),
  }));
const peer: fc.Arbitrary<TrafficPeer> = fc.oneof(
  fc.constantFrom<TrafficPeer[]>(
    { kind: 'any' },
    { kind: 'group', group: 'g0' },
    { kind: 'group', group: 'g1' },
    { kind: 'group', group: 'g2' },
    { kind: 'group', group: 'rest' },
    { kind: 'group', group: 'nobody' },
    { kind: 'addresses', addresses: block('10.0.0.0/8') },
    { kind: 'addresses', addresses: block('10.0.0.0/29', '192.0.2.0/24', '2001:db8::/32') },
    { kind: 'service', service: 'kubernetes-api' },
    { kind: 'service', service: 'host' },
    { kind: 'service', service: 'metadata' },
    { kind: 'service', service: 'etcd' },
    { kind: 'name', name: 'api.example.com' },
    { kind: 'addresses', addresses: block('1.1.1.1/32') },
    { kind: 'addresses', addresses: block('0.0.0.0/0') },
  ),
);
const connections: fc.Arbitrary<ConnectionSet> = fc.constantFrom(
  allConnections,
  connectionsTo('tcp', 443, 443),
  connectionsTo('tcp'),
  unionConnections(connectionsTo('udp', 0, 53), connectionsTo('tcp', 80, 443)),
  unionConnections(connectionsTo('icmp', 8, 8), connectionsTo('sctp', 7, 9)),
  connectionsTo('icmp'),
);
const rules = (way: string): fc.Arbitrary<TrafficRule[]> =>
  fc
    .array(fc.record({ peers: fc.array(peer, { minLength: 1, maxLength: 2 }), connections }), { maxLength: 3 })
    .map((all) => all.map((rule, index) => ({ ...rule, path: `${way}[${index}]` })));
const group = (name: string): fc.Arbitrary<SecurityGroup> =>
  fc.record({
    name: fc.constant(name),
    mode: fc.oneof(
      { weight: 9, arbitrary: fc.constant('enforce' as const) },
      { weight: 1, arbitrary: fc.constant('observe' as const) },
    ),
    isDefault: fc.constant(name === 'rest'),
    members: name === 'rest' ? fc.constant([]) : fc.array(selector, { minLength: 1, maxLength: 2 }),
    inbound: rules('inbound'),
    outbound: rules('outbound'),
  });
const scenes = fc.record({
  admin: fc.constantFrom(undefined, undefined, 'AdminNetworkPolicy' as const, 'ClusterNetworkPolicy' as const),
  groups: fc
    .tuple(group('g0'), group('g1'), group('g2'), fc.option(group('rest'), { nil: undefined }))
    .map((all) => all.filter((one) => one !== undefined)),
  denyLists: fc.constantFrom<DenyList[][]>(
    [],
    [{ name: 'bad', addresses: block('10.0.0.8/29', '203.0.113.0/24') }],
    [{ name: 'all', addresses: block('10.0.0.0/8', '2001:db8::/64') }],
  ),
});

/** What passes, by who asks whom; addresses stand for themselves. */
function table(edges: readonly TrafficEdge[]): ReadonlyMap<string, ConnectionSet> {
  const passes = new Map<string, ConnectionSet>();
  const all = [...places, ...places6];
  for (const { from, to, connections: passed } of edges) {
    const ends = [from, to].map((party): readonly string[] => {
      if (party.kind === 'endpoint') return [party.endpoint.name];
      if (party.kind === 'name') return [];
      return all.filter((text) => {
        const address = parseAddress(text);
        return address !== undefined && includesAddress(party.addresses, address);
      });
    });
    for (const a of ends[0] ?? [])
      for (const b of ends[1] ?? [])
        passes.set(`${a} > ${b}`, unionConnections(passes.get(`${a} > ${b}`) ?? noConnections, passed));
  }
  return passes;
}

type Admin = NonNullable<Parameters<typeof renderNetworkPolicies>[2]>['admin'];

function compare(groups: readonly SecurityGroup[], denyLists: readonly DenyList[], admin?: Admin) {
  const network = hostNetwork({ ...services, metadata: metadataServices() });
  const { model } = compileTraffic({ groups, denyLists, containers, network });
  const { files, remarks } = renderNetworkPolicies(groups, denyLists, {
    namespaces: ['one', 'two'],
    services: new Map(Object.entries(services)) as never,
    ...(admin === undefined ? {} : { admin }),
  });
  const cluster = readClusterTraffic([{ path: 'pods.yaml', text: manifests }, ...files]);
  const [said, rendered] = [table(reachEdges(model, { asIf: 'today' })), table(reachEdges(cluster.model))];
  const more: string[] = [];
  const less: string[] = [];
  for (const key of new Set([...said.keys(), ...rendered.keys()])) {
    const [a, b] = [said.get(key) ?? noConnections, rendered.get(key) ?? noConnections];
    const [over, under] = [subtractConnections(b, a), subtractConnections(a, b)].map((set) =>
      formatConnections(set, portProtocols),
    );
    if (over !== 'No Connections') more.push(`${key}: ${over}`);
    if (under !== 'No Connections') less.push(`${key}: ${under}`);
  }
  return { more, less, remarks, files, unread: cluster.remarks.filter(({ kind }) => kind === 'unsupported') };
}

describe('groups as NetworkPolicies', () => {
  it('never let more pass than the groups, and as much where nothing is told', () => {
    let exact = 0;
    fc.assert(
      fc.property(scenes, ({ groups, denyLists, admin }) => {
        const { more, less, remarks, unread } = compare(groups, denyLists, admin);
        expect(more).toEqual([]);
        expect(unread).toEqual([]);
        const leaves = remarks.filter(
          ({ kind, message }) =>
            kind === 'unsupported' && !message.includes('ICMP') && !message.includes('not known where'),
        );
        // Policies of the cluster hold for Pods of no group, too.
        if (leaves.length === 0 && admin === undefined) {
          exact += 1;
          expect(less).toEqual([]);
        }
      }),
      { numRuns: 40 },
    );
    expect(exact).toBeGreaterThan(0);
  });

  const shop = (name: string, more: Partial<SecurityGroup>): SecurityGroup => ({
    name,
    mode: 'enforce',
    isDefault: false,
    members: [{ namespace: 'one', labels: { app: 'a' } }],
    inbound: [],
    outbound: [],
    ...more,
  });
  const rule = (peers: readonly TrafficPeer[], of: ConnectionSet = allConnections): TrafficRule => ({
    path: 'outbound[0]',
    peers,
    connections: of,
  });
  it('lets no public resolver by a block where a group says names', () => {
    const wide = { kind: 'addresses', addresses: block('1.1.0.0/16') } as const;
    const name = { kind: 'name', name: 'api.example.com' } as const;
    const write = (...rules: readonly TrafficRule[]) =>
      renderNetworkPolicies([shop('g', { outbound: rules })], [], { namespaces: ['one'] }).files[0]?.text;
    expect(write(rule([wide]))).not.toContain('1.1.1.1');
    expect(write(rule([wide]), rule([name]))).toContain('- 1.1.1.1/32');
  });

  const told = (groups: readonly SecurityGroup[]) =>
    renderNetworkPolicies(groups, [], { namespaces: ['one'] }).remarks.map(
      ({ kind, source, message }) => `${kind} ${source.path}: ${message}`,
    );

  it.each<[string, readonly SecurityGroup[], RegExp]>([
    [
      'the image',
      [shop('g', { members: [{ image: 'registry.example/x' }] })],
      /unsupported members\[0\]: .*image.*closed/,
    ],
    ['compose', [shop('g', { members: [{ service: 'db' }] })], /Its Pods .* label com\.docker\.compose\.service/],
    ['mode observe', [shop('g', { mode: 'observe' })], /unsupported mode: /],
    ['a name', [shop('g', { outbound: [rule([{ kind: 'name', name: 'api.example.com' }])] })], /api\.example\.com/],
    ['ICMP', [shop('g', { outbound: [rule([{ kind: 'any' }], connectionsTo('icmp', 8, 8))] })], /ICMP/],
    [
      'where a service is',
      [shop('g', { outbound: [rule([{ kind: 'service', service: 'etcd' }])] })],
      /known where etcd/,
    ],
    ['a group that is not there', [shop('g', { outbound: [rule([{ kind: 'group', group: 'x' }])] })], /unknown-group/],
    [
      'other namespaces',
      [shop('g', { members: [{ labels: { app: 'a' } }] })],
      /out-of-reach members\[0\]: .*one alone/,
    ],
    ['labels that no Pod has', [shop('g', { members: [{ labels: { '-x': 'y' } }] })], /no-members members\[0\]/],
    ['a namespace that cannot be', [shop('g', { members: [{ namespace: 'One' }] })], /no-members members\[0\]/],
    [
      'whom the default has',
      [
        shop('g', { members: [{ image: 'registry.example/x' }] }),
        shop('rest', { isDefault: true, members: [], outbound: [rule([{ kind: 'any' }])] }),
      ],
      /unsupported default: Any Pod may be of another group/,
    ],
  ])('tell that it cannot say %s', (_, groups, expected) => {
    expect(told(groups).join('\n')).toMatch(expected);
  });

  it('close the Pods of a group that cannot be told apart', () => {
    const { files } = renderNetworkPolicies(
      [
        shop('g', {
          members: [{ namespace: 'one', image: 'registry.example/x', labels: { app: 'a' } }],
          outbound: [rule([{ kind: 'any' }])],
        }),
      ],
      [],
    );
    expect(files.map(({ path }) => path)).toEqual(['g.yaml']);
    expect(files[0]?.text).toContain('app: a');
    expect(files[0]?.text).toContain('egress: []');
  });

  it('leave no address of a deny list or of Pods in a block, and no block that is too many', () => {
    const lists = (count: number) => [
      {
        name: 'bad',
        addresses: addressesOf(Array.from({ length: count }, (_, at) => block(`10.${at >> 8}.${at & 255}.0/25`))),
      },
    ];
    const out = shop('g', { outbound: [rule([{ kind: 'addresses', addresses: block('10.0.0.0/8') }])] });
    const { files } = renderNetworkPolicies([out], lists(2), { podAddresses: block('10.200.0.0/16') });
    expect(files[0]?.text).toContain(`cidr: 10.0.0.0/8
            except:
              - 10.0.0.0/25
              - 10.0.1.0/25
              - 10.200.0.0/16`);
    const { files: none, remarks } = renderNetworkPolicies([out], lists(6000));
    expect(none[0]?.text).toContain('egress: []');
    expect(remarks.map(({ message }) => message).join()).toContain('too many for a policy');
  });

  it('are the same in whatever order groups are given', () => {
    const groups = [
      shop('a', {}),
      shop('b', { outbound: [rule([{ kind: 'group', group: 'a' }])] }),
      shop('c', { isDefault: true, members: [] }),
    ];
    const options = { namespaces: ['two', 'one'], admin: 'ClusterNetworkPolicy' as const };
    expect(renderNetworkPolicies(groups.toReversed(), [], options)).toEqual(renderNetworkPolicies(groups, [], options));
  });

  it('call no two policies the same', () => {
    const names = renderNetworkPolicies([shop('a..b', {}), shop('a-b', {}), shop('a.b', {})], []).files.map(
      ({ text }) => /name: (\S+)/.exec(text)?.[1],
    );
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(/^[a-z0-9]+(?:[.-][a-z0-9]+)*$/);
  });

  describe.each(['AdminNetworkPolicy', 'ClusterNetworkPolicy'] as const)('beside %s', (admin) => {
    const open: SecurityGroup = shop('g', { outbound: [rule([{ kind: 'any' }])] });
    const reach = (groups: readonly SecurityGroup[], denyLists: readonly DenyList[], from: string) => {
      const { files, remarks } = renderNetworkPolicies(groups, denyLists, { namespaces: ['one'], admin });
      const { model, remarks: unread } = readClusterTraffic([{ path: 'pods.yaml', text: manifests }, ...files]);
      expect(unread.filter(({ kind }) => kind === 'unsupported')).toEqual([]);
      const passes = table(reachEdges(model));
      const to = (end: string) => formatConnections(passes.get(`${from} > ${end}`) ?? noConnections, portProtocols);
      return { to, remarks, text: files.find(({ path }) => path === '_cluster.yaml')?.text ?? '' };
    };
    const free = nameOf(pods.findIndex(({ namespace, labels }) => namespace === 'two' && labels.app === 'b'));
    const other = nameOf(0);

    it('deny lists and protected services hold for Pods of no group, too', () => {
      const { to } = reach([open], [{ name: 'bad', addresses: block('192.0.2.0/24') }], free);
      expect([to('192.0.2.1'), to('169.254.169.254'), to('10.0.0.1')]).toEqual([
        'No Connections',
        'No Connections',
        'All Connections',
      ]);
    });

    it('a service that some group names is refused by its own rules alone', () => {
      const named = shop('g', { outbound: [rule([{ kind: 'service', service: 'metadata' }])] });
      expect(reach([named], [], other).to('169.254.169.254')).toBe('All Connections');
    });

    it('a default group closes Pods where no policy is', () => {
      const rest = shop('rest', { isDefault: true, members: [] });
      expect(reach([open, rest], [], free).to(other)).toBe('No Connections');
      expect(reach([open, rest], [], free).to('10.0.0.1')).toBe('No Connections');
      // The cluster's own are spared, unless somebody names them.
      expect(reach([open, rest], [], free).text).toContain('- kube-system');
      const { files } = renderNetworkPolicies([open, rest], [], { namespaces: ['kube-system'], admin });
      expect(files.find(({ path }) => path === '_cluster.yaml')?.text).not.toContain('kube-system');
    });

    it('take lists that are too large for exceptions', () => {
      const addresses = addressesOf(Array.from({ length: 6000 }, (_, at) => block(`11.${at >> 8}.${at & 255}.0/25`)));
      const { to, remarks, text } = reach([open], [{ name: 'bad', addresses }], nameOf(0));
      expect(to('10.0.0.1')).toBe('All Connections');
      expect(remarks.map(({ message }) => message).join()).not.toContain('too many');
      expect(text.match(/- networks:/g)).toHaveLength(241);
    });
  });

  it('tell where lists are larger than policies of the cluster', () => {
    const addresses = addressesOf(
      Array.from({ length: 25 * 25 * 25 * 20 + 1 }, (_, at) => ({
        v4: [{ from: 2 ** 31 + 2 * at, end: 2 ** 31 + 2 * at + 1 }],
        v6: [],
      })),
    );
    const admin = 'ClusterNetworkPolicy';
    const { remarks } = renderNetworkPolicies([], [{ name: 'bad', addresses }], { admin });
    expect(remarks.map(({ message }) => message).join()).toContain('more than ClusterNetworkPolicy takes');
  });
});
