import { redactLaunch, secretScrubber } from '../input/index.ts';
import { findSecretSpans } from '../inspect/index.ts';
import type { InputReport, LaunchFinding, LaunchRequest, LaunchVerdict, RecordedFacts } from '../model/index.ts';
import type { GatheredLaunch } from './gather-launch-facts.ts';

/** A verdict that quotes nothing secret of what was asked, whatever its rules took for harmless: a path, a name, a user. */
export function withoutSecrets(verdict: LaunchVerdict, gathered: readonly GatheredLaunch[]): LaunchVerdict {
  if (verdict.findings.length === 0 && verdict.cause === undefined) return verdict;
  const scrubs = gathered.map(({ facts }) => scrubOf(facts));
  const scrub = (text: string) => scrubs.reduce((rest, each) => each(rest), text);
  const cause = verdict.cause === undefined ? {} : { cause: scrub(verdict.cause) };
  const [first, ...more] = verdict.findings.map((finding) => withScrub(finding, scrub));
  if (verdict.outcome === 'deny' && first) return { ...verdict, findings: [first, ...more], ...cause };
  return { ...verdict, findings: first ? [first, ...more] : [], ...cause } as LaunchVerdict;
}

/** For the record: without secrets, and without what is said once for all of it. */
export function recordedFacts({ facts, recorded, fingerprint }: GatheredLaunch): RecordedFacts {
  const { now: _, host: __, request: ___, inputs: ____, contract, image, ...rest } = facts;
  return {
    ...rest,
    image: image.state === 'unknown' ? { ...image, cause: causeOf(facts, image.cause) } : image,
    ...recorded,
    contract:
      contract.state === 'none' || contract.findings.length === 0
        ? contract
        : { ...contract, findings: withoutSecretsOf(facts, contract.findings) },
    fingerprint,
  };
}

/** Nothing of what was asked is in it, but where that is no reference. */
function causeOf(facts: GatheredLaunch['facts'], cause: string): string {
  return cause === facts.request.image?.problem ? scrubOf(facts)(cause) : withoutShownSecrets(cause);
}

/** What was asked and what looking into it gave, for the record. */
export function recordedReading(
  request: LaunchRequest,
  inputs: InputReport,
): Pick<RecordedFacts, 'request' | 'inputs'> {
  const scrub = scrubOf({ request, inputs });
  return {
    request: redactLaunch(request, inputs, findSecretSpans, scrub),
    inputs: {
      findings: inputs.findings.map((finding) => withScrub(finding, scrub)),
      inputs: inputs.inputs.map((input) => {
        const path = scrub(input.path);
        const name = input.name === undefined ? undefined : scrub(input.name);
        if (path === input.path && name === input.name) return input;
        return { ...input, path, ...(name === undefined ? {} : { name }) };
      }),
      unread: inputs.unread.map(({ path, cause }) => ({ path: scrub(path), cause: scrub(cause) })),
    },
  };
}

/** Of what was asked and could not be read. */
export const withoutShownSecrets = secretScrubber(findSecretSpans);

function scrubOf(asked: { readonly request: LaunchRequest; readonly inputs: InputReport }): (text: string) => string {
  return secretScrubber(findSecretSpans, asked);
}

function withoutSecretsOf(
  facts: GatheredLaunch['facts'],
  findings: readonly LaunchFinding[],
): readonly LaunchFinding[] {
  const scrub = scrubOf(facts);
  return findings.map((finding) => withScrub(finding, scrub));
}

function withScrub(finding: LaunchFinding, scrub: (text: string) => string): LaunchFinding {
  const { path, subject, evidence } = finding;
  return { ...finding, path: scrub(path), subject: scrub(subject), evidence: scrub(evidence) };
}
