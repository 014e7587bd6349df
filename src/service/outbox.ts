import type { Clock } from '../base/index.ts';
import type { Notification, NotificationState, NotificationTarget, Store } from '../model/index.ts';
import type { WhoRuns } from './who-runs.ts';

export interface OutboxParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly whoRuns: Pick<WhoRuns, 'about'>;
  readonly host: string;
}

/** What waits to be told to a target, of one sort. */
export interface Outbox {
  /** Whether there is something that need not wait for more. */
  isReady(parts: OutboxParts, target: NotificationTarget): Promise<boolean>;
  compile(parts: OutboxParts, target: NotificationTarget): Promise<Outgoing>;
}

export interface Outgoing {
  /** Undefined where nothing of it is for this target. */
  readonly message: Notification | undefined;
  /** What changes of the target's state once it was taken, and where it was not. */
  readonly taken: Partial<NotificationState>;
  readonly failed: Partial<NotificationState>;
}
