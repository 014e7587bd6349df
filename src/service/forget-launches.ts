import type { Clock } from '../base/index.ts';
import { pause } from '../base/index.ts';
import type { Store } from '../model/index.ts';
import type { LaunchRecorder } from './record-launches.ts';

/** How long decisions are kept, in milliseconds, and how often that is looked after. */
export const launchesKeptFor = 30 * 86_400_000;
const every = 60_000;
const batch = 1000;

/** Takes out what is older, and writes what the store did not take before; until the signal. */
export async function forgetLaunches(
  { store, clock, recorder }: { readonly store: Store; readonly clock: Clock; readonly recorder: LaunchRecorder },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await recorder.flush();
    while (!signal.aborted && (await store.launches.forget(clock.now() - launchesKeptFor, batch)) === batch);
    await pause(every, signal);
  }
}
