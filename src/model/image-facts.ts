import type { Digest, Instant } from '../base/index.ts';
import type { Observation } from './observation.ts';
import type { Unexplained } from './unexplained.ts';

/** What can be said of an image besides its components. Pure facts: age is for whoever knows the time. */
export interface ImageFacts {
  readonly created?: Instant;
  /** As configured; empty means root. */
  readonly user: string;
  /** True where the user is root, by name or number or because none is set; undefined where it cannot be told. */
  readonly runsAsRoot?: boolean;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  /** `NAME=value` of every container of it. Absent where nobody read them. */
  readonly environment?: readonly string[];
  readonly exposedPorts: readonly string[];
  readonly volumes: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly setuidFiles: readonly string[];
  readonly setgidFiles: readonly string[];
  readonly baseImage?: BaseImage;
  readonly layers: readonly { readonly diffId: Digest; readonly size: number; readonly createdBy?: string }[];
  /** Secrets, marks of malware, risky modes: the worst first. Absent where nobody looked. */
  readonly observations?: readonly Observation[];
  /** How many more there are. */
  readonly moreObservations?: number;
  /** Programs beside Portwarden that looked into the files, each with the version of itself and of its database. */
  readonly scannedBy?: readonly string[];
  /** Whether files were looked into for secrets and malware. Absent: they were left closed. */
  readonly lookedInto?: true;
  /** By what it was read: another digest would find other things. Absent: by nothing that is known. */
  readonly lookedFor?: string;
  /** What nothing accounts for. Absent where nobody looked: that is not clean. */
  readonly unexplained?: Unexplained;
  /** Bytes of all regular files. */
  readonly totalFileBytes: number;
  readonly fileCount: number;
}

/** The image it was built from, and how that is known. */
export interface BaseImage {
  readonly name?: string;
  readonly digest?: Digest;
  /** How many of the lowest layers are its own, where that is known. */
  readonly layers?: number;
  /** `label`: the builder wrote it (org.opencontainers.image.base.*); `layers`: its layers begin with those of an image that is known. */
  readonly evidence: 'label' | 'layers';
}
