import { describe, expect, it } from 'vitest';
import { manifests, nameOf, passesIn, pods } from '../../../../test/fakes/rendered-cluster.ts';
import { addressesOf, parseCidr } from '../../../base/index.ts';
import {
  allConnections,
  type ConnectionSet,
  connectionsTo,
  type DenyList,
  formatConnections,
  noConnections,
  portProtocols,
  type SecurityGroup,
  type TrafficPeer,
  type TrafficRule,
} from '../../../model/index.ts';
import { reachEdges } from '../../reach/reach-classes.ts';
import { readClusterTraffic } from '../read-cluster-traffic.ts';
import { renderNetworkPolicies } from './render-network-policies.ts';

const block = (...texts: readonly string[]) => addressesOf(texts.flatMap((text) => parseCidr(text) ?? []));

describe('groups as NetworkPolicies', () => {
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
      const passes = passesIn(reachEdges(model));
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
