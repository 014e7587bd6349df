import type { Digest } from '../../base/index.ts';
import { formatImageReference, type ImageReference, type Platform } from '../../model/index.ts';
import { ImageError } from '../image-error.ts';
import { type Descriptor, type Manifest, manifestMediaTypes, parseManifest, pickManifest } from '../manifest.ts';
import type { ManifestAnswer } from './fetch-manifest.ts';
import type { RegistryClient } from './registry-client.ts';

/** How deep an index may lie in another one. */
export const maxIndexDepth = 3;

export interface Resolved {
  readonly manifest: Manifest;
  readonly manifestDigest: Digest;
  /** The outermost, where the reference names one. */
  readonly indexDigest?: Digest;
  /** Every document on the way, the named one first and the manifest last. */
  readonly chain: readonly ManifestAnswer[];
}

/**
 * Follows indexes down to the manifest of the platform; each is verified by its digest and its size. Throws ImageError as
 * the client does, and `platform-missing`, `bad-manifest`, `size-mismatch`.
 */
export async function resolveManifest(
  client: RegistryClient,
  named: ImageReference,
  options: { readonly maxManifestBytes: number; readonly platform: Platform; readonly signal: AbortSignal },
): Promise<Resolved> {
  const { maxManifestBytes, platform, signal } = options;
  const what = formatImageReference(named);
  const chain = [await client.manifest(named.digest ?? named.tag ?? 'latest', maxManifestBytes, signal)];
  for (let depth = 0; depth <= maxIndexDepth; depth++) {
    const answer = chain[depth] as ManifestAnswer;
    const document = parseManifest(answer.bytes, what);
    checkMediaType(answer, document.kind, what);
    if (document.kind === 'manifest') {
      const indexDigest = depth > 0 ? chain[0]?.digest : undefined;
      return { manifest: document, manifestDigest: answer.digest, ...(indexDigest ? { indexDigest } : {}), chain };
    }
    const chosen: Descriptor = pickManifest(document, platform, what);
    const child = await client.manifest(chosen.digest, maxManifestBytes, signal);
    if (child.bytes.length !== chosen.size) {
      throw new ImageError(
        'size-mismatch',
        `manifest ${chosen.digest} of ${what} has not the size that its index says`,
      );
    }
    chain.push(child);
  }
  throw new ImageError('bad-manifest', `${what} nests indexes deeper than ${maxIndexDepth}`);
}

/** What a registry calls a document and what it is must agree, or two readers see two images (CVE-2021-41190). */
export function checkMediaType(
  { mediaType }: Pick<ManifestAnswer, 'mediaType'>,
  kind: 'manifest' | 'index',
  what: string,
): void {
  const at = manifestMediaTypes.findIndex((known) => known === mediaType);
  if (at < 0) return;
  const claimed = /index|list/.test(mediaType) ? 'index' : 'manifest';
  if (claimed !== kind) throw new ImageError('bad-manifest', `${what} is sent as "${mediaType}" but is none`);
}
