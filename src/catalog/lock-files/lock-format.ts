import type { LanguageEcosystem } from '../language-package.ts';

/** A package that a lock file asks for, as it writes it. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly licenses?: readonly string[];
  /** Where the file says so: a production install leaves it out, or may. */
  readonly use?: 'for development' | 'optional';
}

/** What is asked for, and entries that make no sense; or why the text is no such file. */
export type LockFile =
  | { readonly packages: readonly LockedPackage[]; readonly bad: readonly string[] }
  | { readonly reason: string };

export interface LockFormat {
  /** Base name of the file. */
  readonly name: string;
  readonly ecosystem: LanguageEcosystem | 'maven';
  /** Total and linear in the text. What is local to the application is left out: its name may be a stranger's elsewhere. */
  parse(text: string): LockFile;
}

/** An entry of a lock file that could not be read, for a person. */
export function badEntry(what: string): string {
  return `${JSON.stringify(what.slice(0, 200))} is no package with a version`;
}
