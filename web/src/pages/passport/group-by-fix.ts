import type { FindingView, SeverityCounts } from '../../api/wire.ts';
import { noSeverities, severities } from '../../parts/format.ts';

/** One upgrade, and all that it clears. */
export interface Fix {
  /** What is upgraded, by the name that its advisories use. */
  readonly name: string;
  /** Components that come with it. */
  readonly components: readonly { readonly name: string; readonly version: string }[];
  /** What clears all of them: the highest version that any of them needs, as the finding that needs it says. */
  readonly to: string;
  readonly isInBase: boolean;
  readonly counts: SeverityCounts;
  readonly exploited: number;
  readonly findings: readonly FindingView[];
}

/**
 * Findings by the upgrade that clears them, the most useful first: known exploited, then the worst, then how many. What has
 * no fix is left out. `baseLayers`: how many layers are the base image's, where that is known. The last fix in the order of
 * the ecosystem cannot be told here, so the one that most findings name is shown where they differ.
 */
export function groupByFix(findings: readonly FindingView[], baseLayers: number | undefined): Fix[] {
  const groups = new Map<string, FindingView[]>();
  for (const finding of findings) {
    if (finding.fixedIn === null) continue;
    const isInBase = baseLayers !== undefined && finding.evidence.layer < baseLayers;
    const key = `${isInBase} ${ecosystemOf(finding.component)} ${finding.evidence.package}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  return [...groups.values()].map((group) => compileFix(group, baseLayers)).sort(mostUsefulFirst);
}

const ecosystemOf = (purl: string): string => /^pkg:([^/]+)\//.exec(purl)?.[1] ?? '';

function compileFix(findings: readonly FindingView[], baseLayers: number | undefined): Fix {
  const [first] = findings as [FindingView];
  const counts = { ...noSeverities };
  const worst = new Map<string, FindingView>();
  for (const finding of findings) worst.set(finding.advisory, finding);
  for (const { severity } of worst.values()) counts[severity] += 1;
  const components = new Map(findings.map(({ component, name, version }) => [component, { name, version }] as const));
  return {
    name: first.evidence.package,
    components: [...components.values()],
    to: mostNamed(findings.map(({ fixedIn }) => fixedIn ?? '')),
    isInBase: baseLayers !== undefined && first.evidence.layer < baseLayers,
    counts,
    exploited: [...worst.values()].filter(({ knownExploited }) => knownExploited !== null).length,
    findings,
  };
}

/** Of versions that are named as often the longest text, so that the answer does not vary. */
function mostNamed(versions: readonly string[]): string {
  const times = new Map<string, number>();
  for (const version of versions) times.set(version, (times.get(version) ?? 0) + 1);
  const byUse = [...times].sort(([a, of], [b, as]) => as - of || b.length - a.length || b.localeCompare(a));
  return byUse[0]?.[0] ?? '';
}

function mostUsefulFirst(a: Fix, b: Fix): number {
  if (a.exploited !== b.exploited) return b.exploited - a.exploited;
  for (const severity of severities) {
    const difference = b.counts[severity] - a.counts[severity];
    if (difference !== 0) return difference;
  }
  return a.name.localeCompare(b.name);
}
