import type { Component, DistributionRelease } from '../../model/index.ts';

/** A package of a bill, as far as its format says it. */
export interface ListedPackage {
  /** For messages, where it has no package URL that is understood. */
  readonly name: string;
  readonly purl?: string;
  readonly source?: { readonly name: string; readonly version: string };
  readonly licenses: readonly string[];
  /** Files that witness it, where the bill says. */
  readonly locations: readonly string[];
  /** Package URL of the package that its files came with, where the bill is one of Portwarden's. */
  readonly ownedBy?: string;
}

/** A document of one format, before its package URLs are read. */
export interface BomDocument {
  /** `CycloneDX 1.5`, `SPDX 2.3`. */
  readonly format: string;
  /** What it is a bill of. */
  readonly subject?: string;
  readonly distribution?: DistributionRelease;
  readonly packages: Iterable<ListedPackage>;
  /** What it says itself that it leaves out. */
  readonly gaps: readonly string[];
}

/** A component that a bill lists, with what it says of it. */
export interface ListedComponent extends Component {
  readonly ownedBy?: string;
  readonly licenses: readonly string[];
  readonly locations: readonly string[];
}

/** What a bill of materials lists; or why it is none. */
export type ParsedBom =
  | {
      readonly format: string;
      readonly subject?: string;
      readonly distribution?: DistributionRelease;
      readonly components: readonly ListedComponent[];
      /** Names of the first packages that could not be told, and how many there are. */
      readonly untold: { readonly count: number; readonly names: readonly string[] };
      /** What the bill says itself that it leaves out: a bill of what was read in part is no bill of the whole. */
      readonly gaps: readonly string[];
    }
  | { readonly reason: string };
