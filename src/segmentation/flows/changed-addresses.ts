import type { TrafficEndpoint, TrafficModel, TrafficTable } from '../../model/index.ts';
import { remember } from '../remember.ts';
import { unsharedParts } from '../unshared-parts.ts';
import { plainAddress } from './plain-address.ts';

/**
 * Addresses of endpoints for which something changed: they are new or gone, or have other addresses, another mode or other
 * tables, or are in other populations. A connection between two others fares as before.
 */
export function changedAddresses(before: TrafficModel, after: TrafficModel): ReadonlySet<string> {
  const { gone, fresh } = unsharedParts(before.endpoints, after.endpoints);
  const old = new Map(gone.map((endpoint) => [endpoint.id, endpoint]));
  const changed = new Set<TrafficEndpoint>(fresh.filter(({ id }) => !old.has(id)));
  const isSame = createTableComparison(before, after);
  for (const endpoint of after.endpoints) {
    // Whoever is in neither list is the same thing in both.
    const was = old.get(endpoint.id) ?? endpoint;
    if (was.mode !== endpoint.mode || !equalTexts(was.addresses, endpoint.addresses)) changed.add(was).add(endpoint);
    else if (!isSame(was.outbound, endpoint.outbound) || !isSame(was.inbound, endpoint.inbound)) changed.add(endpoint);
  }
  const ids = new Set(fresh.map(({ id }) => id));
  for (const endpoint of gone) if (!ids.has(endpoint.id)) changed.add(endpoint);
  for (const name of new Set([...before.populations.keys(), ...after.populations.keys()]))
    for (const endpoint of movedMembers(before, after, name)) changed.add(endpoint);
  const addresses = new Set<string>();
  for (const endpoint of changed) for (const address of endpoint.addresses) addresses.add(plainAddress(address));
  return addresses;
}

/** Of two tables by their numbers, before and after. */
function createTableComparison(before: TrafficModel, after: TrafficModel): (was: number, now: number) => boolean {
  const known = new Map<TrafficTable | undefined, Map<TrafficTable | undefined, boolean>>();
  return (was, now) => {
    const [old, table] = [before.tables[was], after.tables[now]];
    if (old === table) return true;
    const row = known.get(old) ?? new Map<TrafficTable | undefined, boolean>();
    known.set(old, row);
    const answer = row.get(table) ?? (old !== undefined && table !== undefined && textOf(old) === textOf(table));
    row.set(table, answer);
    return answer;
  };
}

/** Those that came to a population, or left it. */
function movedMembers(before: TrafficModel, after: TrafficModel, name: string): readonly TrafficEndpoint[] {
  const [old, now] = [before.populations.get(name) ?? [], after.populations.get(name) ?? []];
  const isOf = (at: number) => before.endpoints[old[at] ?? -1]?.id === after.endpoints[now[at] ?? -1]?.id;
  if (old.length === now.length && old.every((_, at) => isOf(at))) return [];
  const [was, is] = [membersOf(before, old), membersOf(after, now)];
  const { gone, fresh } = unsharedParts(
    was.map(({ id }) => id),
    is.map(({ id }) => id),
  );
  const moved = new Set([...gone, ...fresh]);
  return moved.size === 0 ? [] : [...was, ...is].filter(({ id }) => moved.has(id));
}

function membersOf({ endpoints }: TrafficModel, indices: readonly number[]): readonly TrafficEndpoint[] {
  return indices.map((index) => endpoints[index]).filter((endpoint) => endpoint !== undefined);
}

function equalTexts(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((text, at) => text === b[at]));
}

/** Where a rule stands does not change what it allows. */
const textOf = remember((table: TrafficTable) =>
  JSON.stringify(table, (key, value: unknown) =>
    key === 'source' ? undefined : typeof value === 'bigint' ? `${value}n` : value,
  ),
);
