import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fixedClock } from '../base/index.ts';
import type { Store } from '../model/index.ts';
import { openStore } from '../store/index.ts';
import { createEventBus } from './event-bus.ts';
import { createFeedService } from './feeds.ts';
import type { FeedService } from './services.ts';

const clock = fixedClock('2026-05-01T00:00:00Z');
let directory: string;
let store: Store;
let feeds: FeedService;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'pw-feeds-'));
  ({ store, feeds } = await open());
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

async function open() {
  const opened = await openStore({ url: ':memory:' });
  const parts = { store: opened, clock, events: createEventBus(), downloads: join(directory, 'downloads') };
  return { store: opened, feeds: createFeedService(parts) };
}

function records(count: number, modified = '2026-04-01T00:00:00Z'): string {
  const affected = [{ package: { ecosystem: 'npm', name: 'left' }, versions: ['1.0.0'] }];
  return Array.from({ length: count }, (_, index) =>
    JSON.stringify({ id: `X-${index}`, modified, aliases: [`CVE-${index}`], affected }),
  ).join('\n');
}

const file = () => join(directory, 'feed.jsonl');
async function take(text: string, options = {}) {
  writeFileSync(file(), text);
  utimesSync(file(), 1, 1);
  if ((await feeds.list()).length === 0) await feeds.add({ location: file(), id: 'osv' });
  const [result] = await feeds.update('osv', options);
  return result?.state === 'failed' ? result.code : result?.state;
}

describe('a feed', () => {
  it('that is older than what is held, or has lost most of it, is refused; what is held stays', async () => {
    expect(await take(records(200))).toBe('imported');
    expect(await take(records(200, '2026-03-01T00:00:00Z'))).toBe('feed-older');
    expect(await take(records(99))).toBe('feed-shrunk');
    expect(await take('[]')).toBe('feed-shrunk');
    expect(await feeds.list()).toMatchObject([
      { advisories: 200, dataAsOf: '2026-04-01T00:00:00.000Z', lastAttempt: { error: expect.any(String) } },
    ]);
    expect(await store.advisories.get(['X-199'])).toHaveLength(1);
    expect(await take(records(101))).toBe('imported');
    expect(await take(records(30), { allowOlder: true })).toBe('imported');
    expect(await feeds.list()).toMatchObject([{ advisories: 30, lastAttempt: { error: null } }]);
  });

  it('of a server that has nothing new is held as of now, and verified before it is read', async () => {
    let asked = 0;
    const server: Server = createServer((request, response) => {
      asked++;
      if (request.headers['if-none-match'] === '"1"') response.writeHead(304).end();
      else response.writeHead(200, { etag: '"1"' }).end(records(3));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const location = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.jsonl`;
    await feeds.add({ location, id: 'osv' });
    expect(await feeds.update('osv')).toMatchObject([{ state: 'imported' }]);
    clock.set('2026-05-03T00:00:00Z');
    expect(await feeds.update('osv')).toMatchObject([{ state: 'unchanged' }]);
    expect(asked).toBe(2);
    expect(await feeds.list()).toMatchObject([
      { importedAt: '2026-05-03T00:00:00.000Z', advisories: 3, isVerified: false },
    ]);
    await feeds.add({ location, id: 'strict', checksum: `sha256:${'0'.repeat(64)}` });
    expect(await feeds.update('strict')).toMatchObject([{ state: 'failed', code: 'not-verified' }]);
    expect((await feeds.list()).find(({ id }) => id === 'strict')).toMatchObject({ isVerified: true, advisories: 0 });
    await expect(feeds.add({ location, id: 'x', key: '/key.pem' })).rejects.toMatchObject({ code: 'bad-query' });
    server.close();
  });
});

describe('a feed without dates that is withheld', () => {
  const undated = (names: readonly string[]) =>
    JSON.stringify({
      distroversion: 'v3.19',
      reponame: 'main',
      packages: names.map((name) => ({ pkg: { name, secfixes: { '1-r0': ['CVE-2024-1'] } } })),
    });

  it.each(['answers that nothing is new', 'sends the same again'])(
    'is stale in a week where the server %s',
    async (how) => {
      let body = undated(['bash']);
      const server: Server = createServer((request, response) => {
        if (how.startsWith('answers') && request.headers['if-none-match'] === `"${body.length}"`)
          response.writeHead(304).end();
        else response.writeHead(200, { etag: `"${body.length}"` }).end(body);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      clock.set('2026-05-01T00:00:00Z');
      await feeds.add({
        location: `http://127.0.0.1:${(server.address() as AddressInfo).port}/main.json`,
        id: 'alpine',
      });
      const states: (string | undefined)[] = [];
      for (const day of ['01', '04', '07', '09', '20']) {
        clock.set(`2026-05-${day}T00:00:00Z`);
        if (day === '20') body = undated(['bash', 'zsh']);
        await feeds.update('alpine');
        const [feed] = await feeds.list();
        states.push(feed?.state);
        expect(feed).toMatchObject({ ageDays: null, importedAt: `2026-05-${day}T00:00:00.000Z` });
      }
      expect(states).toEqual(['fresh', 'fresh', 'fresh', 'stale', 'fresh']);
      server.close();
    },
  );
});

