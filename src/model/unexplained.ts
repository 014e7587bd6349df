/**
 * What is in a subject and nothing accounts for: without it, a bill of materials that lists little would look clean. It is
 * counted while the bill is made; what could not be read at all is among the bill's problems.
 */
export interface Unexplained {
  /**
   * Programs and libraries: regular files that someone may execute, or whose names end as those of libraries and Java
   * archives do. A hard link counts by each of its names.
   */
  readonly programs: FileTally;
  /** Of these, the ones that no component brought. */
  readonly unowned: ListedFiles;
  /** Archives, packages and disk images, by their names, that no cataloger opens and no component brought. */
  readonly archives: ListedFiles;
  readonly records: readonly ReplacedRecord[];
}

export interface FileTally {
  readonly files: number;
  readonly bytes: number;
}

export interface ListedFiles extends FileTally {
  /** The largest of them, 20 at most. */
  readonly largest: readonly UnexplainedFile[];
}

export interface UnexplainedFile {
  readonly path: string;
  readonly size: number;
  /** Index of the layer that brought it. */
  readonly layer: number;
}

/** Something that says what is in the image, and that an upper layer took away or put something else in the place of. */
export interface ReplacedRecord {
  readonly kind: 'package-database-removed' | 'package-database-replaced' | 'distribution-changed';
  readonly path: string;
  /** Index of the layer that did it. */
  readonly layer: number;
  /** What was there and what is there now, for a person. */
  readonly detail: string;
}
