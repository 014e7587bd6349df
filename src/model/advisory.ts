import type { Instant } from '../base/index.ts';
import type { DistributionRelease, Ecosystem } from './ecosystem.ts';

/** Ordered from worst. `unknown` is not `none`: nobody said how bad it is. */
export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'negligible' | 'unknown';

export const severities: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'negligible', 'unknown'];

/** Half-open: from `introduced` (`0` is the first) to before `fixed`, or up to and with `lastAffected`, or without end. */
export interface VersionRange {
  readonly introduced: string;
  readonly fixed?: string;
  readonly lastAffected?: string;
}

/** One package that an advisory speaks of. */
export interface AffectedPackage {
  readonly ecosystem: Ecosystem;
  /** Absent: every release of the ecosystem. */
  readonly distribution?: DistributionRelease;
  /**
   * Source package for deb and apk; package or source package for rpm, as the feed has it; `group:artifact` for maven;
   * PyPI names normalized, those of composer and nuget in lower case.
   */
  readonly name: string;
  readonly ranges: readonly VersionRange[];
  /** Single versions, compared as equal by the ecosystem's order. */
  readonly versions: readonly string[];
  /** What the distribution says of it for this package, where it does. */
  readonly severity?: Severity;
}

export interface Advisory {
  /** `DSA-5678-1`, `GHSA-…`, `GO-2024-0001`, `CVE-…`. Unique within its feed. */
  readonly id: string;
  /** Other names of the same flaw. */
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly details?: string;
  readonly severity: Severity;
  /** CVSS vector strings, as given. */
  readonly cvss: readonly string[];
  readonly published?: Instant;
  readonly modified?: Instant;
  readonly withdrawn?: Instant;
  readonly references: readonly string[];
  readonly affected: readonly AffectedPackage[];
}

/** A component is affected by an advisory. */
export interface Match {
  readonly advisory: string;
  /** The affected package by whose ranges it matched. */
  readonly package: string;
  /** The lowest version that is said to be fixed and above the one installed; absent where none is known. */
  readonly fixedIn?: string;
  readonly severity: Severity;
}

/** What matching one component against the advisories of its name gave. */
export interface MatchResult {
  readonly matches: readonly Match[];
  /** Advisories that could not be compared, with the reason: neither affected nor clean. */
  readonly undetermined: readonly { readonly advisory: string; readonly reason: string }[];
}

/** A source of advisories, as it stands in the store. */
export interface Feed {
  /** Chosen by the user or derived from where it came from: `debian`, `osv-go`. */
  readonly id: string;
  readonly format: FeedFormat;
  /** File path or URL it is updated from. */
  readonly location: string;
  /** When it was last seen that this is what the source has; 0: never. */
  readonly importedAt: Instant;
  /** When an import last brought other advisories, or any remarks; 0: never. */
  readonly changedAt: Instant;
  /** Newest change within it; absent where its records carry none. */
  readonly dataAsOf?: Instant;
  /** Of advisories, or of remarks on flaws. */
  readonly advisoryCount: number;
  /** Records that could not be read, with the first reasons. */
  readonly rejectedCount: number;
  /** Records of ecosystems that Portwarden does not know. */
  readonly skippedCount: number;
  readonly coverage: readonly string[];
  /** How the server that it came from names what is held. */
  readonly validators: FeedValidators;
  readonly verification: FeedVerification;
  /** The last attempt to import it, with what went wrong. Absent where there was none. */
  readonly lastAttempt?: { readonly at: Instant; readonly error?: string };
  /** Authors whose statements in it change answers. */
  readonly trustedAuthors: readonly string[];
}

/** HTTP validators (RFC 9110, 8.8), as the server gave them. */
export interface FeedValidators {
  readonly etag?: string;
  readonly lastModified?: string;
}

/** What is demanded of a feed that comes by URL, before anything of it is read. */
export interface FeedVerification {
  /** `sha256:HEX`, or a URL or file with `HEX  NAME` lines. */
  readonly checksum?: string;
  /** A URL or file with the signature of the whole, and the file of the public key (PEM: Ed25519, ECDSA or RSA over SHA-256). */
  readonly signature?: string;
  readonly key?: string;
}

export type FeedFormat = 'osv' | 'debian-tracker' | 'alpine-secdb' | 'openvex' | 'csaf-vex' | 'kev' | 'epss';
