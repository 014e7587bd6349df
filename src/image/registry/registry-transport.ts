import { Agent, type Dispatcher } from 'undici';
import { BoundError, readBounded } from '../../base/index.ts';
import { ImageError } from '../image-error.ts';
import { networkFailure } from '../network-failure.ts';
import { checkedLookup, isPublic } from './checked-lookup.ts';
import { maxRedirects, nextHop } from './redirect-rules.ts';
import { isPublicAddress } from './registry-endpoint.ts';
import { lengthOf, openBody, type RequestBody } from './request-body.ts';

export interface TransportOptions {
  /** The registry that all of it is about. */
  readonly registry: URL;
  readonly plainHttp: readonly string[];
  /** Milliseconds without a byte. */
  readonly stallTimeout: number;
}

export interface TransportRequest {
  readonly url: URL;
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
  /** Whether redirects are followed; otherwise one is an error. */
  readonly follow: boolean;
}

export interface TransportAnswer {
  readonly url: URL;
  readonly statusCode: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly body: Dispatcher.ResponseData['body'];
}

/**
 * HTTP to a registry and to where it sends us. Two pools of connections: one to the registry itself, of which it is
 * noted whether it is at public addresses, and one to everything else, which for a public registry connects to public
 * addresses only, by the very address that was checked.
 *
 * Authorization goes to the origin of the request alone; a redirect to another origin loses it. Throws ImageError
 * `unreachable`, `stalled`, `redirect-refused`, `bad-response`, `aborted`.
 */
