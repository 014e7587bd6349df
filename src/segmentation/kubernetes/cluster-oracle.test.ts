import fc from 'fast-check';
import { expect, it } from 'vitest';
import { connects, type OracleCluster, type OracleEnd, type OraclePod } from '../../../test/fakes/cluster-oracle.ts';
import { includesAddress, parseAddress, spansInclude } from '../../base/index.ts';
import type { TrafficEdge, TrafficParty, TrafficProtocol } from '../../model/index.ts';
import { reachEdges } from '../reach/reach-classes.ts';
import { readClusterTraffic } from './read-cluster-traffic.ts';

const labels = fc.record(
  { app: fc.constantFrom('a', 'b'), tier: fc.constantFrom('x', 'y') },
  { requiredKeys: ['app'] },
) as fc.Arbitrary<Record<string, string>>;
const ports = fc.uniqueArray(
  fc.constantFrom(
    { name: 'web', containerPort: 80, protocol: 'TCP' },
    { name: 'web', containerPort: 8080, protocol: 'TCP' },
    { name: 'web', containerPort: 80, protocol: 'UDP' },
    { name: 'dns', containerPort: 53, protocol: 'UDP' },
  ),
  { maxLength: 3, selector: ({ name, protocol }) => `${name} ${protocol}` },
);
const pods: fc.Arbitrary<OraclePod[]> = fc
  .array(fc.record({ namespace: fc.constantFrom('red', 'blue'), labels, ports }), { minLength: 2, maxLength: 5 })
  .map((all) => all.map((pod, index) => ({ ...pod, name: `p${index}` })));

const expression = fc.oneof(
  fc.record({
    key: fc.constantFrom('app', 'tier', 'none'),
    operator: fc.constantFrom('In', 'NotIn'),
    values: fc.uniqueArray(fc.constantFrom('a', 'b', 'x'), { minLength: 1, maxLength: 2 }),
  }),
  fc.record({ key: fc.constantFrom('app', 'tier', 'none'), operator: fc.constantFrom('Exists', 'DoesNotExist') }),
);
const selector = fc.record(
  {
    matchLabels: labels,
    matchExpressions: fc.array(expression, { maxLength: 2 }),
  },
  { requiredKeys: [] },
);
const ofNamespaces = fc.oneof(
  fc.constant({}),
  fc.record({ matchLabels: fc.constantFrom({ team: 'one' }, { 'kubernetes.io/metadata.name': 'blue' }) }),
  fc.record({
    matchExpressions: fc.constantFrom(
      [{ key: 'team', operator: 'NotIn', values: ['one'] }],
      [{ key: 'team', operator: 'Exists' }],
    ),
  }),
);
const podsPeer = fc.record({ namespaceSelector: ofNamespaces, podSelector: selector }, { requiredKeys: [] });
const someOf = podsPeer.filter((peer) => Object.keys(peer).length > 0);
const block = fc.constantFrom(
  { cidr: '0.0.0.0/0' },
  { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] },
  { cidr: '10.1.2.0/24', except: ['10.1.2.3/32', '10.1.2.0/26'] },
  { cidr: '::/0' },
);
const protocol = fc.constantFrom('TCP', 'UDP', 'SCTP');
const policyPort = fc.oneof(
  fc.record({ protocol, port: fc.constantFrom<(number | string)[]>(80, 53, 443, 'web', 'dns') }, { requiredKeys: [] }),
  fc.record({ protocol, port: fc.constant(50), endPort: fc.constantFrom(60, 100) }),
);
const rules = (side: 'from' | 'to') =>
  fc.array(
    fc.record(
      {
        [side]: fc.array(
          fc.oneof(
            { weight: 3, arbitrary: someOf },
            block.map((ipBlock) => ({ ipBlock })),
          ),
          {
            maxLength: 2,
          },
        ),
        ports: fc.array(policyPort, { maxLength: 2 }),
      },
      { requiredKeys: [] },
    ),
    { maxLength: 2 },
  );
