import { formatInstant, type Instant } from '../base/index.ts';
import {
  type InstalledComponent,
  type Severity,
  type StoredAdvisory,
  type StoredMatch,
  severities,
} from '../model/index.ts';
import type { ComponentEvidenceView, FindingView, SeverityCounts } from '../model/wire/index.ts';

/** One component with what was matched to it, and the advisories behind the matches. */
export interface JudgedComponent {
  readonly component: InstalledComponent;
  readonly matches: readonly StoredMatch[];
}

/** `feed\0id` of an advisory. */
export function advisoryKey(advisory: { readonly feed: string; readonly id: string }): string {
  return `${advisory.feed}\0${advisory.id}`;
}

/**
 * Matches as findings, worst first. The same flaw from several feeds is one finding for each component; it keeps the
 * worst severity that anyone gave it and a fix.
 */
export function compileFindings(
  judged: readonly JudgedComponent[],
  advisories: ReadonlyMap<string, StoredAdvisory>,
): FindingView[] {
  const findings: FindingView[] = [];
  for (const { component, matches } of judged) {
    for (const [flaw, group] of Map.groupBy(matches, (match) => match.flaw)) {
      findings.push(compileFinding(component, flaw, group, advisories));
    }
  }
  return findings.sort(
    (a, b) =>
      severityRank(a.severity) - severityRank(b.severity) ||
      compareText(a.name, b.name) ||
      compareText(a.advisory, b.advisory) ||
      compareText(a.component, b.component),
  );
}

/** How a component came to be known, as the wire has it. */
export function evidenceView(evidence: InstalledComponent['evidence']): ComponentEvidenceView | null {
  return evidence ? { kind: evidence.kind, confidence: evidence.confidence, note: evidence.note ?? null } : null;
}

export function severityRank(severity: Severity): number {
  return severities.indexOf(severity);
}

export function noSeverities(): SeverityCounts {
  return { critical: 0, high: 0, medium: 0, low: 0, negligible: 0, unknown: 0 };
}

/** Distinct flaws by severity: one that sits in several components counts once. */
export function countSeverities(findings: readonly FindingView[]): SeverityCounts {
  const counts = noSeverities();
  const worst = new Map<string, Severity>();
  for (const finding of findings) {
    const known = worst.get(finding.advisory);
    if (known === undefined || severityRank(finding.severity) < severityRank(known)) {
      worst.set(finding.advisory, finding.severity);
    }
  }
  for (const severity of worst.values()) counts[severity]++;
  return counts;
}

function compileFinding(
  component: InstalledComponent,
  flaw: string,
  group: readonly StoredMatch[],
  advisories: ReadonlyMap<string, StoredAdvisory>,
): FindingView {
  const byPreference = [...group].sort(
    (a, b) => severityRank(a.severity) - severityRank(b.severity) || compareText(a.advisory, b.advisory),
  );
  const worst = byPreference[0] as StoredMatch;
  const documents = group.map((match) => advisoryOf(match, advisories)).filter((advisory) => advisory !== undefined);
  const names = new Set([
    ...group.map((match) => match.advisory),
    ...documents.flatMap((advisory) => advisory.aliases),
  ]);
  const fixedIn = byPreference.find((match) => match.fixedIn !== undefined)?.fixedIn ?? null;
  names.delete(flaw);
  return {
    advisory: flaw,
    aliases: [...names].sort(compareText),
    severity: worst.severity,
    title: documents.find((advisory) => advisory.summary !== '')?.summary ?? flaw,
    component: component.purl,
    name: component.name,
    version: component.version,
    fixedIn,
    remedy: remedyFor(component, worst, fixedIn),
    evidence: {
      advisory: worst.advisory,
      feed: worst.feed,
      package: worst.package,
      locations: [...component.locations],
      layer: component.layer,
      component: evidenceView(component.evidence),
    },
    since: formatInstant(Math.min(...group.map((match): Instant => match.since))),
    references: [...new Set(documents.flatMap((advisory) => advisory.references))].slice(0, 50),
  };
}

function remedyFor(component: InstalledComponent, match: StoredMatch, fixedIn: string | null): string {
  if (fixedIn === null) return 'No fixed version is known yet';
  return component.distribution && match.package !== component.name
    ? `Upgrade the packages of ${match.package} to ${fixedIn} or later`
    : `Upgrade ${component.name} to ${fixedIn} or later`;
}

function advisoryOf(match: StoredMatch, advisories: ReadonlyMap<string, StoredAdvisory>): StoredAdvisory | undefined {
  return advisories.get(advisoryKey({ feed: match.feed, id: match.advisory }));
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
