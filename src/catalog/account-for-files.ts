import type {
  CatalogResult,
  FileEntry,
  ImageContents,
  InstalledComponent,
  ListedFiles,
  Unexplained,
} from '../model/index.ts';
import { isArchive, isProgram } from './classify-file.ts';
import { actualPath, rootLinks } from './file-ownership.ts';

const mostListed = 20;

/** Gathers, in a walk over all files, what somebody should be able to account for, and says in the end what nobody can. */
export class FileAccount {
  readonly #programs: FileEntry[] = [];
  readonly #archives: FileEntry[] = [];

  /** Takes a regular file. */
  add(file: FileEntry): void {
    if (file.size === 0) return;
    if (isProgram(file)) this.#programs.push(file);
    if (isArchive(file.path)) this.#archives.push(file);
  }

  /**
   * A component brought what its package lists, what lies in a directory of its own, and the files that witness it; what
   * a lock file or a bill of materials says brought nothing. Work grows with the files that packages list.
   */
  settle(
    results: readonly CatalogResult[],
    components: readonly InstalledComponent[],
    contents: Pick<ImageContents, 'entry' | 'resolve'>,
  ): Omit<Unexplained, 'records'> {
    const brought = new Set(components.filter(isInstalled).flatMap(({ locations }) => locations));
    const links = rootLinks(contents);
    const asked = new Set([...this.#programs, ...this.#archives].map(({ path }) => path));
    for (const { ownedFiles, broughtFiles } of results) {
      for (const paths of [...(ownedFiles?.values() ?? []), ...(broughtFiles ?? [])]) {
        for (const path of paths) {
          const actual = actualPath(path, links);
          if (asked.has(actual)) brought.add(actual);
        }
      }
    }
    const directories = new Set(results.flatMap(({ broughtDirectories }) => broughtDirectories ?? []));
    const isUnowned = ({ path }: FileEntry) => !brought.has(path) && !liesBelow(path, directories);
    return {
      programs: tally(this.#programs),
      unowned: list(this.#programs.filter(isUnowned)),
      archives: list(this.#archives.filter(isUnowned)),
    };
  }
}

function isInstalled({ evidence }: InstalledComponent): boolean {
  return evidence === undefined || evidence.kind === 'installed';
}

function liesBelow(path: string, directories: ReadonlySet<string>): boolean {
  if (directories.size === 0) return false;
  for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1))
    if (directories.has(path.slice(0, slash))) return true;
  return false;
}

function tally(files: readonly FileEntry[]) {
  return { files: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) };
}

function list(files: readonly FileEntry[]): ListedFiles {
  const largest = files.toSorted((a, b) => b.size - a.size).slice(0, mostListed);
  return { ...tally(files), largest: largest.map(({ path, size, layer }) => ({ path, size, layer })) };
}
