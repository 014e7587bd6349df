import { type Digest, digestAlgorithm, digestOf, parseDigest } from '../../base/index.ts';
import { ImageError } from '../image-error.ts';
import { manifestMediaTypes } from '../manifest.ts';
import type { RegistryRequests } from './registry-request.ts';
import type { TransportAnswer } from './registry-transport.ts';

export interface ManifestAnswer {
  readonly bytes: Buffer;
  /** Of the bytes; the one that was asked for, where one was. */
  readonly digest: Digest;
  readonly mediaType: string;
}

/**
 * A manifest by tag or digest, its bytes verified against the digest that was asked for, and the one that is claimed.
 * Throws ImageError as a request does, and `digest-mismatch`, `unsupported-media-type`, `limit-exceeded`.
 */
export async function fetchManifest(
  { where, transport, send }: RegistryRequests,
  reference: string,
  limit: number,
  signal: AbortSignal,
): Promise<ManifestAnswer> {
  const headers = { accept: manifestMediaTypes.join(', ') };
  const answer = await send({ to: `manifests/${reference}`, headers }, signal);
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
  const claimed = claimedDigest(answer);
  if (claimed && claimed !== digestOf(bytes, digestAlgorithm(claimed))) {
    throw new ImageError('digest-mismatch', `${what} has the digest ${digest}, not ${claimed} as claimed`);
  }
  return { bytes, digest, mediaType };
}

/** What the registry says that the digest of a document or blob is. */
export function claimedDigest(answer: TransportAnswer): Digest | undefined {
  return parseDigest(String(answer.headers['docker-content-digest'] ?? ''));
}

export function mediaTypeOf(answer: TransportAnswer): string {
  return (String(answer.headers['content-type'] ?? '').split(';')[0] ?? '').trim().toLowerCase();
}
