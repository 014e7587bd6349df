import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';

/** Milliseconds to write so many rows of 400 bytes in one transaction, synced to disk, to a table without an index. */
export async function bareWrite(url: string, rows: number): Promise<number> {
  const documents = Array.from({ length: rows }, (_, row) => String(row).padEnd(400, 'x'));
  return url.startsWith('postgres') ? writePostgres(url, documents) : writeSqlite(url, documents);
}

function writeSqlite(file: string, documents: readonly string[]): number {
  const database = new DatabaseSync(file);
  database.exec('pragma synchronous = full; create table bench_floor (document text)');
  const statement = database.prepare('insert into bench_floor values (?)');
  const start = performance.now();
  database.exec('begin immediate');
  for (const document of documents) statement.run(document);
  database.exec('commit');
  const time = performance.now() - start;
  database.exec('drop table bench_floor');
  database.close();
  return time;
}

async function writePostgres(url: string, documents: readonly string[]): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('create table bench_floor (document text)');
  const start = performance.now();
  await client.query('insert into bench_floor select unnest(cast($1 as text[]))', [documents]);
  const time = performance.now() - start;
  await client.query('drop table bench_floor');
  await client.end();
  return time;
}
