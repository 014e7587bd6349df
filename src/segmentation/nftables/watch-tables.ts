import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../base/index.ts';
import { SegmentationError } from '../segmentation-error.ts';
import { tableFamilies, tableName } from './ruleset.ts';

export interface TableWatch {
  /** Changes of our tables by others so far, as far as they were seen. */
  changes(): number;
  isWatching(): boolean;
  start(changed: () => void, touch: () => Promise<{ readonly pid: number }>): Promise<void>;
  stop(): Promise<void>;
}

const touched = new RegExp(`\\b(?:${tableFamilies.join('|')}) ${tableName}(?: |$)`);
const generation = /^# new generation \d+ by process (\d+)/;
const pause = 1000;

/**
 * Follows `nft monitor`: what each transaction did, and then which process it was. Those of `ours` are our own. Where it ends,
 * or lost something, all counts as changed.
 */
export function createWatch({
  nft,
  log,
  ours,
  namespace,
}: {
  readonly nft: string;
  readonly log: Log;
  readonly ours: ReadonlySet<number>;
  readonly namespace?: string;
}): TableWatch {
  let changes = 0;
  let watching = false;
  let stopped = true;
  let child: ChildProcess | undefined;
  let tell: () => void = () => undefined;
  const generations = new Set<number>();

  function foreign(): void {
    changes++;
    tell();
  }

  function follow(): Promise<void> {
    const args = ['monitor'];
    const process =
      namespace === undefined ? spawn(nft, args) : spawn('ip', ['netns', 'exec', namespace, nft, ...args]);
    child = process;
    let hit = false;
    createInterface({ input: process.stdout }).on('line', (line) => {
      const by = generation.exec(line)?.[1];
      if (by === undefined) {
        hit ||= line.startsWith('# ERROR') || touched.test(line);
        return;
      }
      const pid = Number(by);
      generations.add(pid);
      if (hit && !ours.has(pid)) foreign();
      hit = false;
    });
    createInterface({ input: process.stderr }).on('line', (line) => {
      // It says so where the kernel was faster than it.
      if (line.includes('lost')) foreign();
    });
    return new Promise((resolve) => {
      process.on('error', () => resolve());
      process.on('close', () => resolve());
    });
  }

  /**
   * It says nothing when it has begun: a change that changes nothing shows it. Each change makes it begin to read anew, so the
   * pauses grow.
   */
  async function begun(touch: () => Promise<{ readonly pid: number }>): Promise<boolean> {
    for (const patience of [100, 300, 900, 2700, 8100]) {
      const { pid } = await touch();
      for (let waited = 0; waited < patience && !generations.has(pid); waited += 20) await sleep(20);
      if (generations.has(pid)) return true;
    }
    return false;
  }

  return {
    changes: () => changes,
    isWatching: () => watching,
    async start(changed, touch) {
      tell = changed;
      if (!stopped) return;
      stopped = false;
      const keep = async (): Promise<void> => {
        while (!stopped) {
          const ended = follow();
          generations.clear();
          watching = await Promise.race([begun(touch), ended.then(() => false)]);
          // Whatever happened while nobody looked.
          if (watching) changes++;
          first();
          await ended;
          watching = false;
          if (stopped) return;
          log.warn({}, 'nft monitor ended; starting it again');
          foreign();
          await sleep(pause);
        }
      };
      let first: () => void = () => undefined;
      const ready = new Promise<void>((resolve) => {
        first = resolve;
      });
      void keep().catch((cause: unknown) => {
        log.error({ cause: String(cause) }, 'the tables are not watched');
        first();
      });
      await ready;
      if (!watching) {
        await this.stop();
        throw new SegmentationError('no-dataplane', 'nft monitor says nothing');
      }
    },
    async stop() {
      stopped = true;
      watching = false;
      const process = child;
      child = undefined;
      if (process === undefined || process.exitCode !== null || process.signalCode !== null) return;
      const ended = new Promise<void>((resolve) => process.once('close', () => resolve()));
      process.kill();
      await ended;
    },
  };
}
