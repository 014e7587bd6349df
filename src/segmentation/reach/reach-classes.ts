import { type ConnectionSet, hasNoConnection, type TrafficEdge, type TrafficModel } from '../../model/index.ts';
import type { EndpointClass } from './endpoint-classes.ts';
import { expandReach, type ReachClassEdge, type ReachParty } from './expand-reach.ts';
import { compileReach, type ReachOptions } from './model-reach.ts';

export interface ReachClasses {
  readonly classes: readonly EndpointClass[];
  /** First between classes, then from classes to what is outside, then from there. */
  readonly edges: readonly ReachClassEdge[];
}

/**
 * Who can reach whom, between classes of endpoints: exact, and in the time of what tables say and of the edges between
 * classes, whatever the number of endpoints.
 *
 * Addresses are those outside: that no endpoint has. Ranges that fare alike are one edge. An edge to a name is what passes to
 * wherever the name leads; what is said of a part of the addresses (a deny list) holds there too, and is not in it.
 */
export function reachClasses(model: TrafficModel, options: ReachOptions = {}): ReachClasses {
  const { classes, between, outside, names, toName } = compileReach(model, options);
  const parties = classes.map((of): ReachParty => ({ kind: 'class', class: of }));
  const partyOf = (number: number): ReachParty => parties[number] as ReachParty;
  const edges: ReachClassEdge[] = [];
  for (const { from, to, connections } of between()) edges.push({ from: partyOf(from), to: partyOf(to), connections });
  const farOf = (table: number | undefined): readonly (readonly [ReachParty, ConnectionSet])[] => {
    const far: [ReachParty, ConnectionSet][] = [];
    for (const { addresses, connections } of outside(table)) far.push([{ kind: 'addresses', addresses }, connections]);
    for (const name of names(table)) {
      const connections = toName(table, name);
      if (!hasNoConnection(connections)) far.push([{ kind: 'name', name }, connections]);
    }
    return far;
  };
  for (const { number, outbound } of classes)
    for (const [far, connections] of farOf(outbound)) edges.push({ from: partyOf(number), to: far, connections });
  for (const { number, inbound } of classes)
    for (const [far, connections] of farOf(inbound)) edges.push({ from: far, to: partyOf(number), connections });
  return { classes, edges };
}

/** Who can reach whom: `reachClasses`, expanded into an array of all edges between endpoints. */
export function reachEdges(model: TrafficModel, options: ReachOptions = {}): readonly TrafficEdge[] {
  return [...expandReach(reachClasses(model, options).edges)];
}
