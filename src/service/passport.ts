import { formatInstant, type Instant } from '../base/index.ts';
import { inspectRule } from '../inspect/index.ts';
import {
  type BillOfMaterials,
  coverageKey,
  formatPlatform,
  type ImageFacts,
  type InstalledComponent,
  type Observation,
  type StoredAdvisory,
  type StoredRemark,
} from '../model/index.ts';
import type { ComponentView, ImageRow, ObservationView, Passport } from '../model/wire/index.ts';
import { advisoryKey, compileFindings, countSeverities, evidenceView } from './findings.ts';
import type { ComponentJudgement } from './judge.ts';
import { compileUnknown } from './unknown.ts';

export interface PassportParts {
  readonly subject: Passport['subject'];
  readonly image: ImageRow | null;
  readonly bom: BillOfMaterials;
  readonly recordedAt: Instant;
  readonly facts: ImageFacts | undefined;
  /** Undefined for a component that was never judged. */
  readonly judgementOf: (purl: string) => ComponentJudgement | undefined;
  readonly advisories: readonly StoredAdvisory[];
  /** On the flaws that were found. */
  readonly remarks: readonly StoredRemark[];
  /** By which a statement may name the subject, where it is an image. */
  readonly digests: readonly string[];
  /** Now, for ages. */
  readonly at: Instant;
}

/** All that is known of a subject in one document: what it holds, how old it is, what is wrong and what was not seen. */
export function compilePassport(parts: PassportParts): Passport {
  const { bom } = parts;
  const counted = bom.components.filter((component) => component.ownedBy === undefined);
  const judged = counted.map((component) => ({ component, judgement: parts.judgementOf(component.purl) }));
  const advisories = new Map(parts.advisories.map((advisory) => [advisoryKey(advisory), advisory] as const));
  const { findings, suppressed } = compileFindings(
    judged.map(({ component, judgement }) => ({ component, matches: judgement?.matches ?? [] })),
    { advisories, remarks: Map.groupBy(parts.remarks, ({ flaw }) => flaw), digests: parts.digests },
  );
  return {
    subject: parts.subject,
    image: parts.image,
    distribution: bom.distribution?.prettyName ?? null,
    platform: formatPlatform(bom.platform),
    recordedAt: formatInstant(parts.recordedAt),
    facts: parts.facts ? factsView(parts.facts, parts.at) : null,
    judgement: judgementView(judged),
    severities: countSeverities(findings),
    components: bom.components.map((component) => componentView(component, parts.judgementOf(component.purl))),
    findings,
    suppressed,
    observations: (parts.facts?.observations ?? []).map(observationView),
    moreObservations: parts.facts?.moreObservations ?? 0,
    undetermined: judged.flatMap(({ component, judgement }) =>
      (judgement?.undetermined ?? []).map((item) => ({ ...item, component: component.purl })),
    ),
    problems: bom.problems.map((problem) => ({ ...problem })),
    unknown: compileUnknown(parts.facts?.unexplained, bom.problems),
  };
}

function observationView(observation: Observation): ObservationView {
  const { rule, severity, confidence, path, layer, isHidden, detail } = observation;
  const { title = rule, remedy = '' } = inspectRule(rule) ?? {};
  return {
    rule,
    severity,
    confidence,
    title,
    remedy,
    path: path ?? null,
    layer: layer ?? null,
    hidden: isHidden ?? false,
    detail,
  };
}

export function ageInDays(since: Instant, at: Instant): number {
  return Math.round(((at - since) / 86_400_000) * 10) / 10;
}

/** How much was judged; a subject with nothing in it to judge is not judged either. */
export function judgementState(judged: number, notJudged: number): ImageRow['judgement'] {
  if (judged === 0) return 'not-judged';
  return notJudged === 0 ? 'judged' : 'partly-judged';
}

function judgementView(
  judged: readonly { component: InstalledComponent; judgement: ComponentJudgement | undefined }[],
): Passport['judgement'] {
  const missing = judged.filter(({ judgement }) => !judgement?.judged).map(({ component }) => component);
  const notCovered = new Set(missing.map((component) => coverageKey(component.ecosystem, component.distribution)));
  return {
    state: judgementState(judged.length - missing.length, missing.length),
    componentsJudged: judged.length - missing.length,
    componentsNotJudged: missing.length,
    notCovered: [...notCovered].sort(),
  };
}

function componentView(component: InstalledComponent, judgement: ComponentJudgement | undefined): ComponentView {
  return {
    purl: component.purl,
    ecosystem: component.ecosystem,
    name: component.name,
    version: component.version,
    source: component.source ? { ...component.source } : null,
    licenses: [...component.licenses],
    locations: [...component.locations],
    layer: component.layer,
    ownedBy: component.ownedBy ?? null,
    evidence: evidenceView(component.evidence),
    judged: judgement?.judged ?? false,
  };
}

function factsView(facts: ImageFacts, at: Instant): NonNullable<Passport['facts']> {
  return {
    created: facts.created === undefined ? null : formatInstant(facts.created),
    ageDays: facts.created === undefined ? null : ageInDays(facts.created, at),
    user: facts.user,
    runsAsRoot: facts.runsAsRoot ?? null,
    entrypoint: [...facts.entrypoint],
    command: [...facts.command],
    exposedPorts: [...facts.exposedPorts],
    volumes: [...facts.volumes],
    labels: { ...facts.labels },
    setuidFiles: [...facts.setuidFiles],
    setgidFiles: [...facts.setgidFiles],
    baseImage: facts.baseImage
      ? {
          name: facts.baseImage.name ?? null,
          digest: facts.baseImage.digest ?? null,
          layers: facts.baseImage.layers ?? null,
          evidence: facts.baseImage.evidence,
        }
      : null,
    layers: facts.layers.map((layer) => ({
      diffId: layer.diffId,
      size: layer.size,
      createdBy: layer.createdBy ?? null,
    })),
    lookedInto: facts.lookedInto === true,
    scannedBy: [...(facts.scannedBy ?? [])],
    totalFileBytes: facts.totalFileBytes,
    fileCount: facts.fileCount,
  };
}
