import type { Instant } from '../base/index.ts';
import type { LaunchQuery, LaunchRecord, LaunchStore, RecordedFacts } from '../model/index.ts';

const page = 500;

export interface RecordedStart {
  readonly record: LaunchRecord;
  readonly facts: RecordedFacts;
}

export interface StartsQuery extends Pick<LaunchQuery, 'outcome' | 'text'> {
  readonly since?: Instant;
  readonly isWanted?: (facts: RecordedFacts) => boolean;
  /** How many are read at most. */
  readonly most: number;
}

/** Starts of containers that gates recorded, the newest first; `isWhole` is false where there are more than were read. */
export async function readStarts(
  launches: LaunchStore,
  { since = -Infinity, isWanted = () => true, most, ...query }: StartsQuery,
): Promise<{ readonly starts: readonly RecordedStart[]; readonly isWhole: boolean }> {
  const starts: RecordedStart[] = [];
  for (let offset = 0; starts.length < most; offset += page) {
    const { items } = await launches.list({ ...query, limit: page, offset });
    for (const record of items) {
      if (record.at < since) return { starts, isWhole: true };
      for (const facts of record.facts)
        if (facts.request.action === 'start' && isWanted(facts)) starts.push({ record, facts });
    }
    if (items.length < page) return { starts, isWhole: true };
    // Others wait for the same loop.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { starts, isWhole: false };
}

/** Starts of the same image with the same inputs and settings. */
export interface StartGroup {
  /** Of the newest. */
  readonly facts: RecordedFacts;
  readonly newest: LaunchRecord;
  readonly count: number;
  readonly refused: number;
  readonly hosts: ReadonlySet<string>;
  readonly containers: ReadonlySet<string>;
}

/** The newest first, as they are given. */
export function groupStarts(starts: readonly RecordedStart[]): readonly StartGroup[] {
  const groups = new Map<
    string,
    { facts: RecordedFacts; newest: LaunchRecord; count: number; refused: number } & Record<
      'hosts' | 'containers',
      Set<string>
    >
  >();
  for (const { record, facts } of starts) {
    const { request, fingerprint } = facts;
    const key = `${fingerprint} ${request.form}`;
    const group = groups.get(key) ?? {
      ...{ facts, newest: record, count: 0, refused: 0, hosts: new Set(), containers: new Set() },
    };
    groups.set(key, group);
    group.count++;
    if (record.outcome !== 'allow') group.refused++;
    group.hosts.add(record.host);
    const name = request.name ?? request.workload.name;
    if (name !== undefined) group.containers.add(name);
  }
  return [...groups.values()];
}
