import { type Clock, type Log, messageOf, pause } from '../base/index.ts';
import { ImageError } from '../image/index.ts';
import {
  type Certificate,
  certificateState,
  formatImageReference,
  type ImageReference,
  type Job,
  type PinnedReference,
  parseImageReference,
  type Store,
} from '../model/index.ts';
import { parseDuration, type RegistryDocument } from '../policy/index.ts';
import { type CertifyParts, certifyImage } from './certify-image.ts';
import { isTrusted, registryOf, targetRepository } from './resolve-certified.ts';
import type { RulesInForce } from './rules-in-force.ts';
import type { EventBus } from './services.ts';

/** Jobs of certification are for any server: they are of no host. */
const anyHost = '';
/** Short, so that another process soon takes up what a killed one had; renewed while the work goes on. */
const leaseFor = 15_000;
const attemptsAtMost = 5;
const deathsAtMost = 10;
const idleWait = 500;
/** How long after the push a signature may come, where the registry's document does not say. */
const defaultSigningTime = '1h';
const signatureWait = 5000;

export interface CertificationParts extends CertifyParts {
  readonly log: Log;
  readonly events: EventBus;
  readonly rules: () => Promise<RulesInForce>;
}

/** Priorities of jobs: what somebody waits for comes before what is only judged again. */
export const certificationPriority = { pushed: 0, again: 10 } as const;

export interface CertificationJob {
  /** Where the image lies, with its tag where it has one. */
  readonly source: ImageReference & { readonly digest: PinnedReference['digest'] };
  readonly priority: number;
  /** A signature that came: whoever is judging the image at this moment may not have seen it. */
  readonly signature?: PinnedReference['digest'];
}

/** What open jobs of an image are known by. */
export function certificationSubject({ registry, repository, digest }: PinnedReference): string {
  return `${registry}/${repository}@${digest}`;
}

/**
 * Asks for an image to be certified, once for each digest and repository however often it is asked for, and once for each
 * signature that comes.
 */
export async function enqueueCertification(
  store: Pick<Store, 'jobs'>,
  job: CertificationJob,
  at: number,
): Promise<boolean> {
  const subject = `${certificationSubject(job.source)}${job.signature ? `#${job.signature}` : ''}`;
  return store.jobs.enqueue(
    { kind: 'certify', subject, source: formatImageReference(job.source), host: anyHost, priority: job.priority },
    at,
  );
}

/** Certifies what was pushed or is to be judged again, one image at a time in each process, until the signal. */
export async function runCertificationQueue(parts: CertificationParts, signal: AbortSignal): Promise<void> {
  const { store, clock } = parts;
  while (!signal.aborted) {
    const job = await store.jobs.lease('certify', anyHost, leaseFor, clock.now());
    if (job) await work(parts, job, signal);
    else await pause(idleWait, signal);
  }
}

async function work(parts: CertificationParts, job: Job, signal: AbortSignal): Promise<void> {
  const { store, clock, log, events } = parts;
  const renewal = setInterval(() => {
    store.jobs.renew(job.jobId, leaseFor, clock.now()).catch((error) => {
      log.warn({ job: job.jobId, error: messageOf(error) }, 'could not renew the lease of a certification');
    });
  }, leaseFor / 3);
  try {
    if (job.attempts > deathsAtMost) throw new Error(`it was begun ${job.attempts - 1} times and never ended`);
    const outcome = await certify(parts, job, signal);
    const [image = '', signature] = job.subject.split('#');
    // The image's own job goes on waiting; that of a signature has seen what there was to see.
    if (outcome === 'wait' && signature === undefined) {
      return await store.jobs.postpone(job.jobId, 'waits for a signature', clock.now() + signatureWait);
    }
    await store.jobs.done(job.jobId);
    if (outcome !== 'wait') events.publish({ type: 'certificate', image, state: outcome });
  } catch (error) {
    // A certification that was cut off by the end of the process says nothing about the image.
    if (signal.aborted) return;
    const again =
      job.attempts < attemptsAtMost && isPassing(error) ? clock.now() + 2000 * 3 ** job.attempts : undefined;
    log.warn({ image: job.subject, attempts: job.attempts, error: messageOf(error) }, 'could not certify an image');
    await store.jobs.failed(job.jobId, messageOf(error), again);
    if (again === undefined) events.publish({ type: 'certificate', image: job.subject, state: 'failed' });
  } finally {
    clearInterval(renewal);
  }
}

/** Whether trying again may help: a manifest that is none stays none. */
function isPassing(error: unknown): boolean {
  return (
    !(error instanceof ImageError) ||
    !['bad-manifest', 'unsupported-media-type', 'not-found', 'digest-mismatch'].includes(error.code)
  );
}

async function certify(parts: CertificationParts, job: Job, signal: AbortSignal) {
  const { clock } = parts;
  const rules = await parts.rules();
  const source = parseImageReference(job.source);
  const registry = registryOf(rules, source.registry);
  if (!registry) throw new Error(`no Registry document is of ${source.registry} any more`);
  const repository = targetRepository(registry, source.repository);
  if (!isTrusted(registry, repository))
    throw new Error(`the registry ${registry.metadata.name} does not trust ${repository}`);
  const tags = source.tag === undefined ? [] : [source.tag];
  const request = { source, sourceRegistry: registry, target: registry, repository, tags };
  const isFinal = (judged: Certificate) => !(isUnsigned(judged) && mayStillBeSigned(registry, job, clock));
  const certificate = await certifyImage(parts, rules, { ...request, isFinal }, signal);
  if (!isFinal(certificate)) return 'wait';
  if (certificate.outcome === 'certified') {
    // Each of the others judges it by its own policy, from where it is trusted now.
    const from = { ...certificate.image, ...(source.tag === undefined ? {} : { tag: source.tag }) };
    for (const target of othersOf(registry, rules)) {
      if (isTrusted(target, repository)) await certifyImage(parts, rules, { ...request, source: from, target }, signal);
    }
  }
  return certificateState(certificate, clock.now());
}

function othersOf({ spec }: RegistryDocument, { registries }: RulesInForce): readonly RegistryDocument[] {
  return (spec.promoteTo ?? []).flatMap((name) => registries.find(({ metadata }) => metadata.name === name) ?? []);
}

/** Whether a signature is all that it lacks. */
function isUnsigned({ outcome, findings, signatures }: Certificate): boolean {
  const refusals = findings.filter(({ excepted }) => !excepted);
  return (
    outcome === 'refused' &&
    refusals.every(({ rule }) => rule === 'image/signed' || rule === 'image/attestation') &&
    signatures.some(({ trust }) => trust.state === 'unsigned')
  );
}

function mayStillBeSigned({ spec }: RegistryDocument, job: Job, clock: Clock): boolean {
  return clock.now() < job.enqueued + (parseDuration(spec.push?.signedWithin ?? defaultSigningTime) ?? 0);
}
