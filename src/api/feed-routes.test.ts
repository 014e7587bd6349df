import { afterEach, describe, expect, it } from 'vitest';
import { createTestApi, type TestApi } from '../../test/fakes/api.ts';
import type { Log } from '../base/index.ts';
import { silentLog } from '../base/log.ts';
import type { FeedService } from '../service/index.ts';

let test: TestApi;
afterEach(() => test.api.close());

const ask = (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) =>
  test.api.inject({ method, url: `/api/v1/feeds${url}`, headers: test.bearer, ...(payload ? { payload } : {}) });

/** The API over feeds of which one function is another. */
const createWith = (change: Partial<FeedService>, log: Log = silentLog) =>
  createTestApi({ log, change: ({ feeds }) => ({ feeds: { ...feeds, ...change } }) });

describe('feeds', () => {
  it('are listed, added, updated and removed', async () => {
    test = await createTestApi();
    expect((await ask('GET', '')).json().items).toEqual(await test.services.feeds.list());

    const added = await ask('POST', '', { id: 'mine', location: 'https://feeds.example.com/mine.zip' });
    expect(added.statusCode).toBe(201);
    expect(added.json()).toMatchObject({ id: 'mine', state: 'never-imported' });

    const updated = await ask('POST', '/mine/update');
    expect(updated.statusCode).toBe(202);
    expect(updated.json()).toEqual({ id: 'mine', state: 'importing' });
    expect((await ask('GET', '')).json().items.at(-1)).toMatchObject({ id: 'mine', state: 'fresh', ageDays: 0 });

    expect((await ask('DELETE', '/mine')).statusCode).toBe(204);
    expect((await ask('DELETE', '/mine')).statusCode).toBe(404);
    expect((await ask('POST', '/mine/update')).statusCode).toBe(404);
  });

  it.each([
    [{ id: 'debian', location: '/srv/x.json' }, 409, 'feed-exists'],
    [{ id: '../x', location: '/srv/x.json' }, 400, 'bad-request'],
    [{ location: '' }, 400, 'bad-request'],
    [{ location: 'x'.repeat(2001) }, 400, 'bad-request'],
    [{ location: '/srv/x.json', format: 'osv' }, 400, 'bad-request'],
  ])('are not added as %j', async (input, status, code) => {
    test = await createTestApi();
    const reply = await ask('POST', '', input);
    expect(reply.statusCode).toBe(status);
    expect(reply.json().error.code).toBe(code);
  });
});

describe('authors of VEX statements', () => {
  it('are trusted by name, in a feed that has them', async () => {
    test = await createTestApi();
    const authors = () => test.api.inject({ url: '/api/v1/vex/authors', headers: test.bearer });
    expect((await authors()).json().items).toMatchObject([{ author: 'Shop Security', trusted: false }]);
    expect((await ask('POST', '/vex/trust', { author: 'Shop Security', trusted: true })).statusCode).toBe(204);
    expect((await authors()).json().items).toMatchObject([{ trusted: true }]);
    expect((await ask('POST', '/vex/trust', { author: 'nobody', trusted: true })).statusCode).toBe(404);
    expect((await ask('POST', '/vex/trust', { author: '', trusted: true })).statusCode).toBe(400);
  });
});

describe('an update', () => {
  it('runs once at a time, and is stopped when the server closes', async () => {
    const signals: AbortSignal[] = [];
    test = await createWith({
      update: (_id, options) =>
        new Promise((resolve) => {
          if (!options?.signal) return;
          signals.push(options.signal);
          options.signal.addEventListener('abort', () => resolve([]));
        }),
    });
    expect((await ask('POST', '/debian/update')).statusCode).toBe(202);
    expect((await ask('POST', '/osv-go/update')).statusCode).toBe(202);
    expect((await ask('POST', '/debian/update')).json().error.code).toBe('update-running');
    expect((await ask('DELETE', '/debian')).json().error.code).toBe('update-running');
    expect(signals.map((signal) => signal.aborted)).toEqual([false, false]);
    await test.api.close();
    expect(signals.map((signal) => signal.aborted)).toEqual([true, true]);
  });

  it.each([
    [
      'fails',
      async () => [{ id: 'debian', state: 'failed', code: 'unreachable', message: 'no route' }] as const,
      'warn',
    ],
    ['breaks', () => Promise.reject(new Error('boom')), 'error'],
  ])('that %s is logged and can be tried again', async (_, update, level) => {
    const lines: string[] = [];
    const record = (name: string) => (fields: object) => void lines.push(`${name} ${JSON.stringify(fields)}`);
    test = await createWith({ update }, { ...silentLog, warn: record('warn'), error: record('error') });
    expect((await ask('POST', '/debian/update')).statusCode).toBe(202);
    await expect.poll(() => lines).toHaveLength(1);
    expect(lines[0]).toMatch(new RegExp(`^${level} .*"feed":"debian".*(?:no route|boom)`));
    expect((await ask('POST', '/debian/update')).statusCode).toBe(202);
  });
});

describe('statements of VEX documents', () => {
  const list = (query: string) => test.api.inject({ url: `/api/v1/vex/statements${query}`, headers: test.bearer });

  it('are listed by feed, author and flaw, a page at a time', async () => {
    test = await createTestApi();
    const { items, total } = await test.services.feeds.statements({});
    expect((await list('?limit=2&offset=1')).json()).toEqual({ items: items.slice(1, 3), total });
    const flaw = items[1]?.flaw ?? '';
    const found = await list(`?feed=vex&author=Shop%20Security&flaw=${flaw}`);
    expect(found.json()).toEqual({ items: [items[1]], total: 1 });
    expect((await list('?author=somebody')).json()).toEqual({ items: [], total: 0 });
    expect((await list('?status=fixed')).statusCode).toBe(400);
  });
});
