import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { smallAddresses, smallModels, smallPorts } from '../../../test/fakes/traffic-models.ts';
import { askModel, type OracleParty, outsideParty } from '../../../test/fakes/traffic-oracle.ts';
import { formatAddress, noAddresses, parseCidr } from '../../base/index.ts';
import { allConnections, connectionsTo, type TrafficDecision, type TrafficModel } from '../../model/index.ts';
import { explainConnection } from './explain-connection.ts';
import { findParties, type NamedParty } from './find-parties.ts';

const nobody = { populations: [], addresses: noAddresses, names: [] };
const rule = (path: string, decision: Partial<TrafficDecision>): TrafficDecision => ({
  action: 'allow',
  peers: nobody,
  connections: allConnections,
  source: { document: 'SecurityGroup shop', path },
  ...decision,
});
const feed: TrafficDecision = {
  ...rule('spec', { action: 'deny', peers: { ...nobody, addresses: parseCidr('192.0.2.0/24') ?? noAddresses } }),
  source: { document: 'AddressList feed', path: 'spec' },
};
const shop: TrafficModel = {
  endpoints: (['web', 'db', 'new'] as const).map((name, index) => ({
    id: `docker:${index}`,
    name,
    addresses: [`172.18.0.${index + 2}`],
    groups: [name],
    outbound: 0,
    inbound: 1,
    mode: name === 'new' ? 'observe' : 'enforce',
  })),
  populations: new Map([
    ['*', [0, 1, 2]],
    ['web', [0]],
    ['db', [1]],
  ]),
  tables: [
    {
      direction: 'outbound',
      tiers: [
        { name: 'deny lists', otherwise: 'next', decisions: [feed] },
        {
          name: 'groups',
          otherwise: 'deny',
          decisions: [
            rule('outbound[0]', { peers: { ...nobody, populations: ['*'] } }),
            rule('outbound[1]', {
              peers: { ...nobody, addresses: parseCidr('10.0.0.0/8') ?? noAddresses },
              connections: connectionsTo('tcp', 443, 443),
            }),
            rule('outbound[2]', {
              peers: { ...nobody, addresses: parseCidr('10.0.0.0/24') ?? noAddresses },
              connections: connectionsTo('tcp', 80, 80),
            }),
            rule('outbound[3]', {
              peers: { ...nobody, names: ['*.example.com'] },
              connections: connectionsTo('tcp', 8443, 8443),
            }),
          ],
        },
      ],
    },
    {
      direction: 'inbound',
      tiers: [
        {
          name: 'groups',
          otherwise: 'deny',
          decisions: [
            rule('inbound[0]', {
              peers: { ...nobody, populations: ['web'] },
              connections: connectionsTo('tcp', 5432, 5432),
            }),
            rule('inbound[1]', {
              peers: { ...nobody, populations: ['db'] },
              connections: connectionsTo('tcp', 9000, 9100),
            }),
          ],
        },
      ],
    },
  ],
};

const party = (text: string): NamedParty => {
  const [found, ...others] = findParties(shop, text);
  if (found === undefined || others.length > 0) throw new Error(`${text} is not one`);
  return found;
};
const explain = (from: string, to: string, port: number) =>
  explainConnection(shop, { from: party(from), to: party(to), protocol: 'tcp', port });

