import { type AddressSet, addressesOf, allAddresses, subtractAddresses } from '../../base/index.ts';
import {
  allConnections,
  type ConnectionSet,
  type TrafficEdge,
  type TrafficModel,
  type TrafficParty,
} from '../../model/index.ts';
import { classEdges } from './class-edges.ts';
import { noneNumber } from './connection-algebra.ts';
import { type AsIf, type EndpointClass, endpointAddresses, endpointClasses } from './endpoint-classes.ts';
import { decisionsForName, indexTable, type TableIndex } from './table-index.ts';
import { createTableReader, type TableReader } from './table-reach.ts';

export interface ReachOptions {
  /**
   * `enforced`, where nothing is said: as if every endpoint were in mode enforce. `today`: tables of an endpoint in mode
   * observe refuse nothing.
   */
  readonly asIf?: AsIf;
  /** More addresses that are not outside, beside those that endpoints have. */
  readonly inside?: AddressSet;
}

export interface ReachClasses {
  readonly classes: readonly EndpointClass[];
  readonly edges: readonly ReachClassEdge[];
}

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
 * Who can reach whom, between classes of endpoints: exact, and in the time of what tables say and of the edges between
 * classes, whatever the number of endpoints. Each class stands with its edges to classes, to addresses, to names, then all
 * that lead from addresses.
 *
 * Addresses are those outside: that no endpoint has. Ranges that fare alike are one edge. An edge to a name is what passes to
 * wherever the name leads; what is said of a part of the addresses (a deny list) holds there too, and is not in it.
 */
export function reachClasses(model: TrafficModel, options: ReachOptions = {}): ReachClasses {
  const inside = addressesOf([endpointAddresses(model), ...(options.inside === undefined ? [] : [options.inside])]);
  const reader = createTableReader(inside);
  const indexes = model.tables.map((table) => indexTable(table));
  const classes = endpointClasses(model, indexes, options.asIf);
  const parties = classes.map((of): ReachParty => ({ kind: 'class', class: of }));
  const outside = indexes.map((index) => beyond(index, reader));
  const free: readonly Beyond[] = [
    { party: { kind: 'addresses', addresses: subtractAddresses(allAddresses, inside) }, connections: allConnections },
  ];
  const beyondTable = (table: number | undefined): readonly Beyond[] =>
    table === undefined ? free : (outside[table] ?? []);

  const edges: ReachClassEdge[] = [];
  for (const { from, to, connections } of classEdges(classes, indexes, reader))
    edges.push({
      from: parties[from] as ReachParty,
      to: parties[to] as ReachParty,
      connections: reader.algebra.setOf(connections),
    });
  for (const { number, outbound } of classes)
    for (const { party, connections } of beyondTable(outbound))
      edges.push({ from: parties[number] as ReachParty, to: party, connections });
  for (const { number, inbound } of classes)
    for (const { party, connections } of beyondTable(inbound))
      edges.push({ from: party, to: parties[number] as ReachParty, connections });
  return { classes, edges };
}

/**
 * The edges between endpoints that edges between classes stand for, one after the other: there may be as many as pairs of
 * endpoints. No endpoint has one to itself.
 */
export function* expandReach({ classes, edges }: ReachClasses): Generator<TrafficEdge> {
  const parties = new Map<EndpointClass, readonly TrafficParty[]>();
  for (const of of classes)
    parties.set(
      of,
      of.endpoints.map((endpoint): TrafficParty => ({ kind: 'endpoint', endpoint })),
    );
  const partiesOf = (party: ReachParty): readonly TrafficParty[] =>
    party.kind === 'class' ? (parties.get(party.class) ?? []) : [party];
  for (const { from, to, connections } of edges) {
    const [sources, destinations] = [partiesOf(from), partiesOf(to)];
    for (const source of sources)
      for (const destination of destinations)
        if (source !== destination) yield { from: source, to: destination, connections };
  }
}

/** How many edges between endpoints edges between classes stand for. */
export function countReach({ edges }: ReachClasses): number {
  const size = (party: ReachParty): number => (party.kind === 'class' ? party.class.endpoints.length : 1);
  let count = 0;
  for (const { from, to } of edges) {
    const same = from.kind === 'class' && to.kind === 'class' && from.class === to.class;
    count += size(from) * (same ? size(to) - 1 : size(to));
  }
  return count;
}

/** Who can reach whom: `reachClasses`, expanded into an array of all edges between endpoints. */
export function reachEdges(model: TrafficModel, options: ReachOptions = {}): readonly TrafficEdge[] {
  return [...expandReach(reachClasses(model, options))];
}

interface Beyond {
  readonly party: Exclude<TrafficParty, { readonly kind: 'endpoint' }>;
  readonly connections: ConnectionSet;
}

function beyond(index: TableIndex, reader: TableReader): readonly Beyond[] {
  const addresses = reader
    .toOutside(index)
    .map(
      ({ addresses: range, connections }): Beyond => ({ party: { kind: 'addresses', addresses: range }, connections }),
    );
  const names = [...index.byName.keys()].sort().flatMap((name): readonly Beyond[] => {
    const number = reader.byDecisions(index, decisionsForName(index, name));
    return number === noneNumber ? [] : [{ party: { kind: 'name', name }, connections: reader.algebra.setOf(number) }];
  });
  return [...addresses, ...names];
}
