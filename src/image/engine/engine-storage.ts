import { createHash } from 'node:crypto';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import {
  asArray,
  asObject,
  asString,
  type Digest,
  decodeUtf8,
  type JsonObject,
  parseDigest,
  parseJson,
} from '../../base/index.ts';
import type { EngineKind, ReadLimits } from '../../model/index.ts';
import type { ImageParts, LayerBlob } from '../image-assembly.ts';
import { verifyConfig } from '../image-assembly.ts';
import { parseImageConfig } from '../image-config.ts';
import type { EngineImage } from './engine-answers.ts';

/** Where an engine keeps its images, by its own words (`GET /info`). */
export interface EngineStorage {
  /** `overlay2`, `overlay`, … */
  readonly driver: string;
  readonly root: string;
}

/** Where engines keep images unless they are told otherwise. */
export function usualStorages(kind: EngineKind): readonly EngineStorage[] {
  if (kind === 'docker') return [{ driver: 'overlay2', root: '/var/lib/docker' }];
  const roots = ['/var/lib/containers/storage', join(homedir(), '.local', 'share', 'containers', 'storage')];
  return roots.map((root) => ({ driver: 'overlay', root }));
}

const largestList = 64 * 2 ** 20;

/**
 * The parts of an image as they lie unpacked in the engine's storage on this machine: Docker's overlay2, and overlay of
 * containers/storage (podman). Undefined where it lies elsewhere or otherwise, or where this user may not read it: then
 * the engine must be asked for it. The configuration is verified; layers are the engine's word.
 */
export async function findStoredImage(
  kind: EngineKind,
  { driver, root }: EngineStorage,
  image: EngineImage,
  limits: ReadLimits,
): Promise<ImageParts | undefined> {
  try {
    const at = await realpath(root);
    if (kind === 'docker' && driver === 'overlay2') return await findInOverlay2(at, image, limits);
    if (kind === 'podman' && driver === 'overlay') return await findInContainersStorage(at, image, limits);
    return undefined;
  } catch {
    // Whatever is not there, or not as it should be: the engine itself knows better, and tells by exporting.
    return undefined;
  }
}

/** image/overlay2/{imagedb,layerdb} name the configuration and the layers, overlay2/ID/diff holds their files. */
async function findInOverlay2(root: string, image: EngineImage, limits: ReadLimits): Promise<ImageParts> {
  const database = join(root, 'image', 'overlay2');
  const configFile = join(database, 'imagedb', 'content', pathOf(image.imageId));
  const configBytes = await readSmall(configFile, limits.maxManifestBytes);
  const { diffIds } = parseImageConfig(configBytes, configFile);
  const layers: LayerBlob[] = [];
  let chain = '';
  for (const diffId of diffIds.slice(0, limits.maxLayers)) {
    chain = chain === '' ? diffId : `sha256:${createHash('sha256').update(`${chain} ${diffId}`).digest('hex')}`;
    const layer = join(database, 'layerdb', pathOf(chain));
    const [found, cacheId, size] = await Promise.all(
      ['diff', 'cache-id', 'size'].map(async (name) => (await readSmall(join(layer, name), 200)).toString().trim()),
    );
    if (found !== diffId || !/^[0-9a-f-]{20,80}$/.test(cacheId ?? '')) throw new Error('the layer is another');
    const directory = await directoryOf(join(root, 'overlay2', cacheId as string, 'diff'));
    layers.push(splitBlob(join(layer, 'tar-split.json.gz'), directory, Number(size)));
  }
  return checked({ configDigest: image.imageId, ...image, configBytes, layers }, limits);
}

/** overlay-images and overlay-layers hold lists in JSON; overlay/ID/diff holds the files of a layer. */
async function findInContainersStorage(root: string, image: EngineImage, limits: ReadLimits): Promise<ImageParts> {
  const hex = image.imageId.slice('sha256:'.length);
  const images = join(root, 'overlay-images');
  const record = (await readList(join(images, 'images.json'))).find(({ id }) => id === hex);
  const known = new Map(
    (await readList(join(root, 'overlay-layers', 'layers.json'))).map((layer) => [layer.id, layer]),
  );
  const configBytes = await readSmall(await bigDataOf(join(images, hex), image.imageId), limits.maxManifestBytes);
  const { diffIds } = parseImageConfig(configBytes, image.imageId);
  const layers: LayerBlob[] = [];
  let id = asString(record?.layer);
  for (const diffId of diffIds.slice(0, limits.maxLayers).toReversed()) {
    const layer = known.get(id);
    if (!id || !/^[0-9a-f]{64}$/.test(id) || layer?.['diff-digest'] !== diffId) throw new Error('the layer is another');
    const directory = await directoryOf(join(root, 'overlay', id, 'diff'));
    layers.unshift(
      splitBlob(join(root, 'overlay-layers', `${id}.tar-split.gz`), directory, Number(layer['diff-size'])),
    );
    id = asString(layer.parent);
  }
  if (id) throw new Error('the image has more layers than its configuration');
  return checked({ configDigest: image.imageId, ...image, configBytes, layers }, limits);
}

function checked(parts: ImageParts, limits: ReadLimits): ImageParts {
  verifyConfig(parts, limits);
  return parts;
}

function splitBlob(split: string, directory: string, length: number): LayerBlob {
  return { location: { split, directory, length: Number.isSafeInteger(length) && length > 0 ? length : 0 } };
}

/** Where it is a link, files in it could not be told from files elsewhere. */
async function directoryOf(path: string): Promise<string> {
  if ((await realpath(path)) !== path) throw new Error('it is reached by a link');
  return path;
}

/** A record of the storage by its key: under the key itself, or under `=` and its base64. */
async function bigDataOf(directory: string, key: Digest): Promise<string> {
  const name = (await readdir(directory)).find(
    (candidate) => candidate.startsWith('=') && Buffer.from(candidate.slice(1), 'base64').toString('latin1') === key,
  );
  if (name === undefined) throw new Error('it holds no configuration');
  return join(directory, name);
}

async function readList(file: string): Promise<readonly JsonObject[]> {
  const list = asArray(parseJson(decodeUtf8(await readSmall(file, largestList), file), file)) ?? [];
  return list.map(asObject).filter((item) => item !== undefined);
}

async function readSmall(file: string, limit: number): Promise<Buffer> {
  if ((await stat(file)).size > limit) throw new Error(`${file} is larger than ${limit} bytes`);
  return readFile(file);
}

function pathOf(digest: string): string {
  const valid = parseDigest(digest);
  if (!valid) throw new Error(`"${digest}" is no digest`);
  return valid.replace(':', '/');
}
