import { severities } from '../../model/index.ts';
import type { ImagePolicySpec } from '../documents/image-policy-document.ts';
import { type ImageRule, passes, undecided } from './image-rule.ts';
import { scannedPassport } from './scanned-passport.ts';

export const secret: ImageRule = {
  id: 'image/secret',
  title: 'There is a secret in the image',
  remedy: 'Take it out of every layer by building anew, give it at start by reference, and replace it: it is known',
  evaluate: (facts, spec) => observed(facts, spec, spec.secrets, 'inspect/secret/'),
};

export const malware: ImageRule = {
  id: 'image/malware',
  title: 'There is a mark of malware in the image',
  remedy: 'Find out how it came into the image, and do not run it until that is known',
  evaluate: (facts, spec) => observed(facts, spec, spec.malware, 'inspect/malware/'),
};

function observed(
  facts: Parameters<ImageRule['evaluate']>[0],
  { unknown }: ImagePolicySpec,
  { found = 'refuse', minSeverity = 'high' }: NonNullable<ImagePolicySpec['secrets']> = {},
  rules: string,
) {
  if (found === 'allow') return passes;
  const passport = scannedPassport(facts);
  if (typeof passport === 'string') return undecided(passport);
  if (!passport.facts) return undecided('nobody looked into the files of the image');
  const limit = severities.indexOf(minSeverity);
  const isBad = ({ severity }: { severity: (typeof severities)[number] }): boolean =>
    severity === 'unknown' || severities.indexOf(severity) <= limit;
  const findings = passport.observations
    .filter((each) => each.rule.startsWith(rules) && isBad(each))
    .map(({ rule, severity, path, detail, remedy, hidden }) => ({
      severity,
      subject: path ?? 'the configuration of the image',
      evidence: `${rule}: ${detail}${hidden ? ', hidden by a layer above' : ''}`,
      ...(remedy === '' ? {} : { remedy }),
    }));
  // The worst are listed first: more of these may be among those that are not listed.
  const last = passport.observations.at(-1);
  if (passport.moreObservations > 0 && (!last || isBad(last)))
    return { findings, undecided: `${passport.moreObservations} observations are not listed` };
  if (unknown?.notExamined !== 'allow' && !passport.facts.lookedInto)
    return { findings, undecided: 'the files of the image were left closed' };
  if (unknown?.notExamined !== 'allow' && passport.problems.some(({ code }) => code === 'image/not-examined'))
    return { findings, undecided: 'some files could not be looked into' };
  return { findings };
}
