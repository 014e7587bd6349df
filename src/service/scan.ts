import type { Clock, Instant } from '../base/index.ts';
import {
  formatSource,
  type OpenImage,
  type Platform,
  type ReadLimits,
  type ReadProgress,
  type SourceReference,
  type Store,
  subjectKey,
} from '../model/index.ts';
import type { Passport } from '../model/wire/index.ts';
import { type BomFormat, bomWriters } from './bom-formats.ts';
import { judgeComponents, readKnowledge } from './judge.ts';
import { compilePassport } from './passport.ts';
import { type LookFor, readSubject, type SubjectReading } from './read-subject.ts';

export interface ScanOptions extends LookFor {
  readonly platform: Platform;
  readonly limits: ReadLimits;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: ReadProgress) => void;
}

/** Whoever judges without a server: with no store, nothing is judged. */
export interface ScanParts {
  readonly clock: Clock;
  readonly store?: Pick<Store, 'advisories'>;
}

export interface ScanReport {
  readonly passport: Passport;
  readonly reading: Pick<SubjectReading, 'bom' | 'identity'> & Partial<SubjectReading>;
}

/**
 * Reads a source and judges it by the advisories of the store, recording nothing. Without a store nothing is judged,
 * and the report says so. Throws ImageError where the source cannot be read.
 */
export async function scan(
  source: SourceReference,
  parts: ScanParts & { readonly openImage: OpenImage },
  options: ScanOptions,
): Promise<ScanReport> {
  return judgeReading(await readSubject(source, parts.openImage, options), formatSource(source), parts);
}

/** Judges what has been read, wherever it came from. */
export async function judgeReading(
  reading: ScanReport['reading'],
  name: string,
  { store, clock }: ScanParts,
): Promise<ScanReport> {
  const at = clock.now();
  const components = reading.bom.components.filter((component) => component.ownedBy === undefined);
  const judgements = store
    ? await judgeComponents(components, store, at)
    : components.map(() => ({ judged: false, matches: [], undetermined: [] }));
  const byPurl = new Map(components.map((component, index) => [component.purl, judgements[index]] as const));
  const passport = compilePassport({
    subject: { kind: reading.bom.subject.kind, key: subjectKey(reading.bom.subject), name },
    image: null,
    bom: reading.bom,
    recordedAt: at,
    facts: reading.facts,
    judgementOf: (purl) => byPurl.get(purl),
    ...(await readKnowledge(judgements, store)),
    digests: digestsOf(reading.identity),
    at,
  });
  return { passport, reading };
}

/** By which a statement may name the image. */
function digestsOf(identity: SubjectReading['identity']): readonly string[] {
  const { imageId, manifestDigest, indexDigest } = identity ?? {};
  return [imageId, manifestDigest, indexDigest].filter((digest) => digest !== undefined);
}

/** The bill of materials of a report: CycloneDX 1.6 or SPDX 2.3, in JSON. */
export function writeScanBom(report: ScanReport, format: BomFormat, at: Instant, version: string): string {
  const { bom, identity, facts } = report.reading;
  return bomWriters[format](bom, { at, version, ...(identity ? { identity } : {}), ...(facts ? { facts } : {}) });
}
