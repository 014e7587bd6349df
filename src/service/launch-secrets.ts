import { redactLaunch, secretScrubber } from '../input/index.ts';
import { findSecretSpans } from '../inspect/index.ts';
import type { LaunchFinding, LaunchVerdict, RecordedFacts } from '../model/index.ts';
import type { GatheredLaunch } from './gather-launch-facts.ts';

/** A verdict that quotes nothing secret of what was asked, whatever its rules took for harmless: a path, a name, a user. */
export function withoutSecrets(verdict: LaunchVerdict, gathered: readonly GatheredLaunch[]): LaunchVerdict {
  const scrubs = gathered.map(({ facts }) => scrubOf(facts));
  const scrub = (text: string) => scrubs.reduce((rest, each) => each(rest), text);
  const cause = verdict.cause === undefined ? {} : { cause: scrub(verdict.cause) };
  const [first, ...more] = verdict.findings.map((finding) => withScrub(finding, scrub));
  if (verdict.outcome === 'deny' && first) return { ...verdict, findings: [first, ...more], ...cause };
  return { ...verdict, findings: first ? [first, ...more] : [], ...cause } as LaunchVerdict;
}

/** For the record: without secrets, and without what is said once for all of it. */
export function recordedFacts({ facts, fingerprint }: GatheredLaunch): RecordedFacts {
  const { now: _, host: __, request, inputs, contract, image, ...rest } = facts;
  const scrub = scrubOf(facts);
  const clean = (findings: readonly LaunchFinding[]) => findings.map((finding) => withScrub(finding, scrub));
  return {
    ...rest,
    image: image.state === 'unknown' ? { ...image, cause: scrub(image.cause) } : image,
    request: redactLaunch(request, inputs, findSecretSpans),
    inputs: {
      findings: clean(inputs.findings),
      inputs: inputs.inputs.map((input) => ({
        ...input,
        path: scrub(input.path),
        ...(input.name === undefined ? {} : { name: scrub(input.name) }),
      })),
      unread: inputs.unread.map(({ path, cause }) => ({ path: scrub(path), cause: scrub(cause) })),
    },
    contract: contract.state === 'none' ? contract : { ...contract, findings: clean(contract.findings) },
    fingerprint,
  };
}

/** Of what was asked and could not be read. */
export const withoutShownSecrets = secretScrubber(findSecretSpans);

function scrubOf(facts: GatheredLaunch['facts']): (text: string) => string {
  return secretScrubber(findSecretSpans, facts);
}

function withScrub(finding: LaunchFinding, scrub: (text: string) => string): LaunchFinding {
  const { path, subject, evidence } = finding;
  return { ...finding, path: scrub(path), subject: scrub(subject), evidence: scrub(evidence) };
}
