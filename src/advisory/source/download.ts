import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dispatcher } from 'undici';
import { asObject, asString, messageOf, pause } from '../../base/index.ts';
import type { FeedValidators } from '../../model/index.ts';
import { AdvisoryError } from '../advisory-error.ts';
import type { FeedLimits } from './feed-limits.ts';
import { openResponse } from './open-response.ts';

/** A file that was downloaded whole. */
export interface DownloadedFile {
  readonly path: string;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly validators: FeedValidators;
}

export interface DownloadOptions {
  /** Where files are kept while they come; one that was cut off is gone on with, by whichever process. */
  readonly directory: string;
  readonly limits: FeedLimits;
  readonly signal: AbortSignal;
  /** What was held last time: where it is still the same, nothing is downloaded. */
  readonly known?: FeedValidators;
  readonly onProgress?: (bytes: number, totalBytes: number | undefined) => void;
}

/**
 * Downloads what a URL holds into a file, or says that it is what is known already (RFC 9110, 13.1). A connection that
 * breaks, and an answer of 429 or 5xx, is tried again after a while; what has come so far is kept and gone on with where
 * the server says that it is still the same (RFC 9110, 13.1.5 and 14.2). Throws AdvisoryError.
 */
export async function downloadFile(url: URL, options: DownloadOptions): Promise<DownloadedFile | 'unchanged'> {
  const name = createHash('sha256').update(url.href).digest('hex');
  await mkdir(options.directory, { recursive: true, mode: 0o700 });
  const part = await claimPart(options.directory, name, options.limits);
  try {
    return await downloadInto(part, url, options);
  } finally {
    await rm(`${part}.lock`, { force: true });
  }
}

async function downloadInto(part: string, url: URL, options: DownloadOptions): Promise<DownloadedFile | 'unchanged'> {
  for (let attempt = 1; ; attempt++) {
    try {
      const fetched = await fetchInto(part, url, options);
      if (fetched === 'unchanged') return fetched;
      const path = part.replace(/\.part$/, '');
      await rename(part, path);
      await rm(`${part}.json`, { force: true });
      return { path, sha256: await digestFile(path), validators: fetched };
    } catch (error) {
      if (!(error instanceof AdvisoryError) || !isPassing(error) || attempt >= options.limits.attempts) throw error;
      await pause(waitBefore(error, attempt, options.limits), options.signal);
      if (options.signal.aborted) throw new AdvisoryError('aborted', `reading ${url.href} was stopped`);
    }
  }
}

/** Whoever finds another process at the same URL downloads beside it. A lock that is older than any download is of none. */
async function claimPart(directory: string, name: string, limits: FeedLimits): Promise<string> {
  const part = join(directory, `${name}.part`);
  const lock = `${part}.lock`;
  const held = await stat(lock).catch(() => undefined);
  if (held && Date.now() - held.mtimeMs > limits.downloadTime) await rm(lock, { force: true });
  try {
    await writeFile(lock, '', { flag: 'wx', mode: 0o600 });
    return part;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return join(directory, `${name}-${randomUUID()}.part`);
  }
}

/** One request; what it brings is added to the file. Gives the validators of what is there whole. */
async function fetchInto(part: string, url: URL, options: DownloadOptions): Promise<FeedValidators | 'unchanged'> {
  const begun = await readPart(part);
  const condition = begun ? rangeHeaders(begun) : conditionHeaders(options.known);
  const { response, close } = await openResponse(url, condition, options.limits, options.signal);
  try {
    const { statusCode, headers } = response;
    if (statusCode === 304 && !begun) return 'unchanged';
    const goesOn = statusCode === 206 && begun !== undefined && startOf(headers['content-range']) === begun.size;
    if (statusCode === 206 || statusCode === 416) {
      if (!goesOn) {
        await rm(part, { force: true });
        throw new AdvisoryError('unreachable', `${url.href} gives another part than was asked for`);
      }
    } else throwUnlessOk(statusCode, headers, url);
    const validators = goesOn ? begun.validators : validatorsOf(headers);
    const from = goesOn ? begun.size : 0;
    const length = Number(headers['content-length']);
    const total = Number.isSafeInteger(length) ? from + length : undefined;
    if (total !== undefined && total > options.limits.sourceBytes) throw tooLarge(url, options.limits);
    await writeFile(`${part}.json`, JSON.stringify(validators), { mode: 0o600 });
    const file = await open(part, goesOn ? 'a' : 'w', 0o600);
    try {
      const size = await appendBody(file, response, from, total, url, options);
      if (total !== undefined && size !== total)
        throw new AdvisoryError('unreachable', `${url.href} ended after ${size} of ${total} bytes`);
    } finally {
      await file.close();
    }
    return validators;
  } finally {
    await close();
  }
}

