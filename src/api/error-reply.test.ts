import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApi, type TestApi } from '../../test/fakes/api.ts';
import { CodedError } from '../base/index.ts';
import { silentLog } from '../base/log.ts';
import { statuses } from './api-error.ts';

let test: TestApi;
let thrown: unknown;
const logged: object[] = [];
beforeAll(async () => {
  test = await createTestApi({
    log: { ...silentLog, error: (fields) => void logged.push(fields) },
    change: () => ({ overview: () => Promise.reject(thrown) }),
  });
});
afterAll(() => test.api.close());

/** What GET /overview answers when the service fails so, and what is logged. */
async function answerTo(failure: unknown) {
  thrown = failure;
  logged.length = 0;
  const reply = await test.api.inject({ url: '/api/v1/overview', headers: test.bearer });
  return { status: reply.statusCode, body: reply.json(), logged };
}

describe('errors', () => {
  it.each(Object.entries(statuses).filter(([, status]) => status !== 500))(
    'of code %s are answered %i with their message and remedy',
    async (code, status) => {
      const answer = await answerTo(
        new CodedError(code, 'a sentence', { remedy: 'do this', cause: new Error('secret') }),
      );
      expect(answer.status).toBe(status);
      expect(answer.body).toEqual({ error: { code, message: 'a sentence', remedy: 'do this' } });
      expect(answer.logged).toHaveLength(status > 500 ? 1 : 0);
    },
  );

  it.each([
    ['an error', new Error('password=hunter2')],
    ['an error of a code that is not the caller’s doing', new CodedError('corrupt', '/srv/hunter2.db is cut off')],
    ['an error with a status of its own', Object.assign(new Error('hunter2'), { statusCode: 502 })],
    ['no error at all', 'hunter2'],
    ['a code that every object has', new CodedError('toString', 'hunter2')],
  ])('that were not foreseen, like %s, are logged and answered without detail', async (_, failure) => {
    const answer = await answerTo(failure);
    expect(answer.status).toBe(500);
    expect(answer.body).toEqual({
      error: { code: 'internal', message: 'The server failed to answer', remedy: expect.any(String) },
    });
    expect(answer.logged).toEqual([expect.objectContaining({ err: failure, route: '/api/v1/overview' })]);
  });
});

describe('docs/reference/errors.md', () => {
  it('has a row for every code that the API answers with', () => {
    const page = readFileSync(new URL('../../docs/reference/errors.md', import.meta.url), 'utf8');
    const listed = new Set([...page.matchAll(/^\| `([\w-]+)` \|/gm)].map((match) => match[1]));
    for (const code of Object.keys(statuses)) expect(listed, code).toContain(code);
  });
});
