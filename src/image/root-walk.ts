import { type Dirent, lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs';
import { messageOf, yieldToEventLoop } from '../base/index.ts';
import type { Problem, ReadLimits } from '../model/index.ts';
import { ImageError } from './image-error.ts';
import { kind, type LayerTable, NumberColumn } from './layer-table.ts';
import { placesOfWanted } from './wanted-matcher.ts';

/** Not descended into: what the kernel makes up, what is gone after a boot, and other machines' file systems. */
const skipped: ReadonlySet<string> = new Set([
  ...['/proc', '/sys', '/dev', '/run'],
  ...['docker', 'containers', 'containerd', 'kubelet', 'rancher', 'lxc', 'lxd', 'machines'].map(
    (name) => `/var/lib/${name}`,
  ),
]);
const problemsAtMost = 100;
const linksAtMost = 40;
/** Entries between two turns for the event loop: about five milliseconds. */
const entriesPerTurn = 1000;

/**
 * `machine`: a whole file system, of this machine or unpacked. `layer`: the directory of an overlay file system in which a
 * container writes, where a device of number 0 stands for what was removed.
 */
export type RootForm = 'machine' | 'layer';

/** Notes down what lies below a directory. Looks, never opens a file. */
export class RootWalk {
  readonly problems: Problem[] = [];
  fileBytes = 0;
  readonly #root: string;
  readonly #limits: ReadLimits;
  readonly #signal: AbortSignal;
  readonly #isLayer: boolean;
  readonly #entries = new Map<string, number>();
  readonly #kinds = new NumberColumn<Uint8Array<ArrayBuffer>>(Uint8Array);
  readonly #modes = new NumberColumn<Uint16Array<ArrayBuffer>>(Uint16Array);
  readonly #uids = new NumberColumn<Uint32Array<ArrayBuffer>>(Uint32Array);
  readonly #gids = new NumberColumn<Uint32Array<ArrayBuffer>>(Uint32Array);
  readonly #sizes = new NumberColumn<Float64Array<ArrayBuffer>>(Float64Array);
  readonly #links = new Map<string, string>();
  readonly #inodes = new Set<string>();
  #sinceTurn = 0;
  #full = false;

  constructor(root: string, limits: ReadLimits, signal: AbortSignal, form: RootForm = 'machine') {
    this.#root = root === '/' ? '' : root;
    this.#isLayer = form === 'layer';
    this.#limits = limits;
    this.#signal = signal;
  }

  /** Everything on the same device. */
  async all(): Promise<void> {
    const top = this.#stat('');
    if (!top?.isDirectory()) throw new ImageError('unreadable', `${this.#root} is not a directory`);
    const pending = [''];
    for (let directory = pending.pop(); directory !== undefined && !this.#full; directory = pending.pop()) {
      for (const { name } of this.#list(directory)) {
        const path = `${directory}/${name}`;
        const stat = this.#add(path);
        if (stat?.isDirectory() && stat.dev === top.dev && this.#descends(path)) pending.push(path);
        await this.#takeTurns();
      }
    }
  }

  /** Only where exact and one-directory patterns point, and what their symlinks lead to. */
  async wanted(patterns: readonly string[]): Promise<void> {
    if (!this.#stat('')?.isDirectory()) throw new ImageError('unreadable', `${this.#root} is not a directory`);
    const { files, directories } = placesOfWanted(patterns);
    for (const file of files) this.#visit(file);
    for (const directory of directories) {
      const landing = this.#visit(directory);
      if (landing === undefined || this.#kindOf(landing) !== kind.directory) continue;
      for (const { name } of this.#list(landing)) {
        this.#visit(`${landing}/${name}`);
        await this.#takeTurns();
      }
    }
  }

  /** Regular files that someone may execute, and shared libraries, which need not be executable to be loaded. */
  *executables(): Iterable<string> {
    const modes = this.#modes.finish();
    const kinds = this.#kinds.finish();
    for (const [path, entry] of this.#entries)
      if (kinds[entry] === kind.file && mayRun(path, modes[entry] as number)) yield path;
  }

  table(): LayerTable {
    const none = () => new Uint32Array(0);
    return {
      count: this.#entries.size,
      paths: [...this.#entries.keys()],
      kinds: this.#kinds.finish(),
      modes: this.#modes.finish(),
      uids: this.#uids.finish(),
      gids: this.#gids.finish(),
      sizes: this.#sizes.finish(),
      linkEntries: Uint32Array.from(this.#links.keys(), (path) => this.#entries.get(path) as number),
      linkTargets: [...this.#links.values()],
      wanted: none(),
      keptEntries: none(),
      keptBlocks: none(),
      keptOffsets: none(),
      blocks: [],
      capabilities: [],
      marks: [],
      notes: [],
      unexamined: [],
      problems: [],
    };
  }

  /** Notes every name on the way to a path, symlinks followed below the root; where it ends, undefined for nowhere. */
  #visit(path: string): string | undefined {
    const pending = path.split('/').reverse();
    let at = '';
    let links = 0;
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      if (name === '' || name === '.') continue;
      if (name === '..') {
        at = at.slice(0, Math.max(0, at.lastIndexOf('/')));
        continue;
      }
      const next = `${at}/${name}`;
      if (!this.#add(next)) return undefined;
      const target = this.#links.get(next);
      if (target === undefined) at = next;
      else {
        if (++links > linksAtMost) return undefined;
        if (target.startsWith('/')) at = '';
        pending.push(...target.split('/').reverse());
      }
    }
    return at;
  }

  #descends(path: string): boolean {
    return this.#isLayer || !skipped.has(path);
  }

  #kindOf(path: string): number | undefined {
    const entry = this.#entries.get(path);
    return path === '' ? kind.directory : entry === undefined ? undefined : this.#kinds.at(entry);
  }

  /** Notes a name once; undefined where nothing is there. */
  #add(path: string): Stats | undefined {
    const stat = this.#stat(path);
    if (!stat || this.#entries.has(path)) return stat;
    if (this.#entries.size >= this.#limits.maxEntries) {
      if (!this.#full)
        this.#problem(
          'image/limit-exceeded',
          `more than ${this.#limits.maxEntries} files; the rest was not looked at`,
          path,
        );
      this.#full = true;
      return undefined;
    }
    const kindOf = kindOfStat(stat);
    if (kindOf === undefined || (this.#isLayer && isWhiteOut(path, stat))) return stat;
    if (kindOf === kind.symlink && !this.#noteLink(path)) return undefined;
    this.#entries.set(path, this.#entries.size);
    this.#kinds.push(kindOf);
    this.#modes.push(stat.mode & 0o7777);
    this.#uids.push(stat.uid);
    this.#gids.push(stat.gid);
    this.#sizes.push(kindOf === kind.file ? stat.size : 0);
    if (kindOf === kind.file) this.#countBytes(stat);
    return stat;
  }

  #countBytes(stat: Stats): void {
    const inode = `${stat.dev}:${stat.ino}`;
    if (stat.nlink > 1 && this.#inodes.has(inode)) return;
    if (stat.nlink > 1) this.#inodes.add(inode);
    this.fileBytes += stat.size;
  }

  #noteLink(path: string): boolean {
    try {
      this.#links.set(path, readlinkSync(this.#root + path));
      return true;
    } catch (error) {
      return this.#missed(path, error);
    }
  }

  #stat(path: string): Stats | undefined {
    try {
      return lstatSync(this.#root + path || '/');
    } catch (error) {
      this.#missed(path, error);
      return undefined;
    }
  }

  #list(directory: string): readonly Dirent[] {
    try {
      return readdirSync(this.#root + directory || '/', { withFileTypes: true });
    } catch (error) {
      this.#missed(directory || '/', error);
      return [];
    }
  }

  /** What is not there, or no longer, is no problem; a name that node cannot spell looks as if it were not there. */
  #missed(path: string, error: unknown): false {
    const { code } = error as NodeJS.ErrnoException;
    const gone = code === 'ENOENT' || code === 'ENOTDIR';
    if (!gone || path.includes('\ufffd'))
      this.#problem('image/unreadable-file', `"${path}" cannot be read: ${messageOf(error)}`, path);
    return false;
  }

  #problem(code: string, message: string, path: string): void {
    if (this.problems.length < problemsAtMost) this.problems.push({ code, message, path });
  }

  async #takeTurns(): Promise<void> {
    if (++this.#sinceTurn < entriesPerTurn) return;
    this.#sinceTurn = 0;
    this.#signal.throwIfAborted();
    await yieldToEventLoop();
  }
}

/** Whether someone may execute a file, or load it. */
export function mayRun(path: string, mode: number): boolean {
  return (mode & 0o111) !== 0 || /\.so(?:\.[^/]*)?$/.test(path);
}

/** Of an overlay file system in the kernel (Documentation/filesystems/overlayfs.rst, "whiteouts and opaque directories"), and of fuse-overlayfs. */
export function isWhiteOut(path: string, stat: Stats): boolean {
  return (stat.isCharacterDevice() && stat.rdev === 0) || path.startsWith('.wh.', path.lastIndexOf('/') + 1);
}

/** Sockets are left out: they are no part of a file system that could be shipped. */
function kindOfStat(stat: Stats): number | undefined {
  if (stat.isFile()) return kind.file;
  if (stat.isDirectory()) return kind.directory;
  if (stat.isSymbolicLink()) return kind.symlink;
  if (stat.isCharacterDevice()) return kind.characterDevice;
  if (stat.isBlockDevice()) return kind.blockDevice;
  return stat.isFIFO() ? kind.fifo : undefined;
}
