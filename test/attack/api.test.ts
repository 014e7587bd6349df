/**
 * What an attacker tries against the HTTP server, over real sockets: without a login, with somebody else's browser, with
 * a stolen or guessed secret, and with text that was planted in an image.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApi, type TestApi } from '../fakes/api.ts';
import { openEvents } from '../fakes/event-reader.ts';

const planted = '<script>alert(1)</script>"\u2028\r\nset-cookie: a=b';

let test: TestApi;
let address: string;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'portwarden-attack-'));
  mkdirSync(join(directory, 'console/assets'), { recursive: true });
  writeFileSync(join(directory, 'console/index.html'), '<!doctype html>');
  writeFileSync(join(directory, 'secret.txt'), 'top secret');
  mkdirSync(join(directory, 'console-secrets'));
  writeFileSync(join(directory, 'console-secrets/key.pem'), 'top secret');
  test = await createTestApi({ consoleRoot: join(directory, 'console'), streams: { maxStreams: 8 } });
  address = await test.api.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await test.api.close();
  rmSync(directory, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A request whose path, headers and body are sent as they are. */
function send(method: string, path: string, headers: Record<string, string> = {}, body?: string): Promise<Answer> {
  const { hostname, port } = new URL(address);
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, method, path, headers, agent: false }, (reply) => {
      let text = '';
      reply.setEncoding('utf8');
      reply.on('data', (chunk: string) => {
        text += chunk;
      });
      reply.on('end', () => resolve({ status: reply.statusCode ?? 0, headers: reply.headers, body: text }));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

const sendJson = (method: string, path: string, headers: Record<string, string>, body: unknown) =>
  send(method, path, { 'content-type': 'application/json', ...headers }, JSON.stringify(body));

/** Bytes on the wire as they are; all that comes back. */
function sendRaw(bytes: string): Promise<string> {
  const { hostname, port } = new URL(address);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      text += chunk;
    });
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
}

describe('without a login', () => {
  const open = new Set(['POST /api/v1/session', 'GET /api/v1/session', 'GET /api/v1/openapi.json', 'GET /healthz']);

  it('everything is refused but what has to be open', async () => {
    const { paths } = (await test.api.inject({ url: '/api/v1/openapi.json' })).json();
    const operations = Object.entries<object>(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => [method.toUpperCase(), path] as const),
    );
    expect(operations.length).toBeGreaterThan(20);
    for (const [method, path] of operations) {
      if (open.has(`${method} ${path}`)) continue;
      for (const spelled of [path.replace(/\{\w+\}/, 'x'), `${path.replace(/\{\w+\}/, 'x')}?x=1`]) {
        const answer = await send(method, spelled);
        expect(answer.status, `${method} ${spelled}`).toBe(401);
        expect(JSON.parse(answer.body).error.code).toBe('not-logged-in');
      }
    }
  });

  it.each([
    ['HEAD', '/api/v1/overview'],
    ['GET', '//api/v1/overview'],
    ['GET', '/api/v1/overview/'],
    ['GET', '/API/V1/OVERVIEW'],
    ['GET', '/api/v1/%6fverview'],
    ['GET', '/api/v1/./overview'],
    ['GET', '/assets/../api/v1/overview'],
    ['GET', '/api/v1/session/../overview'],
    ['GET', '/api/v1/overview;x'],
    ['POST', '/api/v1/overview'],
    ['GET', '/metrics/'],
  ])('no other spelling gets in: %s %s', async (method, path) => {
    const answer = await send(method, path);
    expect([400, 401, 404]).toContain(answer.status);
    expect(answer.body).not.toContain('containersRunning');
  });

  it('nothing is said of whether an image exists', async () => {
    const known = test.services.fleet.images[0]?.subject.key ?? '';
    const [there, gone] = [await send('GET', `/api/v1/images/${known}`), await send('GET', '/api/v1/images/gone')];
    expect(there.body).toBe(gone.body);
  });
});

