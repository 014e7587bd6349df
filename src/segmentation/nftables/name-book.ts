import { formatAddress, parseAddress } from '../../base/index.ts';
import { answeredSet } from './answered-set.ts';
import { nameSetOf } from './compile-table.ts';
import type { IpVersion } from './connection-matches.ts';
import { type Ruleset, tableName } from './ruleset.ts';

const dnsPort = 53;
/** No answer holds longer, whatever it says. */
const longest = 86_400;
const mostOfOneAnswer = 256;
const mostNames = 65_536;
/** What has run out is forgotten where a name has more than that. */
const mostOfName = 4096;

/** What names led to, for when the tables are made anew. */
export interface NameBook {
  /** For so many seconds from `now` (milliseconds since 1970). */
  add(name: string, addresses: readonly string[], seconds: number, now: number): void;
  /** From `now` on, for so many seconds, questions are answered; 0: no longer. */
  answer(seconds: number, now: number): void;
  /** What was added since this was asked last, for the sets that the ruleset has; empty where it has none. */
  takeScript(ruleset: Ruleset, now: number): string;
  /** All that still holds, for sets that are empty: all of the ruleset, or those that another does not have. */
  scriptFor(ruleset: Ruleset, now: number, before?: Ruleset): string;
}

export function createNameBook(): NameBook {
  /** By name, then address: until when. */
  const known = new Map<string, Map<string, number>>();
  /** Those of a name that the kernel has not been told of. */
  let fresh = new Map<string, Set<string>>();
  let answered = { until: 0, isFresh: false };

  function answeredScript(sets: ReadonlySet<string>, now: number, mayBeThere: boolean): string {
    const seconds = Math.ceil((answered.until - now) / 1000);
    if (!sets.has(answeredSet) || (seconds <= 0 && !mayBeThere)) return '';
    const add = `add element inet ${tableName} ${answeredSet} { ${dnsPort} timeout ${Math.max(seconds, 1)}s }\n`;
    if (!mayBeThere) return add;
    const remove = `delete element inet ${tableName} ${answeredSet} { ${dnsPort} }\n`;
    return seconds > 0 ? add + remove + add : add + remove;
  }

  function forgetIn(addresses: Map<string, number>, now: number): void {
    for (const [address, until] of addresses) if (until <= now) addresses.delete(address);
  }

  function forget(now: number): void {
    for (const [name, addresses] of known) {
      forgetIn(addresses, now);
      if (addresses.size === 0) known.delete(name);
    }
  }

  function script(
    sets: ReadonlySet<string>,
    names: ReadonlyMap<string, Iterable<string>>,
    now: number,
    mayBeThere: boolean,
  ): string {
    const elements = new Map<string, Map<string, number>>();
    for (const [name, addresses] of names) {
      for (const address of addresses) {
        const until = known.get(name)?.get(address) ?? 0;
        const version: IpVersion = address.includes(':') ? 6 : 4;
        const seconds = Math.ceil((until - now) / 1000);
        if (seconds <= 0) continue;
        for (const each of patternsOf(name)) {
          const set = nameSetOf(each, version);
          if (!sets.has(set)) continue;
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
    answer(seconds, now) {
      answered = { until: now + seconds * 1000, isFresh: true };
    },
    add(name, addresses, seconds, now) {
      if (!known.has(name) && known.size >= mostNames) forget(now);
      if (!known.has(name) && known.size >= mostNames) return;
      const of = known.get(name) ?? new Map<string, number>();
      const until = now + (seconds >= 1 ? Math.min(seconds, longest) : 1) * 1000;
      if (of.size >= mostOfName) forgetIn(of, now);
      const untold = fresh.get(name) ?? new Set<string>();
      for (const text of addresses.slice(0, mostOfOneAnswer)) {
        const address = parseAddress(text);
        if (address === undefined) continue;
        const key = formatAddress(address);
        of.set(key, Math.max(until, of.get(key) ?? 0));
        untold.add(key);
      }
      if (of.size === 0) return;
      known.set(name, of);
      fresh.set(name, untold);
    },
    takeScript(ruleset, now) {
      const names = fresh;
      fresh = new Map();
      const sets = setsOf(ruleset);
      const about = answered.isFresh ? answeredScript(sets, now, true) : '';
      answered = { ...answered, isFresh: false };
      return about + script(sets, names, now, true);
    },
    scriptFor(ruleset, now, before) {
      forget(now);
      const old = before === undefined ? undefined : setsOf(before);
      const sets = new Set([...setsOf(ruleset)].filter((name) => !old?.has(name)));
      // What waits to be told to sets that stay goes on waiting.
      if (before === undefined) fresh = new Map();
      if (sets.size === 0) return '';
      const about = answeredScript(sets, now, false);
      return about + script(sets, new Map([...known].map(([name, addresses]) => [name, addresses.keys()])), now, false);
    },
  };
}

function setsOf({ tables }: Ruleset): ReadonlySet<string> {
  return new Set(tables.find(({ family }) => family === 'inet')?.sets.keys());
}

/** Itself, and what rules call all names below one of its parents. */
function patternsOf(name: string): readonly string[] {
  const labels = name.split('.');
  return [name, ...labels.slice(1).map((_, index) => `*.${labels.slice(index + 1).join('.')}`)];
}
