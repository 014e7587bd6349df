import { type AddressSet, allAddresses, hasNoAddress, spansOf, subtractAddresses } from '../../base/index.ts';
import type { ConnectionSet, TrafficTable } from '../../model/index.ts';
import { type ConnectionAlgebra, createConnectionAlgebra, noneNumber } from './connection-algebra.ts';
import { decideConnections } from './decide-connections.ts';
import { type AddressPart, partAddresses } from './part-addresses.ts';
import { decisionsForEndpoint, indexTable, mergeNumbers, type TableIndex } from './table-index.ts';

/** Addresses outside that fare alike, and what a table lets them. */
export interface OutsideReach {
  readonly addresses: AddressSet;
  /** Never empty. */
  readonly connections: ConnectionSet;
}

/** What tables let, worked out once for all tables of a model that speak of the same. */
export interface TableReader {
  readonly algebra: ConnectionAlgebra;
  /** What a table lets to or from an endpoint that is in these populations, by number of the algebra. */
  readonly toEndpoint: (index: TableIndex, populations: Iterable<string>) => number;
  /** What it lets to or from addresses outside; those that fare alike are together. */
  readonly toOutside: (index: TableIndex) => readonly OutsideReach[];
  /** By numbers of decisions, ascending. */
  readonly byDecisions: (index: TableIndex, decisions: readonly number[]) => number;
}

/** `inside`: addresses that endpoints have; these are not outside. */
export function createTableReader(inside: AddressSet): TableReader {
  const algebra = createConnectionAlgebra();
  const parts = new Map<string, readonly AddressPart[]>();
  const outside = new Map<string, AddressSet>();
  const setNumbers = createAddressNumbers();

  const byDecisions = (index: TableIndex, decisions: readonly number[]): number =>
    algebra.numberOf(decideConnections(index.table, decisions).allowed);
  const partsOf = (sets: readonly AddressSet[]): readonly AddressPart[] => {
    const key = sets.map((set) => setNumbers(set)).join();
    const known = parts.get(key);
    if (known !== undefined) return known;
    const made = partAddresses(sets);
    parts.set(key, made);
    return made;
  };
  const withoutInside = (addresses: AddressSet): AddressSet => {
    if (hasNoAddress(inside)) return addresses;
    const key = contentOf(addresses);
    const known = outside.get(key);
    if (known !== undefined) return known;
    const rest = subtractAddresses(addresses, inside);
    outside.set(key, rest);
    return rest;
  };
  return {
    algebra,
    byDecisions,
    toEndpoint: (index, populations) => byDecisions(index, decisionsForEndpoint(index, populations)),
    toOutside: (index) => {
      const sets = index.byAddresses.map(({ addresses }) => addresses);
      // What no decision speaks of is a part too where the table lets it something.
      const unspoken = byDecisions(index, []) !== noneNumber;
      const alike = new Map<number, AddressSet[]>();
      for (const part of partsOf(unspoken ? [...sets, allAddresses] : sets)) {
        const decisions = mergeNumbers(part.sets.map((set) => index.byAddresses[set]?.decisions ?? []));
        const number = byDecisions(index, decisions);
        if (number === noneNumber) continue;
        const list = alike.get(number);
        if (list === undefined) alike.set(number, [part.addresses]);
        else list.push(part.addresses);
      }
      return [...alike].flatMap(([number, addresses]) => {
        const rest = withoutInside(joinAddresses(addresses));
        return hasNoAddress(rest) ? [] : [{ addresses: rest, connections: algebra.setOf(number) }];
      });
    },
  };
}

/**
 * What a table lets to or from addresses outside: ranges that fare alike are together, and those to which nothing passes are
 * in none. `inside` is what endpoints have. Takes the time of sorting all spans of the table's blocks.
 */
export function outsideReach(table: TrafficTable, inside: AddressSet): readonly OutsideReach[] {
  return createTableReader(inside).toOutside(indexTable(table));
}

function joinAddresses(parts: readonly AddressSet[]): AddressSet {
  const [first, ...more] = parts;
  if (first !== undefined && more.length === 0) return first;
  return { v4: spansOf(parts.flatMap(({ v4 }) => v4)), v6: spansOf(parts.flatMap(({ v6 }) => v6)) };
}

function createAddressNumbers(): (set: AddressSet) => number {
  const bySet = new Map<AddressSet, number>();
  const byContent = new Map<string, number>();
  return (set) => {
    const known = bySet.get(set);
    if (known !== undefined) return known;
    const content = contentOf(set);
    const number = byContent.get(content) ?? byContent.size;
    byContent.set(content, number);
    bySet.set(set, number);
    return number;
  };
}

function contentOf({ v4, v6 }: AddressSet): string {
  return `${v4.map(({ from, end }) => `${from}-${end}`).join()}/${v6.map(({ from, end }) => `${from}-${end}`).join()}`;
}
