import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeUtf8, readBounded } from '../base/index.ts';
import type { DocumentFile } from '../service/index.ts';

const maxFileBytes = 2 ** 20;
const maxFiles = 100;

/** The files that are named, and those of directories, in order of their names. Throws PolicyError `bad-document`. */
export async function readFiles(paths: readonly string[]): Promise<readonly DocumentFile[]> {
  const files: DocumentFile[] = [];
  for (const path of paths) for (const name of await filesOf(path)) files.push({ name, text: await readText(name) });
  if (files.length <= maxFiles) return files;
  throw await unreadable(paths[0] ?? '', `there are more than ${maxFiles} files`);
}

async function filesOf(path: string): Promise<readonly string[]> {
  try {
    if (path === '-' || !(await stat(path)).isDirectory()) return [path];
    const names = (await readdir(path)).filter((name) => /\.(?:ya?ml|json)$/.test(name)).sort();
    return names.map((name) => join(path, name));
  } catch (cause) {
    throw await unreadable(path, cause);
  }
}

async function readText(path: string): Promise<string> {
  try {
    const stream = path === '-' ? process.stdin : createReadStream(path);
    return decodeUtf8(await readBounded(stream, maxFileBytes, path), path);
  } catch (cause) {
    throw await unreadable(path, cause);
  }
}

async function unreadable(path: string, cause: unknown): Promise<Error> {
  const { PolicyError } = await import('../policy/index.ts');
  const why = cause instanceof Error ? cause.message : String(cause);
  return new PolicyError('bad-document', `${path} cannot be read: ${why}`, { cause });
}
