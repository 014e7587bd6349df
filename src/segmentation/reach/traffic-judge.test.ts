import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { smallAddresses, smallModels, smallPorts } from '../../../test/fakes/traffic-models.ts';
import { askModel, type OracleParty, outsideParty } from '../../../test/fakes/traffic-oracle.ts';
import { formatAddress, spansInclude } from '../../base/index.ts';
import type { TrafficModel } from '../../model/index.ts';
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
