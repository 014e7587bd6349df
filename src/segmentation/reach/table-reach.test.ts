import { describe, expect, it } from 'vitest';
import { addressesOf, allAddresses, formatRanges, noAddresses, parseCidr } from '../../base/index.ts';
import { connectionsTo, equalConnections, type TrafficDecision, type TrafficTable } from '../../model/index.ts';
import { outsideReach } from './table-reach.ts';

const blocks = (...texts: readonly string[]) => addressesOf(texts.map((text) => parseCidr(text) ?? noAddresses));
const decision = (
  action: TrafficDecision['action'],
  addresses: TrafficDecision['peers']['addresses'],
  port?: number,
) => ({
  action,
  peers: { populations: [], addresses, names: [] },
  connections: port === undefined ? connectionsTo('tcp') : connectionsTo('tcp', port, port),
  source: { document: 'rule', path: action },
});
const table = (...decisions: readonly TrafficDecision[]): TrafficTable => ({
  direction: 'outbound',
  tiers: [{ name: 'tier', decisions, otherwise: 'deny' }],
});
const ranges = (asked: TrafficTable, inside = noAddresses) =>
  outsideReach(asked, inside).map(({ addresses, connections }) => [
    formatRanges(addresses).join(' '),
    connections.tcp.map(({ from, end }) => `${from}-${end - 1}`).join(),
  ]);

describe('outsideReach', () => {
  it('puts ranges that fare alike together, and leaves out what none may reach', () => {
    const asked = table(
      decision('deny', blocks('10.0.1.0/24')),
      decision('allow', blocks('10.0.0.0/22'), 443),
      decision('allow', blocks('192.0.2.1', 'fd00::/64'), 443),
      decision('allow', blocks('10.0.3.0/24'), 80),
    );
    expect(ranges(asked)).toEqual([
      ['10.0.0.0-10.0.0.255 10.0.2.0-10.0.2.255 192.0.2.1 fd00::-fd00::ffff:ffff:ffff:ffff', '443-443'],
      ['10.0.3.0-10.0.3.255', '80-80,443-443'],
    ]);
  });

  it('takes what endpoints have for inside', () => {
    const asked = table(decision('allow', blocks('10.0.0.0/30')), decision('allow', blocks('10.0.0.4'), 443));
    expect(ranges(asked, blocks('10.0.0.1', '10.0.0.4'))).toEqual([['10.0.0.0 10.0.0.2-10.0.0.3', '0-65535']]);
  });

  it('knows what no decision speaks of', () => {
    const asked: TrafficTable = {
      direction: 'inbound',
      tiers: [{ name: 'tier', decisions: [decision('deny', blocks('128.0.0.0/1', '::/0'))], otherwise: 'allow' }],
    };
    const [open, rest, ...others] = outsideReach(asked, noAddresses);
    expect(others).toEqual([]);
    const reached = [open, rest].map((range) => range && formatRanges(range.addresses).join(' '));
    expect(reached).toContain('0.0.0.0-127.255.255.255');
    // TCP alone is refused.
    const all = [open, rest].find((range) => range?.connections.tcp.length === 1);
    expect(all && formatRanges(all.addresses)).toEqual(['0.0.0.0-127.255.255.255']);
  });

  it('cuts a long list out of everything', () => {
    const listed = blocks(...Array.from({ length: 250 }, (_, index) => `10.0.${index}.0`));
    const asked = table(
      decision('deny', listed),
      decision('allow', blocks('10.0.0.0/24'), 22),
      decision('allow', allAddresses, 443),
    );
    const reach = outsideReach(asked, blocks('10.0.0.9'));
    const both = reach.find(({ connections }) => equalConnections(connections, connectionsTo('tcp', 443, 443)));
    // What lies before, behind and between them, but for the first gap.
    expect(both?.addresses.v4.length).toBe(250);
    const narrow = reach.find(({ connections }) => connections.tcp.length === 2);
    expect(narrow && formatRanges(narrow.addresses)).toEqual(['10.0.0.1-10.0.0.8', '10.0.0.10-10.0.0.255']);
  });
});
