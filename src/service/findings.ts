import { applyStatements, scoreCvss } from '../advisory/index.ts';
import { formatInstant, type Instant } from '../base/index.ts';
import {
  type AppliedStatement,
  type InstalledComponent,
  type Severity,
  type StoredAdvisory,
  type StoredMatch,
  type StoredRemark,
  severities,
} from '../model/index.ts';
import type { ComponentEvidenceView, FindingView, SeverityCounts, StatementView } from '../model/wire/index.ts';

/** One component with what was matched to it, and the advisories behind the matches. */
export interface JudgedComponent {
  readonly component: InstalledComponent;
  readonly matches: readonly StoredMatch[];
}

/** `feed\0id` of an advisory. */
export function advisoryKey(advisory: { readonly feed: string; readonly id: string }): string {
  return `${advisory.feed}\0${advisory.id}`;
}

/** What is known of the flaws that were matched. */
export interface FlawKnowledge {
  /** By advisoryKey. */
  readonly advisories: ReadonlyMap<string, StoredAdvisory>;
  /** By flaw. */
  readonly remarks: ReadonlyMap<string, readonly StoredRemark[]>;
  /** By which statements may name the image. */
  readonly digests: readonly string[];
}

/**
 * Matches as findings, the most urgent first: known exploited, then by severity, then by likelihood. The same flaw from
 * several feeds is one finding for each component; it keeps the worst severity that anyone gave it and a fix. What a
 * trusted author clears stands apart.
 */
export function compileFindings(
  judged: readonly JudgedComponent[],
  knowledge: FlawKnowledge,
): { findings: FindingView[]; suppressed: FindingView[] } {
  const findings: FindingView[] = [];
  const suppressed: FindingView[] = [];
  for (const { component, matches } of judged) {
    for (const [flaw, group] of Map.groupBy(matches, (match) => match.flaw)) {
      const remarks = knowledge.remarks.get(flaw) ?? [];
      const applied = applyStatements({ component, image: knowledge.digests }, remarks);
      const statements = applied.statements.map(statementView);
      const finding = {
        ...compileFinding(component, flaw, group, knowledge.advisories),
        ...urgencyOf(remarks),
        statements,
      };
      (applied.suppressed ? suppressed : findings).push(finding);
    }
  }
  return { findings: findings.sort(compareUrgency), suppressed: suppressed.sort(compareUrgency) };
}

export function statementView(statement: AppliedStatement): StatementView {
  const { status, author, trusted, feed, document, justification = null, note = null, statedAt } = statement;
  return { status, author, trusted, feed, document, justification, note, statedAt: formatInstant(statedAt) };
}

function compareUrgency(a: FindingView, b: FindingView): number {
  return (
    Number(b.knownExploited !== null) - Number(a.knownExploited !== null) ||
    severityRank(a.severity) - severityRank(b.severity) ||
    (b.epss?.probability ?? 0) - (a.epss?.probability ?? 0) ||
    compareText(a.name, b.name) ||
    compareText(a.advisory, b.advisory) ||
    compareText(a.component, b.component)
  );
}

/** The earliest listing and the highest score, where several feeds have one. */
export function urgencyOf(remarks: readonly StoredRemark[]): Pick<FindingView, 'knownExploited' | 'epss'> {
  const exploited = remarks.filter((remark) => remark.kind === 'exploited').sort((a, b) => a.since - b.since)[0];
  const score = remarks.filter((remark) => remark.kind === 'score').sort((a, b) => b.probability - a.probability)[0];
  return {
    knownExploited: exploited
      ? {
          since: formatInstant(exploited.since),
          due: exploited.due === undefined ? null : formatInstant(exploited.due),
          ransomware: exploited.ransomware,
        }
      : null,
    epss: score ? { probability: score.probability, percentile: score.percentile } : null,
  };
}

/** The score of the newest version of CVSS that anyone gave, of these the highest. */
export function bestCvss(advisories: readonly StoredAdvisory[]): FindingView['cvss'] {
  const scores = advisories.flatMap(({ cvss }) => cvss.map(scoreCvss)).filter((score) => score !== undefined);
  return scores.sort((a, b) => compareText(b.version, a.version) || b.score - a.score)[0] ?? null;
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
): Omit<FindingView, 'knownExploited' | 'epss' | 'statements'> {
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
    cvss: bestCvss(documents),
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
