import {
  type ImageReference,
  ImageReferenceError,
  type LaunchImage,
  type LaunchMount,
  type LaunchRequest,
  type LaunchSet,
  parseImageReference,
} from '../../model/index.ts';
import type { EngineNames } from './ask-engine.ts';
import { DockerGateError } from './docker-gate-error.ts';

/** What only this host knows: what names mean to its engine, and where its paths lead. */
export interface HostKnowledge {
  readonly engine: EngineNames;
  resolvePath(path: string): Promise<string>;
  /** Where the engine's own paths lead, where that is known already. */
  ownPlaces?(): Promise<readonly string[]>;
}

const mostMounts = 500;

/**
 * A launch with what its names mean on this host: the image's own ID and the digests under which it came, where paths lead,
 * and what a named volume really is. Throws DockerGateError where that cannot be found out.
 */
export async function completeLaunch(set: LaunchSet, host: HostKnowledge): Promise<LaunchSet> {
  return { ...set, requests: await Promise.all(set.requests.map((request) => completeRequest(request, host))) };
}

async function completeRequest(request: LaunchRequest, host: HostKnowledge): Promise<LaunchRequest> {
  const { image, mounts, name } = request;
  if (mounts.length > mostMounts)
    throw new DockerGateError('bad-request', `more than ${mostMounts} mounts`, {
      remedy: 'mount a directory above them',
    });
  const [known, ...resolved] = await Promise.all([
    image && completeImage(image, host.engine),
    ...mounts.map((mount) => completeMount(mount, host)),
  ]);
  // A volume that is made has a name of its own, and a mount.
  const entered = !image && name !== undefined && mounts.length === 0 ? await completeContainer(name, host.engine) : {};
  return completed(request, { ...(known ? { image: known } : {}), ...entered, mounts: resolved });
}

type Completed = Pick<LaunchRequest, 'name' | 'image' | 'mounts'>;

/** Of a request that is the same object, what was made of it: the same again where names and paths mean what they did. */
const made = new WeakMap<LaunchRequest, { readonly words: string; readonly request: LaunchRequest }>();

function completed(asked: LaunchRequest, found: Partial<Completed>): LaunchRequest {
  const words = JSON.stringify(found);
  const before = made.get(asked);
  if (before?.words === words) return before.request;
  const request = { ...asked, ...found };
  made.set(asked, { words, request });
  return request;
}

/** An exec or update may name its container by the beginning of an ID: what counts is which it is, and of which image. */
async function completeContainer(name: string, engine: EngineNames): Promise<Pick<LaunchRequest, 'name' | 'image'>> {
  const found = await engine.inspectContainer(name);
  if (!found) return {};
  const [reference] = readReference(found.image);
  const asked = { value: found.imageId, path: '', id: found.imageId, ...(reference ? { reference } : {}) };
  const image = await completeImage(asked, engine);
  return { name: found.name, image: { ...image, value: found.image } };
}

/**
 * A name says nothing about where the image came from: anyone may have given it here, and `a1b` may be the beginning of an
 * ID. So the ID counts, and of names those under which a registry gave that image. An image that is not here keeps what was
 * asked: the engine looks for it under that name alone.
 */
async function completeImage(image: LaunchImage, engine: EngineNames): Promise<LaunchImage> {
  const found = await engine.inspectImage(image.value);
  if (!found) return image;
  const { value, path, reference } = image;
  const pulled = found.repoDigests.flatMap(readReference);
  const own = reference && pulled.find((name) => isSameName(name, reference));
  const tag = own && reference?.tag;
  const name = own ?? pulled[0];
  return { value, path, id: found.id, ...(name ? { reference: { ...name, ...(tag ? { tag } : {}) } } : {}) };
}

function isSameName(a: ImageReference, b: ImageReference): boolean {
  return a.registry === b.registry && a.repository === b.repository;
}

function readReference(text: string): readonly ImageReference[] {
  try {
    return [parseImageReference(text)];
  } catch (error) {
    if (error instanceof ImageReferenceError) return [];
    throw error;
  }
}

async function completeMount(mount: LaunchMount, host: HostKnowledge): Promise<LaunchMount> {
  const found = await resolveMount(mount, host);
  const { resolved } = found;
  if (resolved === undefined) return found;
  const own = await (host.ownPlaces?.() ?? resolveOwnPaths(host));
  return own.some((path) => isWithin(path, resolved) || isWithin(resolved, path))
    ? { ...found, isEngine: true }
    : found;
}

/** Where the engine's own paths lead. */
export async function resolveOwnPaths({ engine, resolvePath }: HostKnowledge): Promise<readonly string[]> {
  return Promise.all((await engine.ownPaths()).map((path) => resolvePath(path)));
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

async function resolveMount(mount: LaunchMount, host: HostKnowledge): Promise<LaunchMount> {
  const { type, source } = mount;
  if (type === 'bind' && source !== undefined) return { ...mount, resolved: await host.resolvePath(source) };
  if (type !== 'volume') return mount;
  const volume = source === undefined ? undefined : await host.engine.inspectVolume(source);
  // Of a volume that is there, the engine does not look at what the request says about it.
  return resolveDevice(volume ? { ...mount, driver: volume.driver, options: volume.options } : mount, host);
}

/** A volume of the driver `local` may be a path of the host in disguise (`o=bind,device=/etc`). */
export async function resolveDevice(
  mount: LaunchMount,
  host: Pick<HostKnowledge, 'resolvePath'>,
): Promise<LaunchMount> {
  const device = mount.options && Object.hasOwn(mount.options, 'device') ? mount.options.device : undefined;
  return device?.startsWith('/') ? { ...mount, resolved: await host.resolvePath(device) } : mount;
}
