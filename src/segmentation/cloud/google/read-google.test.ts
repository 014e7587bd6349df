import { describe, expect, it } from 'vitest';
import { cloudReach, terraformState } from '../../../../test/fakes/cloud-groups.ts';
import { readCloudTraffic } from '../read-cloud-traffic.ts';

const network = 'https://www.googleapis.com/compute/v1/projects/shop/global/networks/default';
/** As gcloud lists a rule. */
const rule = (name: string, more: object) => ({
  kind: 'compute#firewall',
  name,
  network,
  direction: 'INGRESS',
  priority: 1000,
  disabled: false,
  logConfig: { enable: false },
  ...more,
});
const everywhere = { destinationRanges: ['0.0.0.0/0'], direction: 'EGRESS', targetTags: ['db', 'web', 'lb'] };
const closed = [
  rule('closed', { ...everywhere, denied: [{ IPProtocol: 'all' }], priority: 2000 }),
  rule('closed-6', { ...everywhere, destinationRanges: ['::/0'], denied: [{ IPProtocol: 'all' }], priority: 2000 }),
];
const inward = (edges: readonly string[]) => edges.filter((edge) => !/ > [\d:]/.test(edge));

describe('firewall rules of a network', () => {
  it('let in by tag, by service account and by range, and out wherever nothing denies it', () => {
    const { edges, remarks } = cloudReach('google', [
      rule('web', {
        allowed: [{ IPProtocol: 'tcp', ports: ['443', '8000-8001'] }, { IPProtocol: 'icmp' }],
        sourceRanges: ['192.0.2.0/24'],
        sourceTags: ['lb'],
        targetTags: ['web'],
      }),
      rule('accounts', {
        allowed: [{ IPProtocol: '17' }],
        sourceServiceAccounts: ['a@shop.iam.gserviceaccount.com'],
        targetServiceAccounts: ['b@shop.iam.gserviceaccount.com'],
      }),
    ]);
    expect(remarks).toEqual([]);
    expect(inward(edges)).toEqual([
      '192.0.2.0-192.0.2.255 > web: ICMP,TCP 443,8000-8001',
      'a@shop.iam.gserviceaccount.com > b@shop.iam.gserviceaccount.com: UDP 1-65535',
      'lb > web: ICMP,TCP 443,8000-8001',
    ]);
    expect(edges).toContain(
      'web > 0.0.0.0-255.255.255.255 ::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff: All Connections',
    );
  });

  it('are asked by priority, and a denial before an allowance', () => {
    const allow = { allowed: [{ IPProtocol: 'tcp', ports: ['80-90'] }], sourceTags: ['web'], targetTags: ['db'] };
    const deny = (priority: number, ports: readonly string[]) =>
      rule(`deny-${priority}`, {
        denied: [{ IPProtocol: 'tcp', ports }],
        sourceTags: ['web'],
        targetTags: ['db'],
        priority,
      });
    const { edges } = cloudReach('google', [
      rule('a', allow),
      deny(999, ['80']),
      deny(1000, ['81']),
      deny(1001, ['82']),
    ]);
    expect(inward(edges)).toEqual(['web > db: TCP 82-90']);
  });

  it('count nothing where they are disabled', () => {
    const allow = { allowed: [{ IPProtocol: 'tcp' }], sourceTags: ['web'], targetTags: ['db'] };
    expect(
      inward(
        cloudReach('google', [rule('a', { ...allow, disabled: true }), rule('b', { ...allow, targetTags: ['x'] })])
          .edges,
      ),
    ).toEqual(['web > x: TCP 1-65535']);
  });

  it('are of all instances where they name none, and from anywhere where they name no source', () => {
    const { edges } = cloudReach('google', [rule('ssh', { allowed: [{ IPProtocol: 'tcp', ports: ['22'] }] })]);
    expect(inward(edges)).toEqual([
      '0.0.0.0-255.255.255.255 > instances of shop/default: TCP 22',
      'instances of shop/default > instances of shop/default: TCP 22',
    ]);
  });

  it('close egress where they deny it, members among others', () => {
    const { edges } = cloudReach('google', [
      ...closed,
      rule('in', { allowed: [{ IPProtocol: 'all' }], sourceTags: ['web', 'lb'], targetTags: ['db'] }),
      rule('out', {
        ...everywhere,
        targetTags: ['web'],
        destinationRanges: ['10.0.0.0/8'],
        allowed: [{ IPProtocol: 'tcp', ports: ['5432'] }],
      }),
    ]);
    expect(edges).toEqual(['web > 10.0.0.0-10.255.255.255: TCP 5432', 'web > db: TCP 5432']);
  });

  it('are of their own network alone', () => {
    const other = network.replace('default', 'other');
    const allow = { allowed: [{ IPProtocol: 'tcp', ports: ['80'] }], sourceRanges: ['0.0.0.0/0'], targetTags: ['web'] };
    const { edges } = cloudReach('google', [rule('a', allow), rule('b', { ...allow, network: other })]);
    expect(inward(edges).filter((edge) => !edge.startsWith('0.'))).toEqual([
      'web (shop/default web) > web (shop/default web): TCP 80',
      'web (shop/other web) > web (shop/other web): TCP 80',
    ]);
  });

  it('tell ICMP and ICMPv6 apart', () => {
    const { edges } = cloudReach('google', [
      rule('a', { allowed: [{ IPProtocol: 'icmp' }], sourceRanges: ['192.0.2.1/32'], targetTags: ['web'] }),
      rule('b', { allowed: [{ IPProtocol: 'icmp' }], sourceRanges: ['2001:db8::1/128'], targetTags: ['web'] }),
      rule('c', { allowed: [{ IPProtocol: '58' }], sourceRanges: ['2001:db8::2/128'], targetTags: ['web'] }),
    ]);
    expect(inward(edges)).toEqual(['192.0.2.1 2001:db8::2 > web: ICMP']);
  });
});