async function appendBody(
  file: FileHandle,
  response: Dispatcher.ResponseData,
  from: number,
  total: number | undefined,
  url: URL,
  { limits, signal, onProgress }: DownloadOptions,
): Promise<number> {
  let size = from;
  try {
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength;
      if (size > limits.sourceBytes) throw tooLarge(url, limits);
      await file.writeFile(chunk);
      onProgress?.(size, total);
    }
  } catch (error) {
    if (error instanceof AdvisoryError) throw error;
    if (signal.aborted) throw new AdvisoryError('aborted', `reading ${url.href} was stopped`);
    const isSlow = error instanceof Error && /Timeout/.test(error.name);
    const code = isSlow ? 'too-slow' : 'unreachable';
    throw new AdvisoryError(code, `${url.href} broke off: ${messageOf(error)}`, { cause: error });
  }
  return size;
}

interface BegunPart {
  readonly size: number;
  readonly validators: FeedValidators;
}

/** What a cut-off download left, where it can be gone on with: a strong validator must say that it is still the same. */
async function readPart(part: string): Promise<BegunPart | undefined> {
  try {
    const { size } = await stat(part);
    const stored = asObject(JSON.parse(await readFile(`${part}.json`, 'utf8')));
    const [etag, lastModified] = [asString(stored?.etag), asString(stored?.lastModified)];
    const isStrong = etag !== undefined && !etag.startsWith('W/');
    if (size === 0 || (!isStrong && lastModified === undefined)) return undefined;
    return { size, validators: { ...(etag ? { etag } : {}), ...(lastModified ? { lastModified } : {}) } };
  } catch {
    // Nothing there, or nothing that can be gone on with: the download starts from its beginning.
    return undefined;
  }
}

function rangeHeaders({ size, validators: { etag, lastModified } }: BegunPart): Record<string, string> {
  const same = etag !== undefined && !etag.startsWith('W/') ? etag : lastModified;
  return { range: `bytes=${size}-`, ...(same ? { 'if-range': same } : {}) };
}

function conditionHeaders({ etag, lastModified }: FeedValidators = {}): Record<string, string> {
  return {
    ...(etag ? { 'if-none-match': etag } : {}),
    ...(lastModified ? { 'if-modified-since': lastModified } : {}),
  };
}

const longestValidator = 1000;

function validatorsOf(headers: Dispatcher.ResponseData['headers']): FeedValidators {
  const of = (value: unknown) =>
    typeof value === 'string' && value.length <= longestValidator && /^[\x20-\x7e]+$/.test(value) ? value : undefined;
  const [etag, lastModified] = [of(headers.etag), of(headers['last-modified'])];
  return { ...(etag ? { etag } : {}), ...(lastModified ? { lastModified } : {}) };
}

function startOf(contentRange: unknown): number {
  return Number(/^bytes (\d+)-/.exec(String(contentRange ?? ''))?.[1] ?? Number.NaN);
}

/** How long a server asks to wait, as the cause of an error. */
class RetryAfter extends Error {
  readonly milliseconds: number;
  constructor(milliseconds: number) {
    super(`try again in ${milliseconds} ms`);
    this.milliseconds = milliseconds;
  }
}

function throwUnlessOk(statusCode: number, headers: Dispatcher.ResponseData['headers'], url: URL): void {
  if (statusCode === 200) return;
  if (statusCode === 404 || statusCode === 410)
    throw new AdvisoryError('not-found', `${url.href} is not there (${statusCode})`);
  const message = `${url.href} answers ${statusCode}`;
  if (statusCode === 429 || statusCode >= 500) {
    const seconds = Number(headers['retry-after']);
    const wait = headers['retry-after'] !== undefined && Number.isFinite(seconds) ? seconds * 1000 : undefined;
    throw new AdvisoryError('unreachable', message, wait === undefined ? {} : { cause: new RetryAfter(wait) });
  }
  throw new AdvisoryError('refused', message);
}

function isPassing(error: AdvisoryError): boolean {
  return error.code === 'unreachable' || error.code === 'too-slow';
}

function waitBefore(error: AdvisoryError, attempt: number, limits: FeedLimits): number {
  const asked = error.cause instanceof RetryAfter ? error.cause.milliseconds : undefined;
  return Math.min(asked ?? limits.retryWait * 2 ** (attempt - 1), limits.longestRetryWait);
}

function tooLarge(url: URL, limits: FeedLimits): AdvisoryError {
  return new AdvisoryError('too-large', `${url.href} is larger than ${limits.sourceBytes} bytes`);
}

async function digestFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
