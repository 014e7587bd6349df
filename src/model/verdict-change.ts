import type { Instant } from '../base/index.ts';
import type { Severity } from './advisory.ts';
import type { StoredComponent } from './store.ts';

/**
 * What became known of a component that had been judged before: that a flaw affects it, or that it does not any more,
 * since a feed changed its mind or a trusted author cleared it.
 */
export interface VerdictChange {
  /** Grows with each change; in order of what was written. */
  readonly changeId: number;
  readonly at: Instant;
  readonly kind: 'newly-affected' | 'no-longer-affected';
  readonly flaw: string;
  readonly severity: Severity;
  /** The record of the feed that says so, or said so. */
  readonly advisory: string;
  readonly feed: string;
  readonly fixedIn?: string;
  readonly component: StoredComponent;
}

/** Somebody to be told of changes. */
export interface NotificationTarget {
  readonly id: string;
  readonly kind: 'webhook' | 'slack' | 'email';
  /**
   * An https URL, or `smtp://` and `smtps://` with `?to=`; or where it is kept: `env:NAME`, `file:/path`. A URL with a
   * secret in it belongs there, and what is kept there is read when something is sent.
   */
  readonly address: string;
  /** Where the secret is kept by which a webhook's body is signed: `env:NAME`, `file:/path`. */
  readonly secret?: string;
  readonly filter: NotificationFilter;
  readonly state: NotificationState;
}

export interface NotificationFilter {
  readonly kinds: readonly VerdictChange['kind'][];
  /** That bad or worse; what nobody rated counts as worse. */
  readonly severity: Severity;
  /** Only what a running container has. */
  readonly runningOnly: boolean;
}

export interface NotificationState {
  /** Everything up to it was delivered, or was not for this target. */
  readonly cursor: number;
  /** The last change of the delivery that is under way or failed: it is tried again with the same, under the same key. */
  readonly attempting?: number;
  readonly attempts: number;
  readonly due: Instant;
  readonly lastDelivered?: Instant;
  readonly lastError?: string;
}

/** All changes of one flaw in one direction, as one message tells them. */
export interface FlawChange {
  readonly kind: VerdictChange['kind'];
  readonly flaw: string;
  readonly severity: Severity;
  readonly components: readonly { readonly purl: string; readonly fixedIn?: string }[];
  /** Images that hold one of the components, running or not. */
  readonly images: number;
  /** Containers that run one of them now. */
  readonly running: number;
  readonly hosts: readonly string[];
}

/** What a target is told in one message. */
export interface Notification {
  /** The same for each attempt to deliver the same changes, so that a receiver can tell a repetition. */
  readonly key: string;
  readonly host: string;
  readonly sentAt: Instant;
  readonly changes: readonly FlawChange[];
  /** Flaws that the message leaves out, since it would be too long. */
  readonly more: number;
  readonly isTest?: true;
}

/** Sends one message; rejects where it was not taken. */
export type Deliver = (
  target: Pick<NotificationTarget, 'kind' | 'address' | 'secret'>,
  notification: Notification,
  signal: AbortSignal,
) => Promise<void>;
