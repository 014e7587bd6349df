import { describe, expect, it } from 'vitest';
import { fingerprint, launchRecord } from '../../test/fakes/launches.ts';
import { CodedError, silentLog } from '../base/index.ts';
import type { LaunchStore } from '../model/index.ts';
import { createLaunchRecorder, type LaunchJournal, type RecordedLaunch } from './record-launches.ts';

const launch = (id: string) => ({
  record: launchRecord({ id }),
  started: [{ fingerprint: fingerprint(id), host: 'one.example', at: 1, isAdmitted: true }],
});

const away = new CodedError('unavailable', 'no connection');

function recorderOver(record: LaunchStore['record'], journal?: LaunchJournal) {
  const batches: string[][] = [];
  const store = {
    record: async (...given: Parameters<LaunchStore['record']>) => {
      await record(...given);
      batches.push(given[0].map(({ id }) => id));
    },
  };
  const parts = { store: store as LaunchStore, log: silentLog, ...(journal ? { journal } : {}) };
  return { batches, recorder: createLaunchRecorder(parts) };
}

function memoryJournal(kept: RecordedLaunch[] = []) {
  const journal: LaunchJournal = {
    read: async (most) => kept.slice(-most),
    append: async (launches) => {
      kept.push(...launches);
      return 0;
    },
    clear: async () => void kept.splice(0),
  };
  return { kept, journal };
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
    let isAway = true;
    const { recorder, batches } = recorderOver(async () => {
      if (isAway) throw away;
    });
    await recorder.record(launch('a'));
    await recorder.record(launch('b'));
    expect(batches).toEqual([]);
    isAway = false;
    await recorder.flush();
    expect(batches).toEqual([['a', 'b']]);
    await recorder.flush();
    expect(batches).toHaveLength(1);
  });

  it('has each of them in the journal when it answers, once, and takes them out when the store has them', async () => {
    let isAway = true;
    const { kept, journal } = memoryJournal();
    const { recorder, batches } = recorderOver(async () => {
      if (isAway) throw away;
    }, journal);
    await recorder.record(launch('a'));
    expect(kept.map(({ record }) => record.id)).toEqual(['a']);
    await recorder.record(launch('b'));
    expect(kept.map(({ record }) => record.id)).toEqual(['a', 'b']);
    isAway = false;
    await recorder.flush();
    expect([batches, kept]).toEqual([[['a', 'b']], []]);
  });

  it('writes what a process before it kept, before its own and without being asked for any', async () => {
    const first = memoryJournal([launch('old')]);
    const one = recorderOver(async () => undefined, first.journal);
    await one.recorder.record(launch('new'));
    expect([one.batches, first.kept]).toEqual([[['old', 'new']], []]);

    const second = memoryJournal([launch('old')]);
    const other = recorderOver(async () => undefined, second.journal);
    const over = new AbortController();
    const running = other.recorder.run(over.signal);
    await expect.poll(() => other.batches).toEqual([['old']]);
    over.abort();
    await running;
  });

  it('answers where nothing can be kept on disk, and writes it when the store is there', async () => {
    let isAway = true;
    const broken = { ...memoryJournal().journal, append: () => Promise.reject(new Error('the disk is full')) };
    const { recorder, batches } = recorderOver(async () => {
      if (isAway) throw away;
    }, broken);
    await recorder.record(launch('a'));
    isAway = false;
    await recorder.flush();
    expect(batches).toEqual([['a']]);
  });

  it('leaves out one that the store never takes, and keeps all while it takes none', async () => {
    let isBroken = true;
    const { recorder, batches } = recorderOver(async (records) => {
      if (isBroken || records.some(({ id }) => id === 'bad')) throw new TypeError('a mistake of ours');
    });
    for (const id of ['a', 'bad', 'b']) await recorder.record(launch(id));
    expect(batches).toEqual([]);
    isBroken = false;
    await recorder.flush();
    expect(batches).toEqual([['a'], ['b']]);
    await recorder.record(launch('c'));
    expect(batches.at(-1)).toEqual(['c']);
  });
});
