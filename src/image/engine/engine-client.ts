import type { Agent, Dispatcher } from 'undici';
import { asObject, asString, BoundError, decodeUtf8, messageOf, parseJson, readBounded } from '../../base/index.ts';
import type { AttachedContainer, EngineKind, EngineNetwork } from '../../model/index.ts';
import { ImageError } from '../image-error.ts';
import { failureCode, networkFailure, withNetworkFailures } from '../network-failure.ts';
import {
  type ChangedPath,
  type EngineContainer,
  type EngineEvent,
  type EngineImage,
  isContainerId,
  type LayerDirectories,
  type PathStat,
  parseChanges,
  parseContainer,
  parseContainerIds,
  parseEvent,
  parseImage,
  parseImages,
  parseLayerDirectories,
  parsePathStat,
  parseStorage,
} from './engine-answers.ts';
import { parseAttachedContainer, parseDockerNetworks, parsePodmanNetworks } from './engine-networks.ts';
import type { EngineStorage } from './engine-storage.ts';
import { readJsonLines } from './json-lines.ts';

/**
 * What Portwarden asks of an engine: to look, never to change anything. Every answer is bounded and checked; every
 * method rejects with ImageError: `not-found` (no socket there), `forbidden-socket`, `unreachable`, `stalled`,
 * `bad-response`, `aborted`.
 */
