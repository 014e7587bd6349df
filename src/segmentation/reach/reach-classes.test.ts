import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { edgesBetween, edgesLet, isSameParty } from '../../../test/fakes/traffic-edges.ts';
import { smallAddresses, smallModels, smallNames, smallPorts } from '../../../test/fakes/traffic-models.ts';
import { askModel, type OracleParty, outsideParty } from '../../../test/fakes/traffic-oracle.ts';
import { includesAddress, parseAddress } from '../../base/index.ts';
import { hasNoConnection, type TrafficModel, type TrafficParty } from '../../model/index.ts';
import { countReach } from './expand-reach.ts';
import { reachClasses, reachEdges } from './reach-classes.ts';

const inside = (model: TrafficModel) =>
  model.endpoints.flatMap(({ addresses }) => addresses.flatMap((text) => parseAddress(text) ?? []));

const namesOf = (model: TrafficModel, index: number): ReadonlySet<string> =>
  new Set(model.tables[index]?.tiers.flatMap(({ decisions }) => decisions.flatMap(({ peers }) => peers.names)));

describe('reachEdges', () => {
  it.each(['enforced', 'today'] as const)('says %s what each pair of parties says at each port', (asIf) => {
    fc.assert(
      fc.property(smallModels, (model) => {
        const edges = reachEdges(model, { asIf });
        const endpoints = model.endpoints.map((endpoint): OracleParty => ({ kind: 'endpoint', endpoint }));
        const outside = smallAddresses.flatMap((address) => outsideParty(model, address) ?? []);
        const pairs = [
          ...endpoints
            .flatMap((from) => endpoints.map((to) => [from, to] as const))
            .filter(([from, to]) => from !== to),
          ...endpoints.flatMap((party) => outside.flatMap((far) => [[party, far] as const, [far, party] as const])),
        ];
        const wrong: unknown[] = [];
        for (const [from, to] of pairs) {
          const found = edgesBetween(edges, from, to);
          if (found.length > 1) wrong.push({ from, to, found });
          for (const [protocol, port] of smallPorts)
            if (edgesLet(found, protocol, port) !== askModel(model, from, to, protocol, port)[asIf])
              wrong.push({ from, to, protocol, port });
        }
        expect(wrong).toEqual([]);
        expect(edges.filter(({ from, to }) => from.kind === 'endpoint' && isSameParty(to, from))).toEqual([]);
        const hasInside = (party: TrafficParty): boolean =>
          party.kind === 'addresses' && inside(model).some((address) => includesAddress(party.addresses, address));
        expect(edges.filter(({ from, to }) => hasInside(from) || hasInside(to))).toEqual([]);
        expect(edges.filter(({ connections }) => hasNoConnection(connections))).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('says of each name of a table what passes wherever it leads', () => {
    fc.assert(
      fc.property(smallModels, (model) => {
        const edges = reachEdges(model);
        for (const endpoint of model.endpoints)
          for (const name of smallNames) {
            const found = edgesBetween(edges, { kind: 'endpoint', endpoint }, { kind: 'name', name });
            const named = namesOf(model, endpoint.outbound).has(name);
            expect(found.length).toBeLessThanOrEqual(named ? 1 : 0);
            for (const [protocol, port] of named ? smallPorts : [])
              expect(edgesLet(found, protocol, port)).toBe(
                askModel(model, { kind: 'endpoint', endpoint }, { kind: 'name', name }, protocol, port).enforced,
              );
          }
      }),
      { numRuns: 200 },
    );
  });

  it('has as many edges as classes say', () => {
    fc.assert(
      fc.property(smallModels, (model) => {
        expect(countReach(reachClasses(model).edges)).toBe(reachEdges(model).length);
      }),
    );
  });
});

describe('reachClasses', () => {
  it('puts each endpoint into one class', () => {
    fc.assert(
      fc.property(smallModels, (model) => {
        const { classes } = reachClasses(model);
        expect(classes.flatMap(({ endpoints }) => endpoints).length).toBe(model.endpoints.length);
        expect(new Set(classes.flatMap(({ endpoints }) => endpoints))).toEqual(new Set(model.endpoints));
      }),
    );
  });
});
