import { type ImageRule, passes, type RuleFinding, undecided } from './image-rule.ts';
import { scannedPassport, unjudgedComponents } from './scanned-passport.ts';

const worstLast = ['known', 'partly-known', 'unknown'] as const;

export const unknownRule: ImageRule = {
  id: 'image/unknown',
  title: 'More of the image is unknown than is allowed',
  remedy:
    'Install what is in it by package managers and leave their databases in place; import feeds for what is not judged',
  evaluate(facts, { unknown: limits }) {
    const { state = 'unknown', maxUnownedPercent, notJudged } = limits ?? {};
    if (state === 'unknown' && maxUnownedPercent === undefined && notJudged !== 'refuse') return passes;
    const passport = scannedPassport(facts);
    if (typeof passport === 'string') return undecided(passport);
    const { unknown } = passport;
    const findings: RuleFinding[] = [];
    if (worstLast.indexOf(unknown.state) > worstLast.indexOf(state))
      findings.push({ severity: 'high', subject: unknown.state, evidence: unknown.summary });
    const unjudged = notJudged === 'refuse' ? unjudgedComponents(passport) : [];
    if (unjudged.length > 0) {
      const names = unjudged.slice(0, 5).map(({ name, version }) => `${name} ${version}`);
      const evidence = `no feed covers ${names.join(', ')}${unjudged.length > 5 ? ` and ${unjudged.length - 5} more` : ''}`;
      findings.push({ severity: 'medium', subject: 'components that are not judged', evidence });
    }
    if (maxUnownedPercent === undefined) return { findings };
    if (unknown.unownedPercent === null)
      return { findings, undecided: 'nobody looked at which programs belong to a package' };
    if (unknown.unownedPercent > maxUnownedPercent)
      findings.push({
        severity: 'high',
        subject: 'programs that belong to no package',
        evidence: `${unknown.unownedPercent} % of the bytes of programs, and ${maxUnownedPercent} % is the most`,
      });
    return { findings };
  },
};
