import type { Clock, Instant } from '../base/index.ts';
import { writeCycloneDx } from '../catalog/index.ts';
import {
  formatSource,
  type ImageFacts,
  type OpenImage,
  type Platform,
  type ReadLimits,
  type ReadProgress,
  type SourceReference,
  type Store,
  subjectKey,
} from '../model/index.ts';
import type { Passport } from '../model/wire/index.ts';
import { judgeComponents } from './judge.ts';
import { compilePassport } from './passport.ts';
import { readSubject, type SubjectReading } from './read-subject.ts';

export interface ScanOptions {
  readonly platform: Platform;
  readonly limits: ReadLimits;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: ReadProgress) => void;
}

export interface ScanReport {
  readonly passport: Passport;
  readonly reading: SubjectReading;
}

/**
 * Reads a source and judges it by the advisories of the store, recording nothing. Without a store nothing is judged,
 * and the report says so. Throws ImageError where the source cannot be read.
 */
export async function scan(
  source: SourceReference,
  parts: { readonly openImage: OpenImage; readonly clock: Clock; readonly store?: Pick<Store, 'advisories'> },
  options: ScanOptions,
): Promise<ScanReport> {
  const reading = await readSubject(source, parts.openImage, options);
  const at = parts.clock.now();
  const components = reading.bom.components.filter((component) => component.ownedBy === undefined);
  const judgements = parts.store
    ? await judgeComponents(components, parts.store, at)
    : components.map(() => ({ judged: false, matches: [], undetermined: [] }));
  const ids = [...new Set(judgements.flatMap((judgement) => judgement.matches.map((match) => match.advisory)))];
  const advisories = parts.store && ids.length > 0 ? await parts.store.advisories.get(ids) : [];
  const byPurl = new Map(components.map((component, index) => [component.purl, judgements[index]] as const));
  const passport = compilePassport({
    subject: { kind: reading.bom.subject.kind, key: subjectKey(reading.bom.subject), name: formatSource(source) },
    image: null,
    bom: reading.bom,
    recordedAt: at,
    facts: reading.facts,
    judgementOf: (purl) => byPurl.get(purl),
    advisories,
    at,
  });
  return { passport, reading };
}

/** The report as a CycloneDX 1.6 document. */
export function scanToCycloneDx(report: ScanReport, at: Instant, version: string): string {
  return writeCycloneDx(report.reading.bom, { at, version, ...cycloneDxSubject(report.reading) });
}

function cycloneDxSubject(reading: SubjectReading): { identity?: SubjectReading['identity']; facts: ImageFacts } {
  return { ...(reading.identity ? { identity: reading.identity } : {}), facts: reading.facts };
}
