import { asArray, asObject, asString, type Digest, type JsonObject } from '../../base/index.ts';
import { ImageError } from '../image-error.ts';
import { parseJsonBytes, parseManifest } from '../manifest.ts';
import type { RegistryWriter } from './registry-writer.ts';

export interface Referrer {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly artifactType: string;
}

/** Referrers of one subject: beyond that readers would not look at all of them either. */
export const maxListedReferrers = 100;

const maxIndexBytes = 4 * 2 ** 20;
const indexType = 'application/vnd.oci.image.index.v1+json';

/**
 * Adds to the tag that stands in for the referrers API (OCI distribution specification 1.1, "Referrers Tag Schema"); what
 * others listed there is kept as it is. Of two who do so at the same moment, one is lost: the specification has no lock.
 * Throws ImageError as the writer does, `bad-manifest` where the tag is no index, which is not overwritten, and
 * `limit-exceeded`.
 */
export async function listReferrer(
  writer: RegistryWriter,
  subject: Digest,
  referrer: Referrer,
  signal: AbortSignal,
): Promise<void> {
  const tag = subject.replace(':', '-');
  const present = await readIndex(writer, tag, signal);
  const manifests = asArray(present.manifests) ?? [];
  if (manifests.some((item) => asString(asObject(item)?.digest) === referrer.digest)) return;
  if (manifests.length >= maxListedReferrers) {
    throw new ImageError('limit-exceeded', `the tag ${tag} lists ${manifests.length} referrers already`, {
      remedy: 'Delete those that are no longer needed.',
    });
  }
  const index = { ...present, manifests: [...manifests, referrer] };
  await writer.putManifest(tag, Buffer.from(JSON.stringify(index)), indexType, signal);
}

async function readIndex(writer: RegistryWriter, tag: string, signal: AbortSignal): Promise<JsonObject> {
  const none = { schemaVersion: 2, mediaType: indexType };
  try {
    const { bytes } = await writer.manifest(tag, maxIndexBytes, signal);
    const what = `the tag ${tag}`;
    if (parseManifest(bytes, what, true).kind !== 'index') throw new ImageError('bad-manifest', `${what} is no index`);
    return { ...asObject(parseJsonBytes(bytes, what)), ...none };
  } catch (error) {
    if (error instanceof ImageError && error.code === 'not-found') return none;
    throw error;
  }
}
