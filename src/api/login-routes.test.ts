import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApi, type TestApi } from '../../test/fakes/api.ts';

let test: TestApi;
beforeAll(async () => {
  test = await createTestApi();
});
afterAll(() => test.api.close());

const session = '/api/v1/session';
const origin = 'http://localhost';

describe('sessions', () => {
  it('begin with a one-time token, which is refused the second time', async () => {
    const token = await test.services.login.issueLoginToken();
    const reply = await test.api.inject({ method: 'POST', url: session, payload: { token } });
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toEqual({ authenticated: true, version: '1.2.3' });
    expect(reply.headers['set-cookie']).toMatch(
      /^portwarden=pw_session_[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    const again = await test.api.inject({ method: 'POST', url: session, payload: { token } });
    expect(again.statusCode).toBe(401);
    expect(again.json().error).toMatchObject({ code: 'wrong-token', remedy: expect.any(String) });
    expect(again.headers['set-cookie']).toBeUndefined();
  });

  it('are asked for without login', async () => {
    expect((await test.api.inject({ url: session })).json()).toEqual({ authenticated: false, version: '1.2.3' });
    const reply = await test.api.inject({ url: session, headers: { cookie: await test.logIn() } });
    expect(reply.json().authenticated).toBe(true);
  });

  it('end', async () => {
    const cookie = await test.logIn();
    const reply = await test.api.inject({ method: 'DELETE', url: session, headers: { cookie, origin } });
    expect(reply.statusCode).toBe(204);
    expect(reply.body).toBe('');
    expect(reply.headers['set-cookie']).toMatch(/^portwarden=; .*Max-Age=0|^portwarden=; .*Expires=Thu, 01 Jan 1970/);
    expect((await test.api.inject({ url: '/api/v1/overview', headers: { cookie } })).statusCode).toBe(401);
  });

  it('behind TLS carry a cookie for it alone', async () => {
    const secure = await createTestApi({ secureCookies: true });
    const token = await secure.services.login.issueLoginToken();
    const reply = await secure.api.inject({ method: 'POST', url: session, payload: { token } });
    expect(reply.headers['set-cookie']).toMatch(/^__Host-portwarden=.*; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
    expect(reply.headers['strict-transport-security']).toBeDefined();
    await secure.api.close();
  });
});

describe('API tokens', () => {
  const tokens = '/api/v1/tokens';

  it('are created, shown once, listed, used and removed', async () => {
    const headers = { cookie: await test.logIn(), origin };
    const created = await test.api.inject({ method: 'POST', url: tokens, headers, payload: { name: 'ci' } });
    expect(created.statusCode).toBe(201);
    const { token } = created.json();
    const ask = () => test.api.inject({ url: '/api/v1/overview', headers: { authorization: `Bearer ${token}` } });
    expect((await ask()).statusCode).toBe(200);

    const listed = await test.api.inject({ url: tokens, headers });
    expect(listed.json().items).toContainEqual({ name: 'ci', created: '2026-03-01T12:00:00.000Z', role: 'admin' });
    expect(listed.body).not.toContain(token);

    expect((await test.api.inject({ method: 'DELETE', url: `${tokens}/ci`, headers })).statusCode).toBe(204);
    expect((await test.api.inject({ method: 'DELETE', url: `${tokens}/ci`, headers })).statusCode).toBe(404);
    expect((await ask()).statusCode).toBe(401);
  });

  it.each(['push', 'pull'] as const)('that are for the registry gate to %s open nothing here', async (role) => {
    const headers = { cookie: await test.logIn(), origin };
    const created = await test.api.inject({ method: 'POST', url: tokens, headers, payload: { name: role, role } });
    const authorization = `Bearer ${created.json().token}`;
    expect((await test.api.inject({ url: '/api/v1/overview', headers: { authorization } })).statusCode).toBe(401);
  });

  it.each([
    ['test', 409, 'token-exists'],
    ['', 400, 'bad-request'],
    ['a b', 400, 'bad-request'],
    ['../x', 400, 'bad-request'],
    ['x'.repeat(65), 400, 'bad-request'],
  ])('named %j are refused', async (name, status, code) => {
    const reply = await test.api.inject({ method: 'POST', url: tokens, headers: test.bearer, payload: { name } });
    expect(reply.statusCode).toBe(status);
    expect(reply.json().error.code).toBe(code);
  });
});
