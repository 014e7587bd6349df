import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BoundError, CodedError, type Instant, messageOf, yieldToEventLoop } from '../base/index.ts';
import type { Advisory, FeedFormat, FeedValidators, FeedVerification, Remark } from '../model/index.ts';
import { AdvisoryError } from './advisory-error.ts';
import { type FeedSummary, FeedTally } from './feed-tally.ts';
import { recordReaders } from './read-records.ts';
import { detectFormat, headBytes } from './source/detect-format.ts';
import { type FeedDocument, feedDocuments, type SourceProgress, type UnreadDocument } from './source/feed-documents.ts';
import { type FeedLimits, feedLimits } from './source/feed-limits.ts';
import { peek } from './source/unpack.ts';

export interface ReadFeedOptions {
  readonly signal?: AbortSignal;
  /** Told by the content where absent. */
  readonly format?: FeedFormat;
  readonly limits?: Partial<FeedLimits>;
  /** Where files are kept while they are downloaded, so that one that is cut off can be gone on with; a temporary place unless said. */
  readonly downloads?: string;
  /** What is held: where the server has the same, nothing is read. */
  readonly known?: FeedValidators;
  readonly verification?: FeedVerification;
  /** Now: a change that a record dates later than that is not believed. */
  readonly at?: Instant;
  /** Called after each batch. Bytes are counted as they come, packed; their total is not always known. */
  readonly onProgress?: (progress: { records: number; bytes: number; totalBytes?: number }) => void;
}

export interface FeedBatch {
  /** At most 500. A repeated ID stands for a newer state of the same advisory. */
  readonly advisories: readonly Advisory[];
  /** At most 500. */
  readonly remarks: readonly Remark[];
  /** Why records were refused, each naming file, line or ID; the first 200 of the feed, the others are only counted. */
  readonly rejected: readonly string[];
}

export interface FeedReading {
  readonly format: FeedFormat;
  /** True where the server says that it has what is known: there is nothing to read. */
  readonly isUnchanged: boolean;
  /** Of what was downloaded. */
  readonly validators: FeedValidators;
  /** To be iterated once, to the end or not. Throws AdvisoryError where the feed turns out unreadable. */
  batches(): AsyncIterable<FeedBatch>;
  /** Complete after the last batch. */
  summary(): FeedSummary;
}

const batchSize = 500;
const batchBytes = 4 * 1024 * 1024;
/** Reading an archive never waits, and would keep a server from answering until it is through. */
const resultsBetweenTurns = 100;

/**
 * Opens a feed and tells its format. Memory does not grow with the size of an OSV feed; the Debian tracker and Alpine's
 * database are turned inside out, from packages to flaws, and so are held as a whole. Where the server says that it has
 * what is known there are no batches. Throws AdvisoryError.
 */
export async function readFeed(location: string, options: ReadFeedOptions = {}): Promise<FeedReading> {
  const signal = options.signal ?? new AbortController().signal;
  const limits = { ...feedLimits, ...options.limits };
  const progress: SourceProgress = { bytes: 0, unpackedBytes: 0 };
  const tally = new FeedTally(options.at ?? Date.now());
  const documents = feedDocuments(location, {
    limits,
    signal,
    progress,
    downloads: options.downloads ?? join(tmpdir(), `portwarden-downloads-${process.getuid?.() ?? 0}`),
    ...(options.known ? { known: options.known } : {}),
    ...(options.verification ? { verification: options.verification } : {}),
    onProgress: () => options.onProgress?.({ records: 0, ...bytesOf(progress) }),
  });
  try {
    const first = await firstKnown(documents, tally, progress, location, options.format);
    if (first === 'unchanged') return unchangedReading(options.format ?? 'osv', options.known ?? {}, tally);
    return {
      format: first.format,
      isUnchanged: false,
      validators: progress.validators ?? {},
      batches: () =>
        guarded(batchesOf(first, documents, { ...options, limits, signal, progress, tally }), signal, location),
      summary: () => tally.summary(),
    };
  } catch (error) {
    await documents.return(undefined);
    throw asFeedError(error, signal, location);
  }
}

function unchangedReading(format: FeedFormat, validators: FeedValidators, tally: FeedTally): FeedReading {
  return { format, isUnchanged: true, validators, batches: async function* () {}, summary: () => tally.summary() };
}

interface KnownDocument extends FeedDocument {
  readonly format: FeedFormat;
}

