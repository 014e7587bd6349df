import { type Log, messageOf } from '../base/index.ts';
import type { LaunchRecord, LaunchStore, StartedLaunch } from '../model/index.ts';

export interface RecordedLaunch {
  readonly record: LaunchRecord;
  readonly started: readonly StartedLaunch[];
}

export interface LaunchRecorder {
  /** Resolves when it is on disk, or kept until the store is there again. Never rejects. */
  record(launch: RecordedLaunch): Promise<void>;
  /** Writes what is kept; where the store is away still, it stays kept. */
  flush(): Promise<void>;
}

/** Launches that are kept while the store is away. What is decided then lies in this process alone. */
const mostKept = 10_000;

/**
 * Writes launches many at a time: all that come while one transaction is under way go into the next, so that fifty at once
 * cost little more than one.
 */
export function createLaunchRecorder({
  store,
  log,
}: {
  readonly store: LaunchStore;
  readonly log: Log;
}): LaunchRecorder {
  let waiting: RecordedLaunch[] = [];
  let kept: RecordedLaunch[] = [];
  let writing: Promise<void> | undefined;

  async function write(): Promise<void> {
    // Those that come in this turn of the loop go together.
    await Promise.resolve();
    const batch = [...kept, ...waiting];
    waiting = [];
    kept = [];
    if (batch.length === 0) return;
    try {
      await store.record(
        batch.map(({ record }) => record),
        batch.flatMap(({ started }) => started),
      );
    } catch (error) {
      kept = batch.slice(-mostKept);
      const lost = batch.length - kept.length;
      log.error(
        { error: messageOf(error), kept: kept.length, lost },
        'launches could not be recorded; kept until the store is there',
      );
    }
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
  };
}
