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
/** There may be one of each sort in a lease. */
const longestDelivery = 20_000;
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
  await store.notifications.settle(target.id, await tell(parts, target, ready, signal));
}

/** Gives the state in which the target is after it. What is refused of one sort holds up no other. */
async function tell(
  parts: NotifyParts,
  target: NotificationTarget,
  ready: readonly Outbox[],
  signal: AbortSignal,
): Promise<NotificationState> {
  const { clock, log } = parts;
  const { lastError: _, ...before } = target.state;
  let state: NotificationState = before;
  let failure: string | undefined;
  for (const outbox of ready) {
    const { message, taken, failed } = await outbox.compile(parts, { ...target, state });
    try {
      if (message)
        await parts.deliver(target, message, AbortSignal.any([signal, AbortSignal.timeout(longestDelivery)]));
      state = { ...state, ...taken, ...(message ? { lastDelivered: clock.now() } : {}) };
    } catch (error) {
      state = { ...state, ...failed };
      failure = messageOf(error).slice(0, 1000);
    }
    if (signal.aborted) break;
  }
  if (failure === undefined) return { ...state, attempts: 0, due: clock.now() };
  // What the end of this process cut off says nothing about the target.
  if (signal.aborted) return { ...state, due: clock.now(), lastError: failure };
  const attempts = before.attempts + 1;
  log.warn({ target: target.id, attempts, error: failure }, 'could not notify');
  const wait = Math.min(longestWait, firstWait * 2 ** Math.min(attempts - 1, 20));
  return { ...state, attempts, due: clock.now() + wait, lastError: failure };
}
