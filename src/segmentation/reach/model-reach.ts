import { type AddressSet, addressesOf, allAddresses, subtractAddresses } from '../../base/index.ts';
import { allConnections, type ConnectionSet, noConnections, type TrafficModel } from '../../model/index.ts';
import { classEdges } from './class-edges.ts';
import { type AsIf, type EndpointClass, endpointAddresses, endpointClasses } from './endpoint-classes.ts';
import { decisionsForName, indexTable } from './table-index.ts';
import { createTableReader, type OutsideReach } from './table-reach.ts';

export interface ReachOptions {
  /**
   * `enforced`, where nothing is said: as if every endpoint were in mode enforce. `today`: tables of an endpoint in mode
   * observe refuse nothing.
   */
  readonly asIf?: AsIf;
  /** More addresses that are not outside, beside those that endpoints have. */
  readonly inside?: AddressSet;
}

/** What edges are made of. Tables are by index, undefined for that of an endpoint that refuses nothing. */
export interface ModelReach {
  readonly classes: readonly EndpointClass[];
  /** Between classes, by number; never empty connections. */
  readonly between: () => Iterable<{ readonly from: number; readonly to: number; readonly connections: ConnectionSet }>;
  readonly outside: (table: number | undefined) => readonly OutsideReach[];
  /** Names that the table speaks of, in the order of the alphabet. */
  readonly names: (table: number | undefined) => readonly string[];
  /** Of any name; the empty set where nothing passes. */
  readonly toName: (table: number | undefined, name: string) => ConnectionSet;
}

/** Looks at all tables once; what tables let to the outside is worked out when it is asked for first. */
export function compileReach(model: TrafficModel, { asIf, inside: more }: ReachOptions): ModelReach {
  const inside = addressesOf([endpointAddresses(model), ...(more === undefined ? [] : [more])]);
  const reader = createTableReader(inside);
  const indexes = model.tables.map((table) => indexTable(table));
  const classes = endpointClasses(model, indexes, asIf);
  const everywhere = [{ addresses: subtractAddresses(allAddresses, inside), connections: allConnections }];
  const outside = new Map<number, readonly OutsideReach[]>();
  const toName = (table: number | undefined, name: string): ConnectionSet => {
    if (table === undefined) return allConnections;
    const index = indexes[table];
    if (index === undefined) return noConnections;
    return reader.algebra.setOf(reader.byDecisions(index, decisionsForName(index, name)));
  };
  return {
    classes,
    toName,
    *between() {
      for (const { from, to, connections } of classEdges(classes, indexes, reader))
        yield { from, to, connections: reader.algebra.setOf(connections) };
    },
    outside: (table) => {
      if (table === undefined) return everywhere;
      const index = indexes[table];
      const found = outside.get(table) ?? (index === undefined ? [] : reader.toOutside(index));
      outside.set(table, found);
      return found;
    },
    names: (table) => (table === undefined ? [] : [...(indexes[table]?.byName.keys() ?? [])].sort()),
  };
}
