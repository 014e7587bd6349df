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
