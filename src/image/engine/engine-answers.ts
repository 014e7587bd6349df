import {
  asArray,
  asNumber,
  asObject,
  asString,
  asStringMap,
  asStrings,
  BoundError,
  type Digest,
  type Instant,
  type JsonObject,
  parseDigest,
  parseInstant,
  parseJson,
} from '../../base/index.ts';
import { formatImageReference, ImageReferenceError, parseImageReference } from '../../model/index.ts';
import type { EngineStorage } from './engine-storage.ts';

/** A container as an engine describes it (Docker Engine API 1.41, ContainerInspect; podman answers the same). */
export interface EngineContainer {
  readonly containerId: string;
  readonly name: string;
  readonly imageReference: string;
  /** Absent for one that runs a plain directory (`podman run --rootfs`). */
  readonly imageId?: Digest;
  readonly labels: Readonly<Record<string, string>>;
  readonly running: boolean;
  readonly started?: Instant;
  /** Of the last run, where it has ended. */
  readonly finished?: Instant;
}

/** An image that an engine holds. */
export interface EngineImage {
  readonly imageId: Digest;
  /** Where all names that it was pulled by agree on one. */
  readonly manifestDigest?: Digest;
  /** In full: `docker.io/library/busybox:1`. */
  readonly references: readonly string[];
}

/**
 * Something that happened on an engine. `id` is that of the container, an image's ID or name; of networks docker gives the
 * network's ID and names the container among the attributes, podman gives the container's.
 */
