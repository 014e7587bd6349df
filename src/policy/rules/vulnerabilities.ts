import { parseInstant } from '../../base/index.ts';
import type { ImagePolicyFacts, Severity } from '../../model/index.ts';
import type { FindingView, Passport } from '../../model/wire/index.ts';
import type { ImagePolicySpec } from '../documents/image-policy-document.ts';
import { parseDuration } from '../duration.ts';
import { type ImageRule, passes, type RuleFinding, type RuleResult, undecided } from './image-rule.ts';
import { scannedPassport, unjudgedComponents } from './scanned-passport.ts';

type Limits = NonNullable<ImagePolicySpec['vulnerabilities']>;
const worstFirst: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'negligible'];

export const vulnerabilities: ImageRule = {
  id: 'image/vulnerabilities',
  title: 'A package has a flaw that is worse than is allowed',
  remedy: 'Update the package and build again, or ask for an exception',
  evaluate(facts, { vulnerabilities: limits, unknown }) {
    if (!limits) return passes;
    return withDoubts(facts, unknown, true, (passport) =>
      passport.findings.filter((finding) => isTooBad(finding, limits) && counts(finding, limits) && !inGrace(finding)),
    );

    function inGrace({ since, knownExploited }: FindingView): boolean {
      const grace = parseDuration(limits?.grace ?? '');
      if (grace === undefined || knownExploited) return false;
      const known = parseInstant(since);
      return known !== undefined && facts.now - known < grace;
    }
  },
};

export const knownExploited: ImageRule = {
  id: 'image/known-exploited',
  title: 'A package has a flaw that is known to be exploited',
  remedy: 'Update the package and build again, before anything else',
  evaluate(facts, { vulnerabilities: limits = {}, unknown }) {
    if (limits.knownExploited === 'allow') return passes;
    // By default what is worst and can be helped; a policy that says "refuse" means all of them.
    const isMeant = (finding: FindingView): boolean =>
      limits.knownExploited === 'refuse'
        ? counts(finding, limits)
        : finding.severity === 'critical' && finding.fixedIn !== null;
    return withDoubts(facts, unknown, false, (passport) =>
      passport.findings.filter((finding) => finding.knownExploited !== null && isMeant(finding)),
    );
  },
};

function isTooBad({ severity, epss }: FindingView, limits: Limits): boolean {
  if (limits.epss !== undefined && epss !== null && epss.probability >= limits.epss) return true;
  const { maxSeverity, unknownSeverity = 'refuse' } = limits;
  if (maxSeverity === undefined || maxSeverity === 'critical') return false;
  // What nobody rated may be as bad as anything.
  if (severity === 'unknown') return unknownSeverity === 'refuse';
  return maxSeverity === 'none' || worstFirst.indexOf(severity) < worstFirst.indexOf(maxSeverity);
}

function counts({ fixedIn }: FindingView, { onlyFixed = false }: Limits): boolean {
  return !onlyFixed || fixedIn !== null;
}

/** What was found, and whether all was judged: no finding of a component that nobody judged says nothing. */
function withDoubts(
  facts: ImagePolicyFacts,
  unknown: ImagePolicySpec['unknown'],
  isDemanded: boolean,
  find: (passport: Passport) => readonly FindingView[],
): RuleResult {
  const passport = scannedPassport(facts);
  if (typeof passport === 'string') return undecided(passport);
  const findings = find(passport).map(toFinding);
  if (unknown?.notJudged === 'allow') return { findings };
  const unjudged = unjudgedComponents(passport);
  const { componentsJudged, notCovered } = passport.judgement;
  const isNothingKnown = componentsJudged === 0;
  if (unjudged.length > 0 && (isDemanded || isNothingKnown)) {
    const feeds = notCovered.length > 0 ? `: there is no feed for ${notCovered.slice(0, 5).join(', ')}` : '';
    return { findings, undecided: `${unjudged.length} components were not judged${feeds}` };
  }
  // Whoever takes the package database out of an image has nothing left that could be judged.
  const [record] = passport.unknown.records;
  if (record && (isDemanded || isNothingKnown))
    return { findings, undecided: `components are missing, ${record.kind} at ${record.path}` };
  const unread = passport.problems.filter(({ code }) => code !== 'image/not-examined');
  if (isDemanded && unread.length > 0)
    return { findings, undecided: `${unread.length} things in it could not be looked at: ${unread[0]?.message}` };
  const open = passport.undetermined.length;
  if (isDemanded && open > 0)
    return { findings, undecided: `${open} advisories could not be compared with what is installed` };
  return { findings };
}

function toFinding(finding: FindingView): RuleFinding {
  const { advisory, aliases, severity, component, name, version, fixedIn, knownExploited: exploited } = finding;
  const fix = fixedIn === null ? 'no fix is known' : `fixed in ${fixedIn}`;
  const known = exploited ? `, known to be exploited since ${exploited.since.slice(0, 10)}` : '';
  return {
    severity,
    subject: `${advisory} in ${name} ${version}`,
    evidence: `${severity}, ${fix}${known}; by ${finding.evidence.feed}: ${finding.evidence.advisory}`,
    ...(finding.remedy === '' ? {} : { remedy: finding.remedy }),
    flaw: advisory,
    aliases,
    component,
  };
}
