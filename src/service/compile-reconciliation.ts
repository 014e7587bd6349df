import type { Instant } from '../base/index.ts';
import type { EngineKind, Workload } from '../model/index.ts';
import type { ObservedContainer } from './services.ts';

/** What makes the remembered intervals of one engine agree with what it says now. */
export interface Reconciliation {
  /** Intervals to write: new ones, whole ones of containers that have ended, and changed names, references or labels. */
  readonly recorded: readonly Workload[];
  /** Open intervals to close. */
  readonly ended: readonly { readonly workload: Workload; readonly ended: Instant; readonly exact: boolean }[];
}

export interface EngineView {
  readonly host: string;
  readonly engine: EngineKind;
  /** When the engine was last known to be as recorded; the end of what vanished since. */
  readonly lastSeen: Instant;
  /** When `observed` was true. */
  readonly at: Instant;
}

/**
 * Compares the open intervals of an engine with all the containers that it has.
 *
 * An interval ends exactly where the engine still says when: its container is there and was not started again. Otherwise
 * it ended somewhere between the last sight and now, and is given its last sight, never before its own start.
 */
export function compileReconciliation(
  open: readonly Workload[],
  observed: readonly ObservedContainer[],
  view: EngineView,
): Reconciliation {
  const observedById = new Map(observed.map((container) => [container.containerId, container]));
  const ended = open.flatMap((workload) => endOf(workload, observedById.get(workload.containerId), view));
  const openByRun = new Map(open.map((workload) => [runKey(workload.containerId, workload.started), workload]));
  const recorded = observed.flatMap((container) => {
    const run = intervalOf(container, view);
    if (!run) return [];
    const known = openByRun.get(runKey(run.containerId, run.started));
    // A known one that has ended is closed above, and written whole only where it is news.
    return known && sameDescription(known, run) ? [] : [run];
  });
  return { recorded, ended };
}

function endOf(
  workload: Workload,
  container: ObservedContainer | undefined,
  view: EngineView,
): Reconciliation['ended'] {
  const lastKnown = Math.max(workload.started, Math.min(view.lastSeen, view.at));
  if (container?.started === workload.started) {
    if (container.running) return [];
    if (container.finished === undefined) return [{ workload, ended: lastKnown, exact: false }];
    return [{ workload, ended: Math.max(workload.started, container.finished), exact: true }];
  }
  // Started again since: the run before cannot have gone on past that.
  const restarted = container?.started ?? view.at;
  return [{ workload, ended: Math.max(workload.started, Math.min(lastKnown, restarted)), exact: false }];
}

/** The last run of a container, as far as the engine tells; undefined where it never ran, or nobody knows how long. */
function intervalOf(container: ObservedContainer, { host, engine }: EngineView): Workload | undefined {
  const { running, started, finished, ...described } = container;
  if (started === undefined || (!running && finished === undefined)) return undefined;
  const end = running || finished === undefined ? {} : { ended: Math.max(started, finished) };
  return { host, engine, ...described, started, ...end, endedExact: true };
}

function runKey(containerId: string, started: Instant): string {
  return `${containerId}/${started}`;
}

function sameDescription(known: Workload, now: Workload): boolean {
  const labels = Object.entries(now.labels);
  return (
    known.name === now.name &&
    known.imageReference === now.imageReference &&
    labels.length === Object.keys(known.labels).length &&
    labels.every(([key, value]) => known.labels[key] === value)
  );
}
