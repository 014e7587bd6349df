import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { smallModels, smallPorts } from '../../../test/fakes/traffic-models.ts';
import { formatAddress, spansOf } from '../../base/index.ts';
import { connectionsTo, hasNoConnection, intersectConnections, type TrafficSource } from '../../model/index.ts';
import { edgeSources } from './edge-sources.ts';
import type { ReachParty } from './expand-reach.ts';
import { explainConnection } from './explain-connection.ts';
import type { NamedParty } from './find-parties.ts';
import { reachClasses } from './reach-classes.ts';

/** One that stands for the party; of a class to itself the second. */
function partyOf(party: ReachParty, copy: number): NamedParty | undefined {
  if (party.kind === 'name') return party;
  if (party.kind === 'class') {
    const endpoint = party.class.endpoints[copy] ?? party.class.endpoints[0];
    return endpoint && { kind: 'endpoint', endpoint };
  }
  const [v4] = party.addresses.v4;
  return v4 && { kind: 'address', address: formatAddress({ family: 4, value: v4.from }) };
}

const textOf = ({ document, path }: TrafficSource): string => `${document} ${path}`;

describe('edgeSources', () => {
  it('has of each connection the rules by which it is explained, and between containers and names no other', () => {
    let seen = 0;
    fc.assert(
      fc.property(smallModels, (model) => {
        for (const edge of reachClasses(model).edges) {
          const [from, to] = [partyOf(edge.from, 0), partyOf(edge.to, 1)];
          if (from === undefined || to === undefined) continue;
          for (const [protocol, port] of smallPorts) {
            const one = connectionsTo(protocol, port, port);
            if (hasNoConnection(intersectConnections(edge.connections, one))) continue;
            const { outbound, inbound } = explainConnection(model, { from, to, protocol, port });
            const expected = [outbound, inbound].flatMap((end) => (end?.source ? [textOf(end.source)] : []));
            const found = edgeSources(model, { ...edge, connections: one }).map(textOf);
            seen += expected.length;
            if (edge.from.kind === 'addresses' || edge.to.kind === 'addresses')
              expect(found).toEqual(expect.arrayContaining(expected));
            else expect(found).toEqual(expected);
          }
        }
      }),
      { numRuns: 150 },
    );
    expect(seen).toBeGreaterThan(1000);
  });

  it('has for a range the rules of its parts', () => {
    const peers = (from: number, end: number) => ({
      populations: [],
      addresses: { v4: spansOf([{ from, end }]), v6: [] },
      names: [],
    });
    const rule = (path: string, from: number, end: number) =>
      ({
        action: 'allow',
        peers: peers(from, end),
        connections: connectionsTo('tcp', 80, 80),
        source: { document: 'd', path },
      }) as const;
    const tiers = [
      { name: 'groups', decisions: [rule('a', 1, 5), rule('b', 5, 9), rule('c', 1, 9)], otherwise: 'deny' },
    ] as const;
    const endpoint = {
      id: 'e',
      name: 'e',
      addresses: [],
      groups: [],
      outbound: 0,
      inbound: 1,
      mode: 'enforce',
    } as const;
    const model = {
      endpoints: [endpoint],
      populations: new Map([['*', [0]]]),
      tables: [
        { direction: 'outbound', tiers },
        { direction: 'inbound', tiers: [{ name: 'groups', decisions: [], otherwise: 'deny' }] },
      ],
    } as const;
    const edge = reachClasses(model).edges.find(({ to }) => to.kind === 'addresses');
    expect(edge && edgeSources(model, edge).map(({ path }) => path)).toEqual(['a', 'b', 'c']);
  });
});
