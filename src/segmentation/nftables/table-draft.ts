import type { MatchSets } from './connection-matches.ts';
import {
  type ElementPart,
  type RulesetChain,
  type RulesetSet,
  type RulesetTable,
  setOfParts,
  type TableFamily,
} from './ruleset.ts';

/** A table that is being written. */
export interface TableDraft extends MatchSets {
  set(name: string, type: string, elements?: Iterable<string>, flags?: string): void;
  /** A set, or a map to verdicts, in parts without a key in common. Addresses in it stand alone: nft merges nothing here. */
  parts(kind: RulesetSet['kind'], name: string, type: string, parts: readonly ElementPart[]): void;
  /** Filled by packets or answers: at most so many, each kept for so many seconds after its last use. */
  live(name: string, type: string, options: { size: number; seconds?: number }): void;
  chain(name: string, rules: readonly string[], hook?: string): void;
  hasChain(name: string): boolean;
  /** Takes over all that another has and this has not. */
  include(other: Pick<RulesetTable, 'sets' | 'chains'>): void;
  finish(): RulesetTable;
}

export function draftTable(family: TableFamily): TableDraft {
  const sets = new Map<string, RulesetSet>();
  const chains = new Map<string, RulesetChain>();
  const draft: TableDraft = {
    constant(name, type, elements, flags) {
      if (!sets.has(name)) draft.set(name, type, elements, flags);
    },
    set(name, type, elements = [], flags) {
      const properties = flags === undefined ? [type] : [type, `flags ${flags}`];
      sets.set(name, setOfParts('set', properties, [{ keys: [...new Set(elements)], verdict: '' }]));
    },
    parts(kind, name, type, parts) {
      sets.set(name, setOfParts(kind, [kind === 'map' ? `${type} : verdict` : type], parts));
    },
    live(name, type, { size, seconds }) {
      const properties = [type, `size ${size}`];
      if (seconds === undefined) properties.push('flags timeout');
      else properties.push('flags dynamic,timeout', `timeout ${formatSeconds(seconds)}`);
      sets.set(name, setOfParts('set', properties, []));
    },
    chain(name, rules, hook) {
      chains.set(name, hook === undefined ? { rules } : { hook, rules });
    },
    hasChain: (name) => chains.has(name),
    include(other) {
      other.sets.forEach((set, name) => {
        if (!sets.has(name)) sets.set(name, set);
      });
      other.chains.forEach((chain, name) => {
        if (!chains.has(name)) chains.set(name, chain);
      });
    },
    finish: () => ({ family, sets, chains }),
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
