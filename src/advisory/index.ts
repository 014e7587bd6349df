/**
 * advisory: what is known to be wrong with which versions of which packages: the version order of each ecosystem, the
 * feeds, and the matching of components against them.
 * Never: guesses a version, takes what it could not compare for clean, stores anything.
 * Start at match/match-component.ts; version/ holds an order a file, feed/ a format a file.
 */
export { AdvisoryError } from './advisory-error.ts';
export { type AdvisoryPackage, advisoryPackageOf } from './match/advisory-package.ts';
export { matchComponent } from './match/match-component.ts';
export { compareVersions, parseVersion, type Version } from './version/compare-versions.ts';
export { VersionError } from './version/version-error.ts';
export { parseVersionRange, type VersionRange, versionInRange } from './version/version-range.ts';
