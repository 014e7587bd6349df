import { describe, expect, it } from 'vitest';
import { createMemoryLoginStore } from '../../test/fakes/login-store.ts';
import { digestOf, fixedClock } from '../base/index.ts';
import { createLoginService, loginTokenLifetime, sessionLifetime } from './login.ts';

function setUp() {
  const clock = fixedClock('2026-03-01T12:00:00Z');
  const logins = createMemoryLoginStore();
  return { clock, logins, login: createLoginService({ logins, clock }) };
}

describe('login tokens', () => {
  it('open one session, once', async () => {
    const { login, clock } = setUp();
    const token = await login.issueLoginToken();
    const redeemed = await login.redeemLoginToken(token);
    expect(redeemed?.expires).toBe(clock.now() + sessionLifetime);
    expect(await login.sessionValid(redeemed?.session ?? '')).toBe(true);
    expect(await login.redeemLoginToken(token)).toBeUndefined();
  });

  it('are over after an hour, to the millisecond', async () => {
    const { login, clock } = setUp();
    const [early, late] = [await login.issueLoginToken(), await login.issueLoginToken()];
    clock.set(clock.now() + loginTokenLifetime - 1);
    expect(await login.redeemLoginToken(early)).toBeDefined();
    clock.set(clock.now() + 1);
    expect(await login.redeemLoginToken(late)).toBeUndefined();
  });

  it('stay valid when another is issued', async () => {
    const { login } = setUp();
    const first = await login.issueLoginToken();
    await login.issueLoginToken();
    expect(await login.redeemLoginToken(first)).toBeDefined();
  });
});

describe('sessions', () => {
  it('end after twelve hours, and when they are ended', async () => {
    const { login, clock } = setUp();
    const session = async () => (await login.redeemLoginToken(await login.issueLoginToken()))?.session ?? '';
    const [forgotten, ended] = [await session(), await session()];
    await login.endSession(ended);
    expect(await login.sessionValid(ended)).toBe(false);
    expect(await login.sessionValid(forgotten)).toBe(true);
    clock.set(clock.now() + sessionLifetime);
    expect(await login.sessionValid(forgotten)).toBe(false);
  });
});

describe('API tokens', () => {
  it('are known by name until they are removed', async () => {
    const { login, clock } = setUp();
    const token = await login.createApiToken('ci');
    expect(await login.apiToken(token)).toMatchObject({ name: 'ci', role: 'admin' });
    expect(await login.apiTokens()).toEqual([expect.objectContaining({ name: 'ci', created: clock.now() })]);
    expect(await login.removeApiToken('ci')).toBe(true);
    expect(await login.removeApiToken('ci')).toBe(false);
    expect(await login.apiToken(token)).toBeUndefined();
  });

  it('refuse a name that is taken', async () => {
    const { login } = setUp();
    await login.createApiToken('ci');
    await expect(login.createApiToken('ci')).rejects.toMatchObject({ code: 'token-exists' });
    const both = [login.createApiToken('cd'), login.createApiToken('cd')];
    expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });
});

describe('secrets', () => {
  it('say what they are for, hold 256 random bits and are kept as digests alone', async () => {
    const { login, logins } = setUp();
    const loginToken = await login.issueLoginToken();
    const session = (await login.redeemLoginToken(loginToken))?.session ?? '';
    const apiToken = await login.createApiToken('ci');
    expect(loginToken).toMatch(/^pw_login_[\w-]{43}$/);
    expect(session).toMatch(/^pw_session_[\w-]{43}$/);
    expect(apiToken).toMatch(/^pw_token_[\w-]{43}$/);
    expect(logins.digests).toEqual(new Set([loginToken, session, apiToken].map((secret) => digestOf(secret))));
  });

  it('of one kind are worth nothing as another, nor is anything else', async () => {
    const { login } = setUp();
    const token = await login.createApiToken('ci');
    const loginToken = await login.issueLoginToken();
    for (const wrong of [
      '',
      'pw_session_',
      token,
      loginToken,
      `${loginToken}x`,
      loginToken.slice(0, -1),
      'x'.repeat(1e6),
    ]) {
      expect(await login.sessionValid(wrong)).toBe(false);
      if (wrong !== token) expect(await login.apiToken(wrong)).toBeUndefined();
      if (wrong !== loginToken) expect(await login.redeemLoginToken(wrong)).toBeUndefined();
    }
    expect(await login.redeemLoginToken(loginToken)).toBeDefined();
  });

  it('come from the random source that is handed in', async () => {
    const random = (bytes: number) => new Uint8Array(bytes);
    const login = createLoginService({ logins: createMemoryLoginStore(), clock: fixedClock(0), random });
    expect(await login.issueLoginToken()).toBe(`pw_login_${'A'.repeat(43)}`);
  });
});