export interface EngineClient {
  readonly kind: EngineKind;
  readonly socket: string;
  version(signal?: AbortSignal): Promise<string>;
  /** Of all containers, whatever their state. */
  containerIds(signal?: AbortSignal): Promise<readonly string[]>;
  /** Undefined where there is none any more. */
  inspectContainer(containerId: string, signal?: AbortSignal): Promise<EngineContainer | undefined>;
  /** The same with its ends in networks; undefined where there is none any more. */
  inspectAttached(containerId: string, signal?: AbortSignal): Promise<AttachedContainer | undefined>;
  /** All, podman's by its own API (4.0 and later): the compatible one does not say which interface a network has. */
  networks(signal?: AbortSignal): Promise<readonly EngineNetwork[]>;
  images(signal?: AbortSignal): Promise<readonly EngineImage[]>;
  /** By ID or by name, which the engine completes in its own way; undefined where it has none. */
  inspectImage(name: string, signal?: AbortSignal): Promise<EngineImage | undefined>;
  /** Where it keeps images; undefined where it does not say. */
  storage(signal?: AbortSignal): Promise<EngineStorage | undefined>;
  /** Where its writable layer lies; undefined where there is no such container any more, or it lies in no overlay. */
  layerDirectories(containerId: string, signal: AbortSignal): Promise<LayerDirectories | undefined>;
  /** What is not as in its image; undefined where there is no such container any more. */
  changes(containerId: string, signal: AbortSignal): Promise<readonly ChangedPath[] | undefined>;
  /** A path in a container; undefined where there is none any more. */
  statPath(containerId: string, path: string, signal: AbortSignal): Promise<PathStat | undefined>;
  /** A tar stream of what lies at a path in a container, by its base name; undefined where there is none any more. */
  archive(containerId: string, path: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** The tar stream of `docker save`. */
  exportImage(name: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /**
   * Resolves once the engine has begun to send; what happens from then on is not missed. Ends when the engine closes
   * the stream; to connect again is the caller's business. Of containers and images, unless other types are asked for.
   */
  events(signal: AbortSignal, types?: readonly EngineEvent['type'][]): Promise<AsyncIterable<EngineEvent>>;
  close(): Promise<void>;
}

export interface EngineEndpoint {
  readonly kind: EngineKind;
  /** Path of its unix socket. */
  readonly socket: string;
  /** Milliseconds without a byte. */
  readonly stallTimeout?: number;
}

const maxListBytes = 128 * 2 ** 20;
const maxInspectBytes = 16 * 2 ** 20;
const maxEventBytes = 2 ** 20;
/** dockerd lays an image out on disk before it sends the first byte of it: minutes, for a large one. */
const exportPreparation = 20;

/**
 * A client of Docker's Engine API (1.24 and later, by the routes without a version) and of podman's compatible one, on
 * a unix socket. Nothing is sent before a method is called.
 */
export function createEngineClient({ kind, socket, stallTimeout = 30_000 }: EngineEndpoint): EngineClient {
  const what = `the ${kind} engine at ${socket}`;
  let connections: Promise<Agent> | undefined;

  // Whoever loads this room and asks no engine does not load an HTTP client either.
  async function connect(): Promise<Agent> {
    const undici = await import('undici');
    const timeouts = { headersTimeout: stallTimeout, bodyTimeout: stallTimeout };
    return new undici.Agent({ connect: { socketPath: socket, timeout: 5000 }, ...timeouts });
  }

  async function get(path: string, options: Partial<Dispatcher.RequestOptions>, signal?: AbortSignal) {
    connections ??= connect();
    const dispatcher = await connections;
    try {
      const answer = await dispatcher.request({
        origin: 'http://engine',
        method: 'GET',
        path,
        ...options,
        ...(signal ? { signal } : {}),
      });
      // A body that nobody reads may fail unheard; whoever reads it hears of it.
      answer.body.on('error', () => undefined);
      return answer;
    } catch (cause) {
      throw socketFailure(cause, kind, socket) ?? networkFailure(cause, what, signal);
    }
  }

  async function getJson<Value>(
    path: string,
    parse: (value: unknown) => Value | undefined,
    limit: number,
    signal: AbortSignal | undefined,
  ): Promise<Value | undefined> {
    const { statusCode, body } = await get(path, {}, signal);
    const bytes = await bounded(body, limit, `the answer of ${what} to ${path}`, signal);
    if (statusCode === 404) return undefined;
    if (statusCode !== 200) {
      const refusal = refused(statusCode, bytes, path);
      // Podman 4 answers so while it removes what is asked for.
      if (statusCode === 500 && /no such (?:container|image)/i.test(refusal.message)) return undefined;
      throw refusal;
    }
    const value = parse(json(bytes, path));
    if (value === undefined) throw new ImageError('bad-response', `${what} answered ${path} with an unknown shape`);
    return value;
  }

  async function bounded(body: AsyncIterable<Uint8Array>, limit: number, name: string, signal?: AbortSignal) {
    try {
      return await readBounded(body, limit, name);
    } catch (cause) {
      if (cause instanceof BoundError) throw new ImageError('bad-response', cause.message, { cause });
      throw networkFailure(cause, what, signal);
    }
  }

  function json(bytes: Uint8Array, path: string): unknown {
    try {
      return parseJson(decodeUtf8(bytes, path), path);
    } catch (cause) {
      throw new ImageError('bad-response', `${what} answered ${path} with no JSON: ${messageOf(cause)}`, { cause });
    }
  }

  /** Engines explain themselves as `{"message": …}`. */
  function refused(statusCode: number, bytes: Uint8Array, path: string): ImageError {
    const text = Buffer.from(bytes).toString('utf8').slice(0, 1000);
    let message = text;
    try {
      message = asString(asObject(parseJson(text, path))?.message) ?? text;
    } catch (error) {
      if (!(error instanceof BoundError)) throw error;
    }
    const code = statusCode === 401 || statusCode === 403 ? 'forbidden' : 'bad-response';
    return new ImageError(code, `${what} answered ${path} with ${statusCode}: ${message.trim()}`);
  }

  async function found<Value>(value: Promise<Value | undefined>, path: string): Promise<Value> {
    const answer = await value;
    if (answer === undefined) throw new ImageError('bad-response', `${what} does not know ${path}`);
    return answer;
  }

  return {
    kind,
    socket,
    version: (signal) =>
      found(
        getJson('/version', (value) => asString(asObject(value)?.Version), maxInspectBytes, signal),
        '/version',
      ),
    containerIds: (signal) =>
      found(getJson('/containers/json?all=1', parseContainerIds, maxListBytes, signal), '/containers/json'),
    images: (signal) => found(getJson('/images/json', parseImages, maxListBytes, signal), '/images/json'),

    async inspectContainer(containerId, signal) {
      if (!isContainerId(containerId)) return undefined;
      return getJson(`/containers/${containerId}/json`, parseContainer, maxInspectBytes, signal);
    },

    async inspectAttached(containerId, signal) {
      if (!isContainerId(containerId)) return undefined;
      return getJson(`/containers/${containerId}/json`, parseAttachedContainer, maxInspectBytes, signal);
    },

    networks(signal) {
      const [path, parse] =
        kind === 'docker'
          ? (['/networks', parseDockerNetworks] as const)
          : (['/v4.0.0/libpod/networks/json', parsePodmanNetworks] as const);
      return found(getJson(path, parse, maxListBytes, signal), path);
    },

    async inspectImage(name, signal) {
      for (const candidate of imageNames(kind, name)) {
        const image = await getJson(`/images/${candidate}/json`, parseImage, maxInspectBytes, signal);
        if (image) return image;
      }
      return undefined;
    },

    storage: (signal) => getJson('/info', parseStorage, maxInspectBytes, signal),

    async layerDirectories(containerId, signal) {
      const parse = (value: unknown) => ({ directories: parseLayerDirectories(value) });
      return (await getJson(`/containers/${containerId}/json`, parse, maxInspectBytes, signal))?.directories;
    },

    changes: (containerId, signal) => getJson(`/containers/${containerId}/changes`, parseChanges, maxListBytes, signal),

    async statPath(containerId, path, signal) {
      const { statusCode, headers, body } = await get(archivePath(containerId, path), { method: 'HEAD' }, signal);
      await bounded(body, maxInspectBytes, path, signal);
      const header = headers['x-docker-container-path-stat'];
      return statusCode === 200 && typeof header === 'string' ? parsePathStat(header) : undefined;
    },

    async archive(containerId, path, signal) {
      const { statusCode, body } = await get(archivePath(containerId, path), {}, signal);
      if (statusCode === 200) return withNetworkFailures(body, what, signal);
      const bytes = await bounded(body, maxInspectBytes, path, signal);
      if (statusCode === 404) return undefined;
      throw refused(statusCode, bytes, path);
    },

    async exportImage(name, signal) {
      const path = `/images/${imageNames(kind, name)[0]}/get`;
      const { statusCode, body } = await get(path, { headersTimeout: exportPreparation * stallTimeout }, signal);
      if (statusCode === 200) return withNetworkFailures(body, what, signal);
      const bytes = await bounded(body, maxInspectBytes, path, signal);
      if (statusCode === 404) throw new ImageError('not-found', `${what} has no image ${name}`);
      throw refused(statusCode, bytes, path);
    },

    async events(signal, types = ['container', 'image']) {
      const path = `/events?filters=${encodeURIComponent(JSON.stringify({ type: types }))}`;
      const { statusCode, body } = await get(path, { bodyTimeout: 0 }, signal);
      if (statusCode !== 200) throw refused(statusCode, await bounded(body, maxInspectBytes, path, signal), path);
      return readEvents(body, what, signal);
    },

    close: async () => (await connections)?.destroy(),
  };
}

async function* readEvents(
  body: AsyncIterable<Uint8Array>,
  what: string,
  signal: AbortSignal,
): AsyncIterable<EngineEvent> {
  try {
    for await (const value of readJsonLines(body, maxEventBytes, `the events of ${what}`)) {
      const event = parseEvent(value);
      if (event) yield event;
    }
  } catch (cause) {
    if (cause instanceof BoundError) throw new ImageError('bad-response', cause.message, { cause });
    throw networkFailure(cause, what, signal);
  }
}

function archivePath(containerId: string, path: string): string {
  return `/containers/${containerId}/archive?path=${encodeURIComponent(path)}`;
}

/**
 * What a name may stand for, ready for a path. Podman completes short names to docker.io, where docker-compatible
 * clients expect them, while what was built here lies under localhost/.
 */
function imageNames(kind: EngineKind, name: string): readonly string[] {
  if (!/^\w[\w.:@/-]{0,511}$/.test(name) || name.includes('..')) {
    throw new ImageError('not-found', `"${name.slice(0, 300)}" is not the name or ID of an image`);
  }
  const path = name.split('/').map(encodeURIComponent).join('/');
  return kind === 'podman' && !name.includes('/') ? [path, `localhost/${path}`] : [path];
}

/** Why a socket could not even be connected to. */
function socketFailure(cause: unknown, kind: EngineKind, socket: string): ImageError | undefined {
  switch (failureCode(cause)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new ImageError('not-found', `there is no ${kind} engine at ${socket}`, {
        cause,
        remedy: `Start ${kind}, or name its socket in PORTWARDEN_${kind.toUpperCase()}_SOCKET.`,
      });
    case 'EACCES':
    case 'EPERM':
      return new ImageError('forbidden-socket', `no permission to use the ${kind} engine at ${socket}`, {
        cause,
        remedy:
          kind === 'docker'
            ? 'Add this user to the docker group and log in again, or run Portwarden as root.'
            : 'Run Portwarden as the user whose podman it is, or as root.',
      });
    case 'ECONNREFUSED':
    case 'ENOTSOCK':
      return new ImageError('unreachable', `nothing answers at ${socket}`, {
        cause,
        remedy: `Start ${kind}: its socket is there, but no engine behind it.`,
      });
    default:
      return undefined;
  }
}