export interface RegistryTransport {
  send(request: TransportRequest, signal: AbortSignal): Promise<TransportAnswer>;
  /** The whole body within `limit` bytes and twice the stall timeout. */
  readDocument(answer: TransportAnswer, limit: number, what: string, signal: AbortSignal): Promise<Buffer>;
  /** The body as a stream that must keep moving. */
  stream(answer: TransportAnswer, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Throws the body away, so that its connection can be used again. */
  discard(answer: TransportAnswer, signal: AbortSignal): Promise<void>;
  /** Where the Location of an answer leads, by the rules for redirects; undefined where it has none. */
  location(answer: TransportAnswer): URL | undefined;
  close(): Promise<void>;
}

/** Bytes that must come in each stall timeout of waiting: a drip does not count as a stream. */
const leastBytes = 4096;

export function createRegistryTransport({ registry, plainHttp, stallTimeout }: TransportOptions): RegistryTransport {
  // A name counts as public once any of its addresses is: it must not talk its way into this network by another one.
  let registryIsPublic = isPublicAddress(registry.hostname) ?? false;
  // Not HTTP/2: a body that breaks off there ended the process (std::bad_alloc; undici 8.12.4, 2026-11-28).
  const settings = { headersTimeout: stallTimeout, bodyTimeout: stallTimeout, allowH2: false } as const;
  const connect = { timeout: Math.min(stallTimeout, 10_000) } as const;
  const ofRegistry = new Agent({
    ...settings,
    connect: { ...connect, lookup: checkedLookup((addresses) => void (registryIsPublic ||= addresses.some(isPublic))) },
  });
  const ofOthers = new Agent({
    ...settings,
    connect: {
      ...connect,
      lookup: checkedLookup((addresses, hostname) => {
        const hidden = registryIsPublic ? addresses.find((address) => !isPublic(address)) : undefined;
        if (!hidden) return;
        throw new ImageError(
          'redirect-refused',
          `${registry.host} sends to ${hostname}, which is at ${hidden.address}`,
          {
            remedy: 'A public registry has no business with addresses of this network.',
          },
        );
      }),
    },
  });

  async function sendOnce(request: TransportRequest, signal: AbortSignal): Promise<TransportAnswer> {
    const { url, method = 'GET', headers, body } = request;
    const isRegistry = url.origin === registry.origin;
    if (!isRegistry && registryIsPublic && isPublicAddress(url.hostname) === false) {
      throw new ImageError('redirect-refused', `${registry.host} sends to ${url.host}, an address of this network`);
    }
    try {
      const answer = await (isRegistry ? ofRegistry : ofOthers).request({
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method,
        headers: { 'user-agent': 'portwarden', 'accept-encoding': 'identity', ...headers, ...lengthOf(body) },
        ...(body === undefined ? {} : { body: openBody(body, signal) }),
        signal,
      });
      // A body that nobody reads may fail unheard; whoever reads it hears of it.
      answer.body.on('error', () => undefined);
      return { url, statusCode: answer.statusCode, headers: answer.headers, body: answer.body };
    } catch (cause) {
      throw networkFailure(cause, url.host, signal);
    }
  }

  async function send(request: TransportRequest, signal: AbortSignal): Promise<TransportAnswer> {
    let { url, headers } = request;
    for (let hop = 0; hop <= maxRedirects; hop++) {
      const answer = await sendOnce({ ...request, url, headers }, signal);
      if (![301, 302, 303, 307, 308].includes(answer.statusCode)) return answer;
      await discard(answer, signal);
      // Only 307 and 308 keep the method (RFC 9110, 15.4): after another one, who writes would go on as a reader.
      const keeps = answer.statusCode >= 307 || ['GET', 'HEAD'].includes(request.method ?? 'GET');
      if (!request.follow || !keeps)
        throw new ImageError('redirect-refused', `${url.host} redirects what must not be redirected`);
      const next = location(answer);
      if (!next) throw new ImageError('bad-response', `${url.host} redirects to no single place`);
      if (next.origin !== url.origin) {
        const { authorization: _dropped, ...kept } = headers;
        headers = kept;
      }
      url = next;
    }
    throw new ImageError('redirect-refused', `${request.url.host} redirects more than ${maxRedirects} times`);
  }

  function location({ url, headers }: TransportAnswer): URL | undefined {
    if (typeof headers.location !== 'string') return undefined;
    return nextHop(url, headers.location, { plainHttp, registryIsPublic });
  }

  async function discard(answer: TransportAnswer, signal: AbortSignal): Promise<void> {
    const inTime = AbortSignal.timeout(2 * stallTimeout);
    try {
      await answer.body.dump({ limit: 65_536, signal: AbortSignal.any([signal, inTime]) });
    } catch (cause) {
      if (inTime.aborted) throw new ImageError('stalled', `${answer.url.host} does not end its answer`, { cause });
      throw networkFailure(cause, answer.url.host, signal);
    }
  }

  async function readDocument(
    answer: TransportAnswer,
    limit: number,
    what: string,
    signal: AbortSignal,
  ): Promise<Buffer> {
    const inTime = AbortSignal.timeout(2 * stallTimeout);
    const stop = () => answer.body.destroy(new ImageError('stalled', `${what} did not arrive in time`));
    inTime.addEventListener('abort', stop, { once: true });
    try {
      return await readBounded(answer.body, limit, what);
    } catch (cause) {
      if (cause instanceof BoundError) throw new ImageError('limit-exceeded', cause.message, { cause });
      throw networkFailure(cause, answer.url.host, signal);
    } finally {
      inTime.removeEventListener('abort', stop);
    }
  }

  async function* stream(answer: TransportAnswer, signal: AbortSignal): AsyncIterable<Uint8Array> {
    const chunks = answer.body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    let waited = 0;
    let received = 0;
    try {
      for (;;) {
        const since = performance.now();
        const { done, value } = await chunks.next();
        if (done) return;
        // Only the time that the other side takes counts, not what is done with the bytes in between.
        waited += performance.now() - since;
        received += value.byteLength;
        if (waited > stallTimeout) {
          if (received < leastBytes) throw new ImageError('stalled', `${answer.url.host} sends a byte now and then`);
          waited = 0;
          received = 0;
        }
        yield value;
      }
    } catch (cause) {
      throw networkFailure(cause, answer.url.host, signal);
    } finally {
      answer.body.destroy();
    }
  }

  return {
    send,
    readDocument,
    stream,
    discard,
    location,
    async close() {
      await Promise.all([ofRegistry.destroy(), ofOthers.destroy()]);
    },
  };
}
