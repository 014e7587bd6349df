import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { createLaunchJournal } from '../../src/agent/index.ts';
import { silentLog } from '../../src/base/index.ts';
import { createLaunchRecorder } from '../../src/service/record-launches.ts';
import { openStore } from '../../src/store/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'portwarden-journal-'));
const file = join(folder, 'launch-journal');
afterAll(() => rmSync(folder, { recursive: true }));

/** Records while its store is away until it is killed at a random moment; gives what was answered. */
async function keepAndDie(from: number): Promise<readonly string[]> {
  const writer = spawn(process.execPath, [join(import.meta.dirname, 'journal-writer.ts'), file, String(from)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  writer.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const ended = once(writer, 'close');
  await Promise.race([once(writer.stdout, 'data'), ended]);
  await sleep(Math.random() * 100);
  writer.kill('SIGKILL');
  await ended;
  // The last line may have been cut.
  return said.split('\n').slice(0, -1);
}

it('has all that was answered while the store was away, in whichever moment the process was killed', async () => {
  const answered: string[] = [];
  for (let kill = 0; kill < 10; kill++) answered.push(...(await keepAndDie(kill * 100_000)));
  expect(answered.length).toBeGreaterThan(30);

  const store = await openStore({ url: join(folder, 'portwarden.db') });
  try {
    const journal = () => createLaunchJournal({ file, key: Buffer.alloc(32, 1), log: silentLog });
    const first = createLaunchRecorder({
      // As if this one was killed when the store had them, and before the journal was taken away.
      store: store.launches,
      log: silentLog,
      journal: { ...journal(), clear: () => Promise.reject(new Error('killed')) },
    });
    await first.flush();
    await createLaunchRecorder({ store: store.launches, log: silentLog, journal: journal() }).flush();
    const { items, total } = await store.launches.list({ limit: 10_000, offset: 0 });
    expect(new Set(items.map(({ id }) => id)).size).toBe(total);
    const recorded = new Set(items.map(({ id }) => id));
    expect(answered.filter((id) => !recorded.has(id))).toEqual([]);
    expect(await journal().read(10)).toEqual([]);
  } finally {
    await store.close();
  }
});
