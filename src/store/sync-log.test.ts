import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { syncLog } from './sync-log.ts';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pw-log-'));
  file = join(directory, 'a.sqlite');
});
afterEach(() => rmSync(directory, { recursive: true }));

it('fails where there is no log, until there is one', async () => {
  const log = syncLog(file);
  await expect(log.sync()).rejects.toThrow('ENOENT');
  writeFileSync(`${file}-wal`, 'x');
  await log.sync();
  // It is open from then on, as the database's own is.
  unlinkSync(`${file}-wal`);
  await log.sync();
  await log.close();
  await expect(log.sync()).rejects.toThrow();
});

it('is closed before it was opened', async () => {
  await syncLog(file).close();
});