const networkPolicy = fc.record({
  kind: fc.constant('NetworkPolicy'),
  metadata: fc.record({ namespace: fc.constantFrom('red', 'blue') }),
  spec: fc.record(
    {
      podSelector: selector,
      policyTypes: fc.constantFrom(['Ingress'], ['Egress'], ['Ingress', 'Egress']),
      ingress: rules('from'),
      egress: rules('to'),
    },
    { requiredKeys: ['podSelector'] },
  ),
});
const adminPort = fc.oneof(
  fc.record({ portNumber: fc.record({ protocol, port: fc.constantFrom(80, 53, 443) }) }),
  fc.record({ portRange: fc.record({ protocol, start: fc.constant(50), end: fc.constantFrom(60, 443) }) }),
  fc.record({ namedPort: fc.constantFrom('web', 'dns') }),
);
const adminPeer = fc.oneof(fc.record({ namespaces: ofNamespaces }), fc.record({ pods: podsPeer }));
const adminRules = (side: 'from' | 'to', actions: readonly string[]) => {
  const networks = fc.record({
    networks: fc.uniqueArray(fc.constantFrom('10.0.0.0/8', '0.0.0.0/0', '10.1.2.3/32', '::/0'), { minLength: 1 }),
  });
  const peer = side === 'to' ? fc.oneof<fc.Arbitrary<object>[]>(adminPeer, adminPeer, networks) : adminPeer;
  return fc.array(
    fc.record(
      {
        action: fc.constantFrom(...actions),
        [side]: fc.array(peer, { minLength: 1, maxLength: 2 }),
        ports: fc.array(adminPort, { minLength: 1, maxLength: 2 }),
      },
      { requiredKeys: ['action', side] },
    ),
    { maxLength: 3 },
  );
};
const adminSpec = (actions: readonly string[]) => ({
  subject: adminPeer,
  ingress: adminRules('from', actions),
  egress: adminRules('to', actions),
});
const adminPolicies = fc.uniqueArray(fc.constantFrom(0, 7, 1000), { maxLength: 2 }).chain((priorities) =>
  fc.tuple(
    ...priorities.map((priority) =>
      fc.record({
        kind: fc.constant('AdminNetworkPolicy'),
        metadata: fc.constant({}),
        spec: fc.record({ priority: fc.constant(priority), ...adminSpec(['Allow', 'Deny', 'Pass']) }),
      }),
    ),
  ),
);
const baseline = fc.record({
  kind: fc.constant('BaselineAdminNetworkPolicy'),
  metadata: fc.constant({}),
  spec: fc.record(adminSpec(['Allow', 'Deny'])),
});

const clusters: fc.Arbitrary<OracleCluster> = fc
  .record({
    pods,
    team: fc.constantFrom<Record<string, string>[]>({}, { team: 'one' }, { team: 'two' }),
    policies: fc.array(networkPolicy, { maxLength: 3 }),
    admin: adminPolicies,
    base: fc.option(baseline, { nil: undefined }),
  })
  .map(({ pods: all, team, policies, admin, base }) => ({
    namespaces: { red: team, blue: { team: 'two' } },
    pods: all,
    policies: [...policies, ...admin, ...(base ? [base] : [])] as unknown as OracleCluster['policies'],
  }));

const addresses = ['10.0.0.1', '10.1.2.3', '10.1.2.100', '192.0.2.7', '2001:db8::1'];
const asked = (['TCP', 'UDP', 'SCTP'] as const).flatMap((name) =>
  [53, 55, 80, 100, 443, 8080].map((port) => ({ protocol: name, port })),
);

function manifests({ namespaces, pods: all, policies }: OracleCluster): string {
  const objects = [
    ...Object.entries(namespaces).map(([name, own]) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: own },
    })),
    ...all.map(({ name, namespace, labels: own, ports: declared }) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, labels: own },
      spec: { containers: [{ name: 'c', ports: declared }] },
    })),
    ...policies.map(({ kind, metadata, spec }, index) => ({
      apiVersion: kind === 'NetworkPolicy' ? 'networking.k8s.io/v1' : 'policy.networking.k8s.io/v1alpha1',
      kind,
      metadata: { ...metadata, name: kind.startsWith('Baseline') ? 'default' : `n${index}` },
      spec,
    })),
  ];
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
}

it('a cluster lets pass what its policies say, one by one', () => {
  fc.assert(
    fc.property(clusters, (cluster) => {
      const { model, remarks } = readClusterTraffic([{ path: 'all.json', text: manifests(cluster) }]);
      expect(remarks.filter(({ kind }) => kind === 'unsupported')).toEqual([]);
      const edges = reachEdges(model);
      const wrong: string[] = [];
      for (const from of [...cluster.pods, ...addresses])
        for (const to of [...cluster.pods, ...addresses]) {
          if (from === to || (typeof from === 'string' && typeof to === 'string')) continue;
          const passed = edges.filter((edge) => isParty(edge.from, from) && isParty(edge.to, to));
          for (const connection of asked) {
            const expected = connects(cluster, from, to, connection);
            if (passed.some((edge) => lets(edge, connection)) !== expected)
              wrong.push(`${nameOf(from)} > ${nameOf(to)} ${connection.protocol} ${connection.port}: ${expected}`);
          }
        }
      expect(wrong).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

function lets({ connections }: TrafficEdge, { protocol: name, port }: (typeof asked)[number]): boolean {
  return spansInclude(connections[name.toLowerCase() as TrafficProtocol], port);
}

function isParty(party: TrafficParty, end: OracleEnd): boolean {
  if (typeof end !== 'string') return party.kind === 'endpoint' && party.endpoint.name === nameOf(end);
  const address = parseAddress(end);
  return party.kind === 'addresses' && address !== undefined && includesAddress(party.addresses, address);
}

function nameOf(end: OracleEnd): string {
  return typeof end === 'string' ? end : `${end.namespace}/${end.name}[Pod]`;
}
