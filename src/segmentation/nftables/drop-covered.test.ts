import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AddressSet,
  addressesOf,
  includesAddress,
  noAddresses,
  parseAddress,
  parseCidr,
} from '../../base/index.ts';
import {
  allConnections,
  type ConnectionSet,
  connectionsTo,
  hasNoConnection,
  intersectConnections,
  type TrafficDecision,
} from '../../model/index.ts';
import { dropCovered } from './drop-covered.ts';

const blocks = ['10.0.0.0/8', '10.1.0.0/16', '10.1.0.1/32', '192.0.2.0/24', '0.0.0.0/0', 'fd00::/8', 'fd00::1/128'];
const connections = [allConnections, connectionsTo('tcp'), connectionsTo('tcp', 80, 90), connectionsTo('tcp', 80, 80)];
const decision = fc
  .record({
    action: fc.constantFrom('allow' as const, 'deny' as const, 'pass' as const),
    populations: fc.subarray(['a', 'b', '*']),
    blocks: fc.subarray(blocks, { maxLength: 2 }),
    names: fc.subarray(['x.example', 'y.example']),
    connections: fc.constantFrom(...connections),
  })
  .map(
    ({ action, populations, blocks: written, names, connections: set }): TrafficDecision => ({
      action,
      peers: { populations, names, addresses: union(written) },
      connections: set,
      source: { document: 'SecurityGroup a', path: '' },
    }),
  );
const asked = [connectionsTo('tcp', 80, 80), connectionsTo('tcp', 85, 85), connectionsTo('udp', 53, 53)];

function union(written: readonly string[]): AddressSet {
  return addressesOf(written.map((block) => parseCidr(block) ?? noAddresses));
}

function firstOf(
  decisions: readonly TrafficDecision[],
  has: (decision: TrafficDecision) => boolean,
  connection: ConnectionSet,
): string | undefined {
  const fits = (each: TrafficDecision) => !hasNoConnection(intersectConnections(each.connections, connection));
  return decisions.find((each) => has(each) && fits(each))?.action;
}

describe('decisions without those that others cover', () => {
  it('say the same of everybody', () => {
    fc.assert(
      fc.property(fc.array(decision, { maxLength: 8 }), (all) => {
        const [inside, outside] = [dropCovered(all, 'containers'), dropCovered(all, 'outside')];
        for (const connection of asked) {
          for (const population of ['a', 'b', 'nobody']) {
            const has = ({ peers }: TrafficDecision) =>
              peers.populations.some((name) => ['*', population].includes(name));
            expect(firstOf(inside, has, connection)).toBe(firstOf(all, has, connection));
          }
          for (const text of ['10.1.0.1', '10.1.0.2', '10.2.0.1', '192.0.2.9', '198.51.100.1', 'fd00::1', 'fd00::2']) {
            const address = parseAddress(text);
            const has = ({ peers }: TrafficDecision) =>
              address !== undefined && includesAddress(peers.addresses, address);
            expect(firstOf(outside, has, connection)).toBe(firstOf(all, has, connection));
          }
          for (const name of ['x.example', 'y.example']) {
            const has = ({ peers }: TrafficDecision) => peers.names.includes(name);
            expect(firstOf(outside, has, connection)).toBe(firstOf(all, has, connection));
          }
        }
      }),
    );
  });

  it('are one of two that are equal, and stay where another action stands between', () => {
    const make = (action: 'allow' | 'deny', block: string): TrafficDecision => ({
      action,
      peers: { populations: [], names: [], addresses: union([block]) },
      connections: allConnections,
      source: { document: 'SecurityGroup a', path: block },
    });
    const [narrow, between, wide] = [
      make('deny', '10.1.0.0/16'),
      make('allow', '10.0.0.0/9'),
      make('deny', '10.0.0.0/8'),
    ];
    expect(dropCovered([narrow, wide, make('deny', '10.0.0.0/8')], 'outside')).toEqual([wide]);
    expect(dropCovered([narrow, between, wide], 'outside')).toEqual([narrow, between, wide]);
  });
});
