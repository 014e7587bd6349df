import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { findProgram } from '../../engines/engine-needs.ts';

type Cell = string | number | Uint8Array | null;

/** Writes rows straight into the tables of a store that is empty and that nobody else has open. */
export interface BulkWriter {
  insert(table: string, columns: readonly string[], rows: Iterable<readonly Cell[]>): Promise<void>;
  run(sql: string): Promise<void>;
  /** Makes the indexes again, and lets the database learn what is in its tables. */
  close(): Promise<void>;
}

/** `url` as openStore has it: an address of PostgreSQL, or a SQLite file. Indexes are away while it writes. */
export async function openBulkWriter(url: string): Promise<BulkWriter> {
  return url.startsWith('postgres') ? openPostgres(url) : openSqlite(url);
}

function openSqlite(file: string): BulkWriter {
  const database = new DatabaseSync(file);
  database.exec('pragma synchronous = off; pragma cache_size = -500000; begin');
  const indexes = database
    .prepare("select name, sql from sqlite_schema where type = 'index' and sql is not null")
    .all();
  for (const { name } of indexes) database.exec(`drop index ${name}`);
  return {
    async insert(table, columns, rows) {
      const places = columns.map(() => '?').join(', ');
      const statement = database.prepare(`insert into ${table} (${columns.join(', ')}) values (${places})`);
      for (const row of rows) statement.run(...row);
    },
    async run(sql) {
      database.exec(sql);
    },
    async close() {
      for (const { sql } of indexes) database.exec(String(sql));
      database.exec('commit; analyze; pragma wal_checkpoint(truncate)');
      database.close();
    },
  };
}

async function openPostgres(url: string): Promise<BulkWriter> {
  const psql = findProgram('psql');
  if (psql === undefined) throw new Error('psql is not installed: apt-get install postgresql');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows: indexes } = await client.query<{ indexname: string; indexdef: string }>(`
    select indexname, indexdef from pg_indexes where schemaname = current_schema() and not exists (
      select 1 from pg_constraint where conname = indexname)`);
  for (const { indexname } of indexes) await client.query(`drop index ${indexname}`);
  return {
    async insert(table, columns, rows) {
      const copy = spawn(psql, [url, '-qc', `copy ${table} (${columns.join(', ')}) from stdin`], {
        // References are right by making; to check each of six million takes a minute.
        env: { ...process.env, PGOPTIONS: '-c session_replication_role=replica' },
        stdio: ['pipe', 'inherit', 'inherit'],
      });
      const ended = once(copy, 'exit');
      let text = '';
      for (const row of rows) {
        text += `${row.map(cellText).join('\t')}\n`;
        if (text.length < 1_000_000) continue;
        if (!copy.stdin.write(text)) await once(copy.stdin, 'drain');
        text = '';
      }
      copy.stdin.end(text);
      const [status] = await ended;
      if (status !== 0) throw new Error(`copy into ${table} ended with status ${status}`);
    },
    async run(sql) {
      await client.query(sql);
    },
    async close() {
      for (const { indexdef } of indexes) await client.query(indexdef);
      await client.query('vacuum analyze');
      await client.query('checkpoint');
      await client.end();
    },
  };
}

/** The text format of COPY (PostgreSQL manual, "COPY", "File Formats"). */
function cellText(cell: Cell): string {
  if (cell === null) return '\\N';
  if (typeof cell === 'number') return String(cell);
  if (cell instanceof Uint8Array) return `\\\\x${Buffer.from(cell).toString('hex')}`;
  return cell.replace(/[\\\t\n\r]/g, (special) => `\\${{ '\t': 't', '\n': 'n', '\r': 'r' }[special] ?? special}`);
}
