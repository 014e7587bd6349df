import { Agent, get } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import {
  asObject,
  asString,
  asStringMap,
  asStrings,
  type Digest,
  decodeUtf8,
  messageOf,
  parseDigest,
  parseJson,
  readBounded,
} from '../../base/index.ts';
import { DockerGateError } from './docker-gate-error.ts';
import { createImageNames, type ImageNames } from './image-names.ts';
import { shareLooks } from './share-looks.ts';
import { createUnderWay } from './under-way.ts';

/** What names mean to the engine of this host, now. Undefined: it has none of that name. */
export interface EngineNames {
  inspectImage(name: string): Promise<KnownImage | undefined>;
  inspectVolume(name: string): Promise<KnownVolume | undefined>;
  /** By its name, its ID or the beginning of that. */
  inspectContainer(name: string): Promise<KnownContainer | undefined>;
  /** Where on the host its socket and its state lie. */
  ownPaths(): Promise<readonly string[]>;
}

export interface KnownImage {
  readonly id: Digest;
  /** Names with digests under which registries gave it. */
  readonly repoDigests: readonly string[];
}

export interface KnownVolume {
  readonly driver: string;
  readonly options: Readonly<Record<string, string>>;
}

export interface KnownContainer {
  readonly name: string;
  readonly imageId: Digest;
  /** What was asked for when it was created. */
  readonly image: string;
}

export interface EngineQuestions extends EngineNames {
  close(): void;
}

/** What does not change for as long as a dockerd runs. */
interface EngineFacts {
  readonly root: string;
  /** Absent where it keeps images otherwise than by its storage driver. */
  readonly names?: ImageNames;
  /** Open for as long as it runs. */
  readonly connection: Socket;
}

interface Answer {
  readonly value: Readonly<Record<string, unknown>>;
  readonly connection: Socket;
}

const longestAnswer = 4 * 1024 * 1024;
/** The front of the gate answers long before that where this is the only call; a burst of them may take its time. */
const mostMilliseconds = 5000;

/**
 * Asks dockerd on its own socket. Each question passes the plugin again as a read, which asks nothing back; images and
 * volumes take no lock of a container, so that it answers while one is started. Throws DockerGateError `engine-away`.
 */
export function askEngine(socketPath: string): EngineQuestions {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });

  const askWhole = shareLooks(async (path): Promise<Answer | undefined> => {
    try {
      const { status, bytes, connection } = await fetchBytes(agent, socketPath, path);
      if (status === 404) return undefined;
      if (status !== 200) throw new Error(`it answers with status ${status}`);
      const value = asObject(parseJson(decodeUtf8(bytes, 'its answer'), 'its answer'));
      if (!value) throw new Error('its answer is no object');
      return { value, connection };
    } catch (cause) {
      throw new DockerGateError('engine-away', `the engine does not say what ${path} is: ${messageOf(cause)}`, {
        cause,
        remedy: 'try again; if it stays so, look at the log of dockerd',
      });
    }
  });

  const ask = async (path: string) => (await askWhole(path))?.value;

  let known: EngineFacts | undefined;
  async function facts(): Promise<EngineFacts> {
    if (known && !known.connection.destroyed) return known;
    const answer = await askWhole('/info');
    if (!answer) throw new DockerGateError('engine-away', 'the engine says nothing of itself');
    known = factsOf(answer);
    return known;
  }

  const underWay = createUnderWay();
  async function askForImage(name: string) {
    const value = await ask(`/images/${name}/json`);
    if (!value) return undefined;
    const id = parseDigest(asString(value.Id) ?? '');
    if (!id) throw new DockerGateError('engine-away', 'the engine names an image by no digest');
    const image: KnownImage = { id, repoDigests: asStrings(value.RepoDigests) };
    return { image, names: [...asStrings(value.RepoTags), ...image.repoDigests] };
  }

  return {
    async ownPaths() {
      return [socketPath, (await facts()).root];
    },
    async inspectImage(name) {
      // What is no reference and no ID is no image, and would be another path.
      if (!/^[A-Za-z0-9[][\w.:@/[\]-]*$/.test(name) || /\/\/|\/\.|\/$/.test(name)) return undefined;
      // Whoever cannot say what it is may say what the image is; otherwise that question tells why not.
      const names = (await facts().catch(() => undefined))?.names;
      if (!names) return (await askForImage(name))?.image;
      // What another is told meanwhile counts for this one too, where the list of names is the same behind it.
      await underWay.ended(name);
      const stamp = names.stamp();
      const before = stamp === undefined ? undefined : names.recall(name, stamp);
      if (before) return before;
      const found = await underWay.begin(name, () => askForImage(name));
      if (found && stamp !== undefined) names.keep(name, stamp, found.image, found.names);
      return found?.image;
    },
    async inspectVolume(name) {
      if (!/^[A-Za-z0-9][\w.-]*$/.test(name)) return undefined;
      const volume = await ask(`/volumes/${name}`);
      return volume && { driver: asString(volume.Driver) ?? '', options: asStringMap(volume.Options) };
    },
    async inspectContainer(name) {
      if (!/^[A-Za-z0-9][\w.-]*$/.test(name)) return undefined;
      const container = await ask(`/containers/${name}/json`);
      if (!container) return undefined;
      const imageId = parseDigest(asString(container.Image) ?? '');
      if (!imageId) throw new DockerGateError('engine-away', 'the engine names the image of a container by no digest');
      const image = asString(asObject(container.Config)?.Image) ?? imageId;
      return { name: (asString(container.Name) ?? name).replace(/^\//, ''), imageId, image };
    },
    close: () => agent.destroy(),
  };
}

function factsOf({ value, connection }: Answer): EngineFacts {
  const root = asString(value.DockerRootDir) ?? '/var/lib/docker';
  const driver = asString(value.Driver) ?? '';
  // Images of containerd have a driver of another kind, which it says in its status.
  const isPlain = /^[\w-]{1,40}$/.test(driver) && !JSON.stringify(value.DriverStatus ?? []).includes('containerd');
  return { root, connection, ...(isPlain ? { names: createImageNames(join(root, 'image', driver)) } : {}) };
}

async function fetchBytes(
  agent: Agent,
  socketPath: string,
  path: string,
): Promise<{ readonly status: number; readonly bytes: Uint8Array; readonly connection: Socket }> {
  const signal = AbortSignal.timeout(mostMilliseconds);
  return new Promise((resolve, reject) => {
    const request = get({ agent, socketPath, path, signal, headers: { host: 'docker' } }, (response) => {
      // It is no longer the answer's once that has ended.
      const { socket: connection } = response;
      readBounded(response, longestAnswer, 'the answer').then(
        (bytes) => resolve({ status: response.statusCode ?? 0, bytes, connection }),
        (error: unknown) => {
          response.destroy();
          reject(error);
        },
      );
    });
    request.on('error', reject);
  });
}
