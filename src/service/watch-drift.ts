import { pause } from '../base/index.ts';
import { type DriftParts, lookAndRecord, subjectOf } from './drift.ts';

/** How long a look that was asked for is ours; one that is cut off is begun again after it. */
const leaseFor = 60_000;
const idleWait = 500;
/** Between two questions for containers whose turn has come. */
const askEvery = 5000;
const dueAtOnce = 20;
/** After a look, as many times as long as it took: a tenth of one processor at most goes into looking. */
const restForEach = 9;
const restAtMost = 10_000;

/**
 * Looks at each running container of this machine every so many milliseconds (undefined: never), and at once where somebody asked for it. One
 * after the other, with a rest after each: looking must not be what slows a host down.
 */
export async function watchDrift(parts: DriftParts, every: number | undefined, signal: AbortSignal): Promise<void> {
  const { store, clock, host } = parts;
  let asked = Number.NEGATIVE_INFINITY;
  while (!signal.aborted) {
    const now = clock.now();
    const isTime = every !== undefined && now - asked >= Math.min(askEvery, every);
    const due = isTime ? await store.drift.due(host, now - every, dueAtOnce) : [];
    if (isTime && due.length < dueAtOnce) asked = now;
    await lookWhereAsked(parts, signal);
    for (const container of due) {
      if (signal.aborted) return;
      const began = performance.now();
      await lookAndRecord(parts, container, signal);
      await lookWhereAsked(parts, signal);
      await pause(Math.min(restAtMost, (performance.now() - began) * restForEach), signal);
    }
    if (due.length < dueAtOnce) await pause(idleWait, signal);
  }
}

/** Looks that others asked this host for. */
async function lookWhereAsked(parts: DriftParts, signal: AbortSignal): Promise<void> {
  const { store, clock, host } = parts;
  while (!signal.aborted) {
    const job = await store.jobs.lease('look-at-container', host, leaseFor, clock.now());
    if (!job) return;
    const running = await store.workloads.list({
      search: job.subject.slice(job.subject.indexOf('/') + 1),
      running: true,
      limit: 10,
      offset: 0,
    });
    const container = running.items.find((each) => each.host === host && subjectOf(each) === job.subject);
    // One that ended meanwhile has nothing to look at.
    if (container) await lookAndRecord(parts, container, signal);
    await store.jobs.done(job.jobId);
  }
}
