import { type FeedReading, feedIdOf, readFeed, wellKnownFeeds } from '../advisory/index.ts';
import { type Clock, CodedError, formatInstant, type Instant, messageOf } from '../base/index.ts';
import type { Feed, Store } from '../model/index.ts';
import type { FeedInput, FeedView } from '../model/wire/index.ts';
import { judgePending } from './judge.ts';
import { ageInDays } from './passport.ts';
import { ServiceError } from './service-error.ts';
import type { EventBus, FeedService, FeedUpdateOptions, FeedUpdateResult } from './services.ts';

export interface FeedParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly events: EventBus;
}

/** A feed whose data is older is shown as stale: most feeds of the field are published at least daily. */
const staleAfterDays = 7;
const reasonsShown = 20;

export function createFeedService(parts: FeedParts): FeedService {
  const { store, clock, events } = parts;

  async function list(): Promise<FeedView[]> {
    const at = clock.now();
    return (await store.advisories.feeds()).map((feed) => feedView(feed, at));
  }

  async function add(input: FeedInput): Promise<FeedView> {
    const known = wellKnownFeeds.find((feed) => feed.id === input.location);
    const location = known?.location ?? input.location;
    const id = input.id ?? known?.id ?? feedIdOf(location);
    const there = (await store.advisories.feeds()).find((feed) => feed.id === id);
    if (there && there.location !== location) {
      throw new ServiceError('feed-exists', `a feed "${id}" is there already and comes from ${there.location}`, {
        remedy: `remove it first, or add this one under another name`,
      });
    }
    await store.advisories.putFeed({ id, format: known?.format ?? there?.format ?? 'osv', location });
    const feed = (await store.advisories.feeds()).find((candidate) => candidate.id === id);
    if (!feed) throw new Error(`the feed ${id} vanished while it was added`);
    return feedView(feed, clock.now());
  }

  async function update(id: string | undefined, options: FeedUpdateOptions = {}): Promise<FeedUpdateResult[]> {
    const feeds = await store.advisories.feeds();
    const chosen = id === undefined ? feeds : feeds.filter((feed) => feed.id === id);
    if (id !== undefined && chosen.length === 0) {
      throw new ServiceError('unknown-feed', `there is no feed "${id}"`, { remedy: 'see: portwarden feeds status' });
    }
    const results: FeedUpdateResult[] = [];
    for (const feed of chosen) results.push(await updateOne(feed, options));
    return results;
  }

  async function updateOne(feed: Feed, options: FeedUpdateOptions): Promise<FeedUpdateResult> {
    const signal = options.signal ?? new AbortController().signal;
    events.publish({ type: 'feed', id: feed.id, state: 'importing' });
    try {
      const reading = await readFeed(feed.location, {
        signal,
        onProgress: (progress) => options.onProgress?.({ id: feed.id, ...progress }),
      });
      const imported = await importFeed(feed, reading);
      const componentsJudged = await judgePending(store, clock, signal);
      events.publish({ type: 'feed', id: feed.id, state: 'imported', advisories: imported.feed.advisoryCount });
      if (componentsJudged > 0) events.publish({ type: 'judged', components: componentsJudged });
      return {
        id: feed.id,
        state: 'imported',
        feed: feedView(imported.feed, clock.now()),
        componentsJudged,
        rejected: imported.rejected,
      };
    } catch (error) {
      const message = messageOf(error);
      events.publish({ type: 'feed', id: feed.id, state: 'failed', message });
      if (!(error instanceof CodedError)) throw error;
      return { id: feed.id, state: 'failed', code: error.code, message };
    }
  }

  async function importFeed(feed: Feed, reading: FeedReading): Promise<{ feed: Feed; rejected: string[] }> {
    const staged = await store.advisories.beginImport(
      { id: feed.id, format: reading.format, location: feed.location },
      clock.now(),
    );
    const rejected: string[] = [];
    try {
      for await (const batch of reading.batches()) {
        if (batch.advisories.length > 0) await staged.add(batch.advisories);
        if (batch.remarks.length > 0) await staged.remark(batch.remarks);
        for (const refusal of batch.rejected) if (rejected.length < reasonsShown) rejected.push(refusal);
      }
      const summary = reading.summary();
      const finished = await staged.finish({
        ...(summary.dataAsOf === undefined ? {} : { dataAsOf: summary.dataAsOf }),
        rejectedCount: summary.rejectedCount,
        skippedCount: summary.skipped.values().reduce((sum, count) => sum + count, 0),
        coverage: summary.coverage,
      });
      return { feed: finished.feed, rejected };
    } catch (error) {
      await staged.abandon();
      throw error;
    }
  }

  async function remove(id: string): Promise<boolean> {
    const there = (await store.advisories.feeds()).some((feed) => feed.id === id);
    if (!there) return false;
    await store.advisories.removeFeed(id);
    await judgePending(store, clock, new AbortController().signal);
    return true;
  }

  async function trust(feed: string, author: string, trusted: boolean): Promise<boolean> {
    const known = (await store.advisories.authors()).some((one) => one.feed === feed && one.author === author);
    if (!known) return false;
    await store.advisories.trustAuthor(feed, author, trusted);
    const components = await judgePending(store, clock, new AbortController().signal);
    if (components > 0) events.publish({ type: 'judged', components });
    return true;
  }

  return { list, add, update, remove, authors: () => store.advisories.authors(), trust };
}

/** A feed whose records carry no dates is as old as its import, as far as anyone can tell. */
function feedView(feed: Feed, at: Instant): FeedView {
  const imported = feed.importedAt > 0;
  const dataAge = feed.dataAsOf === undefined ? null : ageInDays(feed.dataAsOf, at);
  const isStale = (dataAge ?? ageInDays(feed.importedAt, at)) > staleAfterDays;
  return {
    id: feed.id,
    format: feed.format,
    location: feed.location,
    importedAt: imported ? formatInstant(feed.importedAt) : null,
    dataAsOf: feed.dataAsOf === undefined ? null : formatInstant(feed.dataAsOf),
    ageDays: dataAge,
    state: !imported ? 'never-imported' : isStale ? 'stale' : 'fresh',
    advisories: feed.advisoryCount,
    rejected: feed.rejectedCount,
    skipped: feed.skippedCount,
    coverage: [...feed.coverage],
  };
}
