import { setTimeout as wait } from 'node:timers/promises';
import type { ImageName } from '../../model/index.ts';
import { ImageError } from '../image-error.ts';
import type { RegistryOptions } from '../reader-options.ts';
import { authorize } from './authorize.ts';
import { type Access, parseChallenge } from './challenge.ts';
import { askCredentialHelper } from './credential-helper.ts';
import { type CredentialSearch, credentialFiles, findCredential, serverName } from './credentials.ts';
import { registryEndpoint } from './registry-endpoint.ts';
import {
  createRegistryTransport,
  type RegistryTransport,
  type TransportAnswer,
  type TransportRequest,
} from './registry-transport.ts';
import { isStreamed } from './request-body.ts';

export interface RegistryRequest {
  /** Below the repository, such as `manifests/latest`; or where the registry said that an upload goes on. */
  readonly to: string | URL;
  readonly method?: TransportRequest['method'];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: TransportRequest['body'];
  /** What a token is asked for. Reading, unless said. */
  readonly access?: Access;
  /** Statuses that are an answer and no refusal; 200 unless said. */
  readonly expected?: readonly number[];
}

/**
 * Requests about one repository, with whatever authorization the registry wants. Throws ImageError `not-found`,
 * `unauthorized`, `forbidden`, `unreachable`, `stalled`, `bad-response`, `limit-exceeded`, `redirect-refused`,
 * `credential-failure`, `aborted`.
 */
export interface RegistryRequests {
  /** `registry/repository`, as messages name it. */
  readonly where: string;
  readonly transport: RegistryTransport;
  /** One request, once more when the registry challenges it, and again a few times when it is busy. */
  send(request: RegistryRequest, signal: AbortSignal): Promise<TransportAnswer>;
  close(): Promise<void>;
}

const triesWhenBusy = 4;
const longestWait = 20_000;
const reading: Access = { actions: 'pull' };

