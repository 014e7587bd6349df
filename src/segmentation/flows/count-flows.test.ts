import { describe, expect, it } from 'vitest';
import { addressesOf, parseCidr } from '../../base/index.ts';
import type { HostNetwork, NetworkedContainer, TrafficModel } from '../../model/index.ts';
import type { TrafficCount, TrafficCounters } from '../dataplane.ts';
import { maxFlowsOfContainer } from './bound-flows.ts';
import { countFlows } from './count-flows.ts';

export const container = (
  name: string,
  address: string,
  more: Partial<NetworkedContainer> = {},
): NetworkedContainer => ({
  host: 'harbor',
  engine: 'docker',
  containerId: `id-${name}`,
  name,
  imageReference: `registry.example/shop/${name}:1`,
  imageId: `sha256:${'0'.repeat(64)}`,
  labels: {},
  pid: 1,
  attachments: [
    { network: 'shop', bridge: 'br0', port: `veth-${name}`, mac: '02:00:00:00:00:01', addresses: [address] },
  ],
  published: [],
  outOfReach: [],
  ...more,
});

const host: HostNetwork = {
  host: 'harbor',
  bridges: [{ bridge: 'br0', network: 'shop', engine: 'docker', subnets: ['10.1.0.0/16'], gateways: ['10.1.0.1'] }],
  services: new Map([['host', [{ addresses: '192.0.2.1/32' }]]]),
};

const endpoint = (name: string, groups: readonly string[]) =>
  ({ id: `docker:id-${name}`, name, addresses: [], groups, outbound: 0, inbound: 0, mode: 'enforce' }) as const;
const model: TrafficModel = {
  endpoints: [endpoint('web', ['shop-web']), endpoint('db', ['shop-db'])],
  populations: new Map(),
  tables: [],
};

const counted = (source: string, destination: string, port: number, packets = 1): TrafficCount => ({
  source,
  destination,
  protocol: 'tcp',
  port,
  packets,
});

const nothing: TrafficCounters = { allowed: [], refused: [], observed: [], spoofed: [], overflowed: false };

function count(counters: Partial<TrafficCounters>, more: Partial<Parameters<typeof countFlows>[0]> = {}) {
  return countFlows({
    counters: { ...nothing, ...counters },
    model,
    containers: [container('web', '10.1.0.2/16'), container('db', '10.1.0.3')],
    denyLists: [{ name: 'bad', addresses: addressesOf([parseCidr('203.0.113.0/24') ?? { v4: [], v6: [] }]) }],
    host,
    names: { nameOf: (_, address) => (address === '198.51.100.7' ? 'api.example.com' : undefined) },
    known: new Set(),
    at: 1000,
    ...more,
  });
}

