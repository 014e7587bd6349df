import type { Digest } from '../../base/index.ts';
import { formatImageReference, type ImageContents, type ImageReference } from '../../model/index.ts';
import { assembleImage } from '../image-assembly.ts';
import { ImageError } from '../image-error.ts';
import { type Descriptor, type Manifest, manifestMediaTypes, parseManifest, pickManifest } from '../manifest.ts';
import type { RegistryOptions } from '../reader-options.ts';
import type { ReadingOptions } from '../scan-location.ts';
import { createRegistryClient, type ManifestAnswer, type RegistryClient } from './registry-client.ts';

/** How deep an index may lie in another one. */
const maxIndexDepth = 3;

/**
 * An image in a registry, its layers streamed. A digest in the reference wins over a tag; without either it is `latest`.
 * Throws ImageError as the client does, and `platform-missing`, `bad-manifest`, `size-mismatch`.
 */
export async function openRegistryImage(
  reference: ImageReference,
  options: ReadingOptions,
  registryOptions: RegistryOptions = {},
): Promise<ImageContents> {
  const { limits, signal } = options;
  const client = createRegistryClient(reference, registryOptions, limits.stallTimeout);
  try {
    const named = reference.tag || reference.digest ? reference : { ...reference, tag: 'latest' };
    const { manifest, manifestDigest, indexDigest } = await resolve(client, named, options);
    if (manifest.config.size > limits.maxManifestBytes) {
      throw new ImageError('limit-exceeded', `the configuration of ${formatImageReference(named)} is too large`);
    }
    return await assembleImage(
      {
        configDigest: manifest.config.digest,
        configBytes: await client.smallBlob(manifest.config.digest, limits.maxManifestBytes, signal),
        manifestDigest,
        ...(indexDigest ? { indexDigest } : {}),
        references: [formatImageReference(named)],
        layers: manifest.layers.map(({ digest, size, mediaType }) => ({
          digest,
          size,
          mediaType,
          location: { open: (layerSignal) => client.blob(digest, layerSignal) },
        })),
      },
      options,
    );
  } catch (error) {
    await client.close();
    throw error;
  }
}

interface Resolved {
  readonly manifest: Manifest;
  readonly manifestDigest: Digest;
  readonly indexDigest?: Digest;
}

/** Follows indexes down to the manifest of the platform; each is verified by its digest and its size. */
async function resolve(client: RegistryClient, named: ImageReference, options: ReadingOptions): Promise<Resolved> {
  const { limits, platform, signal } = options;
  const what = formatImageReference(named);
  let answer = await client.manifest(named.digest ?? named.tag ?? 'latest', limits.maxManifestBytes, signal);
  let indexDigest: Digest | undefined;
  for (let depth = 0; depth <= maxIndexDepth; depth++) {
    const document = parseManifest(answer.bytes, what);
    checkMediaType(answer, document.kind, what);
    if (document.kind === 'manifest') {
      return { manifest: document, manifestDigest: answer.digest, ...(indexDigest ? { indexDigest } : {}) };
    }
    indexDigest ??= answer.digest;
    const chosen: Descriptor = pickManifest(document, platform, what);
    answer = await client.manifest(chosen.digest, limits.maxManifestBytes, signal);
    if (answer.bytes.length !== chosen.size) {
      throw new ImageError(
        'size-mismatch',
        `manifest ${chosen.digest} of ${what} has not the size that its index says`,
      );
    }
  }
  throw new ImageError('bad-manifest', `${what} nests indexes deeper than ${maxIndexDepth}`);
}

/** What a registry calls a document and what it is must agree, or two readers see two images (CVE-2021-41190). */
function checkMediaType({ mediaType }: ManifestAnswer, kind: 'manifest' | 'index', what: string): void {
  const at = manifestMediaTypes.findIndex((known) => known === mediaType);
  if (at < 0) return;
  const claimed = /index|list/.test(mediaType) ? 'index' : 'manifest';
  if (claimed !== kind) throw new ImageError('bad-manifest', `${what} is sent as "${mediaType}" but is none`);
}
