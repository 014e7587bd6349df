import { type Digest, digestAlgorithm, digestOf } from '../base/index.ts';
import {
  formatImageReference,
  type ImageReference,
  type Platform,
  parseImageReference,
  type ReadLimits,
} from '../model/index.ts';
import type { ImageParts, LayerBlob } from './image-assembly.ts';
import { ImageError } from './image-error.ts';
import type { ImageFiles } from './image-files.ts';
import { type Descriptor, type ImageIndex, type Manifest, parseManifest, pickManifest } from './manifest.ts';

const refName = 'org.opencontainers.image.ref.name';
/** Written by containerd beside refName, which then holds the tag alone. */
const containerdName = 'io.containerd.image.name';
const deepestIndex = 4;

export interface LayoutChoice {
  readonly tag?: string;
  readonly platform: Platform;
}

/**
 * Finds one image in an OCI layout (OCI image specification 1.1, image-layout.md) and verifies its index, manifest and
 * configuration. Throws ImageError.
 */
export async function readOciLayout(files: ImageFiles, choice: LayoutChoice, limits: ReadLimits): Promise<ImageParts> {
  const what = `${files.name}: index.json`;
  const bytes = await files.read('index.json', limits.maxManifestBytes);
  if (!bytes)
    throw new ImageError('not-found', `${files.name} has no index.json`, {
      remedy: 'Name a directory that holds an OCI image layout.',
    });
  const index = parseManifest(bytes, what);
  if (index.kind !== 'index') throw new ImageError('bad-manifest', `${what} lists no manifests`);
  const entry = chooseEntry(index, choice, files.name);
  return { ...(await descend(files, entry, choice.platform, limits)), references: referencesOf(entry) };
}

function chooseEntry(index: ImageIndex, choice: LayoutChoice, name: string): Descriptor {
  const tags = [...new Set(index.manifests.flatMap((item) => nameOf(item) ?? []))];
  const remedy = tags.length > 0 ? `It has ${tags.slice(0, 50).join(', ')}.` : 'None of its images has a tag.';
  const candidates =
    choice.tag === undefined ? index.manifests : index.manifests.filter((item) => isCalled(item, choice.tag as string));
  const [first] = candidates;
  if (!first) {
    const wanted = choice.tag === undefined ? 'no image' : `no image "${choice.tag}"`;
    throw new ImageError('not-found', `${name} has ${wanted}`, { remedy });
  }
  if (candidates.length === 1) return first;
  const sameName = new Set(candidates.map((item) => nameOf(item) ?? '')).size === 1;
  if (sameName && candidates.every((item) => item.platform))
    return pickManifest({ ...index, manifests: candidates }, choice.platform, name);
  throw new ImageError('ambiguous', `${name} has ${candidates.length} images, and none was named`, {
    remedy: `Name one by its tag. ${remedy}`,
  });
}

function nameOf(item: Descriptor): string | undefined {
  return item.annotations[refName] ?? item.annotations[containerdName];
}

function isCalled(item: Descriptor, tag: string): boolean {
  return item.annotations[refName] === tag || (nameOf(item)?.endsWith(`:${tag}`) ?? false);
}

/** Names in full; a tag alone is none. */
function referencesOf(item: Descriptor): readonly string[] {
  const name = item.annotations[containerdName] ?? item.annotations[refName] ?? '';
  if (!/[/:]/.test(name)) return [];
  const reference = imageReference(name);
  return reference ? [formatImageReference(reference)] : [];
}

/** A name that an archive carries; undefined where it is none: it only labels. */
export function imageReference(text: string): ImageReference | undefined {
  try {
    return parseImageReference(text);
  } catch {
    return undefined;
  }
}

/** From an index, however nested, to the manifest of the platform and its configuration. */
async function descend(
  files: ImageFiles,
  entry: Descriptor,
  platform: Platform,
  limits: ReadLimits,
): Promise<Omit<ImageParts, 'references'>> {
  let descriptor = entry;
  let indexDigest: Digest | undefined;
  for (let depth = 0; depth < deepestIndex; depth++) {
    const what = `${files.name}: the manifest ${descriptor.digest}`;
    const found = parseManifest(await readVerified(files, descriptor, limits.maxManifestBytes), what);
    if (found.kind === 'manifest') {
      const configBytes = await readVerified(files, found.config, limits.maxManifestBytes);
      return {
        configDigest: found.config.digest,
        configBytes,
        manifestDigest: descriptor.digest,
        ...(indexDigest === undefined ? {} : { indexDigest }),
        layers: await locateLayers(files, found),
      };
    }
    indexDigest ??= descriptor.digest;
    descriptor = pickManifest(found, platform, what);
  }
  throw new ImageError('bad-manifest', `${files.name}: indexes nest deeper than ${deepestIndex} levels`);
}

async function locateLayers(files: ImageFiles, manifest: Manifest): Promise<readonly LayerBlob[]> {
  const layers: LayerBlob[] = [];
  for (const { digest, size, mediaType } of manifest.layers) {
    const found = await files.locate(blobPath(digest));
    const missing = async () => {
      throw new ImageError('not-found', `${files.name} does not hold ${digest}`);
    };
    layers.push({ digest, size, mediaType, location: found?.location ?? { open: missing } });
  }
  return layers;
}

function blobPath(digest: Digest): string {
  return `blobs/${digest.replace(':', '/')}`;
}

async function readVerified(files: ImageFiles, descriptor: Descriptor, limit: number): Promise<Buffer> {
  const { digest, size } = descriptor;
  const bytes = await files.read(blobPath(digest), limit);
  if (!bytes) throw new ImageError('not-found', `${files.name} does not hold ${digest}`);
  if (bytes.length !== size)
    throw new ImageError('size-mismatch', `${files.name}: ${digest} has ${bytes.length} bytes where ${size} are named`);
  const actual = digestOf(bytes, digestAlgorithm(digest));
  if (actual !== digest)
    throw new ImageError('digest-mismatch', `${files.name}: what is stored as ${digest} is ${actual}`);
  return bytes;
}
