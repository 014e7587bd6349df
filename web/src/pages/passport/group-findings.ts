import type { FindingView, Severity, SeverityCounts } from '../../api/wire.ts';
import { severities } from '../../parts/format.ts';

export interface FindingGroup {
  readonly component: string;
  readonly name: string;
  readonly version: string;
  readonly counts: SeverityCounts;
  readonly findings: readonly FindingView[];
}

const rank = (severity: Severity): number => severities.indexOf(severity);

/** By component; the worst first, in each group and among them. */
export function groupFindings(findings: readonly FindingView[]): FindingGroup[] {
  const byComponent = new Map<string, FindingView[]>();
  for (const finding of findings) {
    const group = byComponent.get(finding.component);
    if (group === undefined) byComponent.set(finding.component, [finding]);
    else group.push(finding);
  }
  const groups: FindingGroup[] = [];
  for (const [component, members] of byComponent) {
    const [first] = members;
    if (first === undefined) continue;
    const counts = { critical: 0, high: 0, medium: 0, low: 0, negligible: 0, unknown: 0 };
    for (const member of members) counts[member.severity] += 1;
    const sorted = members.toSorted(
      (a, b) => rank(a.severity) - rank(b.severity) || a.advisory.localeCompare(b.advisory),
    );
    groups.push({ component, name: first.name, version: first.version, counts, findings: sorted });
  }
  return groups.sort(worstFirst);
}

function worstFirst(a: FindingGroup, b: FindingGroup): number {
  for (const severity of severities) {
    const difference = b.counts[severity] - a.counts[severity];
    if (difference !== 0) return difference;
  }
  return a.name.localeCompare(b.name);
}
