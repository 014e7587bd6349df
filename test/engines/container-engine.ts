import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { Agent } from 'undici';

export interface ContainerOptions {
  readonly image: string;
  readonly name?: string;
  readonly command?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly user?: string;
  /** Given to the engine's create call as they are, over what is said above. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** A real engine of a test: the Docker Engine API 1.41 on a unix socket, which podman speaks as well. */
export interface ContainerEngine {
  readonly kind: 'docker' | 'podman';
  readonly socket: string;
  /** The daemon's directory of images and containers. */
  readonly dataRoot: string;
  /** One call, its answer parsed; throws where the status is 400 or above. */
  call(method: string, path: string, body?: unknown): Promise<unknown>;
  /** A docker archive or (podman) an OCI archive, from memory or a file; gives the reference or ID that was loaded. */
  load(archive: Uint8Array | string): Promise<string>;
  /** Creates and starts; gives its ID. It has no network. */
  run(options: ContainerOptions): Promise<string>;
  stopContainer(id: string): Promise<void>;
  removeContainer(id: string): Promise<void>;
  /** What the daemon said. */
  log(): string;
  /** Ends it with all its containers, mounts and files. Does nothing the second time. */
  stop(): Promise<void>;
}

export interface EngineApi
  extends Pick<ContainerEngine, 'call' | 'load' | 'run' | 'stopContainer' | 'removeContainer'> {
  removeAllContainers(): Promise<void>;
  close(): Promise<void>;
}

export function createEngineApi(socket: string, createDefaults: Readonly<Record<string, unknown>> = {}): EngineApi {
  const agent = new Agent({ connect: { socketPath: socket }, headersTimeout: 120_000, bodyTimeout: 120_000 });

  async function send(method: string, path: string, type: string, body: Readable | string | null): Promise<unknown> {
    const answer = await agent.request({
      origin: 'http://engine',
      method: method as 'GET',
      path: `/v1.40${path}`,
      headers: body === null ? {} : { 'content-type': type },
      body,
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 400) throw new Error(`${method} ${path}: ${answer.statusCode} ${text.trim()}`);
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    try {
      return lines.length > 1 ? lines.map((line) => JSON.parse(line)) : JSON.parse(text || 'null');
    } catch {
      return text;
    }
  }

  const call = (method: string, path: string, body?: unknown): Promise<unknown> =>
    send(method, path, 'application/json', body === undefined ? null : JSON.stringify(body));

  return {
    call,
    async load(archive) {
      const body = typeof archive === 'string' ? createReadStream(archive) : Readable.from([archive]);
      const said = JSON.stringify(await send('POST', '/images/load?quiet=1', 'application/x-tar', body));
      const loaded = /Loaded image(?: ID)?(?:\(s\))?: ([^\s"\\,]+)/.exec(said)?.[1];
      if (loaded === undefined) throw new Error(`the engine did not load the image: ${said}`);
      return loaded;
    },
    async run({ image, name, command, labels, user, extra }) {
      const created = (await call('POST', `/containers/create${name === undefined ? '' : `?name=${name}`}`, {
        Image: image,
        Cmd: command,
        Labels: labels,
        User: user,
        HostConfig: { NetworkMode: 'none', ...createDefaults },
        ...extra,
      })) as { Id: string };
      await call('POST', `/containers/${created.Id}/start`);
      return created.Id;
    },
    async stopContainer(id) {
      await call('POST', `/containers/${id}/stop?t=0`);
    },
    async removeContainer(id) {
      await call('DELETE', `/containers/${id}?force=true&v=true`);
    },
    async removeAllContainers() {
      const all = (await call('GET', '/containers/json?all=true')) as readonly { Id: string }[];
      for (const { Id } of all) await call('DELETE', `/containers/${Id}?force=true&v=true`);
    },
    close: () => agent.close(),
  };
}
