/** What an examiner is told of a file before it sees its bytes. */
export interface ExaminedFile {
  /** As in FileEntry. */
  readonly path: string;
  readonly size: number;
  /** Permission bits, as in FileEntry. */
  readonly mode: number;
}

/** What an examiner has to say of a file, as JSON. */
export interface FileNote {
  readonly kind: string;
  readonly [field: string]: unknown;
}

/**
 * An examiner could not look at the file. Files of one reason are told as one problem of the image, with their number, so
 * there must be few reasons: a part of a sentence each, such as "nothing answers at unix:/run/x".
 */
export interface Unexamined {
  readonly unexamined: string;
}

export type Examined = readonly FileNote[] | Unexamined;

/** Is shown one file, piece by piece. */
export interface FileFollower {
  /** The next bytes, valid during the call. Whether more are asked for. */
  push(bytes: Uint8Array): boolean;
  /** The file is over, or nothing more of it was asked for. */
  end(): Examined;
}

/**
 * Looks at the bytes of files while a layer streams by, in whichever thread reads it. The bytes are valid during the call:
 * who answers by a promise has taken a copy. What it throws, or rejects with, becomes a problem of the file.
 */
export interface FileExaminer {
  readonly id: string;
  /** How many leading bytes of a regular file it wants to see: 0 for none. Called for each file, so it must be quick. */
  wants(file: ExaminedFile): number;
  examine(file: ExaminedFile, bytes: Uint8Array): Examined | Promise<Examined>;
  /** For a wanted file that need not be gathered before it is looked at; undefined: `examine` is asked. */
  follow?(file: ExaminedFile): FileFollower | undefined;
  /** The reading is over or given up: answers that are waited for come at once, whatever they are. Absent: nothing is held. */
  close?(): void;
}

/** How a thread comes by an examiner: a module that exports `createExaminer(options)`, which gives one or a promise of it. */
export interface ExaminerSource {
  readonly id: string;
  /** A change of its output is a new version: what an older one noted is not used again. */
  readonly version: number;
  /** URL of the module. */
  readonly module: string;
  /** What crosses between threads. */
  readonly options: object;
  /** What it says depends on more than its options: what it said of a layer is not kept for the next reading. */
  readonly changes?: boolean;
}

/** A note with the file that it is about. */
export interface FoundNote {
  readonly path: string;
  readonly layer: number;
  /** A layer above hides or removes the file: it is in the image all the same. */
  readonly isHidden: boolean;
  readonly note: FileNote;
}
