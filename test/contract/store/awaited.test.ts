import { createServer, type Socket } from 'node:net';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../../src/base/index.ts';
import { type AwaitedStore, awaitStore, openStore } from '../../../src/store/index.ts';
import { type PostgresServer, startPostgres } from '../../engines/postgres.ts';
import { launchRecord } from '../../fakes/launches.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => server?.stop());

const page = { limit: 10, offset: 0 };

describe('a store that is awaited', () => {
  const open: AwaitedStore[] = [];
  afterEach(async () => {
    for (const { store } of open.splice(0)) await store.close();
  });
  const awaited = async (url: string, lines: string[] = [], mayWait = true) => {
    const log = { ...silentLog, warn: (_: object, text: string) => void lines.push(text) };
    const opened = await awaitStore({ url, log, mayWait: async () => mayWait });
    open.push(opened);
    return opened;
  };

  it('is like any other where its server answers', async () => {
    await (await openStore({ url: server.url })).close();
    const { store, away } = await awaited(server.url);
    expect(away).toBeUndefined();
    await store.launches.record([launchRecord()], []);
    expect((await store.launches.list(page)).total).toBe(1);
  });

  describe('whose server is away', () => {
    beforeEach(async () => server.halt());

    it('refuses at once, says so once, and is open when the server is there', async () => {
      const lines: string[] = [];
      const { store, away } = await awaited(server.url, lines);
      expect(away?.why).toMatchObject({ code: 'unavailable', message: expect.stringMatching(/PostgreSQL at/) });
      const unavailable = { name: 'StoreError', code: 'unavailable' };
      await expect(store.launches.list(page)).rejects.toMatchObject(unavailable);
      await expect(store.transaction(async () => undefined)).rejects.toMatchObject(unavailable);
      await new Promise((resolve) => setTimeout(resolve, 2500));
      expect(lines).toEqual([]);
      await server.resume();
      await away?.over;
      await store.launches.record([launchRecord({ id: 'l2' })], []);
      expect(await store.launches.get('l2')).toBeDefined();
    });

    it('has its schema made first, where the server comes with an empty database', async () => {
      await server.resume();
      const client = new pg.Client({ connectionString: server.url });
      await client.connect();
      await client.query('create schema late');
      await client.end();
      await server.halt();
      const { store, away } = await awaited(`${server.url}?options=-csearch_path%3Dlate`);
      await server.resume();
      await away?.over;
      expect((await store.launches.list(page)).total).toBe(0);
    });

    it('is awaited by nobody who has nothing to go on by', async () => {
      await expect(awaited(server.url, [], false)).rejects.toMatchObject({ code: 'unavailable' });
      await server.resume();
    });

    it('ends when it is closed, and waits no longer', async () => {
      const { store, away } = await awaited(server.url);
      await store.close();
      await away?.over;
      await expect(store.launches.list(page)).rejects.toMatchObject({ code: 'unavailable' });
      await server.resume();
    });
  });

  it('refuses what is asked of a server that falls silent, whoever waits for it already, until it speaks', async () => {
    const lines: string[] = [];
    const { store } = await awaited(server.url, lines);
    // More than there are connections.
    const ask = () => Promise.allSettled(Array.from({ length: 15 }, () => store.launches.list(page)));
    expect(new Set((await ask()).map(({ status }) => status))).toEqual(new Set(['fulfilled']));
    server.freeze();
    try {
      for (const answer of await ask())
        expect(answer).toMatchObject({ status: 'rejected', reason: { name: 'StoreError', code: 'unavailable' } });
      await expect(store.transaction(async () => undefined)).rejects.toMatchObject({ code: 'unavailable' });
      expect(lines).toEqual(['the store is away']);
    } finally {
      server.thaw();
    }
    const total = () => store.launches.list(page).then(({ total: found }) => found > 0);
    await expect.poll(() => total().catch(() => false), { timeout: 15_000 }).toBe(true);
  });

  it('is not away because its server takes no more connections', async () => {
    const { store } = await awaited(server.url);
    await store.launches.list(page);
    const others = Array.from({ length: 250 }, () => new pg.Client({ connectionString: server.url }));
    for (const other of others) other.on('error', () => undefined);
    const taken = await Promise.allSettled(others.map((other) => other.connect()));
    expect(taken.some(({ status }) => status === 'rejected')).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect((await store.launches.list(page)).total).toBeGreaterThan(0);
    for (const other of others) await other.end().catch(() => undefined);
  });

  it('waits some seconds for a server that takes connections and says nothing, and no longer', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    try {
      const { store, away } = await awaited(`postgres://nobody@127.0.0.1:${port}/none`);
      expect(away?.why.message).toContain('does not answer');
      await expect(store.revisions()).rejects.toMatchObject({ code: 'unavailable' });
    } finally {
      for (const socket of sockets) socket.destroy();
      silent.close();
    }
  });

  it('waits for nothing at an address that is none', async () => {
    await expect(awaited('postgres://nobody:sec#ret@[/none')).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('is opened at once where it is embedded', async () => {
    expect(await awaited(':memory:')).toMatchObject({ store: expect.anything() });
  });

  it('waits for no database of a later version', async () => {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    await client.query('create schema newer');
    const url = `${server.url}?options=-csearch_path%3Dnewer`;
    await (await openStore({ url })).close();
    await client.query('insert into newer.schema_migrations values (999, 0)');
    await client.end();
    await expect(awaited(url)).rejects.toMatchObject({ code: 'newer-schema' });
  });
});
