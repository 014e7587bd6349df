import type { DistributionRelease, Feed, FeedFormat, FeedVerification } from '../model/index.ts';
import { decodeJson, encodeJson, keyText } from './codec.ts';
import type { Tables } from './schema.ts';

/** A feed of which nothing was imported yet. */
export function newFeed(
  id: string,
  format: FeedFormat,
  location: string,
  verification: FeedVerification = {},
): Tables['feeds'] {
  return {
    feed_id: keyText(id),
    format,
    location,
    current_import: 0,
    newest_import: 0,
    imported_at: 0,
    changed_at: 0,
    data_as_of: 0,
    advisory_count: 0,
    rejected_count: 0,
    skipped_count: 0,
    coverage: '[]',
    trusted_authors: '[]',
    validators: '{}',
    verification: encodeJson(verification),
    attempted_at: null,
    attempt_error: null,
  };
}

export function toFeed(row: Tables['feeds']): Feed {
  return {
    id: row.feed_id,
    format: row.format as FeedFormat,
    location: row.location,
    importedAt: row.imported_at,
    changedAt: row.changed_at,
    ...(row.data_as_of > 0 ? { dataAsOf: row.data_as_of } : {}),
    advisoryCount: row.advisory_count,
    rejectedCount: row.rejected_count,
    skippedCount: row.skipped_count,
    coverage: decodeJson(row.coverage),
    trustedAuthors: decodeJson(row.trusted_authors),
    validators: decodeJson(row.validators),
    verification: decodeJson(row.verification),
    ...(row.attempted_at === null ? {} : { lastAttempt: attemptOf(row.attempted_at, row.attempt_error) }),
  };
}

function attemptOf(at: number, error: string | null): NonNullable<Feed['lastAttempt']> {
  return { at, ...(error === null ? {} : { error }) };
}

/** How a release is written in advisory_packages; empty where the advisory is for all. */
export function distributionKey(distribution: DistributionRelease | undefined): string {
  return distribution ? keyText(`${distribution.id}:${distribution.release}`) : '';
}
