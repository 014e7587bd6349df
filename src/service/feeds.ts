import { type FeedReading, type FeedSummary, feedIdOf, readFeed, wellKnownFeeds } from '../advisory/index.ts';
import { type Clock, CodedError, formatInstant, type Instant, messageOf, parseInstant } from '../base/index.ts';
import type { Feed, Store } from '../model/index.ts';
import type { FeedInput, FeedView, StatementRow } from '../model/wire/index.ts';
import { type BundledFeed, readBundle, writeBundle } from './feed-bundle.ts';
import { statementView } from './findings.ts';
import { judgePending } from './judge.ts';
import { ageInDays } from './passport.ts';
import { ServiceError } from './service-error.ts';
import type { EventBus, FeedProgress, FeedService, FeedUpdateOptions, FeedUpdateResult } from './services.ts';

export interface FeedParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly events: EventBus;
  /** Directory of files that are being downloaded. */
  readonly downloads?: string;
}

/** A feed whose data is older is shown as stale: most feeds of the field are published at least daily. */
const staleAfterDays = 7;
const reasonsShown = 20;
const progressEvery = 200;

export function createFeedService(parts: FeedParts): FeedService {
  const { store, clock, events, downloads } = parts;

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
    const { checksum, signature, key } = input;
    if ((signature === undefined) !== (key === undefined))
      throw new ServiceError('bad-query', 'a signature and the key that made it go together');
    await store.advisories.putFeed({
      id,
      format: known?.format ?? there?.format ?? 'osv',
      location,
      verification: {
        ...(checksum ? { checksum } : {}),
        ...(signature && key ? { signature, key } : {}),
      },
    });
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
        ...(downloads ? { downloads } : {}),
        // Of what came in a part or was refused nothing is held, and it is asked for as if for the first time.
        ...(feed.importedAt > 0 && !options.allowOlder ? { known: feed.validators } : {}),
        verification: feed.verification,
        onProgress: (progress) => tellProgress(feed.id, progress, options),
      });
      if (reading.isUnchanged) return await unchanged(feed);
      const imported = await importFeed(feed, reading, options);
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
      if (!signal.aborted) await store.advisories.recordAttempt(feed.id, { at: clock.now(), error: message });
      return { id: feed.id, state: 'failed', code: error.code, message };
    }
  }

  async function unchanged(feed: Feed): Promise<FeedUpdateResult> {
    await store.advisories.recordAttempt(feed.id, { at: clock.now() });
    events.publish({ type: 'feed', id: feed.id, state: 'imported', advisories: feed.advisoryCount });
    const now = (await store.advisories.feeds()).find(({ id }) => id === feed.id) ?? feed;
    return { id: feed.id, state: 'unchanged', feed: feedView(now, clock.now()) };
  }

  let told = 0;
  function tellProgress(id: string, progress: FeedProgress, options: FeedUpdateOptions): void {
    options.onProgress?.({ id, ...progress });
    if (clock.now() - told < progressEvery) return;
    told = clock.now();
    const { bytes, totalBytes } = progress;
    events.publish({ type: 'progress', source: `feed ${id}`, bytes, ...(totalBytes ? { totalBytes } : {}) });
  }

  async function importFeed(
    feed: Feed,
    reading: FeedReading,
    options: FeedUpdateOptions,
  ): Promise<{ feed: Feed; rejected: string[] }> {
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
      if (!options.allowOlder) refuseStepBack(feed, summary);
      const finished = await staged.finish({
        ...(summary.dataAsOf === undefined ? {} : { dataAsOf: summary.dataAsOf }),
        rejectedCount: summary.rejectedCount,
        skippedCount: summary.skipped.values().reduce((sum, count) => sum + count, 0),
        coverage: summary.coverage,
        validators: reading.validators,
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

  async function* exportFeeds(ids: readonly string[]): AsyncGenerator<string> {
    const held = (await store.advisories.feeds()).filter(({ importedAt }) => importedAt > 0);
    const unknown = ids.find((id) => !held.some((feed) => feed.id === id));
    if (unknown !== undefined)
      throw new ServiceError('unknown-feed', `nothing is held of a feed "${unknown}"`, {
        remedy: 'see: portwarden feeds status',
      });
    yield* writeBundle(
      store,
      held.filter(({ id }) => ids.length === 0 || ids.includes(id)),
    );
  }

  async function importBundle(
    lines: AsyncIterable<string>,
    options: Pick<FeedUpdateOptions, 'allowOlder'> = {},
  ): Promise<readonly FeedView[]> {
    const before = new Map((await store.advisories.feeds()).map((feed) => [feed.id, feed] as const));
    const taken = await readBundle(lines, {
      begin: ({ id }) => {
        const { format, location } = before.get(id) ?? { format: 'osv' as const, location: `bundle:${id}` };
        return store.advisories.beginImport({ id, format, location }, clock.now());
      },
      async check(feed) {
        const held = before.get(feed.id);
        if (held && !options.allowOlder) refuseStepBack(held, { ...summaryOf(feed), advisoryCount: feed.records });
      },
      async finish(feed, staged) {
        await staged.finish({
          ...summaryOf(feed),
          rejectedCount: feed.rejected,
          skippedCount: feed.skipped,
          coverage: feed.coverage,
        });
        const held = before.get(feed.id);
        await store.advisories.putFeed({
          id: feed.id,
          format: feed.format,
          location: held?.location ?? feed.location,
          ...(held ? { verification: held.verification } : {}),
        });
      },
    });
    await judgePending(store, clock, new AbortController().signal);
    const ids = new Set(taken.map(({ id }) => id));
    return (await list()).filter(({ id }) => ids.has(id));
  }

  return {
    list,
    add,
    update,
    remove,
    export: exportFeeds,
    import: importBundle,
    statements: async ({ limit = 100, offset = 0, feed, author, flaw }) => {
      const page = await store.advisories.statements({
        limit,
        offset,
        ...(feed ? { feed } : {}),
        ...(author ? { author } : {}),
        ...(flaw ? { flaw } : {}),
      });
      return { items: page.items.map(statementRow), total: page.total };
    },
    authors: () => store.advisories.authors(),
    trust,
  };
}

const productsShown = 20;

function statementRow({
  flaw,
  aliases,
  products,
  ...statement
}: Awaited<ReturnType<Store['advisories']['statements']>>['items'][number]): StatementRow {
  const names = products.flatMap(({ identifiers, subcomponents }) => {
    const name = identifiers[0] ?? '';
    const parts = subcomponents.flatMap((part) => part[0] ?? []);
    return parts.length > 0 ? parts.map((part) => `${part} in ${name}`) : [name];
  });
  return {
    flaw,
    aliases: [...aliases],
    products: names.slice(0, productsShown),
    moreProducts: Math.max(0, names.length - productsShown),
    ...statementView(statement),
  };
}

function summaryOf({ dataAsOf }: BundledFeed): { dataAsOf?: Instant } {
  const at = dataAsOf === null ? undefined : parseInstant(dataAsOf);
  return at === undefined ? {} : { dataAsOf: at };
}

/** A smaller feed may lose most of what it has for good reasons. */
const shrinkCountsFrom = 100;

/**
 * What is held stays where a feed turns out older, or has lost most of its records: somebody may be withholding what it
 * knew. Throws ServiceError.
 */
function refuseStepBack(
  held: Feed,
  { dataAsOf, advisoryCount }: Pick<FeedSummary, 'dataAsOf' | 'advisoryCount'>,
): void {
  const remedy = 'where that is meant: portwarden feeds update NAME --allow-older';
  if (held.dataAsOf !== undefined && dataAsOf !== undefined && dataAsOf < held.dataAsOf) {
    const [theirs, ours] = [formatInstant(dataAsOf), formatInstant(held.dataAsOf)];
    throw new ServiceError('feed-older', `${held.location} is of ${theirs}, and what is held of ${ours}`, { remedy });
  }
  if (held.advisoryCount < shrinkCountsFrom || advisoryCount * 2 >= held.advisoryCount) return;
  const message = `${held.location} has ${advisoryCount} records, where ${held.advisoryCount} are held`;
  throw new ServiceError('feed-shrunk', message, { remedy });
}

/**
 * A feed whose records carry no dates is of no known age; it is stale once it has brought nothing new for long: a server may
 * say for ever that nothing is, and withhold what it knows.
 */
function feedView(feed: Feed, at: Instant): FeedView {
  const imported = feed.importedAt > 0;
  const isStale = ageInDays(feed.dataAsOf ?? feed.changedAt, at) > staleAfterDays;
  return {
    id: feed.id,
    format: feed.format,
    location: feed.location,
    importedAt: imported ? formatInstant(feed.importedAt) : null,
    dataAsOf: feed.dataAsOf === undefined ? null : formatInstant(feed.dataAsOf),
    changedAt: imported ? formatInstant(feed.changedAt) : null,
    ageDays: feed.dataAsOf === undefined ? null : ageInDays(feed.dataAsOf, at),
    state: !imported ? 'never-imported' : isStale ? 'stale' : 'fresh',
    advisories: feed.advisoryCount,
    rejected: feed.rejectedCount,
    skipped: feed.skippedCount,
    coverage: [...feed.coverage],
    isVerified: feed.verification.checksum !== undefined || feed.verification.signature !== undefined,
    lastAttempt:
      feed.lastAttempt === undefined
        ? null
        : { at: formatInstant(feed.lastAttempt.at), error: feed.lastAttempt.error ?? null },
  };
}