/** The first document of a known format; those before it are rejected. */
async function firstKnown(
  documents: AsyncIterator<FeedDocument | UnreadDocument>,
  tally: FeedTally,
  progress: SourceProgress,
  location: string,
  given: FeedFormat | undefined,
): Promise<KnownDocument | 'unchanged'> {
  for (let next = await documents.next(); !next.done; next = await documents.next()) {
    const document = next.value;
    if ('fault' in document) {
      tally.reject(`${document.name}: ${document.fault}`);
      continue;
    }
    const { head, chunks } = await peek(document.chunks, headBytes);
    const format = given ?? detectFormat(head);
    if (format !== undefined) return { name: document.name, chunks, format };
    await chunks[Symbol.asyncIterator]().return?.();
    tally.reject(`${document.name}: it is in no format that is known`);
  }
  if (progress.unchanged) return 'unchanged';
  const first = tally.takeReasons()[0];
  throw new AdvisoryError('unknown-format', first ? first : `${location}: there is no JSON file in it`, {
    remedy: 'feeds are read in the formats that docs/reference/feeds.md lists',
  });
}

interface BatchContext {
  readonly limits: FeedLimits;
  readonly signal: AbortSignal;
  readonly progress: SourceProgress;
  readonly tally: FeedTally;
  readonly onProgress?: ReadFeedOptions['onProgress'];
}

async function* batchesOf(
  first: KnownDocument,
  documents: AsyncGenerator<FeedDocument | UnreadDocument>,
  context: BatchContext,
): AsyncGenerator<FeedBatch> {
  const { tally, progress, limits } = context;
  let advisories: Advisory[] = [];
  let remarks: Remark[] = [];
  let bytes = 0;
  let results = 0;

  function takeBatch(): FeedBatch {
    const batch = { advisories, remarks, rejected: tally.takeReasons() };
    advisories = [];
    remarks = [];
    bytes = 0;
    context.onProgress?.({ records: tally.advisoryCount, ...bytesOf(progress) });
    return batch;
  }

  try {
    for await (const { result, size } of recordReaders[first.format](resume(first, documents), limits, tally)) {
      if (++results % resultsBetweenTurns === 0) await yieldToEventLoop();
      context.signal.throwIfAborted();
      if (result.kind === 'remark') {
        remarks.push(result.remark);
        tally.advisoryCount++;
      } else {
        const advisory = tally.add(result);
        if (advisory) advisories.push(advisory);
      }
      bytes += size;
      if (advisories.length >= batchSize || remarks.length >= batchSize || bytes >= batchBytes) yield takeBatch();
    }
    if (tally.advisoryCount === 0 && tally.rejectedCount > 0) {
      const reason = tally.takeReasons()[0] ?? 'see the reasons above';
      throw new AdvisoryError('bad-feed', `no record of ${first.name} could be read: ${reason}`);
    }
    yield takeBatch();
  } finally {
    await documents.return(undefined);
  }
}

function bytesOf({ bytes, totalBytes }: SourceProgress): { bytes: number; totalBytes?: number } {
  return { bytes, ...(totalBytes === undefined ? {} : { totalBytes }) };
}

/** The first document and the others; those in another format are not of this feed. */
async function* resume(
  first: KnownDocument,
  rest: AsyncIterable<FeedDocument | UnreadDocument>,
): AsyncGenerator<FeedDocument | UnreadDocument> {
  yield first;
  for await (const document of rest) {
    if ('fault' in document) {
      yield document;
      continue;
    }
    const { head, chunks } = await peek(document.chunks, headBytes);
    const format = detectFormat(head);
    if (format === undefined || format === first.format) yield { name: document.name, chunks };
    else {
      await chunks[Symbol.asyncIterator]().return?.();
      yield { name: document.name, fault: `it is in the format ${format}, and the feed in ${first.format}` };
    }
  }
}

async function* guarded(
  batches: AsyncGenerator<FeedBatch>,
  signal: AbortSignal,
  location: string,
): AsyncGenerator<FeedBatch> {
  try {
    yield* batches;
  } catch (error) {
    throw asFeedError(error, signal, location);
  }
}

function asFeedError(error: unknown, signal: AbortSignal, location: string): unknown {
  if (error instanceof AdvisoryError) return error;
  if (signal.aborted) return new AdvisoryError('aborted', `reading ${location} was stopped`, { cause: error });
  if (error instanceof BoundError) {
    return new AdvisoryError(error.code === 'too-large' ? 'too-large' : 'bad-feed', error.message, { cause: error });
  }
  if (error instanceof CodedError || !isSystemError(error)) return error;
  return new AdvisoryError('unreachable', `${location} cannot be read: ${messageOf(error)}`, { cause: error });
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
