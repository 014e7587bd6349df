import { allNumber, noneNumber } from './connection-algebra.ts';
import type { EndpointClass } from './endpoint-classes.ts';
import type { TableIndex } from './table-index.ts';
import type { TableReader } from './table-reach.ts';

/** What one table lets by class, as numbers of the algebra; `rest`: to or from those that it does not speak of. */
interface ClassReach {
  readonly byClass: ReadonlyMap<number, number>;
  readonly rest: number;
}

/** From and to by number of class; of the class to itself where it has two endpoints. */
export interface ClassEdge {
  readonly from: number;
  readonly to: number;
  readonly connections: number;
}

const allowingAll: ClassReach = { byClass: new Map(), rest: allNumber };
const allowingNone: ClassReach = { byClass: new Map(), rest: noneNumber };

/**
 * All edges between classes, ascending by both ends. Takes time in proportion to what tables say of classes by name and to
 * the edges: those between classes of which neither speaks of the other are found by what their tables say to all.
 */
export function* classEdges(
  classes: readonly EndpointClass[],
  indexes: readonly TableIndex[],
  reader: TableReader,
): Generator<ClassEdge> {
  const { algebra } = reader;
  const reach = classReaches(classes, indexes, reader);
  const outboundOf = ({ outbound }: EndpointClass): ClassReach => reachOf(reach, outbound);
  const inboundOf = ({ inbound }: EndpointClass): ClassReach => reachOf(reach, inbound);
  const listeners = new Map<number, EndpointClass[]>();
  const speakers = new Map<number, EndpointClass[]>();
  for (const to of classes) {
    const { rest, byClass } = inboundOf(to);
    if (rest !== noneNumber) addTo(listeners, rest, to);
    for (const from of byClass.keys()) addTo(speakers, from, to);
  }
  for (const from of classes) {
    const outbound = outboundOf(from);
    const found: ClassEdge[] = [];
    const look = (to: EndpointClass, outgoing: number): void => {
      const { byClass, rest } = inboundOf(to);
      const connections = algebra.intersect(outgoing, byClass.get(from.number) ?? rest);
      if (connections === noneNumber || (to === from && to.endpoints.length < 2)) return;
      found.push({ from: from.number, to: to.number, connections });
    };
    for (const [to, outgoing] of outbound.byClass) look(classes[to] as EndpointClass, outgoing);
    if (outbound.rest !== noneNumber) {
      const others = ({ number }: EndpointClass): boolean => !outbound.byClass.has(number);
      for (const to of speakers.get(from.number) ?? []) if (others(to)) look(to, outbound.rest);
      for (const [rest, to] of listeners) {
        if (algebra.intersect(outbound.rest, rest) === noneNumber) continue;
        for (const listener of to)
          if (others(listener) && !inboundOf(listener).byClass.has(from.number)) look(listener, outbound.rest);
      }
    }
    yield* found.sort((a, b) => a.to - b.to);
  }
}

function reachOf(reach: readonly ClassReach[], table: number | undefined): ClassReach {
  return table === undefined ? allowingAll : (reach[table] ?? allowingNone);
}

function classReaches(
  classes: readonly EndpointClass[],
  indexes: readonly TableIndex[],
  reader: TableReader,
): readonly ClassReach[] {
  const members = new Map<string, number[]>();
  for (const { number, populations } of classes)
    for (const population of populations) addTo(members, population, number);
  return indexes.map((index) => {
    const spokenOf = new Map<number, string[]>();
    for (const population of index.byPopulation.keys())
      for (const member of members.get(population) ?? []) addTo(spokenOf, member, population);
    const known = new Map<string, number>();
    const byClass = new Map<number, number>();
    for (const [number, populations] of spokenOf) {
      const key = JSON.stringify(populations);
      const connections = known.get(key) ?? reader.toEndpoint(index, populations);
      known.set(key, connections);
      byClass.set(number, connections);
    }
    return { byClass, rest: reader.toEndpoint(index, []) };
  });
}

function addTo<Key, Item>(lists: Map<Key, Item[]>, key: Key, item: Item): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
