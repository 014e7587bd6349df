import { type Kysely, sql, type Transaction } from 'kysely';
import type { Revisions } from '../model/index.ts';
import type { Tables } from './schema.ts';

export type DatabaseKind = 'sqlite' | 'postgres';
export type Queries = Kysely<Tables>;

/** What the stores of the nouns work on: a database, or one open transaction of it. */
export interface Database {
  readonly kind: DatabaseKind;
  /** For reading alone: what is committed, and what the open transaction did where there is one. */
  readonly reading: Queries;
  /** A short transaction, or a part of the open one. */
  write<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result>;
  /**
   * A write that other processes shall notice. Its revision counter grows by one; the new value is handed in. Holding
   * the counters' row, such writers come one after the other on PostgreSQL as they do on SQLite: row numbers and
   * revisions are seen in the order in which they were given, and nothing deadlocks.
   */
  change<Result>(noun: keyof Revisions, work: (queries: Queries, revision: number) => Promise<Result>): Promise<Result>;
  transaction<Result>(work: (inside: Database) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

export interface Connections {
  readonly kind: DatabaseKind;
  readonly reading: Queries;
  readonly writing: Queries;
  close(): Promise<void>;
}

export function createDatabase(connections: Connections): Database {
  const { kind, reading, writing } = connections;
  const transaction: Database['transaction'] = (work) =>
    writing.transaction().execute(async (open) => {
      if (kind === 'postgres') await sql`select 1 from revisions for update`.execute(open);
      const inside = joinTransaction(kind, open);
      const result = await work(inside.database);
      inside.throwIfFailed();
      return result;
    });
  return {
    kind,
    reading,
    write: (work) => writing.transaction().execute(work),
    change: (noun, work) => writing.transaction().execute(async (open) => work(open, await nextRevision(open, noun))),
    transaction,
    close: connections.close,
  };
}

/**
 * A part that failed dooms the whole, whoever catches its error: half of it may have been done, and PostgreSQL would
 * refuse everything after it while SQLite would not.
 */
function joinTransaction(kind: DatabaseKind, open: Transaction<Tables>) {
  let failed: { readonly error: unknown } | undefined;
  async function part<Result>(work: () => Promise<Result>): Promise<Result> {
    if (failed) throw failed.error;
    try {
      return await work();
    } catch (error) {
      failed ??= { error };
      throw error;
    }
  }
  const database: Database = {
    kind,
    reading: open,
    write: (work) => part(() => work(open)),
    change: (noun, work) => part(async () => work(open, await nextRevision(open, noun))),
    transaction: (work) => part(() => work(database)),
    close: () => Promise.reject(new TypeError('a transaction cannot close the store')),
  };
  return {
    database,
    throwIfFailed() {
      if (failed) throw failed.error;
    },
  };
}

async function nextRevision(queries: Queries, noun: keyof Revisions): Promise<number> {
  const row = await queries
    .updateTable('revisions')
    .set((column) => ({ [noun]: column(noun, '+', 1) }))
    .returning(noun)
    .executeTakeFirstOrThrow();
  return row[noun];
}
