import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../../src/store/index.ts';
import { whyMissing } from '../../engines/engine-needs.ts';
import { startPostgres } from '../../engines/postgres.ts';
import { timed } from '../figures.ts';
import { fillStore } from './fill.ts';
import { type FleetShape, shapeOf } from './shape.ts';

/** What every benchmark of a stored fleet takes. */
export const fleetOptions = {
  size: { type: 'string', default: '1000000' },
  database: { type: 'string', default: 'sqlite,postgres' },
  /** A file or an address that stays: filled where it is empty, and used as it is afterwards. */
  store: { type: 'string' },
} as const;

interface FleetValues {
  readonly size: string;
  readonly database: string;
  readonly store?: string;
}

/** Does the work on a filled store of each database, one after the other, and removes them. */
export async function onStoredFleets(
  values: FleetValues,
  work: (url: string, shape: FleetShape) => Promise<void>,
): Promise<void> {
  const shape = shapeOf(Number(values.size));
  if (values.store !== undefined) return onStore(values.store, shape, work);
  for (const database of values.database.split(',')) {
    if (database === 'sqlite') await onSqlite(shape, work);
    else if (database === 'postgres') await onPostgres(shape, work);
    else throw new RangeError(`there is no database "${database}": sqlite, postgres`);
  }
}

async function onSqlite(shape: FleetShape, work: (url: string, shape: FleetShape) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'portwarden-bench-'));
  try {
    console.log('\nSQLite');
    await onStore(join(folder, 'portwarden.sqlite'), shape, work);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function onPostgres(shape: FleetShape, work: (url: string, shape: FleetShape) => Promise<void>): Promise<void> {
  const missing = whyMissing('postgres');
  if (missing !== undefined) throw new Error(`PostgreSQL is not measured: ${missing}`);
  console.log('\nPostgreSQL');
  const server = await startPostgres({ syncs: true });
  try {
    await onStore(server.url, shape, work);
  } finally {
    await server.stop();
  }
}

async function onStore(
  url: string,
  shape: FleetShape,
  work: (url: string, shape: FleetShape) => Promise<void>,
): Promise<void> {
  const store = await openStore({ url });
  const { total } = await store.workloads.counts();
  await store.close();
  if (total === 0) await timed('filled', () => fillStore(url, shape));
  else if (total !== shape.containers) throw new RangeError(`${url} holds ${total} containers: --size ${total}`);
  await work(url, shape);
}
