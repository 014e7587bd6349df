import { globMatches } from '../../model/index.ts';
import { type ImageRule, passes, type RuleFinding, undecided } from './image-rule.ts';
import { isSatisfied, parseLicense } from './license-expression.ts';
import { scannedPassport } from './scanned-passport.ts';

export const license: ImageRule = {
  id: 'image/license',
  title: 'A component has a license that is not allowed',
  remedy: 'Take another component, or have the license allowed by who answers for that',
  evaluate(facts, { licenses }) {
    if (!licenses) return passes;
    const passport = scannedPassport(facts);
    if (typeof passport === 'string') return undecided(passport);
    const named = (id: string, patterns: readonly string[]): boolean =>
      patterns.some((pattern) => globMatches(pattern.toLowerCase(), id.toLowerCase(), ''));
    const isFree = (id: string): boolean =>
      !named(id, licenses.deny ?? []) && (licenses.allow === undefined || named(id, licenses.allow));
    const verdicts = new Map<string, boolean>();
    const passesText = (text: string): boolean => {
      const known = verdicts.get(text);
      if (known !== undefined) return known;
      const expression = parseLicense(text);
      // What is no expression is a name, and stands for itself.
      const verdict = expression === undefined ? isFree(text) : isSatisfied(expression, isFree);
      verdicts.set(text, verdict);
      return verdict;
    };
    const findings: RuleFinding[] = [];
    for (const { purl, name, version, licenses: stated } of passport.components) {
      const found = { severity: 'medium', subject: `${name} ${version}`, component: purl } as const;
      const bad = stated.filter((text) => !passesText(text));
      if (stated.length === 0) {
        if (licenses.unknown !== 'allow') findings.push({ ...found, evidence: 'no license of it is known' });
      } else if (bad.length > 0) findings.push({ ...found, evidence: bad.join(', ').slice(0, 300) });
    }
    return { findings };
  },
};
