import type { Digest } from '../base/index.ts';
import type { ComponentEcosystem, DistributionRelease } from './ecosystem.ts';
import type { ExaminerSource } from './file-examiner.ts';
import type { ByteMark, FileEntry, ImageContents } from './image-contents.ts';
import type { Platform } from './platform.ts';
import type { Problem } from './problem.ts';

/** A piece of software with a name and a version, the same wherever it is found. */
export interface Component {
  /** Canonical package URL; what is told apart by it is a distinct component. */
  readonly purl: string;
  readonly ecosystem: ComponentEcosystem;
  /** Full name as the ecosystem writes it: `libc6`, `@scope/name`, `golang.org/x/net`; PyPI names normalized (PEP 503). */
  readonly name: string;
  readonly version: string;
  /** For packages of a distribution: what they were built for. */
  readonly distribution?: DistributionRelease;
  /** For packages of a distribution: the source package, which its advisories name. */
  readonly source?: { readonly name: string; readonly version: string };
  /**
   * Where nothing shows that it is installed: a lock file asks for it, or a bill of materials in the subject claims it. It is
   * told apart from the same component where it is installed.
   */
  readonly merely?: Exclude<ComponentEvidence['kind'], 'installed'>;
}

/** By what a component is looked up besides its name: its source package, or a Maven artifact without its group. */
export function otherNameOf({ ecosystem, name, source }: Component): string | undefined {
  return source?.name ?? (ecosystem === 'maven' ? name.slice(name.indexOf(':') + 1) : undefined);
}

/**
 * How a component came to be known. `installed`: a package manager's record or the program's own bytes. `declared`: a
 * lock file asks for it, and whether it is there is not known. `claimed`: a bill of materials in the subject says so.
 */
export interface ComponentEvidence {
  readonly kind: 'installed' | 'declared' | 'claimed';
  readonly confidence: 'certain' | 'likely' | 'guess';
  /** Why, in a few words for a person: `version string in the binary`. */
  readonly note?: string;
}

/** A component in one image. */
export interface InstalledComponent extends Component {
  /** As the package states them: SPDX expressions where it does, its own words otherwise. */
  readonly licenses: readonly string[];
  /** Files that witness it, absolute: the package database, the package.json, the binary. */
  readonly locations: readonly string[];
  /** Index of the layer that brought it. */
  readonly layer: number;
  /** The package of the distribution that owns its files, as a purl: then it counts through that one alone. */
  readonly ownedBy?: string;
  /** Absent: installed, and certain. */
  readonly evidence?: ComponentEvidence;
}

/** Whose bill of materials it is: an image, a machine's own file system, or whatever a bill made elsewhere is of. */
export type Subject =
  | { readonly kind: 'image'; readonly imageId: Digest }
  | { readonly kind: 'host'; readonly host: string }
  | { readonly kind: 'bom'; readonly name: string };

/** `sha256:…` for an image, `host:NAME` for a machine, `bom:NAME` for a bill made elsewhere. */
export type SubjectKey = string;

export function subjectKey(subject: Subject): SubjectKey {
  if (subject.kind === 'image') return subject.imageId;
  return subject.kind === 'host' ? `host:${subject.host}` : `bom:${subject.name}`;
}

/** What is in a subject, by which catalogers, and what could not be read. */
export interface BillOfMaterials {
  readonly subject: Subject;
  readonly platform: Platform;
  /** The distribution it is made from, where an os-release tells. */
  readonly distribution?: DistributionRelease & { readonly prettyName: string };
  /** Sorted by purl, then location. Components that a distribution package owns are in it, marked by `ownedBy`. */
  readonly components: readonly InstalledComponent[];
  /** `id@version` of each cataloger that looked. */
  readonly catalogers: readonly string[];
  readonly problems: readonly Problem[];
}

export interface CatalogResult {
  readonly components: readonly InstalledComponent[];
  readonly problems: readonly Problem[];
  /** Paths that packages of the distribution own, by purl: other components in them count through the package. */
  readonly ownedFiles?: ReadonlyMap<string, readonly string[]>;
  /** Lists of paths that any other component brought. */
  readonly broughtFiles?: readonly (readonly string[])[];
  /** Directories, without a final slash, of which all that lies below them came with a component. */
  readonly broughtDirectories?: readonly string[];
}

/** What catalogers may know of the whole before they start. */
export interface CatalogContext {
  readonly contents: ImageContents;
  /** Regular files that match the cataloger's wants or hold one of its marks, found in one walk for all; sorted by path. */
  readonly files: readonly FileEntry[];
  readonly distribution?: DistributionRelease;
  readonly signal: AbortSignal;
}

/**
 * Finds the components of one package format. It asks for files by pattern, reads what is there, and turns what it
 * cannot read into problems; it throws only what is its own fault. A change of its output is a new version.
 */
export interface Cataloger {
  readonly id: string;
  readonly version: number;
  /** Patterns of WantedFiles. */
  readonly wants: readonly string[];
  readonly marks?: readonly ByteMark[];
  /**
   * Looks into files that are too many or too large to be kept, while they stream by; what it notes is among
   * `contents.notes()`.
   */
  readonly examiner?: ExaminerSource;
  catalog(context: CatalogContext): Promise<CatalogResult>;
}
