import { formatAddress, parseAddress } from '../../base/index.ts';
import { nameSetOf } from './compile-table.ts';
import type { IpVersion } from './connection-matches.ts';
import { type Ruleset, tableName } from './ruleset.ts';

/** No answer holds longer, whatever it says. */
const longest = 86_400;
const mostOfOneAnswer = 256;
const mostNames = 65_536;

/** What names led to, for when the tables are made anew. */
export interface NameBook {
  /** For so many seconds from `now` (milliseconds since 1970). */
  add(name: string, addresses: readonly string[], seconds: number, now: number): void;
  /** What was added since this was asked last, for the sets that the ruleset has; empty where it has none. */
  takeScript(ruleset: Ruleset, now: number): string;
  /** All that still holds, for sets that are empty. */
  scriptFor(ruleset: Ruleset, now: number): string;
}

export function createNameBook(): NameBook {
  /** By name, then address: until when. */
  const known = new Map<string, Map<string, number>>();
  let fresh = new Set<string>();

  function forget(now: number): void {
    for (const [name, addresses] of known) {
      for (const [address, until] of addresses) if (until <= now) addresses.delete(address);
      if (addresses.size === 0) known.delete(name);
    }
  }

  function script(ruleset: Ruleset, names: Iterable<string>, now: number, mayBeThere: boolean): string {
    const sets = ruleset.tables.find(({ family }) => family === 'inet')?.sets;
    const elements = new Map<string, Map<string, number>>();
    for (const name of names) {
      for (const [address, until] of known.get(name) ?? []) {
        const version: IpVersion = address.includes(':') ? 6 : 4;
        const seconds = Math.ceil((until - now) / 1000);
        if (seconds <= 0) continue;
        for (const each of patternsOf(name)) {
          const set = nameSetOf(each, version);
          if (!sets?.has(set)) continue;
          const of = elements.get(set) ?? new Map<string, number>();
          of.set(address, Math.max(seconds, of.get(address) ?? 0));
          elements.set(set, of);
        }
      }
    }
    const lines: string[] = [];
    for (const [set, addresses] of elements) {
      const timed = [...addresses].map(([address, seconds]) => `${address} timeout ${seconds}s`).join(', ');
      lines.push(`add element inet ${tableName} ${set} { ${timed} }\n`);
      if (!mayBeThere) continue;
      // Adding what is there keeps its old time-out: it must go first, and can only if it is there.
      lines.push(`delete element inet ${tableName} ${set} { ${[...addresses.keys()].join(', ')} }\n`);
      lines.push(`add element inet ${tableName} ${set} { ${timed} }\n`);
    }
    return lines.join('');
  }

  return {
    add(name, addresses, seconds, now) {
      if (!known.has(name) && known.size >= mostNames) forget(now);
      if (!known.has(name) && known.size >= mostNames) return;
      const of = known.get(name) ?? new Map<string, number>();
      const until = now + (seconds >= 1 ? Math.min(seconds, longest) : 1) * 1000;
      for (const text of addresses.slice(0, mostOfOneAnswer)) {
        const address = parseAddress(text);
        if (address === undefined) continue;
        const key = formatAddress(address);
        of.set(key, Math.max(until, of.get(key) ?? 0));
      }
      if (of.size === 0) return;
      known.set(name, of);
      fresh.add(name);
    },
    takeScript(ruleset, now) {
      const names = fresh;
      fresh = new Set();
      return script(ruleset, names, now, true);
    },
    scriptFor(ruleset, now) {
      forget(now);
      fresh = new Set();
      return script(ruleset, known.keys(), now, false);
    },
  };
}

/** Itself, and what rules call all names below one of its parents. */
function patternsOf(name: string): readonly string[] {
  const labels = name.split('.');
  return [name, ...labels.slice(1).map((_, index) => `*.${labels.slice(index + 1).join('.')}`)];
}
