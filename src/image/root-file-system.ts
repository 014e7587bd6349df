import { constants } from 'node:fs';
import { type FileHandle, open, readlink, realpath } from 'node:fs/promises';
import { messageOf } from '../base/index.ts';
import type {
  FileEntry,
  FileExaminer,
  FoundNote,
  HiddenFile,
  ImageContents,
  LayerInfo,
  MarkedBytes,
  Platform,
  Problem,
  ReadOptions,
} from '../model/index.ts';
import { closeExaminers, Examination, loadExaminers } from './examination.ts';
import { FileTree } from './file-tree.ts';
import { ImageError } from './image-error.ts';
import { MarkSearch } from './mark-search.ts';
import { ReadBudget } from './read-budget.ts';
import { type RootForm, RootWalk } from './root-walk.ts';

const pieceBytes = 256 * 1024;
/** A file that is replaced while it is read is tried again: dpkg writes its status whole, in a moment. */
const attemptsAtMost = 3;

/**
 * The file system below a directory, as it is now: of this machine (`/`) or an unpacked one. Nothing outside of the
 * directory is looked at, whatever its symlinks say; pipes and devices are never opened. Throws ImageError `not-found`,
 * `unreadable`, `aborted`.
 *
 * Marks are looked for in `all` walks only, and in files that someone may execute: to open every file of a machine
 * takes minutes.
 */
export async function openRootFileSystem(
  path: string,
  options: ReadOptions,
  form: RootForm = 'machine',
): Promise<ImageContents> {
  const root = await realpath(path).catch((cause: NodeJS.ErrnoException) => {
    const code = cause.code === 'ENOENT' || cause.code === 'ENOTDIR' ? 'not-found' : 'unreadable';
    throw new ImageError(code, `${path} cannot be opened: ${cause.message}`, { cause });
  });
  const walk = new RootWalk(root, options.limits, options.signal, form);
  if (options.walk === 'wanted') await walk.wanted(options.wanted.patterns);
  else await walk.all();
  const contents = new RootContents(root, options, walk);
  if (options.walk !== 'wanted') {
    await contents.searchMarks(walk.executables());
    const examiners = await loadExaminers(options.examiners);
    try {
      // A container may keep any amount of data in its layer, and is looked at again and again.
      await contents.examine(examiners, form === 'layer' ? new Set(walk.executables()) : undefined);
    } finally {
      closeExaminers(examiners);
    }
  }
  return contents;
}

class RootContents implements ImageContents {
  readonly platform: Platform;
  readonly layers: readonly LayerInfo[] = [];
  readonly problems: Problem[];
  readonly totalFileBytes: number;
  readonly #root: string;
  readonly #options: ReadOptions;
  readonly #tree: FileTree;
  readonly #marks = new Map<string, readonly MarkedBytes[]>();
  readonly #notes: FoundNote[] = [];

  constructor(root: string, options: ReadOptions, walk: RootWalk) {
    this.#root = root;
    this.#options = options;
    this.platform = options.platform;
    this.problems = walk.problems;
    this.#tree = new FileTree([walk.table()]);
    this.totalFileBytes = walk.fileBytes;
  }

