import { type Clock, type Log, messageOf, pause } from '../base/index.ts';

import type { FeedService } from './services.ts';

export interface RefreshParts {
  readonly feeds: FeedService;
  readonly clock: Clock;
  readonly log: Log;
}

const lookEvery = 3_600_000;
const refreshAfter = 24 * 3_600_000;

/**
 * Imports feeds that come by URL again when their last import is a day old. Files are the user's to bring. A feed that
 * fails stays as it was, shows its age, and is tried at the next look.
 */
export async function refreshFeeds(parts: RefreshParts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await refreshDue(parts, signal);
    await pause(lookEvery, signal);
  }
}

export async function refreshDue({ feeds, clock, log }: RefreshParts, signal: AbortSignal): Promise<void> {
  for (const feed of await feeds.list()) {
    if (signal.aborted || !/^https?:/.test(feed.location)) continue;
    const imported = feed.importedAt === null ? 0 : Date.parse(feed.importedAt);
    if (clock.now() - imported < refreshAfter) continue;
    try {
      const [result] = await feeds.update(feed.id, { signal });
      if (result?.state === 'failed') log.warn({ feed: feed.id, error: result.message }, 'could not refresh a feed');
    } catch (error) {
      log.error({ feed: feed.id, error: messageOf(error) }, 'could not refresh a feed');
    }
  }
}
