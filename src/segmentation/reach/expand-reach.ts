import type { ConnectionSet, TrafficEdge, TrafficParty } from '../../model/index.ts';
import type { EndpointClass } from './endpoint-classes.ts';

/** From a class to itself: between any two of its endpoints that are not the same. */
export interface ReachClassEdge {
  readonly from: ReachParty;
  readonly to: ReachParty;
  readonly connections: ConnectionSet;
}

export type ReachParty =
  | { readonly kind: 'class'; readonly class: EndpointClass }
  | Exclude<TrafficParty, { readonly kind: 'endpoint' }>;

/**
 * The edges between endpoints that edges between classes stand for, one after the other: there may be as many as pairs of
 * endpoints. No endpoint has one to itself.
 */
export function* expandReach(edges: Iterable<ReachClassEdge>): Generator<TrafficEdge> {
  const known = new Map<EndpointClass, readonly TrafficParty[]>();
  const partiesOf = (party: ReachParty): readonly TrafficParty[] => {
    if (party.kind !== 'class') return [party];
    const parties = known.get(party.class) ?? party.class.endpoints.map((endpoint) => ({ kind: 'endpoint', endpoint }));
    known.set(party.class, parties);
    return parties;
  };
  for (const { from, to, connections } of edges) {
    const [sources, destinations] = [partiesOf(from), partiesOf(to)];
    for (const source of sources)
      for (const destination of destinations)
        if (source !== destination) yield { from: source, to: destination, connections };
  }
}

/** How many edges between endpoints edges between classes stand for. */
export function countReach(edges: Iterable<ReachClassEdge>): number {
  const sizeOf = (party: ReachParty): number => (party.kind === 'class' ? party.class.endpoints.length : 1);
  let count = 0;
  for (const { from, to } of edges) {
    const isSame = from.kind === 'class' && to.kind === 'class' && from.class === to.class;
    count += sizeOf(from) * (isSame ? sizeOf(to) - 1 : sizeOf(to));
  }
  return count;
}
