import { describe, expect, it } from 'vitest';
import { fingerprint, launchRecord } from '../../test/fakes/launches.ts';
import { silentLog } from '../base/index.ts';
import type { LaunchStore } from '../model/index.ts';
import { createLaunchRecorder } from './record-launches.ts';

const launch = (id: string) => ({
  record: launchRecord({ id }),
  started: [{ fingerprint: fingerprint(id), host: 'one.example', at: 1, isAdmitted: true }],
});

function recorderOver(record: LaunchStore['record']) {
  const batches: string[][] = [];
  const store = {
    record: async (...given: Parameters<LaunchStore['record']>) => {
      await record(...given);
      batches.push(given[0].map(({ id }) => id));
    },
  };
  return { batches, recorder: createLaunchRecorder({ store: store as LaunchStore, log: silentLog }) };
}

describe('the recorder of launches', () => {
  it('has written a launch when it says so', async () => {
    const { recorder, batches } = recorderOver(async () => undefined);
    await recorder.record(launch('a'));
    expect(batches).toEqual([['a']]);
  });

  it('writes what comes at once in one go, and what comes meanwhile in the next', async () => {
    const gate = Promise.withResolvers<void>();
    let first = true;
    const { recorder, batches } = recorderOver(async () => {
      if (first) await gate.promise;
      first = false;
    });
    const early = ['a', 'b', 'c'].map((id) => recorder.record(launch(id)));
    await new Promise((resolve) => setImmediate(resolve));
    const late = ['d', 'e'].map((id) => recorder.record(launch(id)));
    gate.resolve();
    await Promise.all([...early, ...late]);
    expect(batches).toEqual([
      ['a', 'b', 'c'],
      ['d', 'e'],
    ]);
  });

  it('keeps what the store did not take, in order, and writes it with the next', async () => {
    let away = true;
    const { recorder, batches } = recorderOver(async () => {
      if (away) throw new Error('no connection');
    });
    await recorder.record(launch('a'));
    await recorder.record(launch('b'));
    expect(batches).toEqual([]);
    away = false;
    await recorder.flush();
    expect(batches).toEqual([['a', 'b']]);
    await recorder.flush();
    expect(batches).toHaveLength(1);
  });
});
