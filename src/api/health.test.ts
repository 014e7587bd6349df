import { afterEach, describe, expect, it } from 'vitest';
import { createTestApi, type TestApi } from '../../test/fakes/api.ts';

let test: TestApi;
afterEach(() => test.api.close());

describe('GET /healthz', () => {
  it('is ok while the store answers, and asks it once for all who ask', async () => {
    let asked = 0;
    test = await createTestApi({
      change: ({ login }) => ({
        login: {
          ...login,
          apiTokens: () => {
            asked++;
            return login.apiTokens();
          },
        },
      }),
    });
    const replies = await Promise.all(Array.from({ length: 20 }, () => test.api.inject({ url: '/healthz' })));
    expect(replies.map((reply) => reply.statusCode)).toEqual(replies.map(() => 200));
    expect(replies[0]?.json()).toEqual({ status: 'ok' });
    expect(asked).toBe(1);
  });

  it.each([
    ['fails', () => Promise.reject(new Error('disk gone'))],
    ['hangs', () => new Promise<never>(() => {})],
  ])('is degraded when the store %s', async (_, apiTokens) => {
    test = await createTestApi({ change: ({ login }) => ({ login: { ...login, apiTokens } }) });
    const reply = await test.api.inject({ url: '/healthz' });
    expect(reply.statusCode).toBe(503);
    expect(reply.json()).toEqual({ status: 'degraded' });
  });
});
