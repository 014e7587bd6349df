import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { smallAddresses, smallModels, smallPorts } from '../../../test/fakes/traffic-models.ts';
import { askModel, type OracleParty, outsideParty } from '../../../test/fakes/traffic-oracle.ts';
import { formatAddress, noAddresses, parseCidr, spansInclude } from '../../base/index.ts';
import { allConnections, hasNoConnection, type TrafficModel, type TrafficPeers } from '../../model/index.ts';
import { createTrafficJudge } from './traffic-judge.ts';

const texts = smallAddresses.map((address) => [formatAddress(address), address] as const);

function partiesOf(model: TrafficModel): readonly (readonly [string, OracleParty])[] {
  return texts.flatMap(([text, address]): readonly (readonly [string, OracleParty])[] => {
    const endpoint = model.endpoints.find(({ addresses }) => addresses.includes(text));
    const party = endpoint === undefined ? outsideParty(model, address) : ({ kind: 'endpoint', endpoint } as const);
    return party === undefined ? [] : [[text, party]];
  });
}

describe('createTrafficJudge', () => {
  it('judges each connection as both tables say', () => {
    const asked = fc.constantFrom(undefined, 'a.example.com', 'b.example.com', 'c.a.example.com');
    fc.assert(
      fc.property(smallModels, asked, (model, destinationName) => {
        const { judge } = createTrafficJudge(model);
        const parties = partiesOf(model);
        const wrong: unknown[] = [];
        for (const [source, from] of parties)
          for (const [destination, to] of parties) {
            if (from.kind === 'address' && to.kind === 'address') continue;
            const named =
              to.kind === 'address' && destinationName !== undefined ? { ...to, name: destinationName } : to;
            for (const [protocol, port] of smallPorts) {
              const expected = askModel(model, from, named, protocol, port);
              const connection = { source, destination, protocol, port };
              const answer = judge(destinationName === undefined ? connection : { ...connection, destinationName });
              if (
                (answer.outcome === 'allowed') !== expected.today ||
                answer.observed !== (expected.today && !expected.enforced) ||
                answer.outbound !== expected.outbound?.decision?.source ||
                answer.inbound !== expected.inbound?.decision?.source ||
                spansInclude(answer.connections[protocol], port) !== expected.today
              )
                wrong.push({ connection, expected, answer });
            }
          }
        expect(wrong).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a judge', () => {
  const block = (text: string) => parseCidr(text) ?? noAddresses;
  const rule = (action: 'allow' | 'deny', peers: Partial<TrafficPeers>, document = 'SecurityGroup web') => ({
    action,
    peers: { populations: [], addresses: noAddresses, names: [], ...peers },
    connections: allConnections,
    source: { document, path: 'rule' },
  });
  const endpoint = (
    id: string,
    addresses: readonly string[],
    inbound: number,
    mode: 'enforce' | 'observe' = 'enforce',
  ) => ({
    id,
    name: id,
    addresses,
    groups: [],
    outbound: 0,
    inbound,
    mode,
  });
  const model: TrafficModel = {
    endpoints: [
      endpoint('web', ['172.18.0.2', 'fd00:0:0::2'], 1),
      endpoint('here', ['172.18.0.3'], 1),
      endpoint('there', ['172.18.0.3'], 2),
      endpoint('watched', ['172.18.0.4'], 2, 'observe'),
    ],
    populations: new Map([['*', [0, 1, 2, 3]]]),
    tables: [
      {
        direction: 'outbound',
        tiers: [
          {
            name: 'deny lists',
            otherwise: 'next',
            decisions: [rule('deny', { addresses: block('192.0.2.0/24') }, 'AddressList feed')],
          },
          {
            name: 'groups',
            otherwise: 'deny',
            decisions: [
              rule('allow', { populations: ['*'], names: ['*.example.com'], addresses: block('10.0.0.0/8') }),
            ],
          },
        ],
      },
      { direction: 'inbound', tiers: [{ name: 'groups', otherwise: 'allow', decisions: [] }] },
      { direction: 'inbound', tiers: [{ name: 'groups', otherwise: 'deny', decisions: [] }] },
    ],
  };
  const ask = (source: string, destination: string, judge = createTrafficJudge(model).judge) =>
    judge({ source, destination, protocol: 'tcp', port: 443 });

  it.each(['', 'web', '::ffff:172.18.0.2', '10.0.0.0/8', '172.18.0.2 '])('refuses %j, which is no address', (text) => {
    expect(ask(text, '10.0.0.1')).toMatchObject({ outcome: 'refused', refusedBy: 'inbound' });
    expect(ask('172.18.0.2', text)).toMatchObject({ outcome: 'refused', refusedBy: 'outbound' });
  });

  it('knows an address however it is written', () => {
    const { endpointAt } = createTrafficJudge(model);
    for (const text of ['fd00:0:0::2', 'fd00::2', 'FD00::2', 'fd00:0:0:0:0:0:0:2'])
      expect(endpointAt(text)?.id).toBe('web');
    expect(endpointAt('fd00::3')).toBeUndefined();
  });

  it('takes the strictest where more than one has the address', () => {
    expect(ask('172.18.0.2', '172.18.0.3')).toMatchObject({ outcome: 'refused', refusedBy: 'inbound' });
    expect(hasNoConnection(ask('172.18.0.2', '172.18.0.3').connections)).toBe(true);
  });

  it('says what passes only because it is observed', () => {
    expect(ask('172.18.0.2', '172.18.0.4')).toMatchObject({ outcome: 'allowed', observed: true });
  });

  it('names the list that has the address', () => {
    expect(ask('172.18.0.2', '192.0.2.7')).toMatchObject({ outcome: 'refused', listed: 'feed' });
    expect(ask('172.18.0.2', '11.0.0.1').listed).toBeUndefined();
  });

  it('knows where names led, and lists of bad addresses all the same', () => {
    const nameAddresses = new Map([
      ['api.example.com', block('198.51.100.0/31')],
      ['bad.example.com', block('192.0.2.1')],
      ['example.com', block('203.0.113.1')],
    ]);
    const { judge } = createTrafficJudge(model, { nameAddresses });
    expect(ask('172.18.0.2', '198.51.100.1', judge).outcome).toBe('allowed');
    expect(ask('172.18.0.2', '198.51.100.2', judge).outcome).toBe('refused');
    expect(ask('172.18.0.2', '192.0.2.1', judge)).toMatchObject({ outcome: 'refused', listed: 'feed' });
    expect(ask('172.18.0.2', '203.0.113.1', judge).outcome).toBe('refused');
  });

  it('stops nothing between two that are outside', () => {
    expect(ask('11.0.0.1', '11.0.0.2')).toEqual({ outcome: 'allowed', observed: false, connections: allConnections });
  });
});
