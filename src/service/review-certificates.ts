import { type Clock, formatInstant, type Log, pause } from '../base/index.ts';
import {
  type Certificate,
  certificateState,
  formatImageReference,
  parseImageReference,
  type Store,
} from '../model/index.ts';
import type { DocumentPlan, Passport } from '../model/wire/index.ts';
import { parseDuration } from '../policy/index.ts';
import { certificationPriority, enqueueCertification } from './certification-queue.ts';
import { judgeAgain, reasonsOf } from './judge-again.ts';
import { registryOf } from './resolve-certified.ts';
import type { RulesInForce } from './rules-in-force.ts';
import type { EventBus } from './services.ts';

export interface ReviewParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly events: EventBus;
  readonly rules: () => Promise<RulesInForce>;
  readonly passportOf: (imageId: string) => Promise<Passport | undefined>;
}

const lookEvery = 2000;
/** How long before its end a certificate is judged again, in milliseconds: so that what still passes is never suspect. */
const renewBefore = 60 * 60_000;
const page = 200;

/**
 * Holds certified images against what became known and against documents that changed: what its policy refuses now is
 * withdrawn, after the grace that the policy gives; what runs out is judged anew. A container that runs is never stopped.
 */
export async function reviewCertificates(parts: ReviewParts, signal: AbortSignal): Promise<void> {
  const { store, clock } = parts;
  let seen = '';
  while (!signal.aborted) {
    const { matches } = await store.revisions();
    // Of the rules that are used: those that are remembered may be a moment older than the store.
    const rules = await parts.rules();
    const current = `${matches} ${rules.revision}`;
    // Exceptions end by the clock alone: once an hour all is held against it.
    const hour = Math.floor(clock.now() / 3_600_000);
    if (`${current} ${hour}` !== seen) {
      await withdrawRefused(parts, rules, signal);
      seen = `${current} ${hour}`;
    }
    for (const certificate of await store.certificates.runningOut(clock.now() + renewBefore, page)) {
      const source = {
        ...parseImageReference(formatImageReference(certificate.image)),
        digest: certificate.image.digest,
      };
      await enqueueCertification(store, { source, priority: certificationPriority.again }, clock.now());
    }
    await pause(lookEvery, signal);
  }
}

async function withdrawRefused(parts: ReviewParts, rules: RulesInForce, signal: AbortSignal): Promise<void> {
  const { store, clock, log, events } = parts;
  for await (const certificate of certified(store)) {
    if (signal.aborted) return;
    const registry = registryOf(rules, certificate.image.registry);
    if (!registry || certificate.withdrawn) continue;
    const policy = rules.policyOf(registry);
    const now = clock.now();
    const verdict = await judgeAgain(certificate, policy, rules, parts.passportOf, now);
    if (verdict.outcome !== 'deny') continue;
    const [reason = 'its policy refuses it'] = reasonsOf(verdict);
    const grace = parseDuration(policy.spec.certificate?.withdrawGrace ?? '0s') ?? 0;
    await store.certificates.withdraw(certificate.image, { at: now, effective: now + grace, reason });
    const image = formatImageReference(certificate.image);
    log.warn({ image, reason, effective: formatInstant(now + grace) }, 'withdrew a certificate');
    events.publish({ type: 'certificate', image, state: 'withdrawn' });
  }
}

/** Every image that is certified now, by whatever is in the store; a page at a time. */
async function* certified(store: Store): AsyncIterable<Certificate> {
  for (let offset = 0; ; offset += page) {
    const { items } = await store.certificates.list({ outcome: 'certified', limit: page, offset });
    yield* items;
    if (items.length < page) return;
  }
}

/** Which current judgements other rules would turn. What they could not decide without a registry counts as undecided. */
export async function replayCertificates(
  { store, clock, passportOf }: Pick<ReviewParts, 'store' | 'clock' | 'passportOf'>,
  rules: RulesInForce,
): Promise<Pick<DocumentPlan['effects'], 'images' | 'turned'>> {
  const now = clock.now();
  const turned: DocumentPlan['effects']['turned'] = [];
  let images = 0;
  for (let offset = 0; ; offset += page) {
    const { items } = await store.certificates.list({ limit: page, offset });
    for (const certificate of items) {
      const registry = registryOf(rules, certificate.image.registry);
      if (!registry) continue;
      images++;
      const verdict = await judgeAgain(certificate, rules.policyOf(registry), rules, passportOf, now);
      const from = certificateState(certificate, now);
      const to = ({ allow: 'certified', deny: 'refused', undecided: 'undecided' } as const)[verdict.outcome];
      const before = from === 'withdrawn' ? 'refused' : from === 'suspect' ? 'certified' : from;
      if (before !== to) {
        const because = to === 'certified' ? [] : [...reasonsOf(verdict)].slice(0, 20);
        turned.push({ image: formatImageReference(certificate.image), from, to, because });
      }
    }
    if (items.length < page) return { images, turned };
  }
}
