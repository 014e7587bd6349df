import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../../src/store/index.ts';
import type { StoreRoom } from './opened-stores.ts';
import { digest } from './specimens.ts';

async function execute(room: StoreRoom, url: string, statement: string): Promise<void> {
  if (room.engine === 'sqlite') {
    const database = new DatabaseSync(join(url, 'portwarden.sqlite'));
    database.exec(statement);
    database.close();
    return;
  }
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}

export function openingContract(room: StoreRoom): void {
  describe('opening', () => {
    it('keeps what was put when it is opened again', async () => {
      const url = await room.freshUrl();
      const first = await openStore({ url });
      await first.images.see({ imageId: digest(1), references: ['docker.io/library/a:1'], at: 5 });
      await first.close();
      const second = await room.open(url);
      expect(await second.images.get(digest(1))).toMatchObject({ references: ['docker.io/library/a:1'], firstSeen: 5 });
    });

    it('lets several open a new database at once', async () => {
      const url = await room.freshUrl();
      const stores = await Promise.all([1, 2, 3, 4].map(() => room.open(url)));
      await Promise.all(stores.map((store, at) => store.images.see({ imageId: digest(at), references: [], at })));
      for (const store of stores) expect((await store.images.counts()).known).toBe(4);
    });

    it('refuses a database of a later version', async () => {
      const url = await room.freshUrl();
      await (await openStore({ url })).close();
      await execute(room, url, 'insert into schema_migrations values (999, 0)');
      await expect(openStore({ url })).rejects.toMatchObject({
        name: 'StoreError',
        code: 'newer-schema',
        message: expect.stringContaining('999'),
        remedy: expect.stringContaining('Upgrade'),
      });
    });
  });

  if (room.engine === 'postgres') {
    it('says that no server answers', async () => {
      await expect(openStore({ url: 'postgres://nobody:secret@127.0.0.1:1/none' })).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.not.stringContaining('secret'),
      });
    });

    it('does not show an address that it cannot read', async () => {
      await expect(openStore({ url: 'postgres://nobody:sec#ret@[/none' })).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.not.stringContaining('sec'),
      });
    });
    return;
  }

  describe('the file', () => {
    it.each([
      ['a directory', (path: string) => path, 'portwarden.sqlite'],
      ['a file by its ending', (path: string) => `${path}.db`, ''],
    ])('%s is created for this user alone', async (_, toUrl, name) => {
      const url = toUrl(join(await room.freshUrl(), 'deep', 'data'));
      await room.open(url);
      const file = join(url, name);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(statSync(`${file.replace(/\/$/, '')}-wal`).mode & 0o777).toBe(0o600);
      expect(statSync(dirname(file)).mode & 0o077).toBe(0);
    });

    it('that others may read is closed to them', async () => {
      const url = `${await room.freshUrl()}.db`;
      writeFileSync(url, '', { mode: 0o644 });
      await room.open(url);
      expect(statSync(url).mode & 0o777).toBe(0o600);
    });

    it('that is no database is corrupt and stays as it is', async () => {
      const url = `${await room.freshUrl()}.db`;
      writeFileSync(url, 'not a database '.repeat(100));
      await expect(openStore({ url })).rejects.toMatchObject({
        code: 'corrupt',
        message: expect.stringContaining(url),
      });
      expect(statSync(url).size).toBe(1500);
    });

    it('under something that is no directory is unavailable', async () => {
      const url = await room.freshUrl();
      mkdirSync(url);
      writeFileSync(join(url, 'file'), '');
      await expect(openStore({ url: join(url, 'file', 'data') })).rejects.toMatchObject({ code: 'unavailable' });
    });

    it('is none for :memory:', async () => {
      const store = await room.open(':memory:');
      await store.images.see({ imageId: digest(1), references: [], at: 1 });
      expect(await store.images.get(digest(1))).toBeDefined();
      expect(existsSync(':memory:')).toBe(false);
    });
  });
}
