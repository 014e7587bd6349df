import type { CatalogContext, FileEntry } from '../../model/index.ts';
import { databaseLimits } from '../database-limits.ts';
import type { ProblemList } from '../problem-list.ts';
import { readText } from '../read-text.ts';
import type { DpkgPackage } from './parse-dpkg-status.ts';

const infoDirectory = '/var/lib/dpkg/info/';
export const statusDirectory = '/var/lib/dpkg/status.d/';

const scriptEndings = ['preinst', 'postinst', 'prerm', 'postrm', 'config'] as const;

const listLimit = 32 * 1024 * 1024;

/** The lists of what each package owns: `info/NAME.list`, or the md5sums of distroless images. */
export class FileLists {
  readonly #context: CatalogContext;
  readonly #problems: ProblemList;
  /** By `name` or, for packages that can be there for several architectures, `name:architecture`. */
  readonly #entries = new Map<string, FileEntry>();
  readonly #done = new Set<FileEntry>();
  #count = 0;

  constructor(context: CatalogContext, problems: ProblemList) {
    this.#context = context;
    this.#problems = problems;
    for (const entry of context.files) {
      const { path } = entry;
      if (path.startsWith(infoDirectory)) this.#entries.set(path.slice(infoDirectory.length, -'.list'.length), entry);
      else if (path.startsWith(statusDirectory) && path.endsWith('.md5sums'))
        this.#entries.set(path.slice(statusDirectory.length, -'.md5sums'.length), entry);
    }
  }

  /** The list of a package, which is written when it is installed. */
  find(item: DpkgPackage): FileEntry | undefined {
    return this.#entries.get(`${item.name}:${item.architecture}`) ?? this.#entries.get(item.name);
  }

  /** What dpkg keeps beside the list, to run it when the package comes and goes (deb-postinst(5)). */
  scripts(item: DpkgPackage): readonly string[] {
    const path = this.find(item)?.path;
    return path?.endsWith('.list') ? scriptEndings.map((ending) => path.slice(0, -'list'.length) + ending) : [];
  }

  /** The files of a package; each list is read once, however often the database names the package. */
  async read(item: DpkgPackage): Promise<readonly string[] | undefined> {
    const entry = this.find(item);
    if (!entry || this.#done.has(entry)) return undefined;
    this.#done.add(entry);
    if (this.#count > databaseLimits.ownedFiles) {
      const message = `${entry.path} comes after ${databaseLimits.ownedFiles} files of packages and was not read`;
      this.#problems.add('catalog/dpkg/too-many-files', entry, message);
      return undefined;
    }
    const text = await readText(this.#context, entry, listLimit, this.#problems);
    if (text === undefined) return undefined;
    const paths = parseFileList(text, entry.path);
    this.#count += paths.length;
    return paths;
  }
}

/** Lines of a list are paths; of a md5sums file a digest, two spaces and a path without its first slash. */
function parseFileList(text: string, path: string): readonly string[] {
  const lines = text.split('\n');
  if (path.endsWith('.list')) return lines.filter((line) => line.length > 1);
  return lines.filter((line) => line.length > 34).map((line) => `/${line.slice(34).replace(/^\.?\//, '')}`);
}
