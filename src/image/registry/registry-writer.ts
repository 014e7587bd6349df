import { type Digest, digestAlgorithm, digestOf, parseDigest } from '../../base/index.ts';
import { type ImageName, type ImageReference, ImageReferenceError, parseImageReference } from '../../model/index.ts';
import { ImageError } from '../image-error.ts';
import { manifestMediaTypes } from '../manifest.ts';
import type { RegistryOptions } from '../reader-options.ts';
import { claimedDigest, fetchManifest, type ManifestAnswer } from './fetch-manifest.ts';
import { createRegistryRequests } from './registry-request.ts';
import type { TransportAnswer } from './registry-transport.ts';
import { checkClaim, deleting, giveUp, nextStep, type OpenBlob, uploadBlob, writing } from './upload.ts';
import { beginUpload, type UploadSession } from './upload-session.ts';

/**
 * One repository of a registry, to push to (OCI distribution specification 1.1, "Push", "Content Management").
 * Throws ImageError as RegistryClient does; `digest-mismatch` and `size-mismatch` where what is pushed, or what the
 * registry says that it took, is something else. References are tags or digests; ImageReferenceError where one is neither.
 */
export interface RegistryWriter {
  hasBlob(digest: Digest, signal: AbortSignal): Promise<boolean>;
  /**
   * Has the registry take the blob from another repository of its own ("Mounting a blob from another repository"); false
   * where it would rather have it sent, or does not let us read there.
   */
  mountBlob(digest: Digest, fromRepository: string, signal: AbortSignal): Promise<boolean>;
  /** Streams it. `open` may be asked again, from the start, when the registry wants a login in between. */
  putBlob(digest: Digest, size: number, open: OpenBlob, signal: AbortSignal): Promise<void>;
  /** Begins a blob that comes in pieces. */
  beginUpload(signal: AbortSignal): Promise<UploadSession>;
  /** As RegistryClient's. */
  manifest(reference: string, limit: number, signal: AbortSignal): Promise<ManifestAnswer>;
  /** Under a tag, or under its own digest. */
  putManifest(reference: string, bytes: Uint8Array, mediaType: string, signal: AbortSignal): Promise<Digest>;
  /** The same of what refers to `subject`; `listed` says whether the registry lists it itself ("Pushing Manifests with Subject"). */
  putReferrer(
    reference: string,
    bytes: Uint8Array,
    mediaType: string,
    subject: Digest,
    signal: AbortSignal,
  ): Promise<{ readonly digest: Digest; readonly listed: boolean }>;
  /** What the reference names, as the registry says; undefined where it names nothing. */
  hasManifest(reference: string, signal: AbortSignal): Promise<Digest | undefined>;
  /** Whether it is gone; false where the registry lets nobody delete. */
  deleteManifest(digest: Digest, signal: AbortSignal): Promise<boolean>;
  close(): Promise<void>;
}

/** How registries refuse a mount, or to delete, for good: by status. */
const noMount: ReadonlySet<string> = new Set(['unauthorized', 'forbidden', 'not-found']);
const taken = [200, 201, 204];

