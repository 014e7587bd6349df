import type { Log } from '../base/index.ts';
import type { Store } from '../model/index.ts';
import { createBomStore } from './bom-store.ts';
import { createDatabase, type Database } from './database.ts';
import { createImageStore } from './image-store.ts';
import { migrate } from './migrate.ts';
import { describeUrl, openPostgres } from './postgres.ts';
import { openSqlite, sqliteFile } from './sqlite.ts';
import { createWorkloadStore } from './workload-store.ts';

/**
 * Opens the store and brings its schema up to date.
 *
 * `url` is `postgres://…`, or a path: a SQLite file (one that is there, or ends in .sqlite or .db), a directory for one,
 * or `:memory:`. What is missing is created, for this user alone. Throws StoreError.
 */
export async function openStore(options: { readonly url: string; readonly log?: Log }): Promise<Store> {
  const { url, log } = options;
  const isPostgres = /^postgres(?:ql)?:\/\//.test(url);
  const connections = isPostgres ? await openPostgres(url, log) : await openSqlite(sqliteFile(url));
  try {
    await migrate(connections, isPostgres ? describeUrl(url) : sqliteFile(url));
  } catch (error) {
    await connections.close();
    throw error;
  }
  return createStore(createDatabase(connections));
}

function createStore(database: Database): Store {
  return {
    images: createImageStore(database),
    boms: createBomStore(database),
    workloads: createWorkloadStore(database),
    transaction: (work) => database.transaction((inside) => work(createStore(inside))),
    revisions: () => database.reading.selectFrom('revisions').selectAll().executeTakeFirstOrThrow(),
    close: () => database.close(),
  } as Store;
}
