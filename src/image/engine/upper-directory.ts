import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, realpath } from 'node:fs/promises';
import type { LayerChange, ReadOptions, WritableLayer } from '../../model/index.ts';
import { ImageError } from '../image-error.ts';
import { openRootFileSystem } from '../root-file-system.ts';
import { isWhiteOut } from '../root-walk.ts';
import type { LayerDirectories } from './engine-answers.ts';

const pieceBytes = 256 * 1024;

/**
 * A writable layer where the engine keeps it on this machine. Undefined where it lies elsewhere, or this user may not read
 * it: then the engine must be asked.
 */
export async function openUpperDirectory(
  directories: LayerDirectories,
  options: ReadOptions,
): Promise<WritableLayer | undefined> {
  let contents: WritableLayer['contents'];
  let upper: string;
  let lowers: readonly string[];
  try {
    upper = await realpath(directories.upper);
    lowers = await Promise.all(directories.lowers.map((lower) => realpath(lower)));
    contents = await openRootFileSystem(upper, { ...options, walk: 'all' }, 'layer');
  } catch (error) {
    const isAbsent = error instanceof ImageError || (error as NodeJS.ErrnoException).code !== undefined;
    if (isAbsent && !options.signal.aborted) return undefined;
    throw error;
  }
  if (contents.problems.some(({ path }) => path === '/')) return undefined;
  return {
    contents,
    seenBy: 'storage',
    async compare(path) {
      const stat = await lstat(upper + path).catch(absent);
      const changedAt = stat && Math.floor(stat.ctimeMs);
      const change = stat ? await compareToLowers(upper + path, stat, path, lowers) : 'unknown';
      return { change, ...(changedAt === undefined ? {} : { changedAt }) };
    },
  };
}

/** The highest layer below that names the path decides. */
async function compareToLowers(
  file: string,
  stat: Stats,
  path: string,
  lowers: readonly string[],
): Promise<LayerChange> {
  for (const lower of lowers) {
    const parent = lower + path.slice(0, path.lastIndexOf('/'));
    const real = await realpath(parent).catch(absent);
    if (real === undefined) continue;
    // A link in a layer below, where there is a directory now: it hides what lies under it.
    if (real !== parent) return 'added';
    const below = await lstat(lower + path).catch(absent);
    if (!below) continue;
    if (isWhiteOut(path, below)) return 'added';
    if (!below.isFile() || below.size !== stat.size || rightsOf(below) !== rightsOf(stat)) return 'changed';
    return (await haveSameBytes(file, lower + path).catch(absent)) === true ? 'same' : 'changed';
  }
  return 'added';
}

/** What makes a file a program, and one that runs as somebody else. */
function rightsOf({ mode }: Stats): string {
  return `${(mode & 0o111) !== 0} ${mode & 0o6000}`;
}

async function haveSameBytes(one: string, other: string): Promise<boolean> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;
  const handles: FileHandle[] = [];
  try {
    for (const file of [one, other]) handles.push(await open(file, flags));
    const [left, right] = handles as [FileHandle, FileHandle];
    const [a, b] = [Buffer.allocUnsafeSlow(pieceBytes), Buffer.allocUnsafeSlow(pieceBytes)];
    for (let at = 0; ; ) {
      const [read, readOther] = [await left.read(a, 0, pieceBytes, at), await right.read(b, 0, pieceBytes, at)];
      const { bytesRead } = read;
      if (bytesRead !== readOther.bytesRead || !a.subarray(0, bytesRead).equals(b.subarray(0, bytesRead))) return false;
      if (bytesRead === 0) return true;
      at += bytesRead;
    }
  } finally {
    for (const handle of handles) await handle.close();
  }
}

/** What cannot be seen any more, or never could, differs from what is there. */
function absent(): undefined {
  return undefined;
}
