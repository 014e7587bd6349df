import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { request as send } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { DockerReply } from '../docker-gate.ts';
import { servePlugin } from '../plugin-server.ts';
import { type DockerGateServer, serveDockerGate } from '../serve-docker-gate.ts';
import { askAgent } from './ask-agent.ts';
import { passesAlone } from './passes-alone.ts';

const directory = mkdtempSync(join(tmpdir(), 'pw-front-'));
afterAll(() => rmSync(directory, { recursive: true }));
let count = 0;
const newSocket = () => join(directory, `${++count}.sock`);
const call = Buffer.from('{"RequestMethod":"POST"}');

/** An agent that may say what ours never says. */
const serve = (socketPath: string, answer: (call: Uint8Array) => Promise<unknown>) =>
  serveDockerGate({ socketPath, gate: { answer: answer as (call: Uint8Array) => Promise<DockerReply> } });

async function withAgent<Value>(
  reply: (body: string) => unknown,
  work: (socket: string, server: DockerGateServer) => Promise<Value>,
) {
  const socket = newSocket();
  const server = await serve(socket, async (bytes) => reply(Buffer.from(bytes).toString()));
  try {
    return await work(socket, server);
  } finally {
    await server.close();
  }
}

describe('askAgent', () => {
  it('hands the call on as it is, and the answer back', async () => {
    const heard: string[] = [];
    const reply = await withAgent(
      (body) => {
        heard.push(body);
        return { Allow: true };
      },
      (socket) => askAgent(socket, 'deny')(call),
    );
    expect([reply, heard]).toEqual([{ Allow: true }, [call.toString()]]);
  });

  it.each([
    [{ Allow: 'true' }, 'the agent gave no reason'],
    [{ Allow: 1, Msg: 'odd' }, 'odd'],
    [{}, 'the agent gave no reason'],
    [{ Allow: false, Msg: 'refused' }, 'refused'],
    [null, 'the agent gave no reason'],
    ['{"Allow":true}', 'the agent gave no reason'],
  ])('takes %j for a denial', async (answer, message) => {
    expect(
      await withAgent(
        () => answer,
        (socket) => askAgent(socket, 'deny')(call),
      ),
    ).toEqual({ Allow: false, Msg: message });
  });

  it('denies for an agent that is not there, or lets through where the gate only observes', async () => {
    expect(await askAgent(newSocket(), 'deny')(call)).toMatchObject({
      Allow: false,
      Msg: expect.stringMatching(/is not running/),
    });
    expect(await askAgent(newSocket(), 'allow')(call)).toEqual({ Allow: true });
  });

  it('waits for an agent that answers others meanwhile, and not for one that answers nobody', async () => {
    let answered = 0;
    const slow = Buffer.from('slow');
    const socket = newSocket();
    const server = await serve(socket, async (body) => {
      if (body.byteLength === slow.byteLength) await new Promise((resolve) => setTimeout(resolve, 2500));
      return { Allow: ++answered > 0 };
    });
    const ask = askAgent(socket, 'deny');
    const busy = ask(slow);
    const others = setInterval(() => void ask(call), 300);
    expect(await busy).toEqual({ Allow: true });
    clearInterval(others);
    // By itself it is given up.
    await new Promise((resolve) => setTimeout(resolve, 400));
    const fresh = askAgent(socket, 'deny');
    expect(await fresh(slow)).toMatchObject({
      Allow: false,
      Msg: expect.stringMatching(/does not answer within 1\.5 s/),
    });
    await server.close();
  });

  it('hears the agent that came after the one it knew', async () => {
    const socket = newSocket();
    const ask = askAgent(socket, 'deny');
    const first = await serve(socket, async () => ({ Allow: true }));
    expect(await ask(call)).toEqual({ Allow: true });
    await first.close();
    expect(await ask(call)).toMatchObject({ Allow: false });
    const second = await serve(socket, async () => ({ Allow: true }));
    expect(await ask(call)).toEqual({ Allow: true });
    await second.close();
  });

  it('asks once more where the agent goes away while it decides', async () => {
    const socket = newSocket();
    const ask = askAgent(socket, 'deny');
    let second: DockerGateServer | undefined;
    const first = createServer((connection) => {
      connection.once('data', async () => {
        second = await serve(socket, async () => ({ Allow: true }));
        connection.destroy();
      });
    });
    await new Promise<void>((resolve) => first.listen(socket, resolve));
    expect(await ask(call)).toEqual({ Allow: true });
    await second?.close();
    await new Promise((resolve) => first.close(resolve));
  });

  it('tells answers apart that come in another order, however long the calls are', async () => {
    const sizes = [700_000, 3, 2_000_000, 70_000, 0];
    const replies = await withAgent(
      async (body) => {
        await new Promise((resolve) => setTimeout(resolve, body.length % 7));
        return { Allow: false, Msg: String(body.length) };
      },
      (socket) => {
        const ask = askAgent(socket, 'deny');
        return Promise.all(sizes.map((size) => ask(Buffer.alloc(size, 'x'))));
      },
    );
    expect(replies).toEqual(sizes.map((size) => ({ Allow: false, Msg: String(size) })));
  });

  it('takes what is no answer for an agent that is away', async () => {
    const socket = newSocket();
    const other = createServer((connection) => connection.resume().end('HTTP/1.1 200 OK\r\n\r\n{"Allow":true}'));
    await new Promise<void>((resolve) => other.listen(socket, resolve));
    expect(await askAgent(socket, 'deny')(call)).toMatchObject({ Allow: false });
    await new Promise((resolve) => other.close(resolve));
  });
});