export interface EngineEvent {
  readonly type: 'container' | 'image' | 'network';
  /** In docker's words: `start`, `die`, `destroy`, `rename`, `pull`, `tag` … */
  readonly action: string;
  readonly id: string;
  readonly at: Instant;
  /** Name and image of a container, and its labels among more. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Podman's own words for what docker calls otherwise; which of them it uses differs by version. */
const podmanActions: Readonly<Record<string, string>> = { died: 'die', remove: 'destroy', loadfromarchive: 'load' };

/** An image ID with or without its algorithm, as engines and their versions differ. */
export function parseImageId(text: string): Digest | undefined {
  return parseDigest(text) ?? parseDigest(`sha256:${text}`);
}

export function parseContainerIds(value: unknown): readonly string[] | undefined {
  const ids = asArray(value)?.map((item) => asString(asObject(item)?.Id) ?? '');
  return ids?.every(isContainerId) ? ids : undefined;
}

export function isContainerId(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

export function parseContainer(value: unknown): EngineContainer | undefined {
  const object = asObject(value);
  const containerId = asString(object?.Id) ?? '';
  const state = asObject(object?.State);
  const config = asObject(object?.Config);
  if (!state || !config || !isContainerId(containerId)) return undefined;
  const imageId = parseImageId(asString(object?.Image) ?? '');
  const started = parseInstant(asString(state.StartedAt) ?? '');
  const finished = parseInstant(asString(state.FinishedAt) ?? '');
  const running = isRunning(state);
  // While it runs, the engine still shows the end of the run before.
  const isOver = !running && started !== undefined && finished !== undefined;
  return {
    containerId,
    name: (asString(object?.Name) ?? '').replace(/^\//, ''),
    imageReference: asString(config.Image) ?? '',
    ...(imageId ? { imageId } : {}),
    labels: asStringMap(config.Labels),
    running,
    ...(started === undefined ? {} : { started }),
    // dockerd notes a start after the fact, which for a short life is after its end.
    ...(isOver ? { finished: Math.max(started, finished) } : {}),
  };
}

/** Paused and stopping processes are still there; docker calls one that waits for its next start running, too. */
function isRunning(state: JsonObject): boolean {
  const alive = state.Running === true || state.Paused === true || state.Status === 'stopping';
  return alive && state.Restarting !== true;
}

export function parseImages(value: unknown): readonly EngineImage[] | undefined {
  const images = asArray(value)?.map(parseImage);
  return images?.every((image) => image !== undefined) ? images : undefined;
}

export function parseImage(value: unknown): EngineImage | undefined {
  const object = asObject(value);
  const imageId = parseImageId(asString(object?.Id) ?? '');
  if (!object || !imageId) return undefined;
  const digests = new Set(asStrings(object.RepoDigests).flatMap((name) => parseDigest(name.split('@')[1] ?? '') ?? []));
  const [manifestDigest] = digests;
  return {
    imageId,
    ...(manifestDigest && digests.size === 1 ? { manifestDigest } : {}),
    references: asStrings(object.RepoTags).flatMap(fullReference),
  };
}

/** `<none>:<none>` and what else is no reference gives nothing. */
function fullReference(text: string): readonly string[] {
  try {
    return [formatImageReference(parseImageReference(text))];
  } catch (error) {
    if (error instanceof ImageReferenceError) return [];
    throw error;
  }
}

/** Docker's `GET /info`, which podman answers too. */
export function parseStorage(value: unknown): EngineStorage | undefined {
  const object = asObject(value);
  const [driver, root] = [asString(object?.Driver), asString(object?.DockerRootDir)];
  return driver && root?.startsWith('/') ? { driver, root } : undefined;
}

/** Where the writable layer of a container lies on the machine of its engine, and the layers below it, the highest first. */
export interface LayerDirectories {
  readonly upper: string;
  readonly lowers: readonly string[];
}

/** `GraphDriver` of a container (Docker Engine API 1.41, ContainerInspect): overlay file systems only. */
export function parseLayerDirectories(value: unknown): LayerDirectories | undefined {
  const driver = asObject(asObject(value)?.GraphDriver);
  const data = asObject(driver?.Data);
  const upper = asString(data?.UpperDir);
  if (!/^(?:fuse-)?overlay(?:2|fs)?$/.test(asString(driver?.Name) ?? '') || !upper?.startsWith('/')) return undefined;
  const lowers = (asString(data?.LowerDir) ?? '').split(':').filter((path) => path.startsWith('/'));
  return { upper, lowers };
}

/** A path of a container that is not as its image has it. */
export interface ChangedPath {
  readonly path: string;
  readonly kind: 'modified' | 'added' | 'deleted';
}

/** Docker Engine API 1.41, ContainerChanges; null where nothing changed. */
export function parseChanges(value: unknown): readonly ChangedPath[] | undefined {
  if (value === null) return [];
  const kinds = ['modified', 'added', 'deleted'] as const;
  const changes = asArray(value)?.map((item) => {
    const object = asObject(item);
    const path = asString(object?.Path);
    const kind = kinds[asNumber(object?.Kind) ?? -1];
    return path?.startsWith('/') && kind ? { path, kind } : undefined;
  });
  return changes?.every((change) => change !== undefined) ? changes : undefined;
}

/** What `HEAD /containers/ID/archive` says of a path, as far as it is asked for. */
export interface PathStat {
  readonly isFile: boolean;
  readonly size: number;
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
}

/** The header X-Docker-Container-Path-Stat: base64 of JSON, its mode in the bits of Go's io/fs.FileMode. */
export function parsePathStat(header: string): PathStat | undefined {
  let stat: JsonObject | undefined;
  try {
    stat = asObject(parseJson(Buffer.from(header, 'base64').toString('utf8'), 'the state of a path'));
  } catch (error) {
    if (error instanceof BoundError) return undefined;
    throw error;
  }
  const [mode, size] = [asNumber(stat?.mode), asNumber(stat?.size)];
  if (mode === undefined || size === undefined || !(size >= 0) || !(mode >= 0 && mode < 2 ** 32)) return undefined;
  const has = (bit: number, bits: number) => (Math.floor(mode / 2 ** bit) % 2 === 1 ? bits : 0);
  const special = has(23, 0o4000) | has(22, 0o2000) | has(20, 0o1000);
  // ModeDir, ModeSymlink, ModeDevice, ModeNamedPipe, ModeSocket, ModeCharDevice, ModeIrregular.
  const isFile = [31, 27, 26, 25, 24, 21, 19].every((bit) => has(bit, 1) === 0);
  return { isFile, size, mode: (mode & 0o777) | special };
}

/** Undefined for events of other kinds and for what is no event. */
export function parseEvent(value: unknown): EngineEvent | undefined {
  const object = asObject(value);
  const type = object?.Type;
  const actor = asObject(object?.Actor);
  const id = asString(actor?.ID);
  const action = asString(object?.Action);
  if (type !== 'container' && type !== 'image' && type !== 'network') return undefined;
  if (id === undefined || action === undefined) return undefined;
  const at = eventTime(asNumber(object?.timeNano), asNumber(object?.time));
  if (at === undefined) return undefined;
  return { type, action: podmanActions[action] ?? action, id, at, attributes: asStringMap(actor?.Attributes) };
}

function eventTime(nanoseconds: number | undefined, seconds: number | undefined): Instant | undefined {
  if (nanoseconds) return Math.floor(nanoseconds / 1e6);
  return seconds === undefined ? undefined : seconds * 1000;
}