describe('explainConnection', () => {
  it('names the rules of both ends that let it', () => {
    const { outcome, outbound, inbound } = explain('web', 'db', 5432);
    expect(outcome).toBe('allowed');
    expect(outbound).toMatchObject({ action: 'allow', tier: 'groups', source: { path: 'outbound[0]' } });
    expect(inbound).toMatchObject({ action: 'allow', tier: 'groups', source: { path: 'inbound[0]' } });
    expect(inbound?.message).toBe('db lets inbound from web over tcp 5432, by SecurityGroup shop inbound[0]');
  });

  it.each([
    ['web', 'db', 5433, 'inbound', 'inbound[0]', undefined],
    ['web', 'db', 9050, 'inbound', 'inbound[0]', 'inbound[1]'],
    ['web', '10.1.0.1', 80, 'outbound', 'outbound[1]', 'outbound[2]'],
    ['web', '10.0.0.1', 440, 'outbound', 'outbound[1]', 'outbound[0]'],
    ['web', '11.0.0.1', 443, 'outbound', undefined, 'outbound[1]'],
    ['web', 'api.example.com', 8444, 'outbound', 'outbound[3]', 'outbound[0]'],
    ['web', 'example.com', 8443, 'outbound', undefined, 'outbound[3]'],
    ['web', '203.0.113.1', 22, 'outbound', undefined, 'outbound[0]'],
  ] as const)(
    'of %s to %s over %i says what refuses it and what is near',
    (from, to, port, refusedBy, ports, peers) => {
      const answer = explain(from, to, port);
      expect(answer).toMatchObject({ outcome: 'refused', refusedBy, observed: false });
      const end = answer[refusedBy];
      expect(end?.source).toBeUndefined();
      expect(end?.near?.otherConnections?.source.path).toBe(ports);
      expect(end?.near?.otherPeers?.source.path).toBe(peers);
    },
  );

  it('has nothing near where a rule refuses', () => {
    const { outbound } = explain('web', '192.0.2.7', 443);
    expect(outbound).toMatchObject({ action: 'deny', tier: 'deny lists', source: { document: 'AddressList feed' } });
    expect(outbound?.near).toBeUndefined();
  });

  it('says what passes only while it is observed', () => {
    const answer = explain('db', 'new', 22);
    expect(answer).toMatchObject({ outcome: 'allowed', observed: true, inbound: { action: 'deny', observes: true } });
    expect(answer.inbound?.message).toContain('would refuse, and lets while it observes');
  });

  it('decides as both tables do', () => {
    fc.assert(
      fc.property(smallModels, fc.nat(), (model, seed) => {
        const parties: readonly OracleParty[] = [
          ...model.endpoints.map((endpoint) => ({ kind: 'endpoint', endpoint }) as const),
          ...smallAddresses.flatMap((address) => outsideParty(model, address) ?? []),
        ];
        const named = (of: OracleParty): NamedParty =>
          of.kind === 'address' ? { kind: 'address', address: formatAddress(of.address) } : of;
        const [from, to] = [parties[seed % parties.length], parties[(seed >>> 8) % parties.length]];
        const [protocol, port] = smallPorts[(seed >>> 16) % smallPorts.length] ?? ['tcp', 0];
        if (from === undefined || to === undefined) return;
        const expected = askModel(model, from, to, protocol, port);
        const answer = explainConnection(model, { from: named(from), to: named(to), protocol, port });
        expect(answer.outcome).toBe(expected.today ? 'allowed' : 'refused');
        for (const direction of ['outbound', 'inbound'] as const) {
          expect(answer[direction]?.action).toBe(expected[direction]?.action);
          expect(answer[direction]?.source).toBe(expected[direction]?.decision?.source);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('findParties', () => {
  it.each([
    ['docker:1', ['db']],
    ['db', ['db']],
    ['172.18.0.3', ['db']],
    ['172.18.0.9', ['172.18.0.9']],
    ['fd00:0::1', ['fd00::1']],
    ['API.example.com.', ['api.example.com']],
    ['*.example.com', ['*.example.com']],
    ['nowhere', []],
    ['1.2.3.4.5', []],
    ['-.example.com', []],
    [`${'a'.repeat(250)}.com`, []],
  ])('takes %s for %j', (text, expected) => {
    const names = findParties(shop, text).map((found) =>
      found.kind === 'endpoint' ? found.endpoint.name : found.kind === 'name' ? found.name : found.address,
    );
    expect(names).toEqual(expected);
  });

  it('finds all that share a name', () => {
    const twice = { ...shop, endpoints: shop.endpoints.map((endpoint) => ({ ...endpoint, name: 'same' })) };
    expect(findParties(twice, 'same')).toHaveLength(3);
  });
});
