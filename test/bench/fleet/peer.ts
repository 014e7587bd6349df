import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';

/** The same questions in SQL. */
export interface Peer {
  count(name: string): Promise<number>;
  countAt(name: string, at: number): Promise<number>;
  /** Fetches the first 100 rows; how many there were. */
  rows(name: string): Promise<number>;
  close(): Promise<void>;
}

const matching = `from workloads where image_id in (
  select subject from boms where subject_row in (
    select subject_row from bom_components where component_id in (
      select component_id from components where lower(name) = $1 or lower(other_name) = $1)))`;
const count = `select count(*) as containers, count(distinct image_id) ${matching} and ended is null`;
const countAt = `select count(*) as containers ${matching} and started <= $2 and (ended is null or ended >= $2)`;
const rows = `select * ${matching} and ended is null order by started desc limit 100`;

export async function openPeer(url: string): Promise<Peer> {
  const { ask, close } = url.startsWith('postgres') ? await askPostgres(url) : askSqlite(url);
  return {
    count: async (name) => Number((await ask(count, name))[0]?.containers),
    countAt: async (name, at) => Number((await ask(countAt, name, at))[0]?.containers),
    rows: async (name) => (await ask(rows, name)).length,
    close,
  };
}

type Ask = (sql: string, ...parameters: (string | number)[]) => Promise<readonly Record<string, unknown>[]>;

function askSqlite(file: string): { ask: Ask; close(): Promise<void> } {
  const database = new DatabaseSync(file, { readOnly: true });
  return {
    ask: async (sql, ...parameters) => database.prepare(sql.replaceAll('$', '?')).all(...parameters),
    close: async () => database.close(),
  };
}

async function askPostgres(url: string): Promise<{ ask: Ask; close(): Promise<void> }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return {
    ask: async (sql, ...parameters) => (await client.query(sql, parameters)).rows,
    close: () => client.end(),
  };
}
