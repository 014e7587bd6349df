import type { Instant } from '../base/index.ts';
import type { ObservedContainer } from '../service/index.ts';

/** What is known of one container between two events. */
export interface ContainerHistory {
  /** As last reported; without a run where none was. */
  readonly last?: ObservedContainer;
  /** Start of a run that was over, and followed by another, before the container could be looked at. */
  readonly missedStart?: Instant;
}

export interface ContainerEvent {
  readonly action: string;
  readonly at: Instant;
  /** Of the container, at the time of the event. */
  readonly name?: string;
}

export interface HistoryStep {
  readonly history: ContainerHistory;
  /** What the inventory is to be told, if anything. */
  readonly report?: ObservedContainer;
}

/** The events that a history follows; the inventory is told of a `destroy` directly. */
export const followedActions: ReadonlySet<string> = new Set(['create', 'start', 'die', 'rename']);

/**
 * Takes an event together with what the container looks like *now*, which is later than the event: it may have stopped,
 * started again or gone (`seen` undefined) since. An engine writes the time of a start before it sends the event of
 * it, so a start later than the event belongs to a later run, whose own event is still to come.
 */
export function followEvent(
  history: ContainerHistory,
  event: ContainerEvent,
  seen: ObservedContainer | undefined,
): HistoryStep {
  switch (event.action) {
    case 'start':
      return followStart(history, event, seen);
    case 'die':
      return followDeath(history, event, seen);
    case 'rename':
      return followRename(history, event, seen);
    default:
      return { history: { ...history, ...(history.last ? {} : asLast(seen)) } };
  }
}

function followStart(
  history: ContainerHistory,
  event: ContainerEvent,
  seen: ObservedContainer | undefined,
): HistoryStep {
  const { last } = history;
  if (last && coversRun(last, event.at)) return { history };
  if (seen?.started !== undefined && seen.started <= event.at) return { history: { last: seen }, report: seen };
  const later = seen ?? (last?.started !== undefined && last.started > event.at ? last : undefined);
  if (later) return { history: { ...history, last: last ?? withoutRun(later), missedStart: event.at } };
  if (!last) return { history };
  const run = { ...withoutRun(last), ...nameOf(event), running: true, started: event.at };
  return { history: { last: run }, report: run };
}

function followDeath(
  history: ContainerHistory,
  event: ContainerEvent,
  seen: ObservedContainer | undefined,
): HistoryStep {
  const { last, missedStart } = history;
  if (last && missedStart !== undefined && missedStart <= event.at) {
    const run = { ...withoutRun(last), ...nameOf(event), started: missedStart, finished: event.at };
    return { history: { last: last.started !== undefined && last.started > event.at ? last : run }, report: run };
  }
  if (last?.running && last.started !== undefined && last.started <= event.at) {
    const told = seen?.started === last.started ? seen.finished : undefined;
    const run = { ...withoutRun(last), ...nameOf(event), started: last.started, finished: told ?? event.at };
    return { history: { last: run }, report: run };
  }
  const isOver = seen && !seen.running && seen.started !== undefined && seen.finished !== undefined;
  if (isOver && seen.started <= event.at) return { history: { last: seen }, report: seen };
  return { history };
}

function followRename(
  history: ContainerHistory,
  event: ContainerEvent,
  seen: ObservedContainer | undefined,
): HistoryStep {
  const name = seen?.name ?? event.name;
  if (!history.last || name === undefined) return { history: { ...history, ...asLast(seen) } };
  const last = { ...history.last, name };
  return { history: { ...history, last }, ...(last.started === undefined ? {} : { report: last }) };
}

/** Whether the run that is known is the one that was going on right after `at`. */
function coversRun({ running, started, finished }: ObservedContainer, at: Instant): boolean {
  return started !== undefined && started <= at && (running || (finished !== undefined && finished >= at));
}

function withoutRun({ started: _started, finished: _finished, ...container }: ObservedContainer): ObservedContainer {
  return { ...container, running: false };
}

function nameOf(event: ContainerEvent): { name?: string } {
  return event.name === undefined ? {} : { name: event.name };
}

/** What is only seen and not reported counts as never run, so that its own event is not taken for old news. */
function asLast(seen: ObservedContainer | undefined): { last?: ObservedContainer } {
  return seen ? { last: withoutRun(seen) } : {};
}
