import { Agent } from 'undici';
import { BoundError, readBounded } from '../../../base/index.ts';
import { ImageError } from '../../image-error.ts';
import { networkFailure } from '../../network-failure.ts';
import { checkedLookup } from '../checked-lookup.ts';
import type { AmbientAnswer, AmbientRequest } from './ambient.ts';
import { isMetadataHost, ownsMetadataHost } from './metadata-addresses.ts';

const usualPatience = 5000;

/**
 * One request for a login, by the rules of Ambient.request. Secrets are in the headers and the body of it, so that no error
 * here says more of it than the host.
 */
export async function sendAmbientRequest(
  request: AmbientRequest,
  limit: number,
  signal: AbortSignal,
): Promise<AmbientAnswer> {
  const { method, url, headers, body, patience = usualPatience } = request;
  checkDestination(request);
  const inTime = AbortSignal.timeout(patience);
  const agent = agentFor(request, patience);
  try {
    const answer = await agent.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method,
      headers: { 'user-agent': 'portwarden', 'accept-encoding': 'identity', ...headers },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.any([signal, inTime]),
    });
    const bytes = await readBounded(answer.body, limit, `the answer of ${url.host}`);
    return { status: answer.statusCode, headers: answer.headers, body: bytes };
  } catch (cause) {
    if (cause instanceof BoundError) throw new ImageError('limit-exceeded', cause.message, { cause });
    if (inTime.aborted && !signal.aborted) {
      throw new ImageError('stalled', `${url.host} did not answer within ${patience / 1000} s`);
    }
    throw networkFailure(cause, url.host, signal);
  } finally {
    // Logins are fetched once in hours: no connection is worth keeping.
    await agent.destroy();
  }
}

/** Throws ImageError `redirect-refused` for a URL that such a request must not go to. */
function checkDestination({ url, metadataOf }: AmbientRequest): void {
  const refuse = (why: string): never => {
    throw new ImageError('redirect-refused', `${url.origin} is not asked for a login: ${why}`, {
      remedy: 'Correct the environment variable or the file that names this address.',
    });
  };
  if (url.username !== '' || url.password !== '') refuse('its URL carries credentials');
  if (metadataOf !== undefined) {
    if (url.protocol !== 'http:' && url.protocol !== 'https:') refuse('only HTTP and HTTPS are spoken');
    if (!ownsMetadataHost(metadataOf, url.hostname)) refuse(`it is no metadata service of ${metadataOf}`);
    return;
  }
  if (url.protocol !== 'https:') refuse('only HTTPS is spoken to token endpoints');
  if (isMetadataHost(url.hostname)) refuse('it is a metadata service');
}

/** Throws ImageError `redirect-refused` where the name of a request leads to an address that it must not go to. */
export function checkAddress({ url, metadataOf }: Pick<AmbientRequest, 'url' | 'metadataOf'>, address: string): void {
  const isRight = metadataOf === undefined ? !isMetadataHost(address) : ownsMetadataHost(metadataOf, address);
  if (isRight) return;
  throw new ImageError('redirect-refused', `${url.host} is at ${address}, which is not asked for a login`, {
    remedy: 'Look at what resolves names here.',
  });
}

/** Connects to the very addresses that were checked: a name can resolve to a metadata service as well as be one. */
function agentFor(request: AmbientRequest, patience: number): Agent {
  return new Agent({
    connect: {
      timeout: patience,
      lookup: checkedLookup((addresses) => {
        for (const { address } of addresses) checkAddress(request, address);
      }),
    },
    headersTimeout: patience,
    bodyTimeout: patience,
  });
}
