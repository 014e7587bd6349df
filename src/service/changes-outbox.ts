import { type NotificationFilter, type NotificationTarget, severities, type VerdictChange } from '../model/index.ts';
import type { Outbox, OutboxParts } from './outbox.ts';
import { summarizeChanges } from './summarize-changes.ts';

const changesAtOnce = 20_000;
const flawsTold = 50;
/** An import is judged in parts: its changes are told together once nothing is pending, or after this time. */
const settleFor = 30_000;

/** What changed of verdicts. */
export const changesOutbox: Outbox = {
  async isReady({ store, clock }, { state }) {
    if (state.attempting !== undefined) return true;
    const { items } = await store.changes.list({ afterId: state.cursor, limit: 1, offset: 0, oldestFirst: true });
    const first = items[0];
    if (!first) return false;
    return clock.now() - first.at > settleFor || (await store.matches.pending(1)).length === 0;
  },

  async compile(parts, target) {
    const { cursor, attempting } = target.state;
    const changes = await changesFor(parts, target);
    const last = changes.at(-1)?.changeId ?? attempting ?? cursor;
    const { whoRuns, clock, host } = parts;
    const { filter } = target;
    const wanted = changes.filter((change) => isWanted(change, filter));
    const summaries = (await summarizeChanges(wanted, whoRuns)).filter(
      ({ running, hosts }) => !filter.runningOnly || running > 0 || hosts.length > 0,
    );
    const message = {
      about: 'changes',
      key: `${target.id}-${cursor}-${last}`,
      host,
      sentAt: clock.now(),
      changes: summaries.slice(0, flawsTold),
      more: Math.max(0, summaries.length - flawsTold),
    } as const;
    return {
      message: summaries.length === 0 ? undefined : message,
      taken: { cursor: last, attempting: undefined },
      failed: { attempting: last },
    };
  },
};

async function changesFor({ store }: OutboxParts, { state }: NotificationTarget): Promise<readonly VerdictChange[]> {
  const upTo = state.attempting === undefined ? {} : { upToId: state.attempting };
  const range = { afterId: state.cursor, ...upTo, limit: changesAtOnce, offset: 0, oldestFirst: true } as const;
  return (await store.changes.list(range)).items;
}

/** What nobody rated may be as bad as anything. */
function isWanted({ kind, severity }: VerdictChange, filter: NotificationFilter): boolean {
  const isBad = severity === 'unknown' || severities.indexOf(severity) <= severities.indexOf(filter.severity);
  return isBad && filter.kinds.includes(kind);
}
