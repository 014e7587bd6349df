import { type Clock, pause } from '../base/index.ts';
import type { Feed, Store } from '../model/index.ts';
import { judgePending } from './judge.ts';
import type { EventBus } from './services.ts';
import { summarizeChanges } from './summarize-changes.ts';
import type { WhoRuns } from './who-runs.ts';

export interface StoreWatchParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly events: EventBus;
  readonly whoRuns: Pick<WhoRuns, 'about'>;
  /** Milliseconds between two looks. */
  readonly lookEvery?: number;
}

/**
 * Tells the event bus what any process changed in the store: a feed that the command line imported, say. Events are hints
 * to ask again, so one about a change of our own may come twice. What another process left unjudged is judged here, once
 * nobody is at it any more.
 */
export async function watchStore(parts: StoreWatchParts, signal: AbortSignal): Promise<void> {
  const { store, clock, events, lookEvery = 1000 } = parts;
  let before = await store.revisions();
  let feeds = await store.advisories.feeds();
  let mayBePending = true;
  let lastChange = await store.changes.lastId();
  while (!signal.aborted) {
    await pause(lookEvery, signal);
    if (signal.aborted) return;
    const now = await store.revisions();
    if (now.advisories !== before.advisories) {
      const feedsNow = await store.advisories.feeds();
      for (const feed of importedSince(feeds, feedsNow)) {
        events.publish({ type: 'feed', id: feed.id, state: 'imported', advisories: feed.advisoryCount });
      }
      feeds = feedsNow;
    }
    if (now.matches !== before.matches) {
      events.publish({ type: 'judged', components: 0 });
      lastChange = await publishChanges(parts, lastChange);
    }
    if (now.images !== before.images || now.boms !== before.boms || now.workloads !== before.workloads) {
      const { running } = await store.workloads.counts();
      events.publish({ type: 'containers', running, changed: [] });
    }
    const isAtRest = now.advisories === before.advisories && now.boms === before.boms && now.matches === before.matches;
    before = now;
    if (!isAtRest) mayBePending = true;
    else if (mayBePending) {
      await judgePending(store, clock, signal);
      mayBePending = false;
    }
  }
}

const changesAtOnce = 5000;
const flawsTold = 100;

/** One event for each flaw and direction; beyond a bound, readers ask for the changes themselves. */
async function publishChanges({ store, events, whoRuns }: StoreWatchParts, afterId: number): Promise<number> {
  const { items } = await store.changes.list({ afterId, limit: changesAtOnce, offset: 0, oldestFirst: true });
  const last = items.at(-1);
  if (!last) return afterId;
  for (const { kind, flaw, severity, images, running } of (await summarizeChanges(items, whoRuns)).slice(
    0,
    flawsTold,
  )) {
    events.publish({ type: kind, advisory: flaw, severity, images, running });
  }
  return last.changeId;
}

function importedSince(before: readonly Feed[], now: readonly Feed[]): Feed[] {
  const known = new Map(before.map((feed) => [feed.id, feed.importedAt]));
  return now.filter((feed) => feed.importedAt > 0 && feed.importedAt !== known.get(feed.id));
}
