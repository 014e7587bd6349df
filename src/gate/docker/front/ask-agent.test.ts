import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type PluginServer, servePlugin } from '../plugin-server.ts';
import { askAgent } from './ask-agent.ts';
import { passesAlone } from './passes-alone.ts';

const directory = mkdtempSync(join(tmpdir(), 'pw-front-'));
afterAll(() => rmSync(directory, { recursive: true }));
let count = 0;
const newSocket = () => join(directory, `${++count}.sock`);
const call = Buffer.from('{"RequestMethod":"POST"}');

async function withAgent<Value>(
  reply: (body: string) => object | undefined,
  work: (socket: string, server: PluginServer) => Promise<Value>,
) {
  const socket = newSocket();
  const server = await servePlugin(socket, 1000, async ({ body }) => reply(Buffer.from(body ?? []).toString()));
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
    [undefined, 'the agent gave no reason'],
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
    const server = await servePlugin(socket, 1000, async ({ body }) => {
      if (body?.byteLength === slow.byteLength) await new Promise((resolve) => setTimeout(resolve, 2500));
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
    const first = await servePlugin(socket, 1000, async () => ({ Allow: true }));
    expect(await ask(call)).toEqual({ Allow: true });
    await first.close();
    expect(await ask(call)).toMatchObject({ Allow: false });
    const second = await servePlugin(socket, 1000, async () => ({ Allow: true }));
    expect(await ask(call)).toEqual({ Allow: true });
    await second.close();
  });
});

describe('servePlugin', () => {
  it('leaves the socket to its owner alone, and to a successor when it closes', async () => {
    const socket = newSocket();
    const first = await servePlugin(socket, 1000, async () => ({ Allow: false, Msg: 'first' }));
    expect(statSync(socket).mode & 0o777).toBe(0o600);
    const second = await servePlugin(`${socket}.x`, 1000, async () => ({ Allow: true }));
    await second.close();
    expect(await askAgent(socket, 'deny')(call)).toEqual({ Allow: false, Msg: 'first' });
    await first.close();
  });

  it('tells what is over the bound from what is not', async () => {
    const socket = newSocket();
    const server = await servePlugin(socket, 10, async ({ body }) => ({ Allow: false, Msg: body ? 'small' : 'large' }));
    const ask = askAgent(socket, 'deny');
    expect(await ask(Buffer.alloc(10))).toEqual({ Allow: false, Msg: 'small' });
    expect(await ask(Buffer.alloc(11))).toEqual({ Allow: false, Msg: 'large' });
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
    ['POST', '/v1.41/swarm/init', false],
    ['GET', '/v1.23/containers/json', false],
    ['GET', '/v1.41//containers/json', false],
  ])('%s %s: %s', (method, uri, alone) => expect(passes(method, uri)).toBe(alone));
  it('is no for what is no call', () => expect(passesAlone(Buffer.from('{'))).toBe(false));
});
