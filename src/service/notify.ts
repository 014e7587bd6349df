import { type Clock, type Log, messageOf, pause } from '../base/index.ts';
import {
  type Deliver,
  type Notification,
  type NotificationFilter,
  type NotificationTarget,
  type Store,
  severities,
  type VerdictChange,
} from '../model/index.ts';
import { summarizeChanges } from './summarize-changes.ts';
import type { WhoRuns } from './who-runs.ts';

export interface NotifyParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly whoRuns: Pick<WhoRuns, 'about'>;
  readonly deliver: Deliver;
  readonly host: string;
  /** Milliseconds between two looks. */
  readonly lookEvery?: number;
}

const changesAtOnce = 20_000;
const flawsTold = 50;
const leaseFor = 60_000;
const firstWait = 5000;
const longestWait = 3_600_000;
/** An import is judged in parts: its changes are told together once nothing is pending, or after this time. */
const settleFor = 30_000;

/**
 * Tells each target what changed since it was told last, until the signal. A target's cursor moves only once its message
 * was taken, so nothing is lost: what fails is tried again, later each time, with the same changes under the same key.
 */
export async function notify(parts: NotifyParts, signal: AbortSignal): Promise<void> {
  const { store, lookEvery = 2000 } = parts;
  while (!signal.aborted) {
    for (const target of await store.notifications.list()) {
      if (signal.aborted) return;
      await notifyTarget(parts, target, signal);
    }
    await pause(lookEvery, signal);
  }
}

export async function notifyTarget(parts: NotifyParts, listed: NotificationTarget, signal: AbortSignal): Promise<void> {
  const { store, clock, log } = parts;
  if (listed.state.due > clock.now() || !(await hasSettled(parts, listed))) return;
  const target = await store.notifications.lease(listed.id, clock.now() + leaseFor, clock.now());
  if (!target) return;
  const { cursor, attempting, attempts, lastDelivered } = target.state;
  const changes = await changesFor(store, target);
  const last = changes.at(-1)?.changeId ?? attempting ?? cursor;
  const kept = { ...(lastDelivered === undefined ? {} : { lastDelivered }) };
  try {
    const told = await compileNotification(parts, target, changes, last);
    if (told) await parts.deliver(target, told, AbortSignal.any([signal, AbortSignal.timeout(leaseFor / 2)]));
    const delivered = told ? { lastDelivered: clock.now() } : kept;
    await store.notifications.settle(target.id, { cursor: last, attempts: 0, due: clock.now(), ...delivered });
  } catch (error) {
    // What the end of this process cut off says nothing about the target.
    const tried = attempts + (signal.aborted ? 0 : 1);
    const wait = Math.min(longestWait, firstWait * 2 ** Math.min(tried - 1, 20));
    const due = clock.now() + (signal.aborted ? 0 : wait);
    const lastError = messageOf(error).slice(0, 1000);
    if (!signal.aborted) log.warn({ target: target.id, attempts: tried, error: lastError }, 'could not notify');
    await store.notifications.settle(target.id, { cursor, attempting: last, attempts: tried, due, lastError, ...kept });
  }
}

async function hasSettled({ store, clock }: NotifyParts, { state }: NotificationTarget): Promise<boolean> {
  if (state.attempting !== undefined) return true;
  const { items } = await store.changes.list({ afterId: state.cursor, limit: 1, offset: 0, oldestFirst: true });
  const first = items[0];
  if (!first) return false;
  return clock.now() - first.at > settleFor || (await store.matches.pending(1)).length === 0;
}

async function changesFor(store: Store, { state }: NotificationTarget): Promise<readonly VerdictChange[]> {
  const upTo = state.attempting === undefined ? {} : { upToId: state.attempting };
  const range = { afterId: state.cursor, ...upTo, limit: changesAtOnce, offset: 0, oldestFirst: true } as const;
  return (await store.changes.list(range)).items;
}

/** Undefined where nothing of it is for this target. */
async function compileNotification(
  { whoRuns, clock, host }: NotifyParts,
  target: NotificationTarget,
  changes: readonly VerdictChange[],
  last: number,
): Promise<Notification | undefined> {
  const wanted = changes.filter((change) => isWanted(change, target.filter));
  const summaries = (await summarizeChanges(wanted, whoRuns)).filter(
    ({ running, hosts }) => !target.filter.runningOnly || running > 0 || hosts.length > 0,
  );
  if (summaries.length === 0) return undefined;
  return {
    key: `${target.id}-${target.state.cursor}-${last}`,
    host,
    sentAt: clock.now(),
    changes: summaries.slice(0, flawsTold),
    more: Math.max(0, summaries.length - flawsTold),
  };
}

/** What nobody rated may be as bad as anything. */
function isWanted({ kind, severity }: VerdictChange, filter: NotificationFilter): boolean {
  const isBad = severity === 'unknown' || severities.indexOf(severity) <= severities.indexOf(filter.severity);
  return isBad && filter.kinds.includes(kind);
}