describe('a secret', () => {
  it('for login works once, also when it is used by many at the same time', async () => {
    const token = await test.services.login.issueLoginToken();
    const tries = Array.from({ length: 5 }, () => sendJson('POST', '/api/v1/session', {}, { token }));
    const statuses = (await Promise.all(tries)).map((answer) => answer.status);
    expect(statuses.toSorted()).toEqual([200, 401, 401, 401, 401]);
  });

  it('that is over, of another kind, or nearly right is worth nothing', async () => {
    const { login } = test.services;
    const session = (await test.logIn()).replace('portwarden=', '');
    const token = test.bearer.authorization.replace('Bearer ', '');
    const ask = (headers: Record<string, string>) => send('GET', '/api/v1/overview', headers);
    expect((await ask({ cookie: `portwarden=${session}` })).status).toBe(200);
    const wrong: readonly Record<string, string>[] = [
      { authorization: `Bearer ${session}` },
      { authorization: `Bearer ${await login.issueLoginToken()}` },
      { authorization: `Bearer ${token.slice(0, -1)}` },
      { authorization: `Bearer ${token}A` },
      { authorization: `Bearer ${token.toLowerCase()}` },
      { authorization: `Bearer ${token}, Bearer ${token}` },
      { cookie: `portwarden=${token}` },
      { cookie: `Portwarden=${session}` },
      { cookie: `portwarden="${session}x"` },
      { cookie: 'portwarden=' },
    ];
    for (const headers of wrong) {
      expect((await ask(headers)).status, JSON.stringify(headers)).toBe(401);
    }
    const { clock } = test;
    const before = clock.now();
    clock.set(before + 12 * 60 * 60 * 1000);
    expect((await ask({ cookie: `portwarden=${session}` })).status).toBe(401);
    clock.set(before);
  });

  it('is never in an answer, but the one that creates it, nor taken from an address', async () => {
    const token = test.bearer.authorization.replace('Bearer ', '');
    expect((await send('GET', '/api/v1/tokens', test.bearer)).body).not.toContain('pw_token_');
    expect((await send('GET', `/api/v1/overview?token=${token}`)).status).toBe(401);
    expect((await send('GET', `/api/v1/session?access_token=${token}`)).body).not.toContain(token);
  });

  it('cannot be guessed at any speed', async () => {
    const guarded = await createTestApi();
    const statuses: number[] = [];
    for (let index = 0; index < 30; index++) {
      const reply = await guarded.api.inject({
        method: 'POST',
        url: '/api/v1/session',
        headers: { 'x-forwarded-for': `10.0.0.${index}` },
        payload: { token: `pw_login_${index}` },
      });
      statuses.push(reply.statusCode);
    }
    expect(statuses).toEqual([...Array(10).fill(401), ...Array(20).fill(429)]);
    await guarded.api.close();
  });
});