export function createRegistryWriter(image: ImageName, options: RegistryOptions, stallTimeout: number): RegistryWriter {
  const requests = createRegistryRequests(image, options, stallTimeout);
  const { where, transport, send } = requests;

  async function put(reference: string, bytes: Uint8Array, mediaType: string, signal: AbortSignal) {
    checkReference(image, reference);
    const wanted = parseDigest(reference);
    const digest = digestOf(bytes, wanted ? digestAlgorithm(wanted) : 'sha256');
    if (wanted && wanted !== digest) {
      throw new ImageError('digest-mismatch', `what is to be ${reference} in ${where} has the digest ${digest}`);
    }
    const headers = { 'content-type': mediaType };
    const request = { to: `manifests/${reference}`, method: 'PUT', headers, body: bytes, access: writing } as const;
    const answer = await send({ ...request, expected: taken }, signal);
    await transport.discard(answer, signal);
    if (checkClaim(requests, answer, digest) !== digest) await checkStored(reference, digest, signal);
    return { digest, answer };
  }

  /** For a registry that does not say what it took. */
  async function checkStored(reference: string, digest: Digest, signal: AbortSignal): Promise<void> {
    const { bytes } = await fetchManifest(requests, reference, 16 * 2 ** 20, signal);
    const stored = digestOf(bytes, digestAlgorithm(digest));
    if (stored === digest) return;
    throw new ImageError('digest-mismatch', `${where} has taken ${digest} and gives ${stored} for ${reference}`);
  }

  async function head(to: string, accept: string, signal: AbortSignal): Promise<TransportAnswer | undefined> {
    const request = { to, method: 'HEAD', headers: { accept }, access: writing, expected: [200, 404] } as const;
    const answer = await send(request, signal);
    await transport.discard(answer, signal);
    return answer.statusCode === 200 ? answer : undefined;
  }

  return {
    async hasBlob(digest, signal) {
      return (await head(`blobs/${digest}`, '*/*', signal)) !== undefined;
    },

    async mountBlob(digest, fromRepository, signal) {
      checkReference({ registry: image.registry, repository: fromRepository }, digest);
      const query = new URLSearchParams({ mount: digest, from: fromRepository });
      const access = { ...writing, mountFrom: fromRepository };
      try {
        const request = { to: `blobs/uploads/?${query}`, method: 'POST', access, expected: [201, 202] } as const;
        const answer = await send(request, signal);
        if (answer.statusCode === 202) {
          await giveUp(requests, await nextStep(requests, answer, signal));
          return false;
        }
        await transport.discard(answer, signal);
        checkClaim(requests, answer, digest);
        return true;
      } catch (error) {
        // Sending it instead fails in the same way where it is the pushing that is not allowed.
        if (error instanceof ImageError && noMount.has(error.code)) return false;
        throw error;
      }
    },

    beginUpload: (signal) => beginUpload(requests, signal),
    putBlob: (digest, size, open, signal) => uploadBlob(requests, { digest, size, open }, signal),

    async manifest(reference, limit, signal) {
      checkReference(image, reference);
      return fetchManifest(requests, reference, limit, signal);
    },

    async putManifest(reference, bytes, mediaType, signal) {
      return (await put(reference, bytes, mediaType, signal)).digest;
    },

    async putReferrer(reference, bytes, mediaType, subject, signal) {
      const { digest, answer } = await put(reference, bytes, mediaType, signal);
      return { digest, listed: answer.headers['oci-subject'] === subject };
    },

    async hasManifest(reference, signal) {
      checkReference(image, reference);
      const answer = await head(`manifests/${reference}`, manifestMediaTypes.join(', '), signal);
      if (!answer) return undefined;
      const digest = claimedDigest(answer) ?? parseDigest(reference);
      return digest ?? (await fetchManifest(requests, reference, 16 * 2 ** 20, signal)).digest;
    },

    async deleteManifest(digest, signal) {
      const request = { to: `manifests/${digest}`, method: 'DELETE', access: deleting } as const;
      const answer = await send({ ...request, expected: [200, 202, 204, 400, 404, 405, 501] }, signal);
      const said = await transport.readDocument(answer, 2 ** 20, `the answer of ${where}`, signal);
      if (answer.statusCode !== 400) return answer.statusCode < 405;
      // Some say it with another status (distribution specification, "Error Codes").
      if (said.includes('"UNSUPPORTED"')) return false;
      throw new ImageError('bad-response', `${where} answered 400 when asked to delete ${digest}`);
    },

    close: requests.close,
  };
}

/** A name becomes part of a path and of the scope of a token: it must be no more than a name. */
function checkReference(image: ImageName, reference: string): void {
  if (parseDigest(reference) === undefined) checkTag(image, reference);
  else parseName(image, `@${reference}`);
}

/** Throws ImageReferenceError where it is none. */
export function checkTag(image: ImageName, tag: string): void {
  if (parseName(image, `:${tag}`).tag === tag) return;
  throw new ImageReferenceError('bad-reference', `"${tag.slice(0, 140)}" is not a tag`);
}

function parseName({ registry, repository }: ImageName, rest: string): ImageReference {
  const parsed = parseImageReference(`${registry}/${repository}${rest}`);
  if (parsed.repository === repository && parsed.registry === registry) return parsed;
  throw new ImageReferenceError('bad-reference', `"${repository.slice(0, 300)}" is not a repository of ${registry}`);
}
