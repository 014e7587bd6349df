import type { Clock } from '../base/index.ts';
import type { LaunchStore } from '../model/index.ts';
import { groupStarts, readStarts, type StartGroup, type StartsQuery } from './recorded-starts.ts';

/** Starts as they are asked for again and again while somebody writes on a contract. */
export interface ReadGroups {
  readonly groups: readonly StartGroup[];
  /** When the oldest of them was; undefined where there is none. */
  readonly since: number | undefined;
  readonly isWhole: boolean;
}

/** How many answers are kept, and for how long: the days that are looked at move on. */
const mostKept = 2;
const keptFor = 60_000;
/** Different starts that are held against a contract in one go: others wait for the same loop. */
const mostGroups = 1500;

/** Reads starts once for as long as no launch comes that could be among them. `key` names what is wanted. */
export function createStartsMemory(launches: LaunchStore, clock: Clock) {
  const kept = new Map<string, { readonly newest: string; readonly at: number; readonly read: Promise<ReadGroups> }>();

  async function read(query: StartsQuery): Promise<ReadGroups> {
    const { starts, isWhole } = await readStarts(launches, query);
    const groups = groupStarts(starts);
    return {
      groups: groups.slice(0, mostGroups),
      since: starts.at(-1)?.record.at,
      isWhole: isWhole && groups.length <= mostGroups,
    };
  }

  return async (key: string, query: StartsQuery): Promise<ReadGroups> => {
    const { text } = query;
    const { items, total } = await launches.list({ limit: 1, offset: 0, ...(text === undefined ? {} : { text }) });
    const newest = `${total} ${items[0]?.id}`;
    const known = kept.get(key);
    if (known?.newest === newest && clock.now() - known.at < keptFor) return known.read;
    kept.delete(key);
    const reading = read(query);
    kept.set(key, { newest, at: clock.now(), read: reading });
    for (const [oldest] of kept) if (kept.size > mostKept) kept.delete(oldest);
    // What failed is read again by the next who asks.
    reading.catch(() => kept.delete(key));
    return reading;
  };
}
