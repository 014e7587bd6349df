import { type Digest } from '../../base/index.ts';
import { formatImageReference, type PinnedReference, type Platform } from '../../model/index.ts';
import { ImageError } from '../image-error.ts';
import { type Descriptor, type ImageIndex, type Manifest, manifestMediaTypes, parseManifest } from '../manifest.ts';
import type { ManifestAnswer } from './fetch-manifest.ts';
import type { RegistryClient } from './registry-client.ts';
import { checkMediaType, maxIndexDepth } from './resolve-manifest.ts';

/** What one image may consist of: whoever pushed it may have written down as much as she likes. */
export const contentLimits = { manifests: 1000, blobs: 4096, manifestBytes: 64 * 2 ** 20 };

/** A manifest or an index as it came, verified. */
export interface ImageDocument {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly platform?: Platform;
}

export interface ImageBlob {
  readonly digest: Digest;
  /** Bytes, as the manifest says. */
  readonly size: number;
  readonly mediaType: string;
  /** Whether it lies, or may lie, somewhere else than in the registry. */
  readonly isForeign: boolean;
}

/**
 * Follows all that a manifest or an index names, down to configurations and layers, which are not read. Documents come
 * with what they name before them, the one that was asked for last. Throws ImageError as the client does, `bad-manifest`,
 * `size-mismatch`, `unsupported-media-type` where the one that was asked for is no image, `limit-exceeded`.
 */
export async function listContents(
  client: RegistryClient,
  reference: PinnedReference,
  { maxManifestBytes, signal }: { readonly maxManifestBytes: number; readonly signal: AbortSignal },
): Promise<{ readonly documents: readonly ImageDocument[]; readonly blobs: readonly ImageBlob[] }> {
  const what = formatImageReference(reference);
  const sizes = new Map<Digest, number>();
  const documents: ImageDocument[] = [];
  const blobs = new Map<Digest, ImageBlob>();
  let manifestBytes = 0;

  async function visit(digest: Digest, descriptor: Descriptor | undefined, depth: number): Promise<void> {
    const seen = sizes.get(digest);
    if (seen !== undefined) return void checkSize(digest, seen, descriptor);
    if (sizes.size >= contentLimits.manifests) throw tooMuch(`more than ${contentLimits.manifests} manifests`);
    const answer = await client.manifest(digest, maxManifestBytes, signal);
    sizes.set(digest, answer.bytes.length);
    checkSize(digest, answer.bytes.length, descriptor);
    manifestBytes += answer.bytes.length;
    if (manifestBytes > contentLimits.manifestBytes) throw tooMuch(`${contentLimits.manifestBytes} bytes of manifests`);
    const name = depth === 0 ? what : `${digest} of ${what}`;
    const document = parseManifest(answer.bytes, name, depth > 0);
    const mediaType = typeOf(answer, document, descriptor, name);
    if (document.kind === 'index') {
      if (depth >= maxIndexDepth) throw new ImageError('bad-manifest', `${what} nests indexes too deep`);
      for (const child of document.manifests) await visit(child.digest, child, depth + 1);
    } else {
      for (const blob of [document.config, ...document.layers]) add(blob);
    }
    const { platform } = descriptor ?? {};
    documents.push({ digest, mediaType, bytes: answer.bytes, ...(platform ? { platform } : {}) });
  }

  function add({ digest, size, mediaType, urls }: Descriptor): void {
    const seen = blobs.get(digest);
    if (seen) checkSize(digest, seen.size, { size });
    if (!seen && blobs.size >= contentLimits.blobs) throw tooMuch(`more than ${contentLimits.blobs} layers`);
    const isForeign = urls !== undefined || /\.foreign\.|\.nondistributable\./.test(mediaType);
    blobs.set(digest, {
      digest,
      size,
      mediaType: seen?.mediaType ?? mediaType,
      isForeign: isForeign || (seen?.isForeign ?? false),
    });
  }

  function checkSize(digest: Digest, size: number, descriptor: { readonly size: number } | undefined): void {
    if (!descriptor || descriptor.size === size) return;
    throw new ImageError('size-mismatch', `${digest} of ${what} is said to have ${descriptor.size} and ${size} bytes`);
  }

  const tooMuch = (why: string) => new ImageError('limit-exceeded', `${what} consists of ${why}`);

  await visit(reference.digest, undefined, 0);
  return { documents, blobs: [...blobs.values()] };
}

/**
 * What a document is, by itself, by whoever names it and by the registry, which must not disagree: it goes on under this
 * type, and whoever pulls it reads it as that (CVE-2021-41190).
 */
function typeOf(
  { mediaType }: ManifestAnswer,
  document: Manifest | ImageIndex,
  descriptor: Descriptor | undefined,
  name: string,
): string {
  const claims = [document.mediaType, descriptor?.mediaType ?? '', mediaType];
  const known = claims.filter((claim) => manifestMediaTypes.some((type) => type === claim));
  for (const claim of known) checkMediaType({ mediaType: claim }, document.kind, name);
  const [first] = known;
  if (!first || (document.mediaType !== '' && document.mediaType !== first) || known.some((claim) => claim !== first)) {
    throw new ImageError('bad-manifest', `${name} is called "${claims.join('", "').slice(0, 300)}"`);
  }
  return first;
}
