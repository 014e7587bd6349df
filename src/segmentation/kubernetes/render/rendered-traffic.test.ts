import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostNetwork, networkedContainer } from '../../../../test/fakes/networked-containers.ts';
import { manifests, nameOf, passesIn, pods } from '../../../../test/fakes/rendered-cluster.ts';
import { addressesOf, parseCidr } from '../../../base/index.ts';
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
  const [said, rendered] = [passesIn(reachEdges(model, { asIf: 'today' })), passesIn(reachEdges(cluster.model))];
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

describe('what a rendering lets pass', () => {
  it('never let more pass than the groups', () => {
    fc.assert(
      fc.property(scenes, ({ groups, denyLists, admin }) => {
        const { more, unread } = compare(groups, denyLists, admin);
        expect([more, unread]).toEqual([[], []]);
      }),
      { numRuns: 40 },
    );
  });

  it('let as much pass where nothing is told', () => {
    let exact = 0;
    const isNoName = ({ kind }: TrafficPeer) => kind !== 'name';
    const sayable = scenes.map(({ groups, denyLists }) => {
      const plain = (rule: TrafficRule) => ({ ...rule, peers: rule.peers.filter(isNoName) });
      const others = groups
        .filter(({ isDefault }) => !isDefault)
        .map((group): SecurityGroup => {
          const members = group.members.map(
            ({ labels, namespace = '*', project }): MemberSelector => ({
              ...(labels ? { labels } : {}),
              ...(project === 'shop' ? { project } : {}),
              namespace,
            }),
          );
          return {
            ...group,
            mode: 'enforce',
            members,
            inbound: group.inbound.map(plain),
            outbound: group.outbound.map(plain),
          };
        });
      return { groups: others, denyLists };
    });
    fc.assert(
      fc.property(sayable, ({ groups, denyLists }) => {
        const { less, remarks } = compare(groups, denyLists, undefined);
        const isLess = remarks.some(
          ({ kind, message }) => kind === 'unsupported' && !/ICMP|not known where/.test(message),
        );
        if (isLess) return;
        exact += 1;
        expect(less).toEqual([]);
      }),
      { numRuns: 40 },
    );
    expect(exact).toBeGreaterThan(5);
  });
});