describe('a bundle', () => {
  async function bundle(): Promise<string[]> {
    await take(records(3));
    const vex = {
      '@context': 'https://openvex.dev/ns/v0.2.0',
      '@id': 'urn:vex',
      author: 'a',
      timestamp: '2026-01-01T00:00:00Z',
      statements: [
        { vulnerability: { name: 'X-1', aliases: ['CVE-1'] }, products: [{ '@id': 'pkg:npm/left' }], status: 'fixed' },
      ],
    };
    writeFileSync(join(directory, 'vex.json'), JSON.stringify(vex));
    await feeds.add({ location: join(directory, 'vex.json'), id: 'vex' });
    await feeds.update('vex');
    return Array.fromAsync(feeds.export([]));
  }

  async function* from(lines: readonly string[]) {
    yield* lines;
  }

  it('carries feeds to another store, the same each time', async () => {
    const lines = await bundle();
    expect(lines).toHaveLength(5);
    expect(await Array.fromAsync(feeds.export([]))).toEqual(lines);
    const other = await open();
    expect(await other.feeds.import(from(lines))).toMatchObject([
      { id: 'osv', advisories: 3, dataAsOf: '2026-04-01T00:00:00.000Z', coverage: ['npm'] },
      { id: 'vex', format: 'openvex', advisories: 1 },
    ]);
    expect(await other.store.advisories.named(['CVE-2'])).toMatchObject([{ id: 'X-2', feed: 'osv' }]);
    expect(await other.store.advisories.remarks(['CVE-1'])).toMatchObject([{ kind: 'statement', author: 'a' }]);
    expect((await Array.fromAsync(other.feeds.export(['osv'])))[0]).toBe(lines[0]);
    await expect(Array.fromAsync(other.feeds.export(['nope']))).rejects.toMatchObject({ code: 'unknown-feed' });
    await other.store.close();
  });

  it.each<[string, (lines: string[]) => readonly string[]]>([
    ['cut off', (lines) => lines.slice(0, -1)],
    ['without a record', (lines) => lines.slice(1)],
    ['with a record changed', ([first = '', ...rest]) => [first.replace('1.0.0', '9.0.0'), ...rest]],
    ['with a record more', ([first = '', ...rest]) => [first, first.replace('X-0', 'X-9'), ...rest]],
    ['that goes on', (lines) => [...lines, lines[0] ?? '']],
    ['of another version', (lines) => [...lines.slice(0, -1), (lines.at(-1) ?? '').replace('/v1', '/v9')]],
    ['that is no JSON', () => ['<html>']],
    ['that is empty', () => []],
    ['of numbers', () => ['1']],
  ])('%s is refused, and nothing of it is there', async (_what, change) => {
    const lines = change(await bundle());
    const other = await open();
    await expect(other.feeds.import(from(lines))).rejects.toMatchObject({ code: 'bad-bundle' });
    expect(await other.store.advisories.get(['X-0', 'X-1', 'X-2', 'X-9'])).toEqual([]);
    await other.store.close();
  });

  it('that is older than what is held is refused as a whole', async () => {
    const lines = await bundle();
    await take(records(3, '2026-04-20T00:00:00Z'));
    await expect(feeds.import(from(lines))).rejects.toMatchObject({ code: 'feed-older' });
    expect(await feeds.import(from(lines), { allowOlder: true })).toHaveLength(2);
    expect(await feeds.list()).toMatchObject([{ dataAsOf: '2026-04-01T00:00:00.000Z', location: file() }, {}]);
  });
});
