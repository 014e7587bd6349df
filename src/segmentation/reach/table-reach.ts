import {
  type AddressSet,
  addressesOf,
  allAddresses,
  coversAddresses,
  hasNoAddress,
  intersectAddresses,
  subtractAddresses,
} from '../../base/index.ts';
import type { ConnectionSet, TrafficTable } from '../../model/index.ts';
import { type ConnectionAlgebra, createConnectionAlgebra, noneNumber } from './connection-algebra.ts';
import { decideConnections } from './decide-connections.ts';
import { type AddressPart, partAddresses } from './part-addresses.ts';
import {
  type AddressedDecisions,
  decisionsForEndpoint,
  indexTable,
  mergeNumbers,
  type TableIndex,
} from './table-index.ts';

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

/**
 * `inside`: addresses that endpoints have; these are not outside.
 *
 * Sets of addresses that are large (a deny list, all) are mostly the same in many tables, so addresses are parted by each
 * combination of those once; those of one table alone are small, and only cut pieces out of that.
 */
export function createTableReader(inside: AddressSet): TableReader {
  const algebra = createConnectionAlgebra();
  const numberOf = createAddressNumbers();
  const largeParts = new Map<string, readonly AddressPart[]>();
  const byDecisions = (index: TableIndex, decisions: readonly number[]): number =>
    algebra.numberOf(decideConnections(index.table, decisions).allowed);
  const partsOf = (large: readonly AddressSet[]): readonly AddressPart[] => {
    const key = large.map(numberOf).join();
    const known = largeParts.get(key);
    if (known !== undefined) return known;
    const rest = { sets: [], addresses: subtractAddresses(allAddresses, addressesOf(large)) };
    const parts = [rest, ...partAddresses(large)].map(({ sets, addresses }) => ({
      sets,
      addresses: subtractAddresses(addresses, inside),
    }));
    largeParts.set(key, parts);
    return parts;
  };
  return {
    algebra,
    byDecisions,
    toEndpoint: (index, populations) => byDecisions(index, decisionsForEndpoint(index, populations)),
    toOutside: (index) => {
      const [large, small]: [AddressedDecisions[], AddressedDecisions[]] = [[], []];
      for (const addressed of index.byAddresses) (isLarge(addressed.addresses) ? large : small).push(addressed);
      const smallSets = small.map(({ addresses }) => addresses);
      const pieces = partAddresses(smallSets);
      const spokenOf = addressesOf(smallSets);
      const numbers = new Map<string, number>();
      const alike = new Map<number, AddressSet[]>();
      const add = (decisions: readonly number[], addresses: AddressSet): void => {
        const key = decisions.join();
        const number = numbers.get(key) ?? byDecisions(index, decisions);
        numbers.set(key, number);
        if (number === noneNumber) return;
        const list = alike.get(number);
        if (list === undefined) alike.set(number, [addresses]);
        else list.push(addresses);
      };
      for (const part of partsOf(large.map(({ addresses }) => addresses))) {
        const ofPart = part.sets.map((set) => large[set]?.decisions ?? []);
        for (const piece of pieces) {
          const addresses = intersectAddresses(piece.addresses, part.addresses);
          if (hasNoAddress(addresses)) continue;
          add(mergeNumbers([...ofPart, ...piece.sets.map((set) => small[set]?.decisions ?? [])]), addresses);
        }
        if (!coversAddresses(spokenOf, part.addresses))
          add(mergeNumbers(ofPart), remainderOf(part.addresses, spokenOf));
      }
      return [...alike].map(([number, parts]) => ({
        addresses: joinAddresses(parts),
        connections: algebra.setOf(number),
      }));
    },
  };
}

/** Many spans, or so wide that many endpoints may lie in it. */
function isLarge({ v4, v6 }: AddressSet): boolean {
  return (
    v4.length + v6.length > 64 ||
    v4.some(({ from, end }) => end - from >= 2 ** 20) ||
    v6.some(({ from, end }) => end - from >= 2n ** 64n)
  );
}

/**
 * What a table lets to or from addresses outside: ranges that fare alike are together, and those to which nothing passes are
 * in none. `inside` is what endpoints have. Takes the time of sorting all spans of the table's blocks.
 */
export function outsideReach(table: TrafficTable, inside: AddressSet): readonly OutsideReach[] {
  return createTableReader(inside).toOutside(indexTable(table));
}

/**
 * Most of it is what many tables share, a deny list's outside above all: what a few holes leave of that is worked out when
 * somebody asks for it.
 */
function remainderOf(addresses: AddressSet, holes: AddressSet): AddressSet {
  return hasNoAddress(holes) ? addresses : whenAsked(() => subtractAddresses(addresses, holes));
}

/** Parts have nothing in common. */
function joinAddresses(parts: readonly AddressSet[]): AddressSet {
  const [first, ...more] = parts;
  return first !== undefined && more.length === 0 ? first : whenAsked(() => addressesOf(parts));
}

function whenAsked(make: () => AddressSet): AddressSet {
  let made: AddressSet | undefined;
  const asked = (): AddressSet => {
    made ??= make();
    return made;
  };
  return {
    get v4() {
      return asked().v4;
    },
    get v6() {
      return asked().v6;
    },
  };
}

/** The same number for equal sets. */
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
