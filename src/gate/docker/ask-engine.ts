import { Agent, get } from 'node:http';
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
import { shareLooks } from './share-looks.ts';

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

const longestAnswer = 4 * 1024 * 1024;
/** The front of the gate answers long before that where this is the only call; a burst of them may take its time. */
const mostMilliseconds = 5000;

/**
 * Asks dockerd on its own socket. Each question passes the plugin again as a read, which asks nothing back; images and
 * volumes take no lock of a container, so that it answers while one is started. Throws DockerGateError `engine-away`.
 */
export function askEngine(socketPath: string): EngineQuestions {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });

  const ask = shareLooks(async (path): Promise<Readonly<Record<string, unknown>> | undefined> => {
    try {
      const { status, bytes } = await fetchBytes(agent, socketPath, path);
      if (status === 404) return undefined;
      if (status !== 200) throw new Error(`it answers with status ${status}`);
      const value = asObject(parseJson(decodeUtf8(bytes, 'its answer'), 'its answer'));
      if (!value) throw new Error('its answer is no object');
      return value;
    } catch (cause) {
      throw new DockerGateError('engine-away', `the engine does not say what ${path} is: ${messageOf(cause)}`, {
        cause,
        remedy: 'try again; if it stays so, look at the log of dockerd',
      });
    }
  });

  let own: readonly string[] | undefined;
  return {
    async ownPaths() {
      // They are the same for as long as it runs; a new dockerd has a new connection, and mostly the same paths.
      own ??= [socketPath, asString((await ask('/v1.24/info'))?.DockerRootDir) ?? '/var/lib/docker'];
      return own;
    },
    async inspectImage(name) {
      // What is no reference and no ID is no image, and would be another path.
      if (!/^[A-Za-z0-9[][\w.:@/[\]-]*$/.test(name) || /\/\/|\/\.|\/$/.test(name)) return undefined;
      const image = await ask(`/v1.24/images/${name}/json`);
      if (!image) return undefined;
      const id = parseDigest(asString(image.Id) ?? '');
      if (!id) throw new DockerGateError('engine-away', 'the engine names an image by no digest');
      return { id, repoDigests: asStrings(image.RepoDigests) };
    },
    async inspectVolume(name) {
      if (!/^[A-Za-z0-9][\w.-]*$/.test(name)) return undefined;
      const volume = await ask(`/v1.24/volumes/${name}`);
      return volume && { driver: asString(volume.Driver) ?? '', options: asStringMap(volume.Options) };
    },
    async inspectContainer(name) {
      if (!/^[A-Za-z0-9][\w.-]*$/.test(name)) return undefined;
      const container = await ask(`/v1.24/containers/${name}/json`);
      if (!container) return undefined;
      const imageId = parseDigest(asString(container.Image) ?? '');
      if (!imageId) throw new DockerGateError('engine-away', 'the engine names the image of a container by no digest');
      const image = asString(asObject(container.Config)?.Image) ?? imageId;
      return { name: (asString(container.Name) ?? name).replace(/^\//, ''), imageId, image };
    },
    close: () => agent.destroy(),
  };
}

async function fetchBytes(
  agent: Agent,
  socketPath: string,
  path: string,
): Promise<{ readonly status: number; readonly bytes: Uint8Array }> {
  const signal = AbortSignal.timeout(mostMilliseconds);
  return new Promise((resolve, reject) => {
    const request = get({ agent, socketPath, path, signal, headers: { host: 'docker' } }, (response) => {
      readBounded(response, longestAnswer, 'the answer').then(
        (bytes) => resolve({ status: response.statusCode ?? 0, bytes }),
        (error: unknown) => {
          response.destroy();
          reject(error);
        },
      );
    });
    request.on('error', reject);
  });
}
