import type { MatchSets } from './connection-matches.ts';
import { type RulesetSet, type RulesetTable, sortByName, type TableFamily } from './ruleset.ts';

/** A table that is being written. */
export interface TableDraft extends MatchSets {
  set(name: string, type: string, elements?: Iterable<string>, flags?: string): void;
  /** Of addresses with a hole between any two: nft merges nothing here. */
  map(name: string, type: string, elements: ReadonlyMap<string, string>): void;
  /** Filled by packets or answers: at most so many, each kept for so many seconds after its last use. */
  live(name: string, type: string, options: { size: number; seconds?: number }): void;
  chain(name: string, rules: readonly string[], hook?: string): void;
  hasChain(name: string): boolean;
  finish(): RulesetTable;
}

export function draftTable(family: TableFamily): TableDraft {
  const sets = new Map<string, RulesetSet>();
  const chains = new Map<string, { readonly rules: readonly string[]; readonly hook?: string }>();
  const draft: TableDraft = {
    constant(name, type, elements, flags) {
      if (!sets.has(name)) draft.set(name, type, elements, flags);
    },
    set(name, type, elements = [], flags) {
      const all = new Map<string, string>();
      for (const element of elements) all.set(element, '');
      const properties = flags === undefined ? [type] : [type, `flags ${flags}`];
      sets.set(name, { kind: 'set', properties, elements: all });
    },
    map(name, type, elements) {
      sets.set(name, { kind: 'map', properties: [`${type} : verdict`], elements });
    },
    live(name, type, { size, seconds }) {
      const properties = [type, `size ${size}`];
      if (seconds === undefined) properties.push('flags timeout');
      else properties.push('flags dynamic,timeout', `timeout ${formatSeconds(seconds)}`);
      sets.set(name, { kind: 'set', properties, elements: new Map() });
    },
    chain(name, rules, hook) {
      chains.set(name, hook === undefined ? { rules } : { hook, rules });
    },
    hasChain: (name) => chains.has(name),
    finish: () => ({ family, sets: sortByName(sets), chains: sortByName(chains) }),
  };
  return draft;
}

/** `1h`, `10m`, `45s`: as nft lists it. */
function formatSeconds(seconds: number): string {
  const parts: string[] = [];
  let rest = seconds;
  for (const [unit, size] of [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
    ['s', 1],
  ] as const) {
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(`${count}${unit}`);
    rest -= count * size;
  }
  return parts.join('');
}
