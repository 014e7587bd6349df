import type { StoredMatch } from '../model/index.ts';

/** A match whose flaw was not named yet. */
export type UnnamedMatch = Omit<StoredMatch, 'flaw'>;

/**
 * Gives the matches of one component the name of their flaw: the CVE where there is one, so that a CVE, its GHSA and the
 * distribution's notice are one. Advisories that share a name, directly or through a third one, are the same flaw.
 *
 * An advisory that bundles several CVEs (as distributions publish them) must not melt these into one: it stands for
 * itself, and is left out where each of its CVEs matched on its own already.
 */
export function nameFlaws(
  matches: readonly UnnamedMatch[],
  aliasesOf: (match: UnnamedMatch) => readonly string[],
): StoredMatch[] {
  const groups: { names: ReadonlySet<string>; matches: UnnamedMatch[] }[] = [];
  const bundles: { cves: readonly string[]; match: UnnamedMatch }[] = [];
  for (const match of matches) {
    let names: ReadonlySet<string> = new Set([match.advisory, ...aliasesOf(match)]);
    const cves = cvesOf(names);
    if (cves.length > 1) {
      bundles.push({ cves, match });
      continue;
    }
    const merged = [match];
    for (const group of groups.filter((candidate) => !candidate.names.isDisjointFrom(names))) {
      names = names.union(group.names);
      merged.push(...group.matches);
      groups.splice(groups.indexOf(group), 1);
    }
    groups.push({ names, matches: merged });
  }
  const covered = new Set(groups.flatMap((group) => [...group.names]));
  return [
    ...groups.flatMap((group) => group.matches.map((match) => ({ ...match, flaw: flawName(group.names) }))),
    ...bundles
      .filter(({ cves }) => cves.some((cve) => !covered.has(cve)))
      .map(({ match }) => ({ ...match, flaw: match.advisory })),
  ];
}

function flawName(names: ReadonlySet<string>): string {
  const sorted = [...names].sort();
  return cvesOf(sorted)[0] ?? (sorted[0] as string);
}

function cvesOf(names: Iterable<string>): string[] {
  return [...names].filter((name) => name.startsWith('CVE-'));
}
