import type { Instant } from '../base/index.ts';
import type { Severity } from './advisory.ts';
import type { Flow, TrafficEvent } from './flow.ts';
import type { VerdictChange } from './verdict-change.ts';

/** Events of traffic that somebody outside may be told of: an alarm at once, and what can wait and is summed up. */
export const toldTrafficKinds = ['listed', 'new-peer'] as const satisfies readonly TrafficEvent['kind'][];
export type ToldTrafficKind = (typeof toldTrafficKinds)[number];

/** Somebody to be told of what becomes known, and of what passes. */
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
  readonly kinds: readonly (VerdictChange['kind'] | ToldTrafficKind)[];
  /** Of changes, that bad or worse; what nobody rated counts as worse. */
  readonly severity: Severity;
  /** Of changes, only what a running container has. */
  readonly runningOnly: boolean;
}

export interface NotificationState {
  /** Every change up to it was delivered, or was not for this target. */
  readonly cursor: number;
  /** The last change of the delivery that is under way or failed: it is tried again with the same, under the same key. */
  readonly attempting?: number;
  readonly traffic: TrafficCursor;
  readonly attempts: number;
  readonly due: Instant;
  readonly lastDelivered?: Instant;
  readonly lastError?: string;
}

/** Where a target is among events of traffic, by their numbers. */
export interface TrafficCursor {
  /** By kind: every event up to it was delivered. A kind that is missing is told from the next look on. */
  readonly told: Partial<Readonly<Record<ToldTrafficKind, number>>>;
  /** As for changes. */
  readonly attempting?: number;
  /** There is no message of events before, so that a storm is a few. */
  readonly due: Instant;
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

/** Events of one kind about the same containers, as one message tells them. */
export interface TrafficSummary {
  readonly kind: ToldTrafficKind;
  readonly host: string;
  /** Of the first. */
  readonly at: Instant;
  /** Of the first. */
  readonly message: string;
  /** Its groups, or its name where it has none; absent where the event only counts others. */
  readonly who?: string;
  readonly direction?: Flow['direction'];
  readonly outcome?: Flow['outcome'];
  /** The deny list. */
  readonly list?: string;
  /** `192.0.2.1 (api.example.com), tcp 443`: the first few. */
  readonly peers: readonly string[];
  /** Peers that are left out. */
  readonly more: number;
}

interface NotificationHead {
  /** The same for each attempt to deliver the same, so that a receiver can tell a repetition. */
  readonly key: string;
  readonly host: string;
  readonly sentAt: Instant;
}

/** What a target is told in one message. */
export type Notification =
  | (NotificationHead & {
      readonly about: 'changes';
      readonly changes: readonly FlawChange[];
      /** Flaws that the message leaves out, since it would be too long. */
      readonly more: number;
    })
  | (NotificationHead & {
      readonly about: 'traffic';
      readonly events: readonly TrafficSummary[];
      /** Summaries that the message leaves out. */
      readonly more: number;
    })
  | (NotificationHead & { readonly about: 'test' });

/** Sends one message; rejects where it was not taken. */
export type Deliver = (
  target: Pick<NotificationTarget, 'kind' | 'address' | 'secret'>,
  notification: Notification,
  signal: AbortSignal,
) => Promise<void>;
