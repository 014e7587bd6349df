import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEngineClient, type EngineClient } from './engine-client.ts';

let directory: string;
let server: Server | undefined;
let client: EngineClient;
const signal = new AbortController().signal;
const id = 'ab'.repeat(32);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pw-engine-'));
});
afterEach(async () => {
  await client.close();
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  rmSync(directory, { recursive: true });
});

async function connect(answer?: (request: IncomingMessage, response: ServerResponse) => void): Promise<void> {
  const socket = join(directory, 'engine.sock');
  if (answer) {
    server = createServer(answer).listen(socket);
    await once(server, 'listening');
  }
  client = createEngineClient({ kind: 'docker', socket, stallTimeout: 300 });
}

describe('an engine that cannot be reached', () => {
  it('where there is no socket', async () => {
    await connect();
    await expect(client.version()).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining(join(directory, 'engine.sock')),
      remedy: expect.stringContaining('PORTWARDEN_DOCKER_SOCKET'),
    });
  });

  it('where a file lies instead', async () => {
    await connect();
    writeFileSync(client.socket, '');
    await expect(client.version()).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('without the permission to', async () => {
    await connect((_, response) => response.end('{"Version":"1"}'));
    // Loads all that is needed, while it may be read.
    await client.version();
    chmodSync(client.socket, 0o600);
    const mine = createEngineClient(client);
    const asked = asAnotherUser(() => mine.version());
    await expect(asked).rejects.toMatchObject({
      code: 'forbidden-socket',
      remedy: expect.stringContaining('docker group'),
    });
    await mine.close();
  });

  it('where the way to it is no directory', async () => {
    const file = join(directory, 'file');
    mkdirSync(join(directory, 'sub'));
    writeFileSync(file, '');
    client = createEngineClient({ kind: 'podman', socket: join(file, 'podman.sock') });
    await expect(client.version()).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('an engine that answers', () => {
  const cases: readonly (readonly [string, (response: ServerResponse) => void, string])[] = [
    ['nothing', () => {}, 'stalled'],
    ['half', (response) => response.writeHead(200).write('['), 'stalled'],
    ['no JSON', (response) => response.end('<html>'), 'bad-response'],
    ['another shape', (response) => response.end('{"Containers":[]}'), 'bad-response'],
    ['containers without IDs', (response) => response.end('[{"Names":["/web"]}]'), 'bad-response'],
    ['JSON that nests without end', (response) => response.end('['.repeat(100_000)), 'bad-response'],
    ['with an error', (response) => response.writeHead(500).end('{"message":"out of ropes"}'), 'bad-response'],
    ['with a refusal', (response) => response.writeHead(403).end('no'), 'forbidden'],
    ['by hanging up', (response) => response.destroy(), 'unreachable'],
  ];
  for (const [title, answer, code] of cases) {
    it(title, async () => {
      await connect((_, response) => answer(response));
      await expect(client.containerIds()).rejects.toMatchObject({ code });
    });
  }

  it('with its own words for an error', async () => {
    await connect((_, response) => response.writeHead(500).end('{"message":"out of ropes"}'));
    await expect(client.images()).rejects.toThrow(/500: out of ropes/);
  });

  it('that a container is gone', async () => {
    await connect((_, response) => response.writeHead(404).end('{"message":"No such container"}'));
    expect(await client.inspectContainer(id)).toBeUndefined();
  });

  it('that a container is gone, as podman says it while it goes', async () => {
    const message = `container ${id} does not exist in database: no such container`;
    await connect((_, response) => response.writeHead(500).end(JSON.stringify({ message })));
    expect(await client.inspectContainer(id)).toBeUndefined();
  });

  it('is never asked for what is no container', async () => {
    let asked = 0;
    await connect((_, response) => {
      asked++;
      response.end('{}');
    });
    expect(await client.inspectContainer('../images/json')).toBeUndefined();
    expect(asked).toBe(0);
  });

  it('is only ever asked, by GET', async () => {
    const methods = new Set<string | undefined>();
    await connect((request, response) => {
      methods.add(request.method);
      response.end('[]');
    });
    await client.containerIds();
    await client.images();
    await client.inspectImage('web').catch(() => undefined);
    expect([...methods]).toEqual(['GET']);
  });
});

describe('networks', () => {
  it("of podman are asked for by its own API, of docker by docker's", async () => {
    const paths: (string | undefined)[] = [];
    await connect((request, response) => {
      paths.push(request.url);
      response.end('[]');
    });
    expect(await client.networks()).toEqual([]);
    const podman = createEngineClient({ ...client, kind: 'podman' });
    expect(await podman.networks()).toEqual([]);
    await podman.close();
    expect(paths).toEqual(['/networks', '/v4.0.0/libpod/networks/json']);
  });

  it('of an engine that has no such API are not none', async () => {
    await connect((_, response) => response.writeHead(404).end('{"message":"page not found"}'));
    await expect(client.networks()).rejects.toMatchObject({ code: 'bad-response' });
  });
});

describe('events', () => {
  const event = { Type: 'container', Action: 'start', Actor: { ID: id }, timeNano: 1e15 };

  it('come one by one, and end with the stream', async () => {
    await connect((_, response) => {
      response.write(`${JSON.stringify(event)}\n{"Type":"network"}\n`);
      response.end(`${JSON.stringify({ ...event, Action: 'die' })}\n`);
    });
    const actions: string[] = [];
    for await (const { action } of await client.events(signal)) actions.push(action);
    expect(actions).toEqual(['start', 'die']);
  });

  it('may be silent for longer than anything else', async () => {
    await connect((_, response) => {
      response.writeHead(200).flushHeaders();
      setTimeout(() => response.end(`${JSON.stringify(event)}\n`), 900);
    });
    const actions: string[] = [];
    for await (const { action } of await client.events(signal)) actions.push(action);
    expect(actions).toEqual(['start']);
  });

  it('that are none end in an error', async () => {
    await connect((_, response) => response.end('hello\n'));
    const stream = await client.events(signal);
    await expect(stream[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'bad-response' });
  });

  it('stop with the signal', async () => {
    await connect((_, response) => response.writeHead(200).flushHeaders());
    const controller = new AbortController();
    const next = (await client.events(controller.signal))[Symbol.asyncIterator]().next();
    controller.abort();
    await expect(next).rejects.toMatchObject({ code: 'aborted' });
  });
});

/** Root may use any socket; for the time of the call it is nobody. Others make the socket nobody's. */
async function asAnotherUser<Result>(work: () => Promise<Result>): Promise<Result> {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  else chmodSync(client.socket, 0o000);
  try {
    return await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}