  *files(): Iterable<FileEntry> {
    for (const path of this.#tree.paths()) yield this.#tree.entry(path) as FileEntry;
  }

  entry(path: string): FileEntry | undefined {
    return this.#tree.entry(path);
  }

  resolve(path: string): FileEntry | undefined {
    return this.#tree.resolve(path);
  }

  marks(path: string): readonly MarkedBytes[] {
    return this.#marks.get(path) ?? [];
  }

  async read(path: string, limit: number): Promise<Uint8Array | undefined> {
    const entry = this.#tree.resolve(path);
    if (entry?.type !== 'file') return undefined;
    try {
      for (let attempt = 0; attempt < attemptsAtMost; attempt++) {
        const bytes = await this.#withFile(entry.path, (handle) => readUnchanged(handle, entry.path, limit));
        if (bytes) return bytes;
      }
      this.#problem('image/file-changed', `"${entry.path}" changed each time it was read`, entry.path);
    } catch (error) {
      if (error instanceof ImageError) throw error;
      this.#problem('image/unreadable-file', `"${entry.path}" cannot be read: ${messageOf(error)}`, entry.path);
    }
    return undefined;
  }

  /** What was there before is not in a file system. */
  hiddenVersions(): readonly HiddenFile[] {
    return [];
  }

  async close(): Promise<void> {
    this.#marks.clear();
  }

  *notes(): Iterable<FoundNote> {
    yield* this.#notes;
  }

  /** Shows examiners what they ask for, of these files or of all, one at a time. */
  async examine(examiners: readonly FileExaminer[], only?: ReadonlySet<string>): Promise<void> {
    if (examiners.length === 0) return;
    const { signal, limits } = this.#options;
    const examination = new Examination(examiners, new ReadBudget(limits), (problem) => this.problems.push(problem));
    const buffer = Buffer.allocUnsafeSlow(pieceBytes);
    const paths: string[] = [];
    for (const entry of this.files()) {
      signal.throwIfAborted();
      if (entry.type !== 'file' || only?.has(entry.path) === false || !examination.start(entry)) continue;
      try {
        await this.#withFile(entry.path, (handle) => showFile(handle, examination, buffer));
      } catch (error) {
        this.#problem('image/unreadable-file', `"${entry.path}" cannot be read: ${messageOf(error)}`, entry.path);
        continue;
      }
      examination.finish(paths.push(entry.path) - 1);
      await examination.untilRoom(signal);
    }
    await examination.untilAnswered(signal);
    signal.throwIfAborted();
    this.problems.push(...examination.unexamined.problems());
    for (const { entry, note } of examination.notes())
      this.#notes.push({ path: paths[entry] as string, layer: 0, isHidden: false, note });
  }

  async searchMarks(paths: Iterable<string>): Promise<void> {
    const search = new MarkSearch(this.#options.wanted.marks);
    if (!search.hasMarks) return;
    const buffer = Buffer.allocUnsafeSlow(pieceBytes);
    let left = this.#options.limits.maxUncompressedBytes;
    for (const path of paths) {
      this.#options.signal.throwIfAborted();
      try {
        search.start(path);
        left -= await this.#withFile(path, (handle) => searchFile(handle, search, buffer, left));
        const hits = search.finish();
        if (hits.length > 0) this.#marks.set(path, hits);
      } catch (error) {
        this.#problem('image/unreadable-file', `"${path}" cannot be read: ${messageOf(error)}`, path);
      }
    }
  }

  /** Opens the file that the walk saw, and no other: a symlink put on its way since would lead elsewhere. */
  async #withFile<Result>(path: string, use: (handle: FileHandle) => Promise<Result>): Promise<Result> {
    const file = this.#root === '/' ? path : this.#root + path;
    const handle = await open(
      file,
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY,
    );
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) throw new Error('it is no regular file any more');
      const opened = await readlink(`/proc/self/fd/${handle.fd}`);
      if (opened !== file && opened !== `${file} (deleted)`) throw new Error(`it has moved to ${opened}`);
      return await use(handle);
    } finally {
      await handle.close();
    }
  }

  #problem(code: string, message: string, path: string): void {
    this.problems.push({ code, message, path });
  }
}

/** The whole file; undefined where it changed meanwhile. */
async function readUnchanged(handle: FileHandle, path: string, limit: number): Promise<Uint8Array | undefined> {
  const before = await handle.stat();
  if (before.size > limit)
    throw new ImageError(
      'file-too-large',
      `"${path}" has ${before.size} bytes, more than the ${limit} that are allowed`,
    );
  const bytes = Buffer.allocUnsafeSlow(before.size + 1);
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  const after = await handle.stat();
  const same =
    filled === before.size && after.size === before.size && after.mtimeMs === before.mtimeMs && after.nlink > 0;
  return same ? bytes.subarray(0, filled) : undefined;
}

async function showFile(handle: FileHandle, examination: Examination, buffer: Buffer): Promise<void> {
  for (let at = 0; ; ) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
    at += bytesRead;
    if (bytesRead === 0 || !examination.push(buffer, 0, bytesRead)) return;
  }
}

/** How many bytes were read. */
async function searchFile(handle: FileHandle, search: MarkSearch, buffer: Buffer, left: number): Promise<number> {
  let at = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, at === 0 ? 4096 : buffer.length, at);
    at += bytesRead;
    if (at > left) throw new Error('too many bytes have been searched before it');
    if (bytesRead === 0 || !search.push(buffer, 0, bytesRead)) return at;
  }
}
