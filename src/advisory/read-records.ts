import { BoundError, decodeUtf8, parseJson, readBounded } from '../base/index.ts';
import { coverageKey, type FeedFormat } from '../model/index.ts';
import type { FeedTally } from './feed-tally.ts';
import { addSecdbDocument, compileSecdb, emptySecdb } from './format/alpine-secdb.ts';
import { parseDebianTracker } from './format/debian-tracker.ts';
import { parseOsvRecord } from './format/osv.ts';
import type { RecordResult } from './format/record.ts';
import type { FeedDocument, UnreadDocument } from './source/feed-documents.ts';
import type { FeedLimits } from './source/feed-limits.ts';
import { splitJson } from './source/split-json.ts';

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
    for await (const { where, size, value, fault } of values(documents, limits.recordBytes)) {
      const result = fault === undefined ? parseOsvRecord(value) : rejection(fault);
      yield { size, result: result.kind === 'rejected' ? rejection(`${where}: ${result.reason}`) : result };
    }
  },

  async *'alpine-secdb'(documents, limits, tally) {
    const database = emptySecdb();
    for await (const { where, value, fault } of values(documents, limits.secdbBytes)) {
      const reasons = fault === undefined ? addSecdbDocument(database, value) : [fault];
      for (const reason of reasons) yield { size: 0, result: rejection(`${where}: ${reason}`) };
    }
    for (const distribution of database.releases.values()) tally.cover(coverageKey('apk', distribution));
    for (const advisory of compileSecdb(database))
      yield { size: 0, result: { kind: 'advisory', advisory, skipped: [] } };
  },

  async *'debian-tracker'(documents, limits) {
    let seen = false;
    for await (const document of documents) {
      if ('fault' in document || seen) {
        const fault = 'fault' in document ? document.fault : 'a tracker is one file, and there was one already';
        yield { size: 0, result: rejection(`${document.name}: ${fault}`) };
        continue;
      }
      seen = true;
      const bytes = await readBounded(document.chunks, limits.trackerBytes, document.name);
      const tracker = parseJson(decodeUtf8(bytes, document.name), document.name);
      for (const result of parseDebianTracker(tracker)) {
        yield {
          size: 0,
          result: result.kind === 'rejected' ? rejection(`${document.name}: ${result.reason}`) : result,
        };
      }
    }
  },
};

interface FeedValue {
  /** `file:line`. */
  readonly where: string;
  readonly size: number;
  readonly value?: unknown;
  readonly fault?: string;
}

async function* values(
  documents: AsyncIterable<FeedDocument | UnreadDocument>,
  limit: number,
): AsyncGenerator<FeedValue> {
  for await (const document of documents) {
    if ('fault' in document) {
      yield { where: document.name, size: 0, fault: document.fault };
      continue;
    }
    for await (const piece of splitJson(document.chunks, limit)) {
      const where = `${document.name}:${piece.line}`;
      if ('fault' in piece) yield { where, size: 0, fault: piece.fault };
      else yield { where, size: piece.text.length, ...parsePiece(piece.text) };
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
