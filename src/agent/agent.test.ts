import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Log, silentLog, systemClock } from '../base/index.ts';
import type { EngineStatus } from '../model/index.ts';
import type { InventoryRecorder, ObservedContainer } from '../service/index.ts';
import { createAgent } from './agent.ts';

const id = 'ab'.repeat(32);
const imageId = `sha256:${'cd'.repeat(32)}`;

let directory: string;
let engine: ScriptedEngine;
let stop: (() => Promise<void>) | undefined;

/** An engine that says what the test lays down, on a real socket. */
interface ScriptedEngine {
  readonly socket: string;
  containers: { StartedAt: string; Running: boolean; FinishedAt?: string }[];
  answer: ((path: string, response: ServerResponse) => boolean) | undefined;
  send(event: object): void;
  /** Ends the streams of events. */
  hangUp(): void;
  readonly server: Server;
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'pw-agent-'));
  engine = await startEngine(join(directory, 'engine.sock'));
});
afterEach(async () => {
  await stop?.();
  stop = undefined;
  engine.server.closeAllConnections();
  engine.server.close();
  rmSync(directory, { recursive: true });
});

async function startEngine(socket: string): Promise<ScriptedEngine> {
  const streams = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const json = (value: unknown) => response.end(JSON.stringify(value));
    if (scripted.answer?.(path, response)) return;
    if (path === '/version') json({ Version: '1.2.3' });
    else if (path === '/events') {
      streams.add(response.writeHead(200));
      response.flushHeaders();
    } else if (path === '/containers/json') json(scripted.containers.map(() => ({ Id: id })));
    else if (path === '/images/json') json([{ Id: imageId, RepoTags: ['web:1'] }]);
    else if (scripted.containers[0]) {
      json({ Id: id, Name: '/web', Image: imageId, Config: { Image: 'web:1' }, State: scripted.containers[0] });
    } else response.writeHead(404).end();
  }).listen(socket);
  await once(server, 'listening');
  const scripted: ScriptedEngine = {
    socket,
    server,
    containers: [],
    answer: undefined,
    send: (event) => {
      for (const stream of streams) stream.write(`${JSON.stringify(event)}\n`);
    },
    hangUp: () => {
      for (const stream of streams) stream.end();
      streams.clear();
    },
  };
  return scripted;
}

/** Writes down what it is told. */
function createNotes(): InventoryRecorder & {
  statuses: EngineStatus[];
  looks: ObservedContainer[][];
  images: string[];
} {
  const notes = {
    statuses: [] as EngineStatus[],
    looks: [] as ObservedContainer[][],
    images: [] as string[],
    engineStatus: async (status: EngineStatus) => void (status.engine === 'docker' && notes.statuses.push(status)),
    reconcile: async (_: string, __: string, containers: readonly ObservedContainer[]) =>
      void notes.looks.push([...containers]),
    observed: async () => {},
    removed: async () => {},
    imagesStored: async (_: string, __: string, images: readonly { references: readonly string[] }[]) =>
      void notes.images.push(images.flatMap((image) => image.references).join()),
  };
  return notes;
}

function start(inventory: InventoryRecorder, options: { reconcileEvery?: number; log?: Log; sockets?: string[] } = {}) {
  const controller = new AbortController();
  const { reconcileEvery = 600_000, log = silentLog, sockets = [engine.socket] } = options;
  const agent = createAgent({
    ...{ host: 'quay-1', inventory, clock: systemClock, log, reconcileEvery },
    ...{ sockets: { docker: sockets, podman: [] }, retryAfter: 5 },
  });
  const done = agent.run(controller.signal);
  stop = async () => {
    controller.abort();
    await done;
  };
}

async function until(met: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!met()) {
    if (Date.now() > deadline) throw new Error('it never happened');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const running = { StartedAt: '2026-03-04T05:06:07Z', Running: true };

describe('an agent', () => {
  it('says that it watches once it has looked at everything', async () => {
    engine.containers = [running];
    const notes = createNotes();
    start(notes);
    await until(() => notes.statuses.length === 1);
    expect(notes.statuses[0]).toEqual({
      ...{ host: 'quay-1', engine: 'docker', socket: engine.socket, state: 'watching', version: '1.2.3' },
    });
    expect(notes.looks[0]).toMatchObject([{ containerId: id, imageId, running: true }]);
    expect(notes.images).toEqual(['docker.io/library/web:1']);
  });

  it('looks again from time to time, so that lost events are made good', async () => {
    const notes = createNotes();
    start(notes, { reconcileEvery: 20 });
    await until(() => notes.looks.length === 1);
    engine.containers = [running];
    await until(() => notes.looks.at(-1)?.length === 1);
  });

  it('looks at the images again when they change, and not when they are only used', async () => {
    const notes = createNotes();
    start(notes);
    await until(() => notes.statuses.length === 1);
    const event = { Type: 'image', Actor: { ID: imageId }, time: 1772600767 };
    engine.send({ ...event, Action: 'save' });
    engine.send({ ...event, Action: 'tag' });
    await until(() => notes.images.length === 2);
    expect(notes.looks.length).toBe(1);
  });

  it('connects again when the engine hangs up, and tells both', async () => {
    const notes = createNotes();
    start(notes);
    await until(() => notes.statuses.length === 1);
    engine.hangUp();
    await until(() => notes.statuses.length === 3);
    expect(notes.statuses.map((status) => status.state)).toEqual(['watching', 'unreachable', 'watching']);
    expect(notes.statuses[1]?.message).toContain('closed its events');
  });

  it('says once what is wrong with an engine, however often it tries', async () => {
    let asked = 0;
    engine.answer = (_, response) => {
      asked++;
      response.writeHead(500).end('{"message":"out of ropes"}');
      return true;
    };
    const notes = createNotes();
    start(notes);
    await until(() => asked >= 4);
    expect(notes.statuses.map((status) => status.state)).toEqual(['unreachable']);
    expect(notes.statuses[0]?.message).toContain('out of ropes');
  });

  it('watches the first engine that is there', async () => {
    const notes = createNotes();
    start(notes, { sockets: [join(directory, 'none.sock'), engine.socket] });
    await until(() => notes.statuses.length === 1);
    expect(notes.statuses[0]).toMatchObject({ state: 'watching', socket: engine.socket });
  });

  it('outlives an inventory that fails, and looks again at everything', async () => {
    const notes = createNotes();
    let failures = 2;
    const inventory: InventoryRecorder = {
      ...notes,
      async reconcile(...report) {
        if (failures-- > 0) throw new Error('disk full');
        return notes.reconcile(...report);
      },
    };
    const errors: string[] = [];
    start(inventory, { log: { ...silentLog, error: (fields) => errors.push(JSON.stringify(fields)) } });
    await until(() => notes.statuses.length === 1);
    expect(errors.join()).toContain('disk full');
    expect(notes.statuses.map((status) => status.state)).toEqual(['watching']);
  });

  it('leaves out what runs no image', async () => {
    engine.containers = [running];
    engine.answer = (path, response) => {
      if (path !== `/containers/${id}/json`) return false;
      response.end(JSON.stringify({ Id: id, Name: '/bare', Image: '', Config: { Image: '' }, State: running }));
      return true;
    };
    const notes = createNotes();
    start(notes);
    await until(() => notes.looks.length === 1);
    expect(notes.looks[0]).toEqual([]);
  });
});
