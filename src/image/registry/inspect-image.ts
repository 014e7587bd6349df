import type { Digest, Instant } from '../../base/index.ts';
import {
  type ContentDescriptor,
  formatImageReference,
  formatPlatform,
  type ImageReference,
  type PinnedReference,
  type Platform,
  platformMatches,
} from '../../model/index.ts';
import { type ParsedConfig, parseImageConfig } from '../image-config.ts';
import { ImageError } from '../image-error.ts';
import { type Manifest, parseManifest } from '../manifest.ts';
import { listContents } from './list-contents.ts';
import type { RegistryClient } from './registry-client.ts';

/** One of the images that a manifest is or an index lists. */
export interface ListedImage {
  /** As its configuration says, which is what runs. */
  readonly platform: Platform;
  /** Of its manifest. */
  readonly digest: Digest;
  /** Of its configuration: as engines report it. */
  readonly imageId: Digest;
  /** When it was built, and when the first step of its history was made, which is of its base image: where it says so. */
  readonly created?: Instant;
  readonly baseCreated?: Instant;
}

/** What a reference leads to: the document, the images in it, and all that belongs to it. */
export interface InspectedImage {
  readonly image: PinnedReference;
  readonly mediaType: string;
  /** Bytes of the document. */
  readonly size: number;
  readonly images: readonly ListedImage[];
  readonly contents: readonly ContentDescriptor[];
}

const configBytes = 4 * 2 ** 20;

/**
 * Follows a tag or digest to everything that belongs to it; layers are not read. An entry of an index is an image where it
 * has a layer of files, whatever the index calls it: an image that is listed as an attestation would be looked at by nobody
 * and could be pulled by its digest. Throws ImageError as listContents does, and `bad-manifest` where an index says another
 * platform than the image.
 */
export async function inspectImage(
  client: RegistryClient,
  reference: ImageReference,
  { maxManifestBytes, signal }: { readonly maxManifestBytes: number; readonly signal: AbortSignal },
): Promise<InspectedImage> {
  const { registry, repository } = reference;
  const named = reference.digest ?? reference.tag ?? 'latest';
  const digest = reference.digest ?? (await client.manifest(named, maxManifestBytes, signal)).digest;
  const image = { registry, repository, digest };
  const { documents, blobs } = await listContents(client, image, { maxManifestBytes, signal });
  const images: ListedImage[] = [];
  const configs = new Set<Digest>();
  for (const document of documents) {
    const parsed = parseManifest(document.bytes, formatImageReference(image), true);
    if (parsed.kind !== 'manifest') continue;
    configs.add(parsed.config.digest);
    if (!isImage(parsed)) continue;
    const { platform, config } = await configOf(client, parsed, image, signal);
    const created = config.created;
    const baseCreated = config.history[0]?.created;
    if (document.platform && !platformMatches(document.platform, platform)) {
      const [said, is] = [formatPlatform(document.platform), formatPlatform(platform)];
      throw new ImageError('bad-manifest', `${formatImageReference(image)} calls an image for ${is} one for ${said}`);
    }
    images.push({
      platform,
      digest: document.digest,
      imageId: parsed.config.digest,
      ...(created === undefined ? {} : { created }),
      ...(baseCreated === undefined ? {} : { baseCreated }),
    });
  }
  const root = documents.at(-1);
  if (root?.digest !== digest) throw new TypeError('the document that was asked for is not the last');
  return {
    image,
    mediaType: root.mediaType,
    size: root.bytes.length,
    images,
    contents: [
      ...documents.map((document) => ({
        digest: document.digest,
        size: document.bytes.length,
        mediaType: document.mediaType,
        kind: 'manifest' as const,
        ...(document.platform ? { platform: formatPlatform(document.platform) } : {}),
      })),
      ...blobs.map(({ digest: blob, size, mediaType }) => {
        return { digest: blob, size, mediaType, kind: configs.has(blob) ? ('config' as const) : ('layer' as const) };
      }),
    ],
  };
}

/** Whatever does not say that its layers are statements may be run. */
function isImage({ layers, config }: Manifest): boolean {
  const isStatement =
    layers.length > 0 && layers.every(({ mediaType }) => /^application\/vnd\.in-toto\+json$/.test(mediaType));
  return (
    !isStatement &&
    /^application\/vnd\.(?:oci\.image\.config\.v1|docker\.container\.image\.v1)\+json$/.test(config.mediaType)
  );
}

async function configOf(
  client: RegistryClient,
  { config }: Manifest,
  image: PinnedReference,
  signal: AbortSignal,
): Promise<ParsedConfig> {
  const what = `the configuration ${config.digest} of ${formatImageReference(image)}`;
  const bytes = await client.smallBlob(config.digest, Math.min(config.size, configBytes), signal);
  return parseImageConfig(bytes, what);
}
