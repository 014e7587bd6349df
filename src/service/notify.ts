import { type Clock, type Log, messageOf, pause } from '../base/index.ts';
import type { Deliver, NotificationState, NotificationTarget, Store } from '../model/index.ts';
import { changesOutbox } from './changes-outbox.ts';
import type { Outbox } from './outbox.ts';
import { trafficOutbox } from './traffic-outbox.ts';
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

const leaseFor = 60_000;
const firstWait = 5000;
const longestWait = 3_600_000;
/** An alarm comes before what can wait. */
const outboxes: readonly Outbox[] = [trafficOutbox, changesOutbox];

/**
 * Tells each target what changed and what passed since it was told last, until the signal. A target's cursors move only
 * once its message was taken, so nothing is lost: what fails is tried again, later each time, with the same under the
 * same key.
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
  const { store, clock } = parts;
  if (listed.state.due > clock.now()) return;
  const ready: Outbox[] = [];
  for (const outbox of outboxes) if (await outbox.isReady(parts, listed)) ready.push(outbox);
  if (ready.length === 0) return;
  const target = await store.notifications.lease(listed.id, clock.now() + leaseFor, clock.now());
  if (!target) return;
  let state = target.state;
  for (const outbox of ready) {
    state = await tell(parts, { ...target, state }, outbox, signal);
    if (state.attempts > 0 || signal.aborted) break;
  }
  await store.notifications.settle(target.id, state);
}

/** Gives the state in which the target is after it. */
async function tell(
  parts: NotifyParts,
  target: NotificationTarget,
  outbox: Outbox,
  signal: AbortSignal,
): Promise<NotificationState> {
  const { clock, log } = parts;
  const { lastError: _, ...before } = target.state;
  const { message, taken, failed } = await outbox.compile(parts, target);
  try {
    if (message) await parts.deliver(target, message, AbortSignal.any([signal, AbortSignal.timeout(leaseFor / 2)]));
    const delivered = message ? { lastDelivered: clock.now() } : {};
    return { ...before, ...taken, attempts: 0, due: clock.now(), ...delivered };
  } catch (error) {
    // What the end of this process cut off says nothing about the target.
    const attempts = before.attempts + (signal.aborted ? 0 : 1);
    const wait = Math.min(longestWait, firstWait * 2 ** Math.min(attempts - 1, 20));
    const due = clock.now() + (signal.aborted ? 0 : wait);
    const lastError = messageOf(error).slice(0, 1000);
    if (!signal.aborted) log.warn({ target: target.id, attempts, error: lastError }, 'could not notify');
    return { ...before, ...failed, attempts, due, lastError };
  }
}