describe('serveDockerGate', () => {
  it('denies where deciding fails, and answers what it was asked before it closes', async () => {
    const socket = newSocket();
    let decide: () => void = () => undefined;
    const server = await serve(socket, async (body) => {
      if (body.byteLength === 0) throw new Error('it fails');
      await new Promise<void>((resolve) => (decide = resolve));
      return { Allow: true };
    });
    const ask = askAgent(socket, 'deny');
    expect(await ask(Buffer.alloc(0))).toEqual({ Allow: false, Msg: 'the agent gave no reason' });
    const asked = ask(call);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const closed = server.close();
    decide();
    expect(await asked).toEqual({ Allow: true });
    await closed;
  });

  it('hangs up on whoever speaks otherwise', async () => {
    await withAgent(
      () => ({ Allow: true }),
      async (socket) => {
        await expect(say(socket, '/AuthZPlugin.AuthZReq', call)).rejects.toThrow();
      },
    );
  });
});

/** What a plugin says to dockerd. */
function say(socketPath: string, path: string, body: Uint8Array): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = send({ socketPath, method: 'POST', path, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.on('end', () => resolve(JSON.parse(text)));
    });
    request.on('error', reject);
    request.end(body);
  });
}

describe('servePlugin', () => {
  it('leaves the socket to its owner alone, and to a successor when it closes', async () => {
    const socket = newSocket();
    const first = await servePlugin(socket, 1000, async () => ({ Allow: false, Msg: 'first' }));
    expect(statSync(socket).mode & 0o777).toBe(0o600);
    const second = await servePlugin(`${socket}.x`, 1000, async () => ({ Allow: true }));
    await second.close();
    expect(await say(socket, '/AuthZPlugin.AuthZReq', call)).toEqual({ Allow: false, Msg: 'first' });
    await first.close();
  });

  it('tells what is over the bound from what is not', async () => {
    const socket = newSocket();
    const server = await servePlugin(socket, 10, async ({ body }) => ({ Allow: false, Msg: body ? 'small' : 'large' }));
    const ask = (size: number) => say(socket, '/AuthZPlugin.AuthZReq', Buffer.alloc(size));
    expect(await ask(10)).toEqual({ Allow: false, Msg: 'small' });
    expect(await ask(11)).toEqual({ Allow: false, Msg: 'large' });
    await server.close();
  });
});

describe('passesAlone', () => {
  const passes = (RequestMethod: string, RequestUri: string) =>
    passesAlone(Buffer.from(JSON.stringify({ RequestMethod, RequestUri })));
  it.each([
    ['GET', '/v1.41/containers/json', true],
    ['POST', '/v1.41/containers/x/stop', true],
    ['POST', '/v1.41/containers/x/start', false],
    ['POST', '/v1.41/containers/create', false],
    ['POST', '/v1.41/containers/create?name=web', false],
    ['POST', '/v1.41/containers/create-users/stop', true],
    ['POST', '/v1.41/containers/create/stop?t=1', true],
    ['POST', '/v1.41/swarm/init', false],
    ['GET', '/v1.23/containers/json', false],
    ['GET', '/v1.41//containers/json', false],
  ])('%s %s: %s', (method, uri, alone) => expect(passes(method, uri)).toBe(alone));
  it('is no for what is no call', () => expect(passesAlone(Buffer.from('{'))).toBe(false));
});
