import { formatInstant } from '../base/index.ts';
import type { ClassifiedInput } from '../model/index.ts';
import type { SeenInput } from '../model/wire/index.ts';
import type { PassedInput } from '../policy/index.ts';
import type { StartGroup } from './recorded-starts.ts';

/** Values that are told, their length in characters, and how many are told apart. */
const most = { values: 5, length: 80, distinct: 1000 };

/** An input of a recorded start, with what was found out of it when it was asked for. */
export interface SeenPassed extends PassedInput {
  readonly classified: ClassifiedInput | undefined;
  /** Its value is not in the record. */
  readonly isGone: boolean;
}

/** Counts what was seen of one input. `counted` is of one start: what is passed twice is passed in one start. */
export interface SeenTally {
  add(group: StartGroup, input: SeenPassed, counted: Set<SeenTally>): void;
  /** Null where it was never seen. */
  view(): SeenInput | null;
}

export function createSeenTally(): SeenTally {
  let [starts, refused, hidden, secret] = [0, 0, 0, false];
  let newest: StartGroup['newest'] | undefined;
  const [hosts, containers, values] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const kinds = new Map<string, number>();
  let lengths: { min: number; max: number } | undefined;
  const tally: SeenTally = {
    add(group, { value, from, how, classified, isGone }, counted) {
      const { count } = group;
      if (!counted.has(tally)) {
        counted.add(tally);
        starts += count;
        refused += group.refused;
        if (!newest || group.newest.at > newest.at) newest = group.newest;
        for (const host of group.hosts) hosts.add(host);
        for (const container of group.containers) containers.add(container);
        if (isGone) hidden += count;
      }
      secret ||= classified?.secret === true || from?.kind === 'secret';
      const kind = how ?? (value === undefined && from ? `from ${from.kind}` : classified?.kind);
      if (kind !== undefined) kinds.set(kind, (kinds.get(kind) ?? 0) + count);
      if (value === undefined || isGone || classified?.secret === true) return;
      const length = [...value].length;
      lengths = { min: Math.min(lengths?.min ?? length, length), max: Math.max(lengths?.max ?? length, length) };
      if (values.size < most.distinct) values.add(value);
    },
    view() {
      if (!newest) return null;
      const isTold = !secret && [...values].every((value) => value.length <= most.length);
      return {
        ...{ starts, refused, containers: containers.size, hosts: hosts.size },
        ...{ lastAt: formatInstant(newest.at), launch: newest.id },
        kinds: [...kinds].sort(([, a], [, b]) => b - a).map(([kind, many]) => ({ kind, starts: many })),
        secret,
        values: isTold ? [...values].slice(0, most.values) : [],
        distinct: secret ? 0 : values.size,
        lengths: secret ? null : (lengths ?? null),
        hidden,
      };
    },
  };
  return tally;
}
