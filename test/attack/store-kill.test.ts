import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/base/index.ts';
import type { Store } from '../../src/model/index.ts';
import { openStore } from '../../src/store/index.ts';
import { collect } from '../contract/store/specimens.ts';
import { startPostgres } from '../engines/postgres.ts';

const kills = 20;
const folder = mkdtempSync(join(tmpdir(), 'portwarden-kill-'));
const server = await startPostgres();

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

/** Writes until it is killed at a random moment; gives what was acknowledged. */
async function writeAndDie(url: string, from: number): Promise<readonly (readonly [what: string, number: number])[]> {
  const writer = spawn(process.execPath, [join(import.meta.dirname, 'store-writer.ts'), url, String(from)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  writer.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const ended = once(writer, 'close');
  await Promise.race([
    once(writer.stdout, 'data'),
    ended.then(() => Promise.reject(new Error('the writer did not open the store'))),
  ]);
  await sleep(Math.random() * 250);
  writer.kill('SIGKILL');
  await ended;
  // The last line may have been cut.
  const lines = said.split('\n').slice(0, -1);
  return lines.map((line) => [line.slice(0, line.indexOf(' ')), Number(line.slice(line.indexOf(' ') + 1))] as const);
}

async function expectKept(store: Store, acknowledged: ReadonlyMap<number, string>): Promise<void> {
  const runs = new Map((await collect(store.workloads.intervals())).map((run) => [run.started, run.ended] as const));
  for (const [number, what] of acknowledged) {
    if (what === 'putBom') {
      const imageId = digestOf(`image ${number}`);
      expect((await store.boms.get(imageId))?.recordedAt, `bill of materials ${number}`).toBe(number);
      expect(await store.boms.componentIds(imageId)).toHaveLength(200);
      expect((await store.images.get(imageId))?.references).toEqual([`registry.example/app:${number}`]);
    }
    if (what === 'recordRun') expect(runs.get(number), `run ${number}`).toBe(number + 1);
  }
}

/** All advisories are of one import, which is the last that was acknowledged or the one that was cut off after its end. */
async function expectWholeImport(store: Store, acknowledged: ReadonlyMap<number, string>): Promise<void> {
  const imports = [...acknowledged].filter(([, what]) => what === 'importFeed').map(([number]) => number);
  const visible = await store.advisories.naming([{ ecosystem: 'npm', name: 'package-1' }]);
  const words = new Set(visible.map((each) => Number(each.summary)));
  if (imports.length === 0 && words.size === 0) return;
  expect(words.size).toBe(1);
  expect(visible).toHaveLength(300);
  const [number = -1] = words;
  expect(number).toBeGreaterThanOrEqual(Math.max(0, ...imports));
  expect((await store.advisories.feeds())[0]).toMatchObject({
    advisoryCount: 300,
    importedAt: number,
    dataAsOf: number,
  });
}

/** A job whose worker died comes back when its lease has run out, not before. */
async function expectLeaseReturns(store: Store, lastLeased: number | undefined): Promise<void> {
  if (lastLeased === undefined) return;
  expect((await store.jobs.lease('read-image', 'here', 1, lastLeased + 999))?.subject).not.toBe(`job ${lastLeased}`);
  let found = false;
  for (let job = await store.jobs.lease('read-image', 'here', 9_999_999, lastLeased + 1000); job; ) {
    found ||= job.subject === `job ${lastLeased}`;
    await store.jobs.done(job.jobId);
    job = await store.jobs.lease('read-image', 'here', 9_999_999, lastLeased + 1000);
  }
  expect(found).toBe(true);
}

describe.each([
  ['sqlite', async () => join(folder, 'portwarden.sqlite')],
  ['postgres', async () => server.url],
] as const)('a store on %s whose writer is killed', (engine, address) => {
  it(`keeps all that was acknowledged, ${kills} times`, { timeout: 300_000 }, async () => {
    const url = await address();
    const acknowledged = new Map<number, string>();
    let writes = 0;
    for (let kill = 0; kill < kills; kill++) {
      const said = await writeAndDie(url, kill * 100_000);
      const last = said.findLast(([what]) => what === 'leaseJob')?.[1];
      for (const [what, number] of said) if (what !== 'open') acknowledged.set(number, what);
      writes += said.length - 1;
      if (engine === 'sqlite') {
        const database = new DatabaseSync(url);
        expect(database.prepare('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
        expect(database.prepare('pragma foreign_key_check').all()).toEqual([]);
        database.close();
      }
      const store = await openStore({ url });
      await expectKept(store, acknowledged);
      await expectWholeImport(store, acknowledged);
      await expectLeaseReturns(store, last);
      await store.close();
    }
    // Otherwise it died before it had done anything, each time.
    expect(writes).toBeGreaterThan(kills);
  });
});
