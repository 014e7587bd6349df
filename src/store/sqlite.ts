import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { Connections } from './database.ts';
import type { Tables } from './schema.ts';
import { StoreError, sqliteResult, toStoreError } from './store-error.ts';
import { syncLog } from './sync-log.ts';

const busy = 5;
/** How long to wait for a writer in another process. Its transactions are short, so this is a sign of trouble. */
const longestWait = 30_000;

/**
 * The file of a SQLite store: `:memory:`, a file (one that is there, or ends in .sqlite or .db), or a directory, in
 * which it is `portwarden.sqlite`.
 */
export function sqliteFile(path: string): string {
  if (path === ':memory:') return path;
  const isFile = existsSync(path) ? !statSync(path).isDirectory() : ['.sqlite', '.db'].includes(extname(path));
  return isFile ? path : join(path, 'portwarden.sqlite');
}

/**
 * One connection for writing and one for reading, so that a question does not wait for an open transaction. Others may
 * have the file open too: the write-ahead log lets them read while one writes.
 */
export async function openSqlite(file: string): Promise<Connections> {
  if (file === ':memory:') {
    const only = connect(await openFile(file), file);
    return { kind: 'sqlite', reading: only, writing: only, close: () => only.destroy() };
  }
  createPrivately(file);
  const writer = await openFile(file);
  const sync = syncLog(file);
  // A commit is synced all the same, by a thread that nobody waits for but whoever asked for it.
  writer.exec('pragma synchronous = normal');
  const writing = connect(writer, file, sync.sync);
  const reader = await openFile(file);
  // A reader waits for nothing but the first moments after a crash, when another process recovers the log.
  reader.exec('pragma busy_timeout = 5000; pragma query_only = on');
  const reading = new Kysely<Tables>({
    dialect: { ...createSqliteDialect(reader, file), createAdapter: () => new ReadingAdapter() },
  });
  return {
    kind: 'sqlite',
    reading,
    writing,
    async close() {
      await reading.destroy();
      await writing.destroy();
      await sync.close();
    },
  };
}

/**
 * Who only reads has no transaction that others must not come into, and each question is one call. Of many that come at once,
 * the lock of Kysely would wake all whenever one is answered.
 */
class ReadingAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

/** Images, hosts and digests of tokens are nobody else's business. The log files take over the mode of the database. */
function createPrivately(file: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    closeSync(openSync(file, 'a', 0o600));
    if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
  } catch (cause) {
    throw toStoreError(cause, file);
  }
}

async function openFile(file: string): Promise<DatabaseSync> {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { enableForeignKeyConstraints: true, timeout: 0 });
    const opened = database;
    // Turning a new file into one with a log needs it alone: another process may be doing the same.
    await whenNotBusy(file, () => opened.exec('pragma journal_mode = wal'));
    await whenNotBusy(file, () =>
      opened.exec(
        'pragma synchronous = full; pragma temp_store = memory; pragma cache_size = -65536; pragma journal_size_limit = 67108864',
      ),
    );
    return database;
  } catch (thrown) {
    database?.close();
    throw toStoreError(thrown, file);
  }
}

/** Waits between attempts without holding the event loop, as SQLite's own waiting would. */
async function whenNotBusy(file: string, work: () => void): Promise<void> {
  const until = performance.now() + longestWait;
  for (let pause = 1; ; pause = Math.min(pause * 2, 50)) {
    try {
      return work();
    } catch (thrown) {
      if (sqliteResult(thrown) !== busy) throw thrown;
      if (performance.now() > until) {
        const message = `${file}: another process has been writing for ${longestWait / 1000} seconds`;
        throw new StoreError('unavailable', message, { cause: thrown, remedy: 'End that process, or wait for it' });
      }
      await sleep(pause);
    }
  }
}

function connect(database: DatabaseSync, file: string, sync?: () => Promise<void>): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: createSqliteDialect(database, file, sync) });
}

/** Kysely's dialect for node:sqlite. */
function createSqliteDialect(
  database: DatabaseSync,
  file: string,
  sync: () => Promise<void> = async () => {},
): Dialect {
  const connection = new SqliteConnection(database, file);
  const driver: Driver = {
    init: async () => {},
    acquireConnection: async () => connection,
    releaseConnection: async () => {},
    // Immediate, so that a transaction that began by reading is never refused when it comes to write.
    beginTransaction: () => whenNotBusy(file, () => connection.execute('begin immediate')),
    async commitTransaction() {
      try {
        connection.execute('commit');
        await sync();
      } catch (thrown) {
        // Here is where a full disk is often noticed first.
        throw toStoreError(thrown, file);
      }
    },
    async rollbackTransaction() {
      // A full disk or a failed write has rolled back already.
      if (database.isTransaction) connection.execute('rollback');
    },
    destroy: async () => database.close(),
  };
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => driver,
    createIntrospector: (queries) => new SqliteIntrospector(queries),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

const statementsKept = 300;

class SqliteConnection implements DatabaseConnection {
  readonly #database: DatabaseSync;
  readonly #file: string;
  readonly #statements = new Map<string, { readonly statement: StatementSync; readonly givesRows: boolean }>();

  constructor(database: DatabaseSync, file: string) {
    this.#database = database;
    this.#file = file;
  }

  execute(sql: string): void {
    this.#database.exec(sql);
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const parameters = query.parameters as SQLInputValue[];
    try {
      const { statement, givesRows } = this.#prepare(query.sql);
      if (givesRows) return { rows: statement.all(...parameters) as Row[] };
      const { changes } = statement.run(...parameters);
      return { rows: [], numAffectedRows: BigInt(changes) };
    } catch (thrown) {
      throw toStoreError(thrown, this.#file);
    }
  }

  streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new TypeError('the stores page by key, which holds no statement open');
  }

  #prepare(sql: string) {
    let prepared = this.#statements.get(sql);
    if (!prepared) {
      if (this.#statements.size >= statementsKept) this.#statements.clear();
      const statement = this.#database.prepare(sql);
      prepared = { statement, givesRows: statement.columns().length > 0 };
      this.#statements.set(sql, prepared);
    }
    return prepared;
  }
}
