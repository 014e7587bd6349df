import { CodedError, type Log, messageOf, pause } from '../base/index.ts';
import type { LaunchRecord, LaunchStore, StartedLaunch } from '../model/index.ts';

export interface RecordedLaunch {
  readonly record: LaunchRecord;
  readonly started: readonly StartedLaunch[];
}

/** Keeps on the disk of the host what the store does not take, so that it outlives the process. */
export interface LaunchJournal {
  /** The newest that are kept, oldest first. Never rejects. */
  read(most: number): Promise<readonly RecordedLaunch[]>;
  /** Resolves when they are on disk, with how many there was no room for. */
  append(launches: readonly RecordedLaunch[]): Promise<number>;
  /** The store has them all. */
  clear(): Promise<void>;
}

export interface LaunchRecorder {
  /** Resolves when it is on disk: in the store, or kept until that is there again. Never rejects. */
  record(launch: RecordedLaunch): Promise<void>;
  /** Writes what is kept; where the store is away still, it stays kept. */
  flush(): Promise<void>;
  /** Does so each second until the signal. */
  run(signal: AbortSignal): Promise<void>;
}

export interface LaunchRecorderParts {
  readonly store: LaunchStore;
  readonly log: Log;
  /** Without one, what the store does not take is gone with this process. */
  readonly journal?: LaunchJournal;
}

/** Launches that are kept while the store is away; the oldest go first. */
const mostKept = 10_000;
const tryEvery = 1000;
/** How many are tried one by one before it is taken for a trouble of all. */
const probes = 10;

/**
 * Writes launches many at a time: all that come while one transaction is under way go into the next, so that fifty at once
 * cost little more than one.
 */
export function createLaunchRecorder({ store, log, journal }: LaunchRecorderParts): LaunchRecorder {
  let waiting: RecordedLaunch[] = [];
  let kept: RecordedLaunch[] | undefined;
  let isJournaled = false;
  let isFull = false;
  let failure: string | undefined;
  let writing: Promise<void> | undefined;

  async function write(): Promise<void> {
    // Those that come in this turn of the loop go together.
    await Promise.resolve();
    kept ??= await readJournal();
    const batch = [...kept, ...waiting];
    const added = waiting;
    waiting = [];
    if (batch.length === 0) return;
    try {
      await put(batch);
    } catch (error) {
      return keep(batch, added, messageOf(error));
    }
    if (failure !== undefined) log.info({ launches: batch.length }, 'launches are recorded again');
    failure = undefined;
    kept = [];
    if (!isJournaled) return;
    try {
      await journal?.clear();
      isJournaled = false;
    } catch (error) {
      log.error({ error: messageOf(error) }, 'what was kept of launches could not be taken away, and is written again');
    }
  }

  async function readJournal(): Promise<RecordedLaunch[]> {
    const found = [...((await journal?.read(mostKept)) ?? [])];
    isJournaled = journal !== undefined;
    return found;
  }

  const recordAll = (launches: readonly RecordedLaunch[]) =>
    store.record(
      launches.map(({ record }) => record),
      launches.flatMap(({ started }) => started),
    );

  /** One that no store takes, for a mistake of ours, must not hold up all others for ever. */
  async function put(batch: readonly RecordedLaunch[]): Promise<void> {
    try {
      return await recordAll(batch);
    } catch (error) {
      if (error instanceof CodedError || batch.length === 1) throw error;
      const refused: { readonly launch: RecordedLaunch; readonly err: unknown }[] = [];
      for (const [done, launch] of batch.entries()) {
        await recordAll([launch]).catch((err: unknown) => {
          // Where it takes none of them, it is the store.
          if (err instanceof CodedError || (done === refused.length && done >= Math.min(batch.length, probes) - 1))
            throw error;
          refused.push({ launch, err });
        });
      }
      for (const { launch, err } of refused)
        log.error({ err, launch: launch.record.id }, 'a launch cannot be recorded, and is lost');
    }
  }

  async function keep(batch: readonly RecordedLaunch[], added: readonly RecordedLaunch[], why: string): Promise<void> {
    kept = batch.slice(-mostKept);
    const lost = batch.length - kept.length;
    if (why !== failure || lost > 0) {
      const text = 'launches could not be recorded; kept until the store is there';
      log.error({ error: why, kept: kept.length, lost }, text);
    }
    failure = why;
    if (!journal || added.length === 0) return;
    try {
      const left = await journal.append(added);
      if (left > 0 && !isFull)
        log.error({ left }, 'there is no room to keep launches on disk: they go with this process');
      isFull = left > 0;
    } catch (error) {
      log.error({ error: messageOf(error) }, 'launches could not be kept on disk: they go with this process');
    }
    isJournaled = true;
  }

  async function flush(): Promise<void> {
    // One under way may have begun before what is waiting now came.
    while (writing) await writing;
    writing = write().finally(() => {
      writing = undefined;
    });
    await writing;
  }

  return {
    async record(launch) {
      waiting.push(launch);
      while (waiting.includes(launch)) await (writing ?? flush());
    },
    flush,
    async run(signal) {
      while (!signal.aborted) {
        if (kept === undefined || kept.length > 0) await flush();
        await pause(tryEvery, signal);
      }
    },
  };
}
