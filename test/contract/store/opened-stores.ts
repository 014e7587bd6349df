import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Store } from '../../../src/model/index.ts';
import { openStore } from '../../../src/store/index.ts';
import type { PostgresServer } from '../../engines/postgres.ts';

/** Opens stores for tests and closes them all in the end. */
export interface StoreRoom {
  readonly engine: 'sqlite' | 'postgres';
  /** An empty database of its own, as an address for openStore. */
  freshUrl(): Promise<string>;
  open(url: string): Promise<Store>;
  /** A store on an empty database. */
  fresh(): Promise<Store>;
  closeAll(): Promise<void>;
}

export function sqliteRoom(): StoreRoom {
  const folder = mkdtempSync(join(tmpdir(), 'portwarden-store-'));
  let count = 0;
  return room(
    'sqlite',
    async () => join(folder, String(++count)),
    async () => rmSync(folder, { recursive: true }),
  );
}

/** Each empty database is a schema of its own, which is quicker to make than a database. */
export function postgresRoom(server: PostgresServer): StoreRoom {
  const client = new pg.Client({ connectionString: server.url });
  const connected = client.connect();
  let count = 0;
  return room(
    'postgres',
    async () => {
      await connected;
      const schema = `store_${++count}`;
      await client.query(`create schema ${schema}`);
      return `${server.url}?options=-csearch_path%3D${schema}`;
    },
    async () => {
      await connected;
      await client.end();
    },
  );
}

function room(engine: StoreRoom['engine'], freshUrl: StoreRoom['freshUrl'], end: () => Promise<void>): StoreRoom {
  const opened: Store[] = [];
  async function open(url: string): Promise<Store> {
    const store = await openStore({ url });
    opened.push(store);
    return store;
  }
  return {
    engine,
    freshUrl,
    open,
    fresh: async () => open(await freshUrl()),
    async closeAll() {
      for (const store of opened) await store.close();
      await end();
    },
  };
}
