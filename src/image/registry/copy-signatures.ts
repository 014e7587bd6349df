import { type Digest, messageOf } from '../../base/index.ts';
import { ImageError } from '../image-error.ts';
import { parseManifest } from '../manifest.ts';
import { parseReferrers } from './artifact-manifest.ts';
import type { ManifestAnswer } from './fetch-manifest.ts';
import { listReferrer } from './list-referrer.ts';
import type { RegistryClient } from './registry-client.ts';
import type { RegistryWriter } from './registry-writer.ts';

/** What is copied for one image: beyond that it is told as left. */
export const signatureCopyLimits = { referrers: 32, blobs: 64, bytes: 64 * 2 ** 20 };

const manifestBytes = 4 * 2 ** 20;

/**
 * Copies what vouches for a manifest or an index beside its copy: cosign's tags, and what refers to it. Gives why some was
 * left. Throws ImageError as reading and writing do.
 */
export async function copySignatures(
  client: RegistryClient,
  writer: RegistryWriter,
  subject: Digest,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const left: string[] = [];
  let blobs = 0;
  let bytes = 0;

  async function copyArtifact(reference: string): Promise<ManifestAnswer | undefined> {
    try {
      const answer = await client.manifest(reference, manifestBytes, signal);
      const manifest = parseManifest(answer.bytes, reference, true);
      if (manifest.kind !== 'manifest') throw new ImageError('bad-manifest', `${reference} is no manifest`);
      for (const { digest, size } of [manifest.config, ...manifest.layers]) {
        bytes += size;
        if (++blobs > signatureCopyLimits.blobs || bytes > signatureCopyLimits.bytes) {
          throw new ImageError('limit-exceeded', `${reference}: there is more than is copied`);
        }
        if (!(await writer.hasBlob(digest, signal))) {
          await writer.putBlob(digest, size, (opened) => client.blob(digest, opened), signal);
        }
      }
      await writer.putManifest(reference, answer.bytes, answer.mediaType, signal);
      return answer;
    } catch (error) {
      if (!(error instanceof ImageError) || !ownFault.has(error.code)) throw error;
      if (error.code !== 'not-found') left.push(messageOf(error));
      return undefined;
    }
  }

  const tag = subject.replace(':', '-');
  for (const suffix of ['sig', 'att', 'sbom']) await copyArtifact(`${tag}.${suffix}`);
  const listed = await client.referrers(subject, manifestBytes, signal);
  const referrers = listed ? parseReferrers(listed, `the referrers of ${subject}`) : [];
  if (referrers.length > signatureCopyLimits.referrers) left.push(`${referrers.length} referrers`);
  for (const { digest, size, mediaType, artifactType } of referrers.slice(0, signatureCopyLimits.referrers)) {
    const copied = await copyArtifact(digest);
    // Where the registry lists referrers itself this is a tag that nobody asks for.
    if (copied) await listReferrer(writer, subject, { digest, size, mediaType, artifactType }, signal);
  }
  return left;
}

/** Faults of one signature, which must not keep the others from being copied. */
const ownFault: ReadonlySet<string> = new Set([
  'not-found',
  'bad-manifest',
  'digest-mismatch',
  'size-mismatch',
  'limit-exceeded',
  'unsupported-media-type',
]);
