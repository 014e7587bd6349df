import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApi, type TestApi } from '../../test/fakes/api.ts';
import { hostName } from './guard.ts';

let test: TestApi;
beforeAll(async () => {
  test = await createTestApi({ hosts: ['Portwarden.example'] });
});
afterAll(() => test.api.close());

describe('hostName', () => {
  it.each([
    ['localhost', 'localhost'],
    ['LocalHost:7080', 'localhost'],
    ['[::1]:7080', '[::1]'],
    ['10.0.0.7', '10.0.0.7'],
    ['', undefined],
    ['user@localhost', undefined],
    ['localhost/..', undefined],
    ['localhost:80:80', undefined],
    ['localhost, evil.example', undefined],
    [`${'a'.repeat(300)}`, undefined],
  ])('%j is %j', (header, name) => expect(hostName(header)).toBe(name));
});

describe('the Host header', () => {
  it.each([
    ['localhost:7080', 200],
    ['127.0.0.1', 200],
    ['[::1]:7080', 200],
    ['portwarden.example', 200],
    ['evil.example', 421],
    ['localhost.evil.example', 421],
    ['127.0.0.1.evil.example:7080', 421],
    ['0.0.0.0:7080', 421],
  ])('%s is answered %i', async (host, status) => {
    const reply = await test.api.inject({ url: '/healthz', headers: { host } });
    expect(reply.statusCode).toBe(status);
    if (status !== 200) expect(reply.json().error.code).toBe('wrong-host');
  });
});

describe('where a change comes from', () => {
  const create = { method: 'POST', url: '/api/v1/tokens' } as const;

  it.each([
    ['http://localhost', 201],
    ['http://localhost:80', 201],
    ['https://localhost', 201],
    ['http://localhost:8080', 403],
    ['http://evil.example', 403],
    ['https://localhost.evil.example', 403],
    ['null', 403],
    ['file://localhost', 403],
    [undefined, 403],
  ])('a session from %s is answered %i', async (origin, status) => {
    const headers = { cookie: await test.logIn(), host: 'localhost', ...(origin === undefined ? {} : { origin }) };
    const reply = await test.api.inject({ ...create, headers, payload: { name: `n${Math.random()}` } });
    expect(reply.statusCode).toBe(status);
    await test.services.login.removeApiToken(reply.json().name ?? '');
  });

  it('an API token needs no origin, and gets no other one either', async () => {
    const payload = { name: 'second' };
    const foreign = { ...test.bearer, origin: 'http://evil.example' };
    expect((await test.api.inject({ ...create, headers: foreign, payload })).statusCode).toBe(403);
    expect((await test.api.inject({ ...create, headers: test.bearer, payload })).statusCode).toBe(201);
  });

  it('reading is open to any origin, which cannot see the answer', async () => {
    const headers = { cookie: await test.logIn(), origin: 'http://evil.example' };
    const reply = await test.api.inject({ url: '/api/v1/overview', headers });
    expect(reply.statusCode).toBe(200);
    expect(reply.headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe('the credential', () => {
  it('in an Authorization header counts alone', async () => {
    const headers = { cookie: await test.logIn(), authorization: 'Bearer pw_token_wrong' };
    expect((await test.api.inject({ url: '/api/v1/overview', headers })).statusCode).toBe(401);
  });

  it.each(['Basic YTpi', 'Bearer', 'Bearer  two', `Bearer ${'x'.repeat(201)}`, 'pw_token_x'])(
    'is not %s',
    async (authorization) => {
      expect((await test.api.inject({ url: '/api/v1/overview', headers: { authorization } })).statusCode).toBe(401);
    },
  );
});

describe('listening beyond loopback', () => {
  it('answers to any name unless names are given', async () => {
    const anywhere = await createTestApi();
    const named = await createTestApi({ hosts: ['portwarden.example'] });
    await Promise.all([anywhere, named].map(({ api }) => api.listen({ host: '0.0.0.0', port: 0 })));
    const ask = (api: TestApi['api'], host: string) => api.inject({ url: '/healthz', headers: { host } });
    expect((await ask(anywhere.api, 'whatever.example')).statusCode).toBe(200);
    expect((await ask(named.api, 'whatever.example')).statusCode).toBe(421);
    expect((await ask(named.api, 'portwarden.example')).statusCode).toBe(200);
    await Promise.all([anywhere.api.close(), named.api.close()]);
  });
});
