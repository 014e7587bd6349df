import type { Dispatcher } from 'undici';
import { messageOf } from '../../base/index.ts';
import { AdvisoryError } from '../advisory-error.ts';
import type { FeedLimits } from './feed-limits.ts';
import { isLoopback, isSafe } from './feed-location.ts';

export interface OpenResponse {
  readonly response: Dispatcher.ResponseData;
  /** Ends the connection, whatever is left of the body. */
  close(): Promise<void>;
}

/**
 * Asks for a URL. A redirect may lead to other hosts but not from https to http, nor from elsewhere into this machine. The
 * proxies of the environment are used (HTTPS_PROXY, NO_PROXY). Throws AdvisoryError: `unreachable`, `too-slow`, `aborted`.
 */
export async function openResponse(
  start: URL,
  headers: Readonly<Record<string, string>>,
  limits: FeedLimits,
  signal: AbortSignal,
): Promise<OpenResponse> {
  const { EnvHttpProxyAgent, request } = await import('undici');
  const dispatcher = new EnvHttpProxyAgent({
    connect: { timeout: limits.connectTime },
    headersTimeout: limits.stallTime,
    bodyTimeout: limits.stallTime,
  });
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(limits.downloadTime)]);
  const close = () => dispatcher.destroy();
  let url = start;
  try {
    for (let hops = 0; ; hops++) {
      const asked = { 'accept-encoding': 'identity', ...headers };
      const response = await request(url, { dispatcher, signal: deadline, headers: asked });
      const target = redirectTarget(response, url);
      if (!target) return { response, close };
      await response.body.dump();
      if (hops >= limits.redirects) throw new AdvisoryError('refused', `${start.href} redirects too often`);
      if (!isSafe(target) || (isLoopback(target) && !isLoopback(start))) {
        const where = target.href.slice(0, 200);
        throw new AdvisoryError('refused', `${start.href} redirects to ${where}, which is not safe`);
      }
      url = target;
    }
  } catch (error) {
    await close();
    throw asAdvisoryError(error, url, signal);
  }
}

function redirectTarget(response: Dispatcher.ResponseData, url: URL): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(response.statusCode)) return undefined;
  const target = URL.parse(String(response.headers.location ?? ''), url);
  if (!target) throw new AdvisoryError('refused', `${url.href} redirects to nowhere`);
  return target;
}

function asAdvisoryError(error: unknown, url: URL, signal: AbortSignal): AdvisoryError {
  if (error instanceof AdvisoryError) return error;
  const name = error instanceof Error ? error.name : '';
  if (signal.aborted) return new AdvisoryError('aborted', `reading ${url.href} was stopped`);
  if (/Timeout/.test(name) || name === 'AbortError')
    return new AdvisoryError('too-slow', `${url.href} does not answer in time`, { cause: error });
  const remedy = 'check the address and the network; advisories can also be imported from a file';
  return new AdvisoryError('unreachable', `${url.href} cannot be read: ${messageOf(error)}`, { cause: error, remedy });
}