export function createRegistryRequests(
  image: ImageName,
  { credentialFile, credential, credentialHelper, plainHttp = [] }: RegistryOptions,
  stallTimeout: number,
): RegistryRequests {
  const registry = registryEndpoint(image.registry, plainHttp);
  const transport = createRegistryTransport({ registry, plainHttp, stallTimeout });
  const where = `${image.registry}/${image.repository}`;
  /** By what it is for: what reads never carries the right to write. */
  const authorizations = new Map<string, string>();
  let search: Promise<CredentialSearch> | undefined;

  function credentials(signal: AbortSignal): Promise<CredentialSearch> {
    search ??= findLogin(signal).catch((error: unknown) => {
      search = undefined;
      throw error;
    });
    return search;
  }

  async function findLogin(signal: AbortSignal): Promise<CredentialSearch> {
    if (credential) return { credential: { kind: 'basic', ...(await credential()) }, files: [], failures: [] };
    if (credentialHelper) {
      const found = await askCredentialHelper(credentialHelper, serverName(image.registry), signal);
      return { ...(found ? { credential: found } : {}), files: [], failures: [] };
    }
    const files = credentialFile === false ? [] : credentialFile ? [credentialFile] : credentialFiles(process.env);
    return findCredential(image, files, signal);
  }

  async function send(request: RegistryRequest, signal: AbortSignal): Promise<TransportAnswer> {
    const { to, method = 'GET', headers, body, access = reading, expected = [200] } = request;
    const url = typeof to === 'string' ? new URL(`v2/${image.repository}/${to}`, registry) : to;
    const isOurs = url.origin === registry.origin;
    const purpose = `${access.actions} ${access.mountFrom ?? ''}`;
    let challenged = false;
    for (let tries = 1; ; tries++) {
      const authorization = isOurs ? authorizations.get(purpose) : undefined;
      const sent = { ...headers, ...(authorization ? { authorization } : {}) };
      const withBody = body === undefined ? {} : { body };
      const answer = await transport.send({ url, method, headers: sent, ...withBody, follow: true }, signal);
      const { statusCode } = answer;
      if (expected.includes(statusCode)) return answer;
      const explanation = await transport.readDocument(answer, 2 ** 20, `the refusal of ${registry.host}`, signal);
      if (statusCode === 401 && answer.url.origin === registry.origin && !challenged) {
        challenged = true;
        const fresh = await answerChallenge(answer, access, signal);
        if (fresh) {
          authorizations.set(purpose, fresh);
          continue;
        }
      }
      // Of a stream nobody knows how much the registry has taken.
      if ((statusCode === 429 || statusCode === 503) && tries < triesWhenBusy && !isStreamed(body)) {
        await waitForTurn(answer, tries, signal);
        continue;
      }
      throw await refusal(answer, request, explanation, signal);
    }
  }

  async function answerChallenge(answer: TransportAnswer, access: Access, signal: AbortSignal) {
    const challenge = parseChallenge(answer.headers['www-authenticate']);
    if (!challenge) throw new ImageError('bad-response', `${registry.host} answered 401 without a challenge`);
    const { credential: used } = await credentials(signal);
    try {
      return await authorize({ registry, image, challenge, access, credential: used, plainHttp }, transport, signal);
    } catch (error) {
      if (!(error instanceof ImageError) || error.code !== 'unauthorized') throw error;
      throw await unauthorized(error.message, signal);
    }
  }

  async function waitForTurn(answer: TransportAnswer, tries: number, signal: AbortSignal): Promise<void> {
    const asked = retryAfter(answer.headers['retry-after']) ?? 500 * 2 ** tries;
    if (asked > longestWait) return;
    await wait(asked, undefined, { signal }).catch((cause: unknown) => {
      throw new ImageError('aborted', `waiting for ${registry.host} was aborted`, { cause });
    });
  }

  async function refusal(answer: TransportAnswer, request: RegistryRequest, explanation: Buffer, signal: AbortSignal) {
    const { statusCode, url } = answer;
    const path = typeof request.to === 'string' ? request.to : 'an upload';
    const doing = (request.access ?? reading).actions === 'pull' ? 'reading' : 'writing to';
    if (statusCode === 401) return unauthorized(`${registry.host} refuses ${image.repository} without a login`, signal);
    if (statusCode === 403) return new ImageError('forbidden', `${url.host} forbids ${doing} ${where}`);
    if (statusCode === 404) return new ImageError('not-found', `${where} has no ${path.replace('s/', ' ')}`);
    const said = explanation
      .toString('utf8')
      .replace(/[^\x20-\x7e]+/g, ' ')
      .slice(0, 200);
    return new ImageError('bad-response', `${url.host} answered ${statusCode} for ${path} of ${where}: ${said}`);
  }

  async function unauthorized(message: string, signal: AbortSignal): Promise<ImageError> {
    const { credential: used, files, failures } = await credentials(signal);
    const [failure] = failures;
    if (!used && failure) return failure;
    if (used) {
      return new ImageError('unauthorized', message, {
        remedy: files[0]
          ? `The credentials in ${files[0]} were not accepted; log in again with "docker login ${image.registry}".`
          : 'The credentials that were given for it were not accepted.',
      });
    }
    const looked =
      files.length > 0 ? `No credentials for it are in ${files.join(' or ')}` : 'There is no credential file';
    return new ImageError('unauthorized', message, {
      remedy: `${looked}; log in with "docker login ${image.registry}".`,
    });
  }

  return { where, transport, send, close: () => transport.close() };
}

/** Seconds or an HTTP date (RFC 9110, 10.2.3), as milliseconds from now. */
function retryAfter(header: string | readonly string[] | undefined): number | undefined {
  if (typeof header !== 'string') return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const until = Date.parse(header);
  return Number.isNaN(until) ? undefined : Math.max(0, until - Date.now());
}
