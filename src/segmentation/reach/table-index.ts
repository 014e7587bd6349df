import { type AddressSet, addressesOf, allAddresses, equalAddresses, hasNoAddress } from '../../base/index.ts';
import type { TrafficTable } from '../../model/index.ts';
import { saidOfName } from './name-fits.ts';

/** A table by whom its decisions speak of; numbers are of decisions, counted from 0 through all tiers, ascending. */
export interface TableIndex {
  readonly table: TrafficTable;
  /** Those that have every endpoint. */
  readonly always: readonly number[];
  /** Without `*`. */
  readonly byPopulation: ReadonlyMap<string, readonly number[]>;
  readonly byAddresses: readonly AddressedDecisions[];
  /** By what is said: `api.example.com`, `*.example.com`. */
  readonly byName: ReadonlyMap<string, readonly number[]>;
  /** Those that have every address. */
  readonly everywhere: readonly number[];
}

/** Decisions that speak of the same addresses. */
export interface AddressedDecisions {
  readonly addresses: AddressSet;
  readonly decisions: readonly number[];
}

/** Addresses that names led to, by what may be said of them; for all tables of a model. */
export type LedAddresses = ReadonlyMap<string, readonly AddressSet[]>;

export const noLedAddresses: LedAddresses = new Map();

/** Takes time in proportion to all labels of all names. */
export function ledAddresses(nameAddresses: ReadonlyMap<string, AddressSet>): LedAddresses {
  const led = new Map<string, AddressSet[]>();
  for (const [name, addresses] of nameAddresses) for (const said of saidOfName(name)) addTo(led, said, addresses);
  return led;
}

/** Takes time in proportion to the peers of the table. `led`: a decision by name has what the name led to. */
export function indexTable(table: TrafficTable, led: LedAddresses = noLedAddresses): TableIndex {
  const always: number[] = [];
  const everywhere: number[] = [];
  const byPopulation = new Map<string, number[]>();
  const byName = new Map<string, number[]>();
  const byAddresses = new Map<AddressSet, number[]>();
  let number = 0;
  for (const { decisions } of table.tiers)
    for (const { peers } of decisions) {
      const populations = new Set(peers.populations);
      if (populations.has('*')) always.push(number);
      else for (const population of populations) addTo(byPopulation, population, number);
      for (const name of new Set(peers.names)) addTo(byName, name, number);
      const reached = peers.names.flatMap((name) => led.get(name) ?? []);
      const addresses = reached.length === 0 ? peers.addresses : addressesOf([peers.addresses, ...reached]);
      if (!hasNoAddress(addresses)) addTo(byAddresses, addresses, number);
      if (equalAddresses(peers.addresses, allAddresses)) everywhere.push(number);
      number += 1;
    }
  return {
    table,
    always,
    byPopulation,
    byName,
    everywhere,
    byAddresses: [...byAddresses].map(([addresses, decisions]) => ({ addresses, decisions })),
  };
}

/** Decisions that have an endpoint of these populations. */
export function decisionsForEndpoint(index: TableIndex, populations: Iterable<string>): readonly number[] {
  const lists = [index.always];
  for (const population of populations) {
    const decisions = index.byPopulation.get(population);
    if (decisions !== undefined) lists.push(decisions);
  }
  return mergeNumbers(lists);
}

/**
 * Decisions that have what a name leads to, whatever addresses that are: those by the name, and those that have every
 * address. What is said of a part of the addresses holds for an address alone, not for the name.
 */
export function decisionsForName(index: TableIndex, name: string): readonly number[] {
  return mergeNumbers([index.everywhere, ...saidOfName(name).map((said) => index.byName.get(said) ?? [])]);
}

/** The numbers of all lists, each once, ascending. */
export function mergeNumbers(lists: readonly (readonly number[])[]): readonly number[] {
  const filled = lists.filter((list) => list.length > 0);
  if (filled.length <= 1) return filled[0] ?? [];
  return [...new Set(filled.flat())].sort((a, b) => a - b);
}

function addTo<Key, Item>(lists: Map<Key, Item[]>, key: Key, item: Item): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
