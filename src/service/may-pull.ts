import { type Digest, messageOf } from '../base/index.ts';
import { parseDockerCreate } from '../launch/index.ts';
import { formatImageReference, type ImageReference, type LaunchFacts } from '../model/index.ts';
import { imageDemandsOf, judgeLaunchSet } from '../policy/index.ts';
import type { DecideParts } from './decide-launch.ts';
import { createLaunchImages } from './launch-image.ts';
import type { PullAnswer } from './launches.ts';
import { ServiceError } from './service-error.ts';

/** Asks what policies demand of an image, as if a container of it and nothing else were to start. */
export function createPullAdvice(parts: Pick<DecideParts, 'store' | 'clock' | 'log' | 'rules'>) {
  const findImage = createLaunchImages(parts);

  async function certifiedDigest(reference: ImageReference): Promise<{ readonly digest: Digest } | undefined> {
    const value = formatImageReference(reference);
    const { facts, isStoreAway } = await findImage({ value, path: '', reference }, await parts.rules());
    if (isStoreAway && facts.state === 'unknown') throw new ServiceError('not-decided', facts.cause);
    return facts.state === 'certified' ? { digest: facts.image.digest } : undefined;
  }

  async function mayPull(reference: ImageReference, host: string): Promise<PullAnswer> {
    try {
      const rules = await parts.rules();
      const set = parseDockerCreate({ Image: formatImageReference(reference) });
      const facts = await Promise.all(
        set.requests.map(async (request): Promise<LaunchFacts> => {
          const { facts: image } = await findImage(request.image, rules);
          const inputs = { findings: [], inputs: [], unread: [] };
          return { request, image, inputs, contract: { state: 'none' }, host, now: parts.clock.now() };
        }),
      );
      const verdict = judgeLaunchSet(facts, imageDemandsOf(rules.launchPolicies), rules.exceptions);
      if (verdict.outcome === 'allow') return { allowed: true };
      const [first] = verdict.findings.filter(({ excepted, observed }) => !excepted && !observed);
      const reason = first
        ? `${first.evidence || first.title} (${first.rule})`
        : (verdict.cause ?? 'it is not decided');
      return { allowed: false, reason, ...(first ? { remedy: first.remedy } : {}) };
    } catch (error) {
      return { allowed: false, reason: `whether it may come here could not be decided: ${messageOf(error)}` };
    }
  }

  return { mayPull, certifiedDigest };
}
