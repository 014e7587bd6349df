import { createReadStream } from 'node:fs';
import { opendir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../base/index.ts';
import type { FeedValidators, FeedVerification } from '../../model/index.ts';
import { AdvisoryError } from '../advisory-error.ts';
import { downloadFile } from './download.ts';
import type { FeedLimits } from './feed-limits.ts';
import { parseFeedLocation } from './feed-location.ts';
import { packingOf, peek, unpack } from './unpack.ts';
import { verifyDownload } from './verify-download.ts';

/** One file of a feed, or one entry of its archive, unpacked. */
export interface FeedDocument {
  /** For messages: the path or URL, `archive.zip!entry.json` within an archive. */
  readonly name: string;
  /** Of the whole, or of this part when it is read. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** What was not read, and why. */
export interface UnreadDocument {
  readonly name: string;
  readonly fault: string;
}

/** What is known of a source while it is read. */
export interface SourceProgress {
  bytes: number;
  unpackedBytes: number;
  totalBytes?: number;
  /** Of what was downloaded. */
  validators?: FeedValidators;
  /** The server says that it is what is held already: there are no documents. */
  unchanged?: true;
}

export interface SourceOptions {
  readonly limits: FeedLimits;
  readonly signal: AbortSignal;
  readonly progress: SourceProgress;
  /** Where files are kept while they are downloaded. */
  readonly downloads: string;
  readonly known?: FeedValidators;
  readonly verification?: FeedVerification;
  /** While it is downloaded. */
  readonly onProgress?: () => void;
}

/**
 * The documents of a feed: one for a file or URL, one for each entry of a zip archive, one for each JSON file of a
 * directory, in order of their names. Symbolic links within a directory are not followed. Throws AdvisoryError.
 */
export async function* feedDocuments(
  location: string,
  options: SourceOptions,
): AsyncGenerator<FeedDocument | UnreadDocument> {
  const parsed = parseFeedLocation(location);
  if (parsed.kind === 'url') {
    yield* downloaded(parsed.url, options);
    return;
  }
  const found = await stat(parsed.path).catch((cause) => {
    const code = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'not-found' : 'unreachable';
    throw new AdvisoryError(code, `${parsed.path} cannot be read: ${messageOf(cause)}`, { cause });
  });
  if (found.isDirectory()) yield* directory(parsed.path, 0, { files: 0 }, options);
  else if (found.isFile()) {
    options.progress.totalBytes = found.size;
    yield* fileDocuments(parsed.path, parsed.path, options);
  } else throw new AdvisoryError('bad-location', `${parsed.path} is neither a file nor a directory`);
}

/** Nothing is read before all of it is there and verified. */
async function* downloaded(url: URL, options: SourceOptions): AsyncGenerator<FeedDocument | UnreadDocument> {
  const { downloads, limits, signal, known, progress, verification } = options;
  const file = await downloadFile(url, {
    directory: downloads,
    limits,
    signal,
    ...(known ? { known } : {}),
    onProgress: (bytes, totalBytes) => {
      progress.bytes = bytes;
      if (totalBytes !== undefined) progress.totalBytes = totalBytes;
      options.onProgress?.();
    },
  });
  if (file === 'unchanged') {
    progress.unchanged = true;
    return;
  }
  try {
    if (verification) await verifyDownload(file, url, verification, limits, signal);
    progress.validators = file.validators;
    progress.bytes = 0;
    yield* fileDocuments(file.path, url.href, options);
  } finally {
    await rm(file.path, { force: true });
  }
}

async function* fileDocuments(
  path: string,
  name: string,
  options: SourceOptions,
): AsyncGenerator<FeedDocument | UnreadDocument> {
  const { head, chunks } = await peek(counted(readFileChunks(path), options), 4);
  if (packingOf(head) === 'zip') {
    await chunks[Symbol.asyncIterator]().return?.();
    options.progress.bytes = 0;
    yield* archive(path, name, options);
    return;
  }
  yield { name, chunks: bounded((await unpack(chunks, name)).chunks, name, options) };
}

async function* archive(
  path: string,
  name: string,
  options: SourceOptions,
): AsyncGenerator<FeedDocument | UnreadDocument> {
  // With a library of its own, which no other kind of feed needs.
  const { zipEntries } = await import('./zip-entries.ts');
  for await (const entry of zipEntries(path, name, options.limits)) {
    options.signal.throwIfAborted();
    options.progress.bytes += entry.compressedSize;
    try {
      const bytes = await entry.read(options.limits.recordBytes);
      yield { name: entry.name, chunks: bounded(once(bytes), entry.name, options) };
    } catch (error) {
      if (!(error instanceof AdvisoryError)) throw error;
      yield { name: entry.name, fault: error.message };
    }
  }
}

async function* directory(
  path: string,
  depth: number,
  count: { files: number },
  options: SourceOptions,
): AsyncGenerator<FeedDocument | UnreadDocument> {
  if (depth > options.limits.directoryDepth) {
    yield { name: path, fault: `it is deeper than ${options.limits.directoryDepth} directories` };
    return;
  }
  const entries = [];
  for await (const entry of await opendir(path)) {
    if (++count.files > options.limits.entries)
      throw new AdvisoryError('too-large', `${path} has more than ${options.limits.entries} files`);
    if (!entry.name.startsWith('.')) entries.push(entry);
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    options.signal.throwIfAborted();
    const child = join(path, entry.name);
    if (entry.isDirectory()) yield* directory(child, depth + 1, count, options);
    else if (!/\.(?:json|jsonl|ndjson|zip)(?:\.(?:gz|zst))?$/i.test(entry.name)) continue;
    else if (entry.isFile()) yield* fileDocuments(child, child, options);
    else yield { name: child, fault: 'it is not a plain file' };
  }
}

async function* readFileChunks(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path, { highWaterMark: 256 * 1024 }) as AsyncIterable<Uint8Array>;
  } catch (cause) {
    throw new AdvisoryError('unreachable', `${path} cannot be read: ${messageOf(cause)}`, { cause });
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function* counted(chunks: AsyncIterable<Uint8Array>, options: SourceOptions): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    options.signal.throwIfAborted();
    options.progress.bytes += chunk.byteLength;
    yield chunk;
  }
}

async function* bounded(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  options: SourceOptions,
): AsyncGenerator<Uint8Array> {
  const { limits, progress } = options;
  for await (const chunk of chunks) {
    progress.unpackedBytes += chunk.byteLength;
    if (progress.unpackedBytes > limits.unpackedBytes) {
      throw new AdvisoryError(
        'too-large',
        `with ${name} the feed is larger than ${limits.unpackedBytes} bytes, unpacked`,
      );
    }
    yield chunk;
  }
}
