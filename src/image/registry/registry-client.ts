import { setTimeout as wait } from 'node:timers/promises';
import { type Digest, digestAlgorithm, digestOf, parseDigest } from '../../base/index.ts';
import type { ImageName } from '../../model/index.ts';
import { ImageError } from '../image-error.ts';
import { manifestMediaTypes } from '../manifest.ts';
import type { RegistryOptions } from '../reader-options.ts';
import { authorize } from './authorize.ts';
import { parseChallenge } from './challenge.ts';
import { type CredentialSearch, credentialFiles, findCredential } from './credentials.ts';
import { registryEndpoint } from './registry-endpoint.ts';
import { createRegistryTransport, type TransportAnswer } from './registry-transport.ts';

export interface ManifestAnswer {
  readonly bytes: Buffer;
  /** Of the bytes; the one that was asked for, where one was. */
  readonly digest: Digest;
  readonly mediaType: string;
}

/**
 * One repository of a registry, to pull from (OCI distribution specification 1.1, "Pulling manifests", "Pulling blobs").
 * Throws ImageError: `not-found`, `unauthorized`, `forbidden`, `unreachable`, `stalled`, `bad-response`,
 * `digest-mismatch`, `unsupported-media-type`, `limit-exceeded`, `redirect-refused`, `credential-failure`, `aborted`.
 */
