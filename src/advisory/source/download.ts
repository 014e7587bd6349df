import type { Dispatcher } from 'undici';
import { messageOf } from '../../base/index.ts';
import { AdvisoryError } from '../advisory-error.ts';
import type { FeedLimits } from './feed-limits.ts';
import { isLoopback, isSafe } from './feed-location.ts';

export interface Download {
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly totalBytes?: number;
}

/**
 * What a URL holds. A redirect may lead to other hosts but not from https to http, nor from elsewhere into this machine.
 * Throws AdvisoryError, also from within the chunks: `unreachable`, `not-found`, `too-slow`, `too-large`, `aborted`.
 */
export async function openDownload(start: URL, limits: FeedLimits, signal: AbortSignal): Promise<Download> {
  const { Agent, request } = await import('undici');
  const dispatcher = new Agent({
    connect: { timeout: limits.connectTime },
    headersTimeout: limits.stallTime,
    bodyTimeout: limits.stallTime,
  });
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(limits.downloadTime)]);
  let url = start;
  try {
    for (let hops = 0; ; hops++) {
      const response = await request(url, { dispatcher, signal: deadline, headers: { 'accept-encoding': 'gzip' } });
      const target = redirectTarget(response, url);
      if (!target) return { ...describe(response, url, limits), chunks: readBody(response, url, limits, dispatcher) };
      await response.body.dump();
      if (hops >= limits.redirects) throw new AdvisoryError('unreachable', `${start.href} redirects too often`);
      if (!isSafe(target) || (isLoopback(target) && !isLoopback(start))) {
        throw new AdvisoryError(
          'unreachable',
          `${start.href} redirects to ${target.href.slice(0, 200)}, which is not safe`,
        );
      }
      url = target;
    }
  } catch (error) {
    await dispatcher.destroy();
    throw asAdvisoryError(error, url, signal);
  }
}

function redirectTarget(response: Dispatcher.ResponseData, url: URL): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(response.statusCode)) return undefined;
  const target = URL.parse(String(response.headers.location ?? ''), url);
  if (!target) throw new AdvisoryError('unreachable', `${url.href} redirects to nowhere`);
  return target;
}

function describe(response: Dispatcher.ResponseData, url: URL, limits: FeedLimits): Omit<Download, 'chunks'> {
  const { statusCode, headers } = response;
  if (statusCode === 404 || statusCode === 410)
    throw new AdvisoryError('not-found', `${url.href} is not there (${statusCode})`);
  if (statusCode !== 200) throw new AdvisoryError('unreachable', `${url.href} answers ${statusCode}`);
  const length = Number(headers['content-length']);
  if (length > limits.sourceBytes) throw tooLarge(url, limits);
  return Number.isSafeInteger(length) ? { totalBytes: length } : {};
}

async function* readBody(
  response: Dispatcher.ResponseData,
  url: URL,
  limits: FeedLimits,
  dispatcher: Dispatcher,
): AsyncGenerator<Uint8Array> {
  let size = 0;
  try {
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength;
      if (size > limits.sourceBytes) throw tooLarge(url, limits);
      yield chunk;
    }
  } catch (error) {
    throw asAdvisoryError(error, url);
  } finally {
    await dispatcher.destroy();
  }
}

function tooLarge(url: URL, limits: FeedLimits): AdvisoryError {
  return new AdvisoryError('too-large', `${url.href} is larger than ${limits.sourceBytes} bytes`);
}

function asAdvisoryError(error: unknown, url: URL, signal?: AbortSignal): AdvisoryError {
  if (error instanceof AdvisoryError) return error;
  const name = error instanceof Error ? error.name : '';
  if (signal?.aborted || name === 'AbortError') return new AdvisoryError('aborted', `reading ${url.href} was stopped`);
  if (name === 'TimeoutError' || /Timeout/.test(name)) {
    return new AdvisoryError('too-slow', `${url.href} does not answer in time`, { cause: error });
  }
  const remedy = 'check the address and the network; advisories can also be imported from a file';
  return new AdvisoryError('unreachable', `${url.href} cannot be read: ${messageOf(error)}`, { cause: error, remedy });
}
