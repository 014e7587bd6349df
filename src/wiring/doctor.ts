import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../base/index.ts';
import type { DoctorRow, StoreOptions } from '../cli/index.ts';
import { createEngineClient, engineSockets, ImageError } from '../image/index.ts';
import { readClamdVersion } from '../inspect/index.ts';
import type { EngineKind } from '../model/index.ts';
import { openStore } from '../store/index.ts';
import { describeDatabase, readSettings, type Settings } from './settings.ts';

/** What a first user needs to know when something does not work. Changes nothing. */
export async function examine(options: StoreOptions): Promise<readonly DoctorRow[]> {
  const settings = readSettings(options);
  return [
    nodeRow(),
    await dataRow(settings.data),
    ...(await storeRows(settings.database)),
    await consoleRow(),
    ...(await engineRows()),
    await segmentationRow(settings),
    ...(settings.content?.clamd === undefined ? [] : [await clamdRow(settings.content.clamd)]),
  ];
}

async function segmentationRow(settings: Settings): Promise<DoctorRow> {
  const { findObstacle } = await import('./segmentation.ts');
  const obstacle = await findObstacle(settings);
  const check = 'security groups';
  if (obstacle === undefined) return { check, state: 'good', detail: 'rules can hold in the kernel of this host' };
  const remedy = 'without it groups can be planned and asked about, and hold nowhere on this host';
  return { check, state: 'missing', detail: obstacle, remedy };
}

function nodeRow(): DoctorRow {
  const major = Number(process.versions.node.split('.')[0]);
  const detail = `Node ${process.versions.node} on ${process.platform}/${process.arch}`;
  if (major >= 24) return { check: 'node', state: 'good', detail };
  return {
    check: 'node',
    state: 'bad',
    detail,
    remedy: 'start through npm or bin/portwarden, which bring their own Node',
  };
}

async function dataRow(data: string): Promise<DoctorRow> {
  const check = 'data directory';
  const existing = await nearestExisting(data);
  try {
    await access(existing, constants.W_OK | constants.X_OK);
    return { check, state: 'good', detail: existing === data ? data : `${data} (made at the first start)` };
  } catch {
    const remedy = 'name another with --data DIR or PORTWARDEN_DATA';
    return { check, state: 'bad', detail: `${data} cannot be written`, remedy };
  }
}

async function nearestExisting(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    if ((await statOf(at)) || dirname(at) === at) return at;
  }
}

async function storeRows(database: string): Promise<DoctorRow[]> {
  const shown = describeDatabase(database);
  const isServer = shown.startsWith('postgres');
  if (!isServer && !(await statOf(database))) {
    return [{ check: 'store', state: 'missing', detail: `${shown} (made at the first start)` }];
  }
  try {
    const store = await openStore({ url: database });
    try {
      return [{ check: 'store', state: 'good', detail: shown }, feedsRow((await store.advisories.feeds()).length)];
    } finally {
      await store.close();
    }
  } catch (error) {
    return [{ check: 'store', state: 'bad', detail: messageOf(error) }];
  }
}

function feedsRow(feeds: number): DoctorRow {
  if (feeds > 0) return { check: 'feeds', state: 'good', detail: `${feeds} of them; portwarden feeds status` };
  const remedy = 'portwarden feeds add debian (or npm, pypi, go, alpine, a URL, a file)';
  return { check: 'feeds', state: 'missing', detail: 'none, so nothing can be judged', remedy };
}

async function consoleRow(): Promise<DoctorRow> {
  const page = fileURLToPath(new URL('../../dist/console/index.html', import.meta.url));
  if (await statOf(page)) return { check: 'console', state: 'good', detail: 'built' };
  return { check: 'console', state: 'missing', detail: 'not built', remedy: 'npm start builds it' };
}

async function engineRows(): Promise<DoctorRow[]> {
  const sockets = engineSockets(process.env);
  return Promise.all((Object.keys(sockets) as EngineKind[]).map((kind) => engineRow(kind, sockets[kind])));
}

/** The first socket that answers, or why none does. */
async function engineRow(kind: EngineKind, sockets: readonly string[]): Promise<DoctorRow> {
  const failures: DoctorRow[] = [];
  for (const socket of sockets) {
    const client = createEngineClient({ kind, socket });
    try {
      return { check: kind, state: 'good', detail: `${await client.version()} at ${socket}` };
    } catch (error) {
      const forbidden = error instanceof ImageError && error.code === 'forbidden-socket';
      const remedy = forbidden && error.remedy ? { remedy: error.remedy } : {};
      failures.push({ check: kind, state: forbidden ? 'bad' : 'missing', detail: messageOf(error), ...remedy });
    } finally {
      await client.close();
    }
  }
  const worst = failures.find((row) => row.state === 'bad') ?? failures[0];
  return worst ?? { check: kind, state: 'missing', detail: 'switched off by the environment' };
}

async function clamdRow(address: string): Promise<DoctorRow> {
  try {
    return { check: 'clamd', state: 'good', detail: `${await readClamdVersion(address)} at ${address}` };
  } catch (error) {
    const remedy = 'start clamd, or set PORTWARDEN_CLAMD to where it listens';
    return { check: 'clamd', state: 'bad', detail: `${address}: ${messageOf(error)}`, remedy };
  }
}

async function statOf(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
