import type { TrafficEndpoint, TrafficModel, TrafficTable } from '../../model/index.ts';
import { plainAddress } from './plain-address.ts';

/**
 * Addresses of endpoints for which something may have changed: their mode, their tables, who is in a population that these
 * name, or that they are new. A connection between two others fares as before.
 */
export function changedAddresses(before: TrafficModel, after: TrafficModel): ReadonlySet<string> {
  const old = new Map(before.endpoints.map((endpoint) => [endpoint.id, endpoint]));
  const changedPopulations = new Set(
    [...new Set([...before.populations.keys(), ...after.populations.keys()])].filter(
      (name) => membersOf(before, name) !== membersOf(after, name),
    ),
  );
  const same = new Map<string, boolean>();
  const isSame = (old: number, now: number): boolean => {
    const key = `${old} ${now}`;
    let answer = same.get(key);
    if (answer === undefined) {
      const table = after.tables[now];
      const named = (table?.tiers ?? []).flatMap(({ decisions }) =>
        decisions.flatMap(({ peers }) => peers.populations),
      );
      answer = textOf(before.tables[old]) === textOf(table) && !named.some((name) => changedPopulations.has(name));
      same.set(key, answer);
    }
    return answer;
  };
  const changed = new Set<string>();
  for (const endpoint of after.endpoints) {
    const was = old.get(endpoint.id);
    if (was !== undefined && was.mode === endpoint.mode && sameAddresses(was, endpoint)) {
      if (isSame(was.outbound, endpoint.outbound) && isSame(was.inbound, endpoint.inbound)) continue;
    }
    for (const address of endpoint.addresses) changed.add(plainAddress(address));
  }
  return changed;
}

function membersOf(model: TrafficModel, name: string): string {
  const members = model.populations.get(name);
  return members === undefined ? '' : members.map((index) => addressesText(model.endpoints[index])).join('\n');
}

function sameAddresses(a: TrafficEndpoint, b: TrafficEndpoint): boolean {
  return addressesText(a) === addressesText(b);
}

function addressesText(endpoint: TrafficEndpoint | undefined): string {
  return endpoint === undefined ? '' : `${endpoint.id} ${endpoint.addresses.join(' ')}`;
}

/** Where a rule stands does not change what it allows. */
function textOf(table: TrafficTable | undefined): string {
  return JSON.stringify(table, (key, value: unknown) =>
    key === 'source' ? undefined : typeof value === 'bigint' ? `${value}n` : value,
  );
}
