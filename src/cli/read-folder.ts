import { createReadStream } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { CodedError, decodeUtf8, messageOf, readBounded } from '../base/index.ts';

/** What is read of a folder before it is refused: a home directory is no folder of manifests. */
export const folderLimits = {
  files: 20_000,
  entries: 200_000,
  depth: 32,
  fileBytes: 16 * 2 ** 20,
  bytes: 256 * 2 ** 20,
};

export type FolderErrorCode = 'folder-unreadable' | 'folder-too-large';

/** A folder that was named cannot be read. */
export class FolderError extends CodedError<FolderErrorCode> {}

export interface FolderFile {
  /** As it was named, or below that. */
  readonly path: string;
  readonly text: string;
}

/**
 * The .yaml, .yml and .json files of a folder and of those in it, in order of their paths; or the one file that is named.
 * Links that lead out of it are passed over, as are .git and node_modules. Throws FolderError.
 */
export async function readFolder(root: string, signal: AbortSignal): Promise<readonly FolderFile[]> {
  const files: FolderFile[] = [];
  let bytes = 0;
  for (const path of await pathsOf(root, signal)) {
    signal.throwIfAborted();
    const text = await readText(path);
    bytes += text.length;
    if (bytes > folderLimits.bytes) throw tooLarge(root, `more than ${folderLimits.bytes} bytes`);
    files.push({ path, text });
  }
  return files;
}

async function pathsOf(root: string, signal: AbortSignal): Promise<readonly string[]> {
  const top = await realpath(root).catch((cause) => {
    throw unreadable(root, cause);
  });
  if (!(await stat(top)).isDirectory()) return [root];
  const found: string[] = [];
  const visited = new Set<string>([top]);
  let entries = 0;
  async function walk(folder: string, depth: number): Promise<void> {
    signal.throwIfAborted();
    if (depth > folderLimits.depth) throw tooLarge(root, `folders more than ${folderLimits.depth} deep`);
    const inside = await readdir(folder, { withFileTypes: true }).catch((cause) => {
      throw unreadable(folder, cause);
    });
    entries += inside.length;
    if (entries > folderLimits.entries) throw tooLarge(root, `more than ${folderLimits.entries} entries`);
    for (const entry of inside.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name);
      let isFolder = entry.isDirectory();
      let isFile = entry.isFile();
      if (entry.isSymbolicLink()) {
        const target = await realpath(path).catch(() => undefined);
        if (target === undefined || !isWithin(top, target)) continue;
        const known = await stat(target);
        isFolder = known.isDirectory();
        isFile = known.isFile();
        // A folder that is in the tree is read there.
        if (isFolder) continue;
      }
      if (isFolder && entry.name !== '.git' && entry.name !== 'node_modules') {
        const real = await realpath(path);
        if (!visited.has(real)) {
          visited.add(real);
          await walk(path, depth + 1);
        }
      } else if (isFile && /\.(?:ya?ml|json)$/i.test(entry.name)) {
        found.push(path);
        if (found.length > folderLimits.files) throw tooLarge(root, `more than ${folderLimits.files} files`);
      }
    }
  }
  await walk(root, 0);
  return found;
}

function isWithin(top: string, target: string): boolean {
  const path = relative(top, target);
  return path === '' || !(path === '..' || path.startsWith(`..${sep}`));
}

async function readText(path: string): Promise<string> {
  try {
    return decodeUtf8(await readBounded(createReadStream(path), folderLimits.fileBytes, path), path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): FolderError {
  return new FolderError('folder-unreadable', `${path} cannot be read: ${messageOf(cause)}`, {
    cause,
    remedy: 'name a folder, or a .yaml, .yml or .json file, that this user may read',
  });
}

function tooLarge(root: string, what: string): FolderError {
  return new FolderError('folder-too-large', `${root} has ${what}`, {
    remedy: 'name the folder that has the manifests',
  });
}
