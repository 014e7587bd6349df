/**
 * advisory: what is known to be wrong with which versions of which packages: the version order of each ecosystem, the
 * feeds, and the matching of components against them.
 * Never: guesses a version, takes what it could not compare for clean, stores anything.
 * Start at match/match-component.ts and read-feed.ts; version/ holds an order a file, format/ a feed format a file.
 */
export { AdvisoryError, type AdvisoryErrorCode } from './advisory-error.ts';
export type { FeedSummary } from './feed-tally.ts';
export { type CvssScore, scoreCvss } from './format/severity.ts';
export { type AdvisoryPackage, advisoryPackagesOf } from './match/advisory-package.ts';
export { matchComponent } from './match/match-component.ts';
export { applyStatements, type StatedProduct } from './match/match-statements.ts';
export { readAddressList } from './read-address-list.ts';
export { type FeedBatch, type FeedReading, type ReadFeedOptions, readFeed } from './read-feed.ts';
export { feedIdOf } from './source/feed-location.ts';
export { compareVersions, parseVersion, type Version } from './version/compare-versions.ts';
export { VersionError, type VersionErrorCode } from './version/version-error.ts';
export { parseVersionRange, type VersionRange, versionInRange } from './version/version-range.ts';
export { type WellKnownFeed, wellKnownFeeds } from './well-known-feeds.ts';
