import type { Digest, Instant } from '../base/index.ts';
import type { FoundNote } from './file-examiner.ts';
import type { Platform } from './platform.ts';
import type { Problem } from './problem.ts';

export type FileType = 'file' | 'directory' | 'symlink' | 'character-device' | 'block-device' | 'fifo';

/** One name in the file system of an image, after white-outs. */
export interface FileEntry {
  /** Absolute, normalized, `/usr/bin/env`; no trailing slash, no `.` or `..`. */
  readonly path: string;
  readonly type: FileType;
  /** Bytes; 0 for what is not a file. A hard link has the size of what it links to. */
  readonly size: number;
  /** Permission bits with setuid (0o4000), setgid (0o2000) and sticky (0o1000); no type bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** What starting the file gives beside its user's rights, `setuid`; absent: nothing, or not known (a root file system). */
  readonly capabilities?: readonly string[];
  /** As written in the link, for a symlink. */
  readonly linkTarget?: string;
  /** Index into ImageContents.layers of the layer that brought this version of the file. */
  readonly layer: number;
}

/** A version of a file that a layer brought, and that an upper layer took away or replaced. */
export interface HiddenFile {
  /** `layer` is the one that brought it. */
  readonly entry: FileEntry;
  /** Index of the lowest layer above that took it away or put something else in its place. */
  readonly hiddenBy: number;
  /** Absent for what is no regular file, and for what was too large to keep: then `problems` says so. */
  readonly bytes?: Uint8Array;
}

export interface LayerInfo {
  /** Digest of the uncompressed layer. */
  readonly diffId: Digest;
  /** Digest of the layer as stored or sent, where the source has one. */
  readonly digest?: Digest;
  /** Bytes as stored; uncompressed where the source holds it so. */
  readonly size: number;
  /** The build step that made it, from the image's history, where it can be told. */
  readonly createdBy?: string;
}

/** The image configuration (OCI image specification 1.1, config.md), as far as Portwarden uses it. */
export interface ImageConfig {
  readonly created?: Instant;
  readonly author?: string;
  readonly user?: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  /** `NAME=value`, as written. */
  readonly environment: readonly string[];
  readonly workingDirectory?: string;
  /** `8080/tcp`. */
  readonly exposedPorts: readonly string[];
  readonly volumes: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly stopSignal?: string;
  readonly history: readonly HistoryStep[];
}

export interface HistoryStep {
  readonly created?: Instant;
  readonly createdBy?: string;
  readonly comment?: string;
  readonly emptyLayer: boolean;
}

/** What an image is called and by what digests it goes. */
export interface ImageIdentity {
  /** Digest of the image configuration: the one name that engines, archives and registries share for the same content. */
  readonly imageId: Digest;
  /** Digest of the manifest of this platform, where the source has one. */
  readonly manifestDigest?: Digest;
  /** Digest of the index that was asked, where there was one. */
  readonly indexDigest?: Digest;
  /** Names it was found under, in full. */
  readonly references: readonly string[];
}

/** Bytes that were found in an executable, from the start of a ByteMark on. */
export interface MarkedBytes {
  readonly mark: string;
  /** Offset of the mark in the file. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/**
 * The file system of an image on one platform, after white-outs, opaque directories and links; or of a machine.
 *
 * Everything in it is hostile: names, sizes, links and contents were written by whoever made the image. No unbounded
 * read exists.
 */
export interface ImageContents {
  /** Absent for a root file system, which is no image. */
  readonly identity?: ImageIdentity;
  readonly platform: Platform;
  readonly config?: ImageConfig;
  readonly layers: readonly LayerInfo[];
  /** What went wrong so far in reading; grows while files are read. */
  readonly problems: readonly Problem[];
  /** Every entry, sorted by path in code-unit order. */
  files(): Iterable<FileEntry>;
  /** The entry of that path itself; a symlink is not followed. */
  entry(path: string): FileEntry | undefined;
  /** Follows symlinks inside the image, never outside it, at most 40 deep; undefined where nothing is there. */
  resolve(path: string): FileEntry | undefined;
  /**
   * The bytes of a file, symlinks followed. Undefined where there is no such file, where it is no regular file, or where
   * its content could not be read (then `problems` says so). Throws ImageError `file-too-large` where it has more than
   * `limit` bytes. Files that match the wanted patterns are at hand; any other costs a second reading of its layer.
   */
  read(path: string, limit: number): Promise<Uint8Array | undefined>;
  /** What the wanted byte marks found in a regular file. */
  marks(path: string): readonly MarkedBytes[];
  /** What examiners noted, of files that upper layers hide too. */
  notes(): Iterable<FoundNote>;
  /**
   * The versions of a file that upper layers took away or replaced, the lowest first, each by the path as its layer has
   * it; of all files of one directory where that ends in a star. Asked of paths that match the wanted patterns; for any
   * other it is empty, as it is where there are no layers.
   */
  hiddenVersions(path: string): readonly HiddenFile[];
  /** Bytes of all regular files together. */
  readonly totalFileBytes: number;
  close(): Promise<void>;
}

/**
 * A byte sequence to look for in executables while they stream by, so that a 100 MB binary is not kept to find its
 * build information. A mark is looked for in regular files that begin with the ELF magic.
 */
export interface ByteMark {
  readonly id: string;
  readonly bytes: Uint8Array;
  /** How many bytes to keep from the mark on. */
  readonly keep: number;
  /** Beginnings of the base names to look in; absent: in every executable, which costs time for each byte of them. */
  readonly names?: readonly string[];
}

/** Which files' bytes are kept in the one pass over an image. Data, not code, so that it crosses to workers. */
export interface WantedFiles {
  /**
   * `/var/lib/dpkg/status` (exact), `/var/lib/dpkg/status.d/*` (files of one directory), `**` + `/package.json` (by
   * base name), `**` + `/*.list` (by ending of the base name), `**` + `/*.dist-info/METADATA` or `**` +
   * `/EGG-INFO/PKG-INFO` (by ending of the last two names). No other forms.
   */
  readonly patterns: readonly string[];
  readonly marks: readonly ByteMark[];
}
