import { type PackagePattern, packageMatches, parsePackagePattern } from '../package-pattern.ts';
import { type ImageRule, passes, type RuleFinding, undecided } from './image-rule.ts';
import { scannedPassport } from './scanned-passport.ts';

export const packageRule: ImageRule = {
  id: 'image/package',
  title: 'There is a package in the image that nobody wants',
  remedy: 'Take it out, and find out what brought it',
  evaluate(facts, { packages }) {
    if (!packages) return passes;
    const passport = scannedPassport(facts);
    if (typeof passport === 'string') return undecided(passport);
    const patterns: [string, PackagePattern][] = [];
    for (const text of packages.deny) {
      const pattern = parsePackagePattern(text);
      if (!pattern) return undecided(`"${text}" is no package`);
      patterns.push([text, pattern]);
    }
    const findings: RuleFinding[] = [];
    for (const component of passport.components) {
      const [by] = patterns.find(([, pattern]) => packageMatches(pattern, component)) ?? [];
      if (by === undefined) continue;
      const { purl, name, version, locations } = component;
      const where = locations[0] === undefined ? '' : `, ${locations[0]}`;
      findings.push({
        severity: 'high',
        subject: `${name} ${version}`,
        evidence: `by "${by}"${where}`,
        component: purl,
      });
    }
    return { findings };
  },
};
