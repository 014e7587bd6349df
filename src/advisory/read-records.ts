import { BoundError, decodeUtf8, parseJson, readBounded } from '../base/index.ts';
import { coverageKey, type FeedFormat } from '../model/index.ts';
import { AdvisoryError } from './advisory-error.ts';
import type { FeedTally } from './feed-tally.ts';
import { addSecdbDocument, compileSecdb, emptySecdb } from './format/alpine-secdb.ts';
import { parseCsaf } from './format/csaf.ts';
import { addTrackerPackages, compileTracker, type TrackerFlaws } from './format/debian-tracker.ts';
import { parseEpss } from './format/epss.ts';
import { parseKev } from './format/kev.ts';
import { parseOpenVex } from './format/openvex.ts';
import { parseOsvRecord } from './format/osv.ts';
import type { RecordResult } from './format/record.ts';
import type { VexDocument } from './format/vex-statement.ts';
import type { FeedDocument, UnreadDocument } from './source/feed-documents.ts';
import type { FeedLimits } from './source/feed-limits.ts';
import { type JsonPiece, splitJson } from './source/split-json.ts';
import { splitList } from './source/split-list.ts';

export interface SizedResult {
  readonly result: RecordResult;
  /** Of the record's text. */
  readonly size: number;
}
type FormatReader = (
  documents: AsyncIterable<FeedDocument | UnreadDocument>,
  limits: FeedLimits,
  tally: FeedTally,
) => AsyncGenerator<SizedResult>;

/** The records of a feed's documents, one after the other, by the format of the feed. */
export const recordReaders: Readonly<Record<FeedFormat, FormatReader>> = {
  async *osv(documents, limits) {
    for await (const { where, size, value, fault } of values(documents, (chunks) =>
      splitJson(chunks, limits.recordBytes),
    )) {
      const result = fault === undefined ? parseOsvRecord(value) : rejection(fault);
      yield { size, result: result.kind === 'rejected' ? rejection(`${where}: ${result.reason}`) : result };
    }
  },

  async *'alpine-secdb'(documents, limits, tally) {
    const database = emptySecdb();
    const gathered = values(documents, (chunks) => splitJson(chunks, limits.documentBytes));
    for await (const { where, value, fault } of atMost(gathered, limits.gatheredBytes)) {
      const reasons = fault === undefined ? addSecdbDocument(database, value) : [fault];
      for (const reason of reasons) yield { size: 0, result: rejection(`${where}: ${reason}`) };
    }
    for (const distribution of database.releases.values()) tally.cover(coverageKey('apk', distribution));
    for (const advisory of compileSecdb(database))
      yield { size: 0, result: { kind: 'advisory', advisory, skipped: [] } };
  },

  async *'debian-tracker'(documents, limits) {
    const flaws: TrackerFlaws = new Map();
    const gathered = values(documents, (chunks) => splitList(chunks, limits.documentBytes), asObjectText);
    for await (const { where, value, fault } of atMost(gathered, limits.gatheredBytes)) {
      const reasons = fault === undefined ? addTrackerPackages(flaws, value) : [fault];
      for (const reason of reasons) yield { size: 0, result: rejection(`${where}: ${reason}`) };
    }
    for (const result of compileTracker(flaws)) yield { size: 0, result };
  },

  openvex: (documents, limits, tally) => statements(documents, limits, tally, parseOpenVex),
  'csaf-vex': (documents, limits, tally) => statements(documents, limits, tally, parseCsaf),

  async *kev(documents, limits, tally) {
    for await (const { where, size, value, fault } of wholeDocuments(documents, limits)) {
      if (fault !== undefined) throw new AdvisoryError('bad-feed', `${where}: ${fault}`);
      const { dataAsOf, exploited, rejected } = parseKev(value);
      if (dataAsOf !== undefined) tally.date(dataAsOf);
      for (const reason of rejected) yield { size: 0, result: rejection(`${where}: ${reason}`) };
      for (const remark of exploited) yield { size: size / exploited.length, result: { kind: 'remark', remark } };
    }
  },

  async *epss(documents, limits, tally) {
    for await (const document of documents) {
      if ('fault' in document) throw new AdvisoryError('bad-feed', `${document.name}: ${document.fault}`);
      const bytes = await readBounded(document.chunks, limits.documentBytes, document.name);
      const { dataAsOf, scores, rejected, rejectedCount } = parseEpss(decodeUtf8(bytes, document.name));
      if (dataAsOf !== undefined) tally.date(dataAsOf);
      for (let at = 0; at < rejectedCount; at++)
        yield { size: 0, result: rejection(`${document.name}: ${rejected[at] ?? 'another line is none'}`) };
      for (const remark of scores) yield { size: 0, result: { kind: 'remark', remark } };
    }
  },
};

