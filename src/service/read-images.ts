import { type Clock, type Log, messageOf, parseDigest, pause } from '../base/index.ts';
import {
  type ImageRecord,
  type Job,
  type OpenImage,
  type Platform,
  parseSource,
  type ReadLimits,
  type Store,
} from '../model/index.ts';
import type { Overview } from '../model/wire/index.ts';
import { judgePending } from './judge.ts';
import { lookedForBy } from './looked-for.ts';
import { type LookFor, readSubject, type SubjectReading } from './read-subject.ts';
import { recordReading } from './record-reading.ts';
import type { EventBus } from './services.ts';

export interface ImageReaderParts extends LookFor {
  readonly store: Store;
  readonly openImage: OpenImage;
  readonly events: EventBus;
  readonly clock: Clock;
  readonly log: Log;
  readonly host: string;
  readonly platform: Platform;
  readonly limits: ReadLimits;
}

/** The queue of images to read on this host. */
export interface ImageQueue {
  /** Works until the signal; a job that is cut off is leased again once its lease has run out. */
  run(signal: AbortSignal): Promise<void>;
  /** What is being read at this moment. */
  current(): Overview['reading']['current'];
}

/** Short, so that the work of a process that was killed is soon taken up again; renewed while it goes on. */
const leaseFor = 10_000;
const attemptsAtMost = 3;
/** Restarts in the midst of a reading count too, and are no fault of the image. */
const deathsAtMost = 25;
const idleWait = 500;

/** Reads the images that agents queued, those that run first, one at a time: a reading already uses every core. */
export function createImageQueue(parts: ImageReaderParts): ImageQueue {
  const { store, clock, log, events, host } = parts;
  const lookedFor = lookedForBy(parts);
  const current = new Map<string, Overview['reading']['current'][number]>();

  async function run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const job = await store.jobs.lease('read-image', host, leaseFor, clock.now());
      if (job) await work(job, signal);
      else await pause(idleWait, signal);
    }
  }

  async function work(job: Job, signal: AbortSignal): Promise<void> {
    const imageId = parseDigest(job.subject);
    if (imageId === undefined) return store.jobs.failed(job.jobId, `"${job.subject}" is not an image ID`);
    if (job.attempts > deathsAtMost) return giveUp(job, imageId);
    const record = await store.images.get(imageId);
    const reference = record?.references[0] ?? job.source;
    const renewal = setInterval(() => {
      store.jobs.renew(job.jobId, leaseFor, clock.now()).catch((error) => {
        log.warn({ job: job.jobId, error: messageOf(error) }, 'could not renew the lease of a reading');
      });
    }, leaseFor / 3);
    events.publish({ type: 'image', imageId, state: 'reading', reference });
    try {
      const reading = await read(job, reference, signal);
      const references = record?.references ?? reading.identity?.references ?? [];
      await recordReading({ store, clock, lookedFor }, imageId, references, reading);
      await store.jobs.done(job.jobId);
      await judgePending(store, clock, signal);
      events.publish({ type: 'image', imageId, state: 'read', reference });
    } catch (error) {
      // A reading that was cut off by the end of the process says nothing about the image.
      if (signal.aborted) return;
      await fail(job, imageId, reference, error);
    } finally {
      clearInterval(renewal);
      current.delete(reference);
    }
  }

  async function read(job: Job, reference: string, signal: AbortSignal): Promise<SubjectReading> {
    let published = 0;
    current.set(reference, { source: reference, bytes: 0, totalBytes: null });
    return readSubject(parseSource(job.source), parts.openImage, {
      platform: parts.platform,
      limits: parts.limits,
      content: parts.content,
      unwanted: parts.unwanted,
      signal,
      onProgress: ({ bytes, totalBytes }) => {
        current.set(reference, { source: reference, bytes, totalBytes: totalBytes ?? null });
        if (clock.now() - published < 200) return;
        published = clock.now();
        events.publish({ type: 'progress', source: reference, bytes, ...(totalBytes ? { totalBytes } : {}) });
      },
    });
  }

  /** Its reader died each time, before it could say why: an image must not take the process down for ever. */
  async function giveUp(job: Job, imageId: ImageRecord['imageId']): Promise<void> {
    const message = `reading it was begun ${job.attempts - 1} times and never ended`;
    await store.jobs.failed(job.jobId, message);
    await store.images.recordFailure(imageId, message, clock.now());
    events.publish({ type: 'image', imageId, state: 'failed', reference: job.source, message });
  }

  async function fail(job: Job, imageId: ImageRecord['imageId'], reference: string, error: unknown): Promise<void> {
    const message = messageOf(error);
    const at = clock.now();
    const again = job.attempts < attemptsAtMost ? at + 5000 * 4 ** job.attempts : undefined;
    log.warn({ image: reference, attempts: job.attempts, error: message }, 'could not read an image');
    await store.jobs.failed(job.jobId, message, again);
    await store.images.recordFailure(imageId, message, at);
    events.publish({ type: 'image', imageId, state: 'failed', reference, message });
  }

  return { run, current: () => [...current.values()] };
}
