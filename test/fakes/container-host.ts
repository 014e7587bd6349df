import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Json = Readonly<Record<string, unknown>>;

export interface ContainerHostOptions {
  /** What a gate before it would refuse, with its words; absent: nothing. */
  readonly refuses?: (path: string, body: Json) => string | undefined;
  readonly images?: readonly string[];
  /** What it shows of every container beside what was asked; absent: that it is not privileged. */
  readonly shows?: Json;
  /** Deletions do nothing. */
  readonly keeps?: boolean;
}

const usual: Json = { Privileged: false };

/** An engine as the self-test sees one, on a unix socket: containers are kept as they are asked for, and never run. */
export async function startContainerHost(options: ContainerHostOptions = {}) {
  const { refuses, images = ['small:1'], shows = usual, keeps } = options;
  const directory = mkdtempSync(join(tmpdir(), 'pw-host-'));
  const socket = join(directory, 'engine.sock');
  const containers = new Map<string, Json>();
  const asked: string[] = [];
  const id = (n: number) => `sha256:${String(n).padStart(64, '0')}`;

  const server = createServer(async (request, reply) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { status, value } = answer(request, Buffer.concat(chunks).toString());
    reply.writeHead(status, { 'content-type': 'application/json' });
    reply.end(JSON.stringify(value));
  });

  function answer({ method = '', url = '' }: IncomingMessage, text: string): { status: number; value: unknown } {
    const { pathname, searchParams } = new URL(url, 'http://engine');
    const path = pathname.replace(/^\/v[\d.]+/, '');
    asked.push(`${method} ${path}`);
    const missing = { status: 404, value: { message: 'page not found' } };
    const [, kind, name = ''] = /^\/(\w+)\/(.+?)(?:\/json)?$/.exec(path) ?? [];
    if (path === '/version')
      return { status: 200, value: { Version: '20.10', ApiVersion: '1.41', MinAPIVersion: '1.12' } };
    if (path === '/info')
      return { status: 200, value: { DockerRootDir: '/data', Plugins: { Authorization: refuses ? ['gate'] : [] } } };
    if (path === '/images/json')
      return { status: 200, value: images.map((tag, n) => ({ Id: id(n), RepoTags: [tag], Size: n })) };
    if (path === '/containers/json')
      return { status: 200, value: [...containers].map(([Id, { name: Name }]) => ({ Id, Names: [Name] })) };
    if (method === 'GET' && kind === 'images')
      return images.includes(name) ? { status: 200, value: { Id: id(0) } } : missing;
    if (path === '/containers/create') {
      const body = parse(text);
      if (body === undefined) return { status: 400, value: { message: 'invalid character' } };
      const words = refuses?.(path, body);
      if (words !== undefined)
        return { status: 403, value: { message: `authorization denied by plugin gate: ${words}` } };
      const HostConfig = { ...shows, ...(body.HostConfig as Json | undefined) };
      containers.set(`c${containers.size + 1}`, { name: searchParams.get('name'), ...body, HostConfig });
      return { status: 201, value: { Id: 'c' } };
    }
    if (kind === 'containers') {
      const found = [...containers].find(([Id, container]) => Id === name || container.name === name);
      if (!found) return { status: 404, value: { message: `No such container: ${name}` } };
      if (method === 'DELETE' && !keeps) containers.delete(found[0]);
      return { status: 200, value: found[1] };
    }
    return missing;
  }

  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return {
    socket,
    containers,
    asked,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
