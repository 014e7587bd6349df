import { createHash, type Hash } from 'node:crypto';
import { formatInstant, parseInstant } from '../base/index.ts';
import type { Advisory, AdvisoryImport, Feed, FeedFormat, Remark, Store } from '../model/index.ts';
import { ServiceError } from './service-error.ts';

/**
 * Feeds as lines of JSON, to be carried to where no network is: records, each `{feed, advisory}` or `{feed, remark}`, and at
 * the end one line that lists the feeds with the digest of their records. Without that line nothing is taken.
 */
export interface BundledFeed {
  readonly id: string;
  readonly format: FeedFormat;
  readonly location: string;
  readonly dataAsOf: string | null;
  readonly importedAt: string;
  readonly records: number;
  readonly rejected: number;
  readonly skipped: number;
  readonly coverage: readonly string[];
  /** Of its lines, hex. */
  readonly sha256: string;
}

interface Tally {
  readonly hash: Hash;
  records: number;
}

const apiVersion = 'portwarden/v1';
const batchSize = 500;

/** The lines of a bundle, in an order that is the same each time. */
export async function* writeBundle(store: Pick<Store, 'advisories'>, feeds: readonly Feed[]): AsyncGenerator<string> {
  const listed: BundledFeed[] = [];
  for (const feed of feeds) {
    const tally: Tally = { hash: createHash('sha256'), records: 0 };
    for await (const { advisories, remarks } of store.advisories.contents(feed.id)) {
      const records = [...advisories.map((advisory) => ({ advisory })), ...remarks.map((remark) => ({ remark }))];
      for (const record of records) {
        const line = JSON.stringify({ feed: feed.id, ...record });
        count(tally, line);
        yield line;
      }
    }
    listed.push({
      id: feed.id,
      format: feed.format,
      location: feed.location,
      dataAsOf: feed.dataAsOf === undefined ? null : formatInstant(feed.dataAsOf),
      importedAt: formatInstant(feed.importedAt),
      records: tally.records,
      rejected: feed.rejectedCount,
      skipped: feed.skippedCount,
      coverage: feed.coverage,
      sha256: tally.hash.digest('hex'),
    });
  }
  yield JSON.stringify({ apiVersion, kind: 'FeedBundle', feeds: listed });
}

function count(tally: Tally, line: string): void {
  tally.hash.update(line).update('\n');
  tally.records++;
}

/** What reading a bundle asks of whoever takes it. */
export interface BundleTarget {
  /** Starts the import of a feed. */
  begin(feed: { readonly id: string }): Promise<AdvisoryImport>;
  /** Throws where a feed must not be taken, before any is. */
  check(feed: BundledFeed): Promise<void>;
  /** Makes a feed visible. */
  finish(feed: BundledFeed, staged: AdvisoryImport): Promise<void>;
}

/**
 * Takes a bundle. Nothing is visible before its last line was read and every digest is right. Throws ServiceError
 * `bad-bundle`. What is in the records was parsed when they were imported, by whoever made the bundle: who takes one trusts
 * that, and shows it by the digest of the whole.
 */
export async function readBundle(lines: AsyncIterable<string>, target: BundleTarget): Promise<readonly BundledFeed[]> {
  const staged = new Map<string, Tally & { readonly running: AdvisoryImport }>();
  let batch: { feed: string; advisories: Advisory[]; remarks: Remark[] } = { feed: '', advisories: [], remarks: [] };
  let trailer: readonly BundledFeed[] | undefined;
  let number = 0;
  const flush = async () => {
    const { running } = staged.get(batch.feed) ?? {};
    if (running && batch.advisories.length > 0) await running.add(batch.advisories);
    if (running && batch.remarks.length > 0) await running.remark(batch.remarks);
  };
  try {
    for await (const line of lines) {
      number++;
      if (trailer) throw bad(`goes on after its end, at line ${number}`);
      const value = parseLine(line, number);
      if (value.kind === 'FeedBundle') {
        trailer = value.feeds ?? [];
        continue;
      }
      const { feed, advisory, remark } = value;
      if (typeof feed !== 'string' || (!advisory && !remark)) throw bad(`has no record at line ${number}`);
      if (feed !== batch.feed || batch.advisories.length + batch.remarks.length >= batchSize) {
        await flush();
        batch = { feed, advisories: [], remarks: [] };
      }
      const known = staged.get(feed) ?? {
        hash: createHash('sha256'),
        records: 0,
        running: await target.begin({ id: feed }),
      };
      staged.set(feed, known);
      count(known, line);
      if (advisory) batch.advisories.push(advisory);
      if (remark) batch.remarks.push(remark);
    }
    await flush();
    if (!trailer) throw bad('is cut off: its last line is missing');
    for (const feed of trailer) {
      const known = staged.get(feed.id);
      const digest = (known?.hash ?? createHash('sha256')).copy().digest('hex');
      if (digest !== feed.sha256) throw bad(`has not the records of ${feed.id} that it was made with`);
    }
    for (const feed of trailer) await target.check(feed);
    for (const feed of trailer) {
      const running = staged.get(feed.id)?.running ?? (await target.begin(feed));
      await target.finish(feed, running);
      staged.delete(feed.id);
    }
    return trailer;
  } finally {
    for (const { running } of staged.values()) await running.abandon();
  }
}

interface BundleLine {
  readonly kind?: string;
  readonly feeds?: readonly BundledFeed[];
  readonly feed?: string;
  readonly advisory?: Advisory;
  readonly remark?: Remark;
}

function parseLine(line: string, number: number): BundleLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw bad(`is no JSON at line ${number}`, cause);
  }
  if (typeof value !== 'object' || value === null) throw bad(`has no record at line ${number}`);
  const found = value as BundleLine & { apiVersion?: unknown };
  if (
    found.kind !== undefined &&
    (found.kind !== 'FeedBundle' || found.apiVersion !== apiVersion || !isTrailer(found.feeds))
  )
    throw bad(`is of another version, or none, at line ${number}`);
  return found;
}

function isTrailer(feeds: unknown): boolean {
  if (!Array.isArray(feeds) || feeds.length > 10_000) return false;
  return feeds.every(
    (feed: Partial<BundledFeed> | null) =>
      typeof feed?.id === 'string' &&
      /^[a-z0-9][a-z0-9._-]{0,63}$/.test(feed.id) &&
      typeof feed.format === 'string' &&
      typeof feed.location === 'string' &&
      typeof feed.sha256 === 'string' &&
      Array.isArray(feed.coverage) &&
      feed.coverage.every((key) => typeof key === 'string') &&
      (feed.dataAsOf === null || parseInstant(String(feed.dataAsOf)) !== undefined) &&
      [feed.records, feed.rejected, feed.skipped].every((number) => Number.isSafeInteger(number)),
  );
}

function bad(why: string, cause?: unknown): ServiceError {
  return new ServiceError('bad-bundle', `the bundle ${why}`, {
    ...(cause === undefined ? {} : { cause }),
    remedy: 'make it again with portwarden feeds export, and compare the digest that it prints',
  });
}
