import type { Clock } from '../base/index.ts';
import { pause } from '../base/index.ts';
import type { Store } from '../model/index.ts';

/** How long decisions are kept, in milliseconds, and how often that is looked after. */
export const launchesKeptFor = 30 * 86_400_000;
const every = 60_000;
const batch = 1000;

/** Takes out what is older; until the signal. */
export async function forgetLaunches(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    while (!signal.aborted && (await store.launches.forget(clock.now() - launchesKeptFor, batch)) === batch);
    await pause(every, signal);
  }
}
