import { type Digest, digestAlgorithm, digestOf } from '../../base/index.ts';
import type { ImageName } from '../../model/index.ts';
import { ImageError } from '../image-error.ts';
import type { RegistryOptions } from '../reader-options.ts';
import { fetchManifest, type ManifestAnswer, mediaTypeOf } from './fetch-manifest.ts';
import { listTags } from './list-tags.ts';
import { registryEndpoint } from './registry-endpoint.ts';
import { createRegistryRequests } from './registry-request.ts';

/**
 * One repository of a registry, to pull from (OCI distribution specification 1.1, "Pulling manifests", "Pulling blobs").
 * Throws ImageError: `not-found`, `unauthorized`, `forbidden`, `unreachable`, `stalled`, `bad-response`,
 * `digest-mismatch`, `unsupported-media-type`, `limit-exceeded`, `redirect-refused`, `credential-failure`, `aborted`.
 */
export interface RegistryClient {
  /** Whether the registry answers and takes the login ("Determining Support"); throws where it does not. */
  ping(signal: AbortSignal): Promise<void>;
  /** All tags of the repository, each once, in the order of the registry; at most 10,000 on 100 pages ("Listing Tags"). */
  tags(signal: AbortSignal): Promise<readonly string[]>;
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
  /** Bytes of a blob, as the registry says; undefined where it has none. */
  blobSize(digest: Digest, signal: AbortSignal): Promise<number | undefined>;
  /** A small blob as a whole, verified. */
  smallBlob(digest: Digest, limit: number, signal: AbortSignal): Promise<Buffer>;
  close(): Promise<void>;
}

const indexMediaType = 'application/vnd.oci.image.index.v1+json';

/** How registries without the referrers API answer: with 404, or with some other status of their own. */
const withoutReferrers: ReadonlySet<string> = new Set(['not-found', 'bad-response']);

export function createRegistryClient(image: ImageName, options: RegistryOptions, stallTimeout: number): RegistryClient {
  const requests = createRegistryRequests(image, options, stallTimeout);
  const { where, transport, send } = requests;
  const get = (to: string, accept: string, signal: AbortSignal) => send({ to, headers: { accept } }, signal);
  const manifest = (reference: string, limit: number, signal: AbortSignal) =>
    fetchManifest(requests, reference, limit, signal);

  return {
    async ping(signal) {
      const to = new URL('v2/', registryEndpoint(image.registry, options.plainHttp));
      try {
        await transport.discard(await send({ to }, signal), signal);
      } catch (cause) {
        if (!(cause instanceof ImageError) || cause.code !== 'not-found') throw cause;
        throw new ImageError('bad-response', `what answers at ${to.host} is no registry: it has no /v2/`, { cause });
      }
    },
    tags: (signal) => listTags(requests, signal),
    manifest,
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
        return (await manifest(digest.replace(':', '-'), limit, signal)).bytes;
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
      const bytes = await transport.readDocument(answer, limit, `blob ${digest} of ${where}`, signal);
      const found = digestOf(bytes, digestAlgorithm(digest));
      if (found === digest) return bytes;
      throw new ImageError('digest-mismatch', `blob ${digest} of ${where} has the digest ${found}`);
    },
    async blobSize(digest, signal) {
      const answer = await send({ to: `blobs/${digest}`, method: 'HEAD', expected: [200, 404] }, signal);
      await transport.discard(answer, signal);
      const size = Number(answer.headers['content-length']);
      return answer.statusCode === 200 && Number.isSafeInteger(size) && size >= 0 ? size : undefined;
    },
    close: requests.close,
  };
}