/** A document that is no VEX document is rejected as a whole: of a directory, the others are read. */
async function* statements(
  documents: AsyncIterable<FeedDocument | UnreadDocument>,
  limits: FeedLimits,
  tally: FeedTally,
  parse: (value: unknown) => VexDocument,
): AsyncGenerator<SizedResult> {
  for await (const { where, size, value, fault } of wholeDocuments(documents, limits)) {
    const document = fault === undefined ? parseOrRefuse(parse, value) : fault;
    if (typeof document === 'string') {
      yield { size: 0, result: rejection(`${where}: ${document}`) };
      continue;
    }
    for (const reason of document.rejected) yield { size: 0, result: rejection(`${where}: ${reason}`) };
    for (const statement of document.statements) {
      tally.date(statement.statedAt);
      const remark = { kind: 'statement', ...statement, document: document.id, author: document.author } as const;
      yield { size: size / document.statements.length, result: { kind: 'remark', remark } };
    }
  }
}

function parseOrRefuse(parse: (value: unknown) => VexDocument, value: unknown): VexDocument | string {
  try {
    return parse(value);
  } catch (error) {
    if (error instanceof AdvisoryError) return error.message;
    throw error;
  }
}

function wholeDocuments(documents: AsyncIterable<FeedDocument | UnreadDocument>, limits: FeedLimits) {
  return values(documents, (chunks) => splitJson(chunks, limits.documentBytes));
}

/** A member of an object as an object of its own. */
function asObjectText(member: Buffer): Buffer {
  return Buffer.concat([Buffer.from('{'), member, Buffer.from('}')]);
}

async function* atMost(all: AsyncIterable<FeedValue>, limit: number): AsyncGenerator<FeedValue> {
  let size = 0;
  for await (const one of all) {
    size += one.size;
    if (size > limit) throw new AdvisoryError('too-large', `with ${one.where} the feed is larger than ${limit} bytes`);
    yield one;
  }
}

interface FeedValue {
  /** `file:line`. */
  readonly where: string;
  readonly size: number;
  readonly value?: unknown;
  readonly fault?: string;
}

/** Throws AdvisoryError `bad-feed` where a list or an object has no end: what is missing would pass for clean. */
async function* values(
  documents: AsyncIterable<FeedDocument | UnreadDocument>,
  split: (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<JsonPiece>,
  complete: (text: Buffer) => Buffer = (text) => text,
): AsyncGenerator<FeedValue> {
  for await (const document of documents) {
    if ('fault' in document) {
      yield { where: document.name, size: 0, fault: document.fault };
      continue;
    }
    for await (const piece of split(document.chunks)) {
      const where = `${document.name}:${piece.line}`;
      if ('text' in piece) yield { where, size: piece.text.length, ...parsePiece(complete(piece.text)) };
      else if (piece.cutOff) throw new AdvisoryError('bad-feed', `${where}: ${piece.fault}`);
      else yield { where, size: 0, fault: piece.fault };
    }
  }
}

function parsePiece(text: Uint8Array): { value: unknown } | { fault: string } {
  try {
    return { value: parseJson(decodeUtf8(text, 'the record'), 'the record') };
  } catch (error) {
    if (error instanceof BoundError) return { fault: error.message };
    throw error;
  }
}

function rejection(reason: string): RecordResult {
  return { kind: 'rejected', reason: reason.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ').slice(0, 500) };
}
