import {
  asArray,
  asNumber,
  asObject,
  asString,
  asStringMap,
  asStrings,
  BoundError,
  type Digest,
  decodeUtf8,
  parseDigest,
  parseJson,
} from '../base/index.ts';
import { formatPlatform, type Platform, platformMatches } from '../model/index.ts';
import { ImageError } from './image-error.ts';

/** A pointer to content (OCI image specification 1.1, descriptor.md). */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly annotations: Readonly<Record<string, string>>;
  readonly platform?: Platform;
  /** Where it lies beside the registry, or instead of it. */
  readonly urls?: readonly string[];
}

/** An image manifest (OCI manifest.md; Docker image manifest version 2, schema 2). */
export interface Manifest {
  readonly kind: 'manifest';
  /** As the document itself says; empty where it does not. */
  readonly mediaType: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** An image index (OCI image-index.md) or Docker manifest list. */
export interface ImageIndex {
  readonly kind: 'index';
  readonly mediaType: string;
  readonly manifests: readonly Descriptor[];
}

/** What a client says it accepts when it asks a registry for a manifest. */
export const manifestMediaTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
] as const;

const indexMediaTypes: readonly string[] = manifestMediaTypes.slice(0, 2);
const configMediaTypes: readonly string[] = [
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
];
const maxManifestsInIndex = 1000;

/**
 * Reads a manifest or an index; `what` names it in errors. The caller has bounded and verified the bytes. Throws
 * ImageError `bad-manifest`, or `unsupported-media-type` for what is no container image, unless `anyArtifact` will do.
 */
export function parseManifest(bytes: Uint8Array, what: string, anyArtifact = false): Manifest | ImageIndex {
  const bad = (why: string): never => {
    throw new ImageError('bad-manifest', `${what} ${why}`);
  };
  const value = asObject(parseJsonBytes(bytes, what)) ?? bad('is not a JSON object');
  const mediaType = asString(value.mediaType) ?? '';
  if (value.schemaVersion !== 2) {
    if (value.schemaVersion === 1) throw new ImageError('unsupported-media-type', `${what} is a schema 1 manifest`);
    bad('has no schemaVersion 2');
  }
  const hasManifests = value.manifests !== undefined;
  const hasConfig = value.config !== undefined || value.layers !== undefined;
  // CVE-2021-41190: a document that is both is read in two ways.
  if (hasManifests && hasConfig) bad('is a manifest and an index at once');
  if (hasManifests) {
    if (mediaType !== '' && !indexMediaTypes.includes(mediaType)) bad(`says it is "${mediaType}" but lists manifests`);
    const manifests = asArray(value.manifests) ?? bad('has no list of manifests');
    if (manifests.length > maxManifestsInIndex) bad(`lists more than ${maxManifestsInIndex} manifests`);
    return {
      kind: 'index',
      mediaType,
      manifests: manifests.map((item, at) => parseDescriptor(item) ?? bad(`: manifest ${at} is not a descriptor`)),
    };
  }
  if (indexMediaTypes.includes(mediaType)) bad(`says it is "${mediaType}" but lists no manifests`);
  const config = parseDescriptor(value.config) ?? bad('has no configuration descriptor');
  if (!anyArtifact && !configMediaTypes.includes(config.mediaType))
    throw new ImageError(
      'unsupported-media-type',
      `${what} is no container image: its configuration is "${config.mediaType.slice(0, 100)}"`,
    );
  const layers = asArray(value.layers) ?? bad('has no list of layers');
  return {
    kind: 'manifest',
    mediaType,
    config,
    layers: layers.map((item, at) => parseDescriptor(item) ?? bad(`: layer ${at} is not a descriptor`)),
  };
}

/** The manifest for a platform. Attestations, which an index lists as platform unknown/unknown, are never picked. */
export function pickManifest(index: ImageIndex, platform: Platform, what: string): Descriptor {
  const images = index.manifests.filter(
    (item) => item.platform?.os !== 'unknown' && item.annotations['vnd.docker.reference.type'] === undefined,
  );
  const found =
    images.find((item) => item.platform && platformMatches(platform, item.platform)) ??
    images.find((item) => !item.platform);
  if (found) return found;
  const offered = images.flatMap((item) => (item.platform ? [formatPlatform(item.platform)] : []));
  throw new ImageError('platform-missing', `${what} has no image for ${formatPlatform(platform)}`, {
    remedy: offered.length > 0 ? `It has ${offered.slice(0, 20).join(', ')}.` : 'It lists no images.',
  });
}

/** JSON of a manifest or configuration; ImageError `bad-manifest` where it is none. */
export function parseJsonBytes(bytes: Uint8Array, what: string): unknown {
  try {
    return parseJson(decodeUtf8(bytes, what), what);
  } catch (error) {
    if (error instanceof BoundError) throw new ImageError('bad-manifest', error.message, { cause: error });
    throw error;
  }
}

/** A descriptor; undefined where it is none. */
export function parseDescriptor(value: unknown): Descriptor | undefined {
  const object = asObject(value);
  const digest = parseDigest(asString(object?.digest) ?? '');
  const size = asNumber(object?.size);
  if (!object || !digest || size === undefined || !Number.isSafeInteger(size) || size < 0) return undefined;
  const platform = asObject(object.platform);
  const os = asString(platform?.os);
  const architecture = asString(platform?.architecture);
  const variant = asString(platform?.variant);
  const urls = asStrings(object.urls);
  return {
    mediaType: asString(object.mediaType) ?? '',
    digest,
    size,
    annotations: asStringMap(object.annotations),
    ...(os && architecture ? { platform: { os, architecture, ...(variant ? { variant } : {}) } } : {}),
    ...(urls.length > 0 ? { urls } : {}),
  };
}