describe('countFlows', () => {
  it('makes a flow for each end that is a container', () => {
    const { flows } = count({ allowed: [counted('10.1.0.2', '10.1.0.3', 5432, 3)] });
    expect(flows.map(({ container, direction, peer }) => [container.name, direction, peer.kind])).toEqual([
      ['web', 'outbound', 'container'],
      ['db', 'inbound', 'container'],
    ]);
    expect(flows[0]).toMatchObject({
      container: { groups: ['shop-web'] },
      peer: { name: 'db', groups: ['shop-db'] },
      port: 5432,
      attempts: 3,
      outcome: 'allowed',
      first: 1000,
    });
  });

  it.each([
    [
      'an address with the name that led to it',
      '198.51.100.7',
      { kind: 'address', address: '198.51.100.7', name: 'api.example.com' },
    ],
    ['an address', '198.51.100.8', { kind: 'address', address: '198.51.100.8' }],
    ['the host at its bridge', '10.1.0.1', { kind: 'host' }],
    ['the host elsewhere', '192.0.2.1', { kind: 'host' }],
  ])('tells %s', (_, address, peer) => {
    expect(count({ allowed: [counted('10.1.0.2', address, 443)] }).flows[0]?.peer).toEqual(peer);
  });

  it('sums what is the same, and tells outcomes apart', () => {
    const one = counted('10.1.0.2', '198.51.100.8', 443, 2);
    const { flows } = count({ allowed: [one, one], observed: [one], refused: [one] });
    expect(flows.map(({ outcome, attempts }) => [outcome, attempts])).toEqual([
      ['allowed', 4],
      ['observed', 2],
      ['refused', 2],
    ]);
  });

  it('passes over containers of other hosts, which may have the same address', () => {
    const other = container('web', '10.1.0.2', { host: 'other' });
    const { flows, unattributed } = count(
      { allowed: [counted('10.1.0.2', '192.0.2.9', 1, 5)] },
      { containers: [other] },
    );
    expect([flows, unattributed]).toEqual([[], 5]);
  });

  it('bounds a scan: listed addresses and containers stay, the rest is summed up', () => {
    const scan = Array.from({ length: 3000 }, (_, port) => counted('10.1.0.2', '198.51.100.9', port + 1, 2));
    const { flows } = count({
      refused: [...scan, counted('10.1.0.2', '203.0.113.4', 80), counted('10.1.0.2', '10.1.0.3', 80)],
    });
    const own = flows.filter(({ direction }) => direction === 'outbound');
    expect(own).toHaveLength(maxFlowsOfContainer + 1);
    expect(own.map(({ listed, peer }) => listed ?? peer.kind).slice(0, 2)).toEqual(['bad', 'container']);
    expect(own.at(-1)).toMatchObject({ peer: { kind: 'others' }, port: 0, attempts: 2 * (3000 - 510) });
    expect(own.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(6002);
  });
});

describe('events', () => {
  const kinds = (result: ReturnType<typeof count>) => result.events.map(({ kind, message }) => `${kind}: ${message}`);

  it('tell the first connection of a group to somewhere new, once', () => {
    const counters = { allowed: [counted('10.1.0.2', '198.51.100.7', 443), counted('10.1.0.2', '10.1.0.3', 5432)] };
    const first = count(counters);
    expect(kinds(first)).toEqual([
      'new-peer: web (shop-web) to api.example.com (198.51.100.7), tcp 443, for the first time',
      'new-peer: web (shop-web) to db, tcp 5432, for the first time',
    ]);
    expect(first.newPeers).toEqual(['shop-web > name api.example.com tcp/443', 'shop-web > group shop-db tcp/5432']);
    expect(kinds(count(counters, { known: new Set(first.newPeers) }))).toEqual([]);
  });

  it('tell nothing of who comes from outside and is let in', () => {
    expect(kinds(count({ allowed: [counted('198.51.100.7', '10.1.0.2', 80)] }))).toEqual([]);
  });

  it('raise an alarm for listed addresses, in both directions, whatever came of it', () => {
    const counters = {
      allowed: [counted('10.1.0.2', '203.0.113.4', 443)],
      refused: [counted('203.0.113.5', '10.1.0.2', 22)],
    };
    expect(kinds(count(counters)).filter((text) => text.startsWith('listed'))).toEqual([
      'listed: web (shop-web) to 203.0.113.4, tcp 443: an address of deny list bad, allowed',
      'listed: 203.0.113.5 to web (shop-web), tcp 22: an address of deny list bad, refused',
    ]);
  });

  it('tell what was refused once, with the rule', () => {
    const refused = [counted('10.1.0.2', '10.1.0.3', 22)];
    expect(kinds(count({ refused }))).toEqual(['refused: web (shop-web) to db, tcp 22: refused']);
    const judge = { judge: () => ({ outcome: 'refused', refusedBy: 'inbound' }) as const };
    expect(kinds(count({ refused }, { judge }))).toEqual([
      'refused: web (shop-web) to db, tcp 22: refused: no inbound rule lets it',
    ]);
    const ruled = { judge: () => ({ ...judge.judge(), inbound: { document: 'AddressList bad', path: 'spec' } }) };
    expect(kinds(count({ refused }, { judge: ruled }))[0]).toContain('refused by AddressList bad spec');
  });

  it('tell forged sources by container', () => {
    const spoofed = [
      { port: 'veth-web', packets: 4 },
      { port: 'veth-x', packets: 1 },
      { port: 'veth-db', packets: 0 },
    ];
    expect(kinds(count({ spoofed }))).toEqual([
      'spoofed: web (veth-web) sent 4 packets with a source that is not its own: dropped',
      'spoofed: an unknown container at veth-x sent 1 packets with a source that is not its own: dropped',
    ]);
  });

  it('are bounded, and say how many more there were', () => {
    const refused = Array.from({ length: 300 }, (_, port) => counted('10.1.0.2', '198.51.100.9', port + 1));
    const { events } = count({ refused });
    expect(events).toHaveLength(200);
    expect(events.at(-1)).toMatchObject({ kind: 'refused', message: '101 more of this kind at the same look' });
  });
});
