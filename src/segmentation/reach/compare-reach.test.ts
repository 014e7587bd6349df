import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { edgesBetween, edgesLet } from '../../../test/fakes/traffic-edges.ts';
import { smallAddresses, smallModels, smallNames, smallPorts } from '../../../test/fakes/traffic-models.ts';
import { askModel, type OracleParty, outsideParty } from '../../../test/fakes/traffic-oracle.ts';
import type { TrafficEndpoint, TrafficModel, TrafficProtocol } from '../../model/index.ts';
import { compareReach } from './compare-reach.ts';

const partyOf = (model: TrafficModel, id: string): OracleParty | undefined => {
  const endpoint = model.endpoints.find((candidate) => candidate.id === id);
  return endpoint === undefined ? undefined : { kind: 'endpoint', endpoint };
};

describe('compareReach', () => {
  it.each(['enforced', 'today'] as const)('says %s what passes in one model and not in the other', (asIf) => {
    fc.assert(
      fc.property(smallModels, smallModels, (before, after) => {
        const difference = compareReach(before, after, { asIf });
        const ids = [...new Set([...before.endpoints, ...after.endpoints].map(({ id }) => id))];
        const far = smallAddresses.filter(
          (address) => outsideParty(before, address) !== undefined && outsideParty(after, address) !== undefined,
        );
        type Pick = (model: TrafficModel) => OracleParty | undefined;
        const near = ids.map(
          (id): Pick =>
            (model) =>
              partyOf(model, id),
        );
        const outside = far.map(
          (address): Pick =>
            () => ({ kind: 'address', address }),
        );
        const pairs = [
          ...near.flatMap((from) => near.flatMap((to) => (from === to ? [] : [[from, to] as const]))),
          ...near.flatMap((one) => outside.flatMap((other) => [[one, other] as const, [other, one] as const])),
        ];
        const wrong: unknown[] = [];
        for (const [from, to] of pairs) {
          const passes = (model: TrafficModel, protocol: TrafficProtocol, port: number): boolean | undefined => {
            const [source, destination] = [from(model), to(model)];
            return source && destination && askModel(model, source, destination, protocol, port)[asIf];
          };
          const [source, destination] = [from(before) ?? from(after), to(before) ?? to(after)];
          if (source === undefined || destination === undefined) continue;
          const [opened, closed, appeared, disappeared] = (
            ['opened', 'closed', 'appeared', 'disappeared'] as const
          ).map((kind) => edgesBetween(difference[kind], source, destination));
          for (const [protocol, port] of smallPorts) {
            const [then, now] = [passes(before, protocol, port), passes(after, protocol, port)];
            const found = [opened, closed, appeared, disappeared].map((edges) => edgesLet(edges ?? [], protocol, port));
            const expected = [
              now && then === false,
              then && now === false,
              now && then === undefined,
              then && now === undefined,
            ];
            if (expected.some((value, index) => (value === true) !== found[index]))
              wrong.push({ source, destination, protocol, port, expected, found });
          }
        }
        expect(wrong).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('asks both models about each name that either speaks of', () => {
    fc.assert(
      fc.property(smallModels, smallModels, (before, after) => {
        const { opened, closed } = compareReach(before, after);
        const wrong: unknown[] = [];
        for (const then of before.endpoints) {
          const now = after.endpoints.find(({ id }) => id === then.id);
          if (now === undefined) continue;
          for (const name of smallNames) {
            if (!speaksOf(before, then, name) && !speaksOf(after, now, name)) continue;
            const to = { kind: 'name', name } as const;
            const [was, is] = [
              { kind: 'endpoint', endpoint: then } as const,
              { kind: 'endpoint', endpoint: now } as const,
            ];
            for (const [protocol, port] of smallPorts) {
              const passed = askModel(before, was, to, protocol, port).enforced;
              const passes = askModel(after, is, to, protocol, port).enforced;
              if (
                edgesLet(edgesBetween(opened, is, to), protocol, port) !== (passes && !passed) ||
                edgesLet(edgesBetween(closed, was, to), protocol, port) !== (passed && !passes)
              )
                wrong.push({ endpoint: now, name, protocol, port });
            }
          }
        }
        expect(wrong).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('finds nothing between a model and itself', () => {
    fc.assert(
      fc.property(smallModels, (model) => {
        expect(compareReach(model, structuredClone(model))).toEqual({
          opened: [],
          closed: [],
          appeared: [],
          disappeared: [],
        });
      }),
    );
  });
});

function speaksOf(model: TrafficModel, endpoint: TrafficEndpoint, name: string): boolean {
  return (model.tables[endpoint.outbound]?.tiers ?? []).some(({ decisions }) =>
    decisions.some(({ peers }) => peers.names.includes(name)),
  );
}
