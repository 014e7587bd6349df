/**
 * A process that journal-kill.test.ts kills: its store is away, so that what it is asked to record goes into a journal, and it
 * says on standard output what was kept, a line each. Arguments: the file of the journal, the number to count from.
 */
import { writeSync } from 'node:fs';
import { createLaunchJournal } from '../../src/agent/index.ts';
import { silentLog } from '../../src/base/index.ts';
import type { LaunchStore } from '../../src/model/index.ts';
import { createLaunchRecorder } from '../../src/service/record-launches.ts';
import { StoreError } from '../../src/store/index.ts';
import { launchRecord } from '../fakes/launches.ts';

const [file = '', from = '0'] = process.argv.slice(2);
const journal = createLaunchJournal({ file, key: Buffer.alloc(32, 1), log: silentLog });
const store = { record: () => Promise.reject(new StoreError('unavailable', 'away')) } as unknown as LaunchStore;
const recorder = createLaunchRecorder({ store, log: silentLog, journal });

for (let number = Number(from); ; number += 3) {
  const ids = [number, number + 1, number + 2].map((each) => `l${each}`);
  await Promise.all(ids.map((id) => recorder.record({ record: launchRecord({ id }), started: [] })));
  writeSync(1, `${ids.join('\n')}\n`);
}