describe("somebody's browser", () => {
  it('changes nothing for a page of another origin', async () => {
    const cookie = await test.logIn();
    const location = 'https://feeds.example.com/evil.json';
    for (const origin of ['http://evil.example', 'null', `http://127.0.0.1:1`, `${address}.evil.example`, '']) {
      const answer = await sendJson('POST', '/api/v1/feeds', { cookie, origin }, { id: 'evil', location });
      expect(answer.status, origin).toBe(403);
    }
    expect((await test.services.feeds.list()).map((feed) => feed.id)).not.toContain('evil');
  });

  it('sends no form that is taken for JSON', async () => {
    const cookie = await test.logIn();
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const headers = { cookie, origin: address, 'content-type': type };
      expect((await send('POST', '/api/v1/tokens', headers, '{"name":"evil"}')).status, type).toBe(415);
    }
  });

  it('is told no origin that may read', async () => {
    const headers = { ...test.bearer, origin: 'http://evil.example', 'access-control-request-method': 'POST' };
    for (const method of ['OPTIONS', 'GET']) {
      const answer = await send(method, '/api/v1/overview', headers);
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  it('that was told that our address is of another name gets nothing', async () => {
    const cookie = await test.logIn();
    for (const host of [
      'evil.example',
      `evil.example:${new URL(address).port}`,
      '127.0.0.1.evil.example',
      '[::ffff:7f00:1]',
    ]) {
      for (const path of ['/', '/healthz', '/api/v1/openapi.json', '/api/v1/overview']) {
        const answer = await send('GET', path, { host, cookie });
        expect(answer.status, `${host} ${path}`).toBe(421);
      }
    }
    expect(await sendRaw('GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
    expect(await sendRaw('GET /healthz HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1.[01] 421 /);
  });
});

describe('text that was planted in an image', () => {
  it('stays JSON that no browser takes for a page', async () => {
    const container = test.services.fleet.containers[0];
    if (!container) throw new Error('the fleet is empty');
    const { name } = container;
    Object.assign(container, { name: planted, labels: { [planted]: planted, ['__proto__']: 'x' } });
    const answer = await send('GET', '/api/v1/containers?limit=1', test.bearer);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(JSON.parse(answer.body).items[0]).toMatchObject({ name: planted, labels: { [planted]: planted } });
    container.name = name;
  });

  it('stays JSON in what is refused', async () => {
    const answer = await send('GET', `/api/v1/images/${encodeURIComponent(planted)}`, test.bearer);
    expect(answer.status).toBe(404);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(JSON.parse(answer.body).error.message).toContain(planted);
  });

  it('makes no header', async () => {
    const { images } = test.services;
    const reading = await createTestApi({ change: () => ({ images: { ...images, bom: async () => '{}' } }) });
    for (const name of [planted, 'a"; filename="evil.html', 'ä/../b', '\0']) {
      const url = `/api/v1/images/${encodeURIComponent(name)}/bom`;
      const reply = await reading.api.inject({ url, headers: reading.bearer });
      expect(reply.statusCode).toBe(200);
      expect(reply.headers['content-disposition']).toMatch(/^attachment; filename="[\w.-]*\.cdx\.json"$/);
      expect(reply.headers['set-cookie']).toBeUndefined();
    }
    await reading.api.close();
  });

  it('makes no event of its own', async () => {
    const reader = await openEvents(address, test.bearer);
    const message = 'x\n\nevent: evil\ndata: {}\n\n';
    test.services.events.publish({ type: 'image', imageId: 'a', state: 'failed', reference: message, message });
    await expect.poll(reader.text).toContain('evil');
    expect(reader.text()).not.toMatch(/^event: evil/m);
    reader.stop();
  });

  it('is no label or line of its own in the metrics', async () => {
    await test.services.feeds.add({ id: 'planted', location: 'x' });
    const [feed] = (await test.services.feeds.list()).slice(-1);
    Object.assign(feed ?? {}, { id: 'a"} 1\nportwarden_evil 1', dataAsOf: '2026-01-01T00:00:00Z' });
    expect((await send('GET', '/metrics', test.bearer)).body).not.toMatch(/^portwarden_evil/m);
    test.services.fleet.feeds.pop();
  });
});

describe("a path of the console's files", () => {
  it.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/%2e%2e%2fsecret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/assets/%252e%252e/%252e%252e/secret.txt',
    '/..\\secret.txt',
    '/%5c..%5csecret.txt',
    '/../console-secrets/key.pem',
    '/..%2fconsole-secrets/key.pem',
    '//etc/passwd',
    '/%2fetc%2fpasswd',
    '/assets/%00',
    '/index.html%00.js',
    '/%ff',
    '/%',
  ])('leads nowhere else: %s', async (path) => {
    const answer = await send('GET', path);
    expect([400, 403, 404]).toContain(answer.status);
    expect(answer.body).not.toMatch(/top secret|root:/);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
  });
});

describe('requests without measure', () => {
  it('are refused by their size', async () => {
    const big = 'x'.repeat(70_000);
    expect((await sendJson('POST', '/api/v1/tokens', test.bearer, { name: big })).status).toBe(413);
    expect((await sendJson('POST', '/api/v1/session', {}, { token: big })).status).toBe(413);
    const chunked = { ...test.bearer, 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
    expect((await send('POST', '/api/v1/tokens', chunked, JSON.stringify({ name: big }))).status).toBe(413);
    expect((await send('GET', `/api/v1/who-runs?name=${'x'.repeat(600)}`, test.bearer)).status).toBe(400);
    expect((await send('GET', `/api/v1/containers?search=${'x'.repeat(201)}`, test.bearer)).status).toBe(400);
    expect((await send('GET', `/api/v1/images/${'x'.repeat(2000)}`, test.bearer)).status).toBeGreaterThanOrEqual(400);
    expect((await send('GET', `/api/v1/who-runs?name=${big}`, test.bearer)).status).toBe(431);
    expect((await send('GET', '/api/v1/containers?limit=1000000000', test.bearer)).status).toBe(400);
  });

  it('are refused by their depth and by keys that reach into every object', async () => {
    const ask = (body: string) =>
      send('POST', '/api/v1/tokens', { ...test.bearer, 'content-type': 'application/json' }, body);
    expect((await ask('['.repeat(30_000))).status).toBe(400);
    expect((await ask('{"__proto__":{"name":"evil"}}')).status).toBe(400);
    expect((await ask('{"name":"evil","constructor":{"prototype":{"admin":true}}}')).status).toBe(400);
    expect((await ask('{"name":"evil","constructor":1}')).status).toBe(400);
    expect((await ask('null')).status).toBe(400);
    expect((await ask('')).status).toBe(400);
    expect((await send('GET', '/api/v1/containers?__proto__[admin]=1', test.bearer)).status).toBe(400);
    expect((await send('GET', '/api/v1/containers?constructor=1', test.bearer)).status).toBe(400);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
    expect((await test.services.login.apiTokens()).map((token) => token.name)).toEqual(['test']);
  });

  it('do not keep others from the events for ever', async () => {
    const hoard = await Promise.all(Array.from({ length: 20 }, () => openEvents(address, test.bearer)));
    expect(hoard.filter((reader) => reader.status === 200)).toHaveLength(8);
    expect(hoard.filter((reader) => reader.status === 503)).toHaveLength(12);
    expect((await send('GET', '/api/v1/overview', test.bearer)).status).toBe(200);
    for (const reader of hoard) reader.stop();
    await expect
      .poll(async () => {
        const reader = await openEvents(address, test.bearer);
        reader.stop();
        return reader.status;
      })
      .toBe(200);
  });

  it('smuggled one behind the other are refused', async () => {
    const { host } = new URL(address);
    const smuggled = `POST /api/v1/session HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
    expect(await sendRaw(smuggled)).not.toContain('"ok"');
  });
});

describe('nonsense', () => {
  it('in a path, a query or a body is refused in order, never a failure of the server', async () => {
    const { paths } = (await test.api.inject({ url: '/api/v1/openapi.json' })).json();
    const operations = Object.entries<object>(paths)
      .filter(([path]) => path !== '/api/v1/events')
      .flatMap(([path, methods]) => Object.keys(methods).map((method) => ({ method, path })));
    const words = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom('__proto__', '..', '\0', '%'));
    const nonsense = fc.record({
      operation: fc.constantFrom(...operations),
      word: words,
      query: fc.dictionary(fc.oneof(words, fc.constantFrom('name', 'at', 'version', 'limit', 'search', 'q')), words),
      body: fc.oneof(fc.json(), words),
    });
    const refusedInOrder = fc.asyncProperty(nonsense, async ({ operation, word, query, body }) => {
      const encode = (text: string) => encodeURIComponent(text.toWellFormed());
      const search = Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(value)}`);
      const reply = await test.api.inject({
        method: operation.method.toUpperCase() as 'GET',
        url: `${operation.path.replace(/\{\w+\}/, encode(word))}?${search.join('&')}`,
        headers: { ...test.bearer, 'content-type': 'application/json' },
        ...(operation.method === 'post' ? { payload: body } : {}),
      });
      expect(reply.statusCode, reply.body).toBeLessThan(500);
      if (reply.statusCode >= 400) expect(Object.keys(reply.json())).toEqual(['error']);
    });
    await fc.assert(refusedInOrder, { numRuns: 500 });
  });
});

describe('what is told to strangers', () => {
  it('does not name the software behind, nor a path, nor a stack', async () => {
    const answers = await Promise.all([
      send('GET', '/nothing'),
      send('GET', '/api/v1/overview'),
      send('POST', '/api/v1/session', { 'content-type': 'application/json' }, '{'),
      send('PUT', '/api/v1/session'),
    ]);
    for (const answer of answers) {
      expect(answer.headers['server'] ?? answer.headers['x-powered-by']).toBeUndefined();
      expect(answer.body).not.toMatch(/node_modules|fastify|FST_|\n\s+at |\.ts:/i);
    }
  });
});
