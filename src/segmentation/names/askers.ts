import { type AddressSet, addressesOf, allAddresses, equalSpans, noAddresses } from '../../base/index.ts';
import type { TrafficModel, TrafficTable } from '../../model/index.ts';
import { saidOfName } from '../reach/name-fits.ts';
import { isResolverName } from './known-resolvers.ts';

/** Who asks for names: a container, by its address. */
export interface Asker {
  /** Of the endpoint. */
  readonly id: string;
  readonly name: string;
  readonly groups: readonly string[];
  /** What rules by name say to it: `let`, its addresses are opened; `pass`, answered and nothing more; `refuse`. */
  readonly rules: NameRules;
}

export interface NameRules {
  /** It has rules by name at all. */
  readonly hasNames: boolean;
  /** Nothing is kept from it. */
  readonly isObserved: boolean;
  /** What its rules let by block. */
  readonly blocks: AddressSet;
  /** `name` in lower case. */
  judge(name: string): 'let' | 'pass' | 'refuse';
}

/** Asked by browsers; where it is no name they leave DNS over HTTPS alone ("Canary domain", support.mozilla.org). */
const canary = 'use-application-dns.net';

/**
 * Everybody whose packets rules are held against. Who has rules by name may look up those names and no others: a question is a
 * message to whoever runs the zone. A rule that lets every address outside makes that pointless: then other names are
 * answered, but for those of other resolvers. In mode observe nothing is refused.
 */
export function compileAskers(model: TrafficModel): ReadonlyMap<string, Asker> {
  const byTable = new Map<string, NameRules>();
  const askers = new Map<string, Asker>();
  const doubled = new Set<string>();
  for (const { id, name, groups, addresses, outbound, mode } of model.endpoints) {
    const key = `${outbound} ${mode}`;
    const rules = byTable.get(key) ?? compileNameRules(model.tables[outbound], mode);
    byTable.set(key, rules);
    for (const address of addresses) {
      if (askers.has(address)) doubled.add(address);
      askers.set(address, { id, name, groups, rules });
    }
  }
  // Nobody can say whose packets these are: the kernel lets none of them pass.
  for (const address of doubled) askers.delete(address);
  return askers;
}

/** All that rules say of names. */
export function namesOfModel({ tables }: TrafficModel): ReadonlySet<string> {
  return new Set(tables.flatMap((table) => [...namesOfTable(table)]));
}

function namesOfTable({ tiers }: TrafficTable): ReadonlySet<string> {
  const allowing = tiers.flatMap(({ decisions }) => decisions.filter(({ action }) => action === 'allow'));
  return new Set(allowing.flatMap(({ peers }) => peers.names));
}

function compileNameRules(table: TrafficTable | undefined, mode: 'enforce' | 'observe'): NameRules {
  const isObserved = mode === 'observe';
  if (table === undefined) return { hasNames: false, isObserved, blocks: noAddresses, judge: () => 'refuse' };
  const names = namesOfTable(table);
  const allowed = table.tiers.flatMap(({ decisions }) =>
    decisions.flatMap(({ action, peers }) => (action === 'allow' ? [peers.addresses] : [])),
  );
  const reachesAll = allowed.some(isEverywhere);
  return {
    hasNames: names.size > 0,
    isObserved,
    blocks: addressesOf(allowed),
    judge(name) {
      if (names.size === 0) return 'pass';
      const said = saidOfName(name).filter((each) => names.has(each));
      const isOther = name === canary || isResolverName(name);
      // A rule for a zone that has a resolver in it does not mean the resolver.
      const lets = isOther ? said.some((each) => isResolverName(each.replace(/^\*\./, ''))) : said.length > 0;
      if (lets) return 'let';
      return isObserved || (reachesAll && !isOther) ? 'pass' : 'refuse';
    },
  };
}

function isEverywhere({ v4, v6 }: AddressSet): boolean {
  return equalSpans(v4, allAddresses.v4) || equalSpans(v6, allAddresses.v6);
}
