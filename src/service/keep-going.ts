import { CodedError, type Log, messageOf, pause } from '../base/index.ts';

const firstPause = 1000;
const longestPause = 30_000;

/**
 * Work of a server that must outlive trouble with what it stands on: a database that went away, a disk that is full. What
 * stopped it is logged, and it is begun again after a pause, longer each time that it fails soon. Never rejects.
 */
export async function keepGoing(
  name: string,
  work: () => Promise<void>,
  { log, signal, pauseAtFirst = firstPause }: { log: Log; signal: AbortSignal; pauseAtFirst?: number },
): Promise<void> {
  let next = pauseAtFirst;
  while (!signal.aborted) {
    const began = performance.now();
    try {
      return await work();
    } catch (error) {
      if (signal.aborted) return;
      // What we did not foresee is a mistake of ours, and its stack is how to find it.
      const found = error instanceof CodedError ? {} : { err: error };
      if (performance.now() - began > longestPause) next = pauseAtFirst;
      log.error({ error: messageOf(error), ...found }, `${name} stopped, and is begun again in ${next} ms`);
    }
    await pause(next, signal);
    next = Math.min(next * 2, longestPause);
  }
}
