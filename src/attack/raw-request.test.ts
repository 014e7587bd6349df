import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { encodeRequest, sendRaw } from './raw-request.ts';

const opened: (() => void)[] = [];
afterEach(() => {
  for (const close of opened.splice(0)) close();
});

async function listen(serve: (socket: Socket) => void): Promise<{ readonly path: string }> {
  const directory = mkdtempSync(join(tmpdir(), 'pw-raw-'));
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    serve(socket);
  });
  const path = join(directory, 's');
  await new Promise<void>((resolve) => server.listen(path, resolve));
  opened.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
    rmSync(directory, { recursive: true, force: true });
  });
  return { path };
}

const never = new AbortController().signal;
const get = { method: 'GET', path: '/x', headers: [] };

it('writes what it is given, right or wrong', () => {
  const head = 'POST //x HTTP/1.0\r\nHost: docker\r\nConnection: close\r\n';
  const wrong = { path: '//x', version: '1.0', body: '\xff', headers: [['Content-Length', '0']] } as const;
  expect(encodeRequest(wrong, true).toString()).toBe(`${head}Content-Length: 0\r\n\r\n\xff`);
  const chunked = encodeRequest({ path: '/x', body: 'abc', isChunked: true }, false).toString();
  expect(chunked).toMatch(/application\/json\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n$/);
  expect(chunked).not.toContain('Connection');
});

it('gives the last of several answers', async () => {
  const answer = (text: string) => `HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${text}`;
  const address = await listen((socket) => socket.once('data', () => socket.end(answer('a') + answer('b'))));
  expect(await sendRaw(address, [get, get], { signal: never })).toMatchObject({ status: 200, body: 'b' });
});

it.each([
  ['HTTP/1.1 101 UPGRADED\r\n\r\n', 101],
  ['HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno', 403],
])('does not wait for a peer that was asked to switch to close: %j', async (text, status) => {
  const address = await listen((socket) => socket.once('data', () => socket.write(text)));
  const upgrade = { path: '/session', headers: [['Connection', 'Upgrade']] } as const;
  expect((await sendRaw(address, [upgrade], { signal: never })).status).toBe(status);
});

it('gives no status where the peer closes', async () => {
  const address = await listen((socket) => socket.destroy());
  expect((await sendRaw(address, [get], { signal: never })).status).toBe(0);
});

it.each([
  ['nothing listens', async () => ({ path: '/nonexistent/s' }), 'engine-silent'],
  ['nobody answers', () => listen(() => undefined), 'engine-silent'],
  ['it is no HTTP', () => listen((socket) => socket.end('SSH-2.0\r\n\r\n')), 'bad-answer'],
  ['it does not end', () => listen((socket) => void socket.write(Buffer.alloc(17 * 2 ** 20))), 'bad-answer'],
] as const)('fails where %s', async (_, open, code) => {
  await expect(sendRaw(await open(), [get], { signal: never, patience: 300 })).rejects.toMatchObject({ code });
});

it('waits a moment after an interrupt for what was asked, and no longer', async () => {
  const interrupt = new AbortController();
  const silent = await listen(() => interrupt.abort());
  await expect(sendRaw(silent, [get], { signal: interrupt.signal, grace: 10 })).rejects.toThrow('broken off');
  const second = new AbortController();
  const late = await listen((socket) =>
    socket.once('data', () => {
      second.abort();
      setImmediate(() => socket.end('HTTP/1.1 201 Created\r\n\r\n'));
    }),
  );
  expect((await sendRaw(late, [get], { signal: second.signal })).status).toBe(201);
});

it('asks nothing after an interrupt', async () => {
  let asked = 0;
  const address = await listen((socket) => socket.on('data', () => asked++));
  await expect(sendRaw(address, [get], { signal: AbortSignal.abort() })).rejects.toThrow('broken off');
  expect(asked).toBe(0);
});
