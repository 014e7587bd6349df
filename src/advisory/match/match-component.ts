import type { Advisory, AffectedPackage, Component, Ecosystem, Match, MatchResult } from '../../model/index.ts';
import { worstSeverity } from '../format/severity.ts';
import { parseVersion, type Version } from '../version/compare-versions.ts';
import { VersionError } from '../version/version-error.ts';
import { type AdvisoryPackage, advisoryPackagesOf } from './advisory-package.ts';
import { compareRange, isAffected, type RangeComparison } from './compare-range.ts';

/**
 * Which of the advisories affect the component: at most one match for each. What could not be compared is listed as
 * undetermined, unless something else of the same advisory affects the component anyway. A package of a distribution is
 * affected only by advisories for its own release; without a release nothing is said of it. Withdrawn advisories are
 * passed over. An advisory that names the component in two ways is asked by the name that counts first.
 */
export function matchComponent(component: Component, advisories: readonly Advisory[]): MatchResult {
  const targets = advisoryPackagesOf(component).map((target) => ({ target, installed: readVersion(target) }));
  const matches: Match[] = [];
  const undetermined: MatchResult['undetermined'][number][] = [];
  for (const advisory of advisories) {
    if (advisory.withdrawn !== undefined) continue;
    const named = targets
      .map((each) => ({ ...each, entries: advisory.affected.filter((entry) => concerns(entry, each.target)) }))
      .find((each) => each.entries.length > 0);
    if (!named) continue;
    const verdict = judge(named.entries, named.target, named.installed);
    if (verdict.affected.length > 0) matches.push(compileMatch(advisory, verdict));
    else if (verdict.reason !== undefined) undetermined.push({ advisory: advisory.id, reason: verdict.reason });
  }
  return { matches, undetermined };
}

interface Verdict {
  /** The entries by which it is affected. */
  readonly affected: readonly AffectedPackage[];
  readonly fixedIn: string | undefined;
  /** Why something could not be compared, where that was so. */
  readonly reason: string | undefined;
}

function concerns(entry: AffectedPackage, target: AdvisoryPackage): boolean {
  if (entry.ecosystem !== target.ecosystem || entry.name !== target.name) return false;
  if (!entry.distribution) return !isOfDistribution(target.ecosystem) || target.distribution !== undefined;
  return (
    entry.distribution.id === target.distribution?.id && entry.distribution.release === target.distribution.release
  );
}

function isOfDistribution(ecosystem: Ecosystem): boolean {
  return ecosystem === 'deb' || ecosystem === 'apk' || ecosystem === 'rpm';
}

/** The version, or the reason why it is none. */
function readVersion(target: AdvisoryPackage): Version | string {
  try {
    return parseVersion(target.ecosystem, target.version);
  } catch (error) {
    if (error instanceof VersionError) return error.message;
    throw error;
  }
}

function judge(entries: readonly AffectedPackage[], target: AdvisoryPackage, installed: Version | string): Verdict {
  const affected: AffectedPackage[] = [];
  const fixes: Version[] = [];
  const ranges: RangeComparison[] = [];
  let reason: string | undefined;
  for (const entry of entries) {
    if (entry.ranges.length === 0 && entry.versions.length === 0) {
      reason ??= `it names ${entry.name} without saying which versions are affected`;
      continue;
    }
    if (typeof installed === 'string') {
      if (entry.versions.includes(target.version)) affected.push(entry);
      else reason ??= installed;
      continue;
    }
    const compared = entry.ranges.map((range) => compareRange(range, target.ecosystem));
    ranges.push(...compared);
    reason ??= compared.find((range) => range.fault !== undefined)?.fault;
    for (const range of compared) if (range.fixed && range.fixed.compare(installed) > 0) fixes.push(range.fixed);
    if (compared.some((range) => isAffected(installed, range)) || lists(entry.versions, installed, target)) {
      affected.push(entry);
    }
  }
  const fixedIn = fixes.sort((a, b) => a.compare(b)).find((fix) => !ranges.some((range) => isAffected(fix, range)));
  return { affected, fixedIn: fixedIn?.text, reason };
}

/** A listed text that is no version equals none that is installed. */
function lists(versions: readonly string[], installed: Version, target: AdvisoryPackage): boolean {
  return (
    versions.includes(target.version) ||
    versions.some((text) => {
      const listed = readVersion({ ...target, version: text });
      return typeof listed !== 'string' && listed.compare(installed) === 0;
    })
  );
}

function compileMatch(advisory: Advisory, verdict: Verdict): Match {
  const stated = worstSeverity(verdict.affected.map((entry) => entry.severity ?? 'unknown'));
  return {
    advisory: advisory.id,
    package: (verdict.affected[0] as AffectedPackage).name,
    ...(verdict.fixedIn === undefined ? {} : { fixedIn: verdict.fixedIn }),
    severity: stated === 'unknown' ? advisory.severity : stated,
  };
}
