import { asArray, asObject, asString, asStrings, type Digest, digestOf, shortDigest } from '../base/index.ts';
import { formatImageReference, type ReadLimits } from '../model/index.ts';
import { archiveName } from './archive-index.ts';
import type { ImageParts, LayerBlob } from './image-assembly.ts';
import { ImageError } from './image-error.ts';
import type { ImageFiles } from './image-files.ts';
import { parseJsonBytes } from './manifest.ts';
import { imageReference } from './oci-layout.ts';

export interface ArchiveChoice {
  /** A tag (`1.36`) or a name (`busybox:1.36`). */
  readonly tag?: string;
  readonly imageId?: Digest;
}

interface ArchiveImage {
  readonly config: string;
  readonly tags: readonly string[];
  readonly layers: readonly string[];
}

/**
 * Finds one image in what `docker save` wrote: manifest.json names the configuration and the layers (moby,
 * image/tarexport). The layers' bytes are vouched for by the configuration's diff IDs alone. Throws ImageError.
 */
export async function readDockerManifest(
  files: ImageFiles,
  choice: ArchiveChoice,
  limits: ReadLimits,
): Promise<ImageParts> {
  const bytes = await files.read('manifest.json', limits.maxManifestBytes);
  if (!bytes)
    throw new ImageError('not-found', `${files.name} has no manifest.json`, {
      remedy: 'Name a file that "docker save" wrote.',
    });
  const images = parseDockerManifest(bytes, `${files.name}: manifest.json`, limits);
  const image = await chooseImage(files, images, choice, limits);
  const configBytes = await readConfig(files, image.config, limits);
  const layers: LayerBlob[] = [];
  for (const path of image.layers) {
    const found = await files.locate(path);
    const missing = async () => {
      throw new ImageError('not-found', `${files.name} has no ${path}`);
    };
    layers.push({ location: found?.location ?? { open: missing } });
  }
  return {
    configDigest: verifiedName(files, image.config, configBytes),
    configBytes,
    references: referencesOf(image.tags),
    layers,
  };
}

/** Throws ImageError `bad-manifest`. */
export function parseDockerManifest(
  bytes: Uint8Array,
  what: string,
  limits: Pick<ReadLimits, 'maxLayers'>,
): readonly ArchiveImage[] {
  const bad = (why: string): never => {
    throw new ImageError('bad-manifest', `${what} ${why}`);
  };
  const list = asArray(parseJsonBytes(bytes, what)) ?? bad('is not a list');
  if (list.length > 1000) bad('lists more than 1000 images');
  return list.map((item, at) => {
    const image = asObject(item) ?? bad(`: image ${at} is not an object`);
    const config = archiveName(asString(image.Config) ?? '') || bad(`: image ${at} names no configuration`);
    const names = asStrings(image.Layers);
    if (names.length > limits.maxLayers)
      throw new ImageError('limit-exceeded', `${what}: image ${at} has more than ${limits.maxLayers} layers`);
    const layers = names.map(
      (name) => archiveName(name) || bad(`: image ${at} has a layer that lies outside of the archive`),
    );
    return { config, tags: asStrings(image.RepoTags), layers };
  });
}

async function chooseImage(
  files: ImageFiles,
  images: readonly ArchiveImage[],
  choice: ArchiveChoice,
  limits: ReadLimits,
): Promise<ArchiveImage> {
  const tags = images.flatMap((image) => image.tags);
  const remedy = tags.length > 0 ? `It has ${tags.slice(0, 50).join(', ')}.` : 'None of its images has a tag.';
  let candidates = images;
  if (choice.tag !== undefined)
    candidates = candidates.filter((image) => image.tags.some((tag) => isCalled(tag, choice.tag as string)));
  if (choice.imageId !== undefined) {
    const same: ArchiveImage[] = [];
    for (const image of candidates)
      if (digestOf(await readConfig(files, image.config, limits)) === choice.imageId) same.push(image);
    candidates = same;
  }
  const [first] = candidates;
  if (!first) {
    const wanted = choice.tag ?? (choice.imageId && shortDigest(choice.imageId));
    throw new ImageError('not-found', `${files.name} has no image${wanted ? ` "${wanted}"` : ''}`, { remedy });
  }
  if (new Set(candidates.map((image) => image.config)).size === 1) return first;
  throw new ImageError('ambiguous', `${files.name} has ${candidates.length} images, and none was named`, {
    remedy: `Name one by its tag. ${remedy}`,
  });
}

function isCalled(name: string, wanted: string): boolean {
  return name === wanted || name.endsWith(`:${wanted}`) || name.endsWith(`/${wanted}`);
}

async function readConfig(files: ImageFiles, path: string, limits: ReadLimits): Promise<Buffer> {
  const bytes = await files.read(path, limits.maxManifestBytes);
  if (!bytes) throw new ImageError('not-found', `${files.name} has no ${path}, which its manifest.json names`);
  return bytes;
}

/** The image ID. A configuration that is named for its digest must have it. */
function verifiedName(files: ImageFiles, path: string, bytes: Buffer): Digest {
  const actual = digestOf(bytes);
  const named = /(?:^|\/)([0-9a-f]{64})(?:\.json)?$/.exec(path)?.[1];
  if (named !== undefined && actual !== `sha256:${named}`)
    throw new ImageError('digest-mismatch', `${files.name}: the configuration ${path} has the digest ${actual}`);
  return actual;
}

function referencesOf(tags: readonly string[]): readonly string[] {
  return tags.flatMap((tag) => {
    const reference = imageReference(tag);
    return reference ? [formatImageReference(reference)] : [];
  });
}