describe('google_compute_firewall of a state', () => {
  const values = {
    id: 'projects/shop/global/firewalls/web',
    name: 'web',
    network,
    direction: 'INGRESS',
    priority: 1000,
    disabled: false,
    allow: [{ ports: ['443'], protocol: 'tcp' }],
    deny: [],
    source_ranges: [],
    source_service_accounts: null,
    source_tags: ['lb'],
    destination_ranges: [],
    target_service_accounts: null,
    target_tags: ['web'],
  };

  it('is read like any', () => {
    expect(inward(cloudReach('google', terraformState(['google_compute_firewall.web', values])).edges)).toEqual([
      'lb > web: TCP 443',
    ]);
  });

  it('counts what it may allow and not what it may deny, where that cannot be told', () => {
    const narrow = { ...values, destination_ranges: ['10.0.0.1/32'] };
    const { edges, remarks } = cloudReach(
      'google',
      terraformState(
        ['google_compute_firewall.a', narrow],
        ['google_compute_firewall.b', { ...narrow, allow: [], deny: [{ protocol: 'all' }], priority: 1 }],
        ['google_compute_firewall.c', { ...values, allow: [{ protocol: 'esp' }] }],
        ['google_compute_network_firewall_policy_rule.d', {}],
      ),
    );
    expect(inward(edges)).toEqual(['lb > web: TCP 443']);
    expect(remarks.map((remark) => remark.split(': ').slice(1, 2).join())).toEqual([
      'google_compute_firewall_policy',
      'google_compute_firewall.a',
      'google_compute_firewall.b',
      'google_compute_firewall.c',
    ]);
  });
});

describe('what is refused', () => {
  it.each([
    ['of another tool', { SecurityGroups: [] }, 'this is no state of Terraform and no output of gcloud'],
    ['without an action', [rule('a', {})], 'firewall rule a: [0] must allow or deny something'],
    ['of a direction that is none', [rule('a', { direction: 'SIDEWAYS' })], 'direction must be INGRESS or EGRESS'],
    [
      'of a priority that is none',
      [rule('a', { allowed: [{ IPProtocol: 'tcp' }], priority: 70_000 })],
      'priority must be a whole number',
    ],
    [
      'of ports that are none',
      [rule('a', { allowed: [{ IPProtocol: 'tcp', ports: ['9-1'] }] })],
      'allowed[0].ports[0] must be a port',
    ],
  ])('is what is %s', (_, exported, message) =>
    expect(() => readCloudTraffic('google', [{ path: 'a.json', text: JSON.stringify(exported) }])).toThrow(message),
  );
});