export interface RegistryClient {
  /** By tag or digest. The bytes are verified against the digest that was asked for, and the one that is claimed. */
  manifest(reference: string, limit: number, signal: AbortSignal): Promise<ManifestAnswer>;
  /**
   * Descriptors of what refers to this digest, by the referrers API or, where the registry has none, the tag that stands in
   * for it (OCI distribution specification 1.1, "Listing Referrers", "Referrers Tag Schema"). The index as it came: who
   * reads what it lists checks that it is so.
   */
  referrers(digest: Digest, limit: number, signal: AbortSignal): Promise<Buffer | undefined>;
  /** As the registry sends it: whoever reads the stream verifies it. */
  blob(digest: Digest, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /** A small blob as a whole, not verified. */
  smallBlob(digest: Digest, limit: number, signal: AbortSignal): Promise<Buffer>;
  close(): Promise<void>;
}

const indexMediaType = 'application/vnd.oci.image.index.v1+json';

/** How registries without the referrers API answer: with 404, or with some other status of their own. */
const withoutReferrers: ReadonlySet<string> = new Set(['not-found', 'bad-response']);

const triesWhenBusy = 4;
const longestWait = 20_000;

export function createRegistryClient(
  image: ImageName,
  { credentialFile, plainHttp = [] }: RegistryOptions,
  stallTimeout: number,
): RegistryClient {
  const registry = registryEndpoint(image.registry, plainHttp);
  const transport = createRegistryTransport({ registry, plainHttp, stallTimeout });
  const where = `${image.registry}/${image.repository}`;
  let authorization: string | undefined;
  let search: Promise<CredentialSearch> | undefined;

  function credentials(signal: AbortSignal): Promise<CredentialSearch> {
    const files = credentialFile === false ? [] : credentialFile ? [credentialFile] : credentialFiles(process.env);
    search ??= findCredential(image, files, signal).catch((error: unknown) => {
      search = undefined;
      throw error;
    });
    return search;
  }

  /** One request, once more when the registry challenges it, and again a few times when it is busy. */
  async function get(path: string, accept: string, signal: AbortSignal): Promise<TransportAnswer> {
    const url = new URL(`v2/${image.repository}/${path}`, registry);
    let challenged = false;
    for (let tries = 1; ; tries++) {
      const headers = { accept, ...(authorization ? { authorization } : {}) };
      const answer = await transport.send({ url, headers, follow: true }, signal);
      const { statusCode } = answer;
      if (statusCode === 200) return answer;
      const explanation = await transport.readDocument(answer, 2 ** 20, `the refusal of ${registry.host}`, signal);
      if (statusCode === 401 && answer.url.origin === registry.origin && !challenged) {
        challenged = true;
        authorization = await answerChallenge(answer, signal);
        if (authorization) continue;
      }
      if ((statusCode === 429 || statusCode === 503) && tries < triesWhenBusy) {
        await waitForTurn(answer, tries, signal);
        continue;
      }
      throw await refusal(answer, path, explanation, signal);
    }
  }

  async function answerChallenge(answer: TransportAnswer, signal: AbortSignal): Promise<string | undefined> {
    const challenge = parseChallenge(answer.headers['www-authenticate']);
    if (!challenge) throw new ImageError('bad-response', `${registry.host} answered 401 without a challenge`);
    const { credential } = await credentials(signal);
    try {
      return await authorize({ registry, image, challenge, credential, plainHttp }, transport, signal);
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

  async function refusal(answer: TransportAnswer, path: string, explanation: Buffer, signal: AbortSignal) {
    const { statusCode, url } = answer;
    if (statusCode === 401) return unauthorized(`${registry.host} refuses ${image.repository} without a login`, signal);
    if (statusCode === 403) return new ImageError('forbidden', `${url.host} forbids reading ${where}`);
    if (statusCode === 404) return new ImageError('not-found', `${where} has no ${path.replace('s/', ' ')}`);
    const said = explanation
      .toString('utf8')
      .replace(/[^\x20-\x7e]+/g, ' ')
      .slice(0, 200);
    return new ImageError('bad-response', `${url.host} answered ${statusCode} for ${path} of ${where}: ${said}`);
  }

  async function unauthorized(message: string, signal: AbortSignal): Promise<ImageError> {
    const { credential, files, failures } = await credentials(signal);
    const [failure] = failures;
    if (!credential && failure) return failure;
    if (credential) {
      return new ImageError('unauthorized', message, {
        remedy: `The credentials in ${files[0]} were not accepted; log in again with "docker login ${image.registry}".`,
      });
    }
    const looked =
      files.length > 0 ? `No credentials for it are in ${files.join(' or ')}` : 'There is no credential file';
    return new ImageError('unauthorized', message, {
      remedy: `${looked}; log in with "docker login ${image.registry}".`,
    });
  }

  return {
    async manifest(reference, limit, signal) {
      const answer = await get(`manifests/${reference}`, manifestMediaTypes.join(', '), signal);
      const what = `manifest ${reference} of ${where}`;
      const mediaType = mediaTypeOf(answer);
      const bytes = await transport.readDocument(answer, limit, what, signal);
      if (/\.docker\.distribution\.manifest\.v1\+(?:prettyjws|json)$/.test(mediaType)) {
        throw new ImageError('unsupported-media-type', `${what} is of schema 1, which no engine reads any more`, {
          remedy: 'Push the image again with a docker or podman of this decade.',
        });
      }
      const wanted = parseDigest(reference);
      const digest = digestOf(bytes, wanted ? digestAlgorithm(wanted) : 'sha256');
      if (wanted && digest !== wanted) throw new ImageError('digest-mismatch', `${what} has the digest ${digest}`);
      const claimed = parseDigest(String(answer.headers['docker-content-digest'] ?? ''));
      if (claimed && claimed !== digestOf(bytes, digestAlgorithm(claimed))) {
        throw new ImageError('digest-mismatch', `${what} has the digest ${digest}, not ${claimed} as claimed`);
      }
      return { bytes, digest, mediaType };
    },
    async referrers(digest, limit, signal) {
      try {
        const answer = await get(`referrers/${digest}`, indexMediaType, signal);
        if (mediaTypeOf(answer) === indexMediaType) {
          return await transport.readDocument(answer, limit, `the referrers of ${digest} in ${where}`, signal);
        }
        answer.body.destroy();
      } catch (error) {
        if (!(error instanceof ImageError) || !withoutReferrers.has(error.code)) throw error;
      }
      try {
        return (await this.manifest(digest.replace(':', '-'), limit, signal)).bytes;
      } catch (error) {
        if (error instanceof ImageError && error.code === 'not-found') return undefined;
        throw error;
      }
    },
    async blob(digest, signal) {
      const answer = await get(`blobs/${digest}`, '*/*', signal);
      return transport.stream(answer, signal);
    },
    async smallBlob(digest, limit, signal) {
      const answer = await get(`blobs/${digest}`, '*/*', signal);
      return transport.readDocument(answer, limit, `blob ${digest} of ${where}`, signal);
    },
    close: () => transport.close(),
  };
}

/** Seconds or an HTTP date (RFC 9110, 10.2.3), as milliseconds from now. */
function retryAfter(header: string | readonly string[] | undefined): number | undefined {
  if (typeof header !== 'string') return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const until = Date.parse(header);
  return Number.isNaN(until) ? undefined : Math.max(0, until - Date.now());
}

function mediaTypeOf(answer: TransportAnswer): string {
  return (String(answer.headers['content-type'] ?? '').split(';')[0] ?? '').trim().toLowerCase();
}
