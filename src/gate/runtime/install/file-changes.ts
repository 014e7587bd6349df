import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { messageOf } from '../../../base/index.ts';
import { RuntimeGateError } from '../runtime-call.ts';

/** A file as it is and as it is to be; undefined: not there. */
export interface FileChange {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** A file of somebody else's: kept beside as it was before the first change. */
  readonly keeps: boolean;
  /** Of a file that is made; one that is there keeps its own. */
  readonly mode: number;
  /** A folder that goes with its last file. */
  readonly folder?: string;
}

/** Where a file of somebody else's is kept as it was. */
export function backupOf(path: string): string {
  return `${path}.before-portwarden`;
}

const largest = 4 * 1024 * 1024;

/** Throws RuntimeGateError. */
export function readText(path: string): string | undefined {
  try {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (!found) return undefined;
    if (found.size > largest) throw new Error(`it is larger than ${largest} bytes`);
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new RuntimeGateError('install-failed', `${path} cannot be read: ${messageOf(cause)}`, { cause });
  }
}

/** Each file is exchanged whole; what is as it should be is left alone. Throws RuntimeGateError. */
export function applyChanges(changes: readonly FileChange[]): void {
  for (const { path, before, after, keeps, mode, folder } of changes) {
    try {
      if (before !== after) {
        const backup = backupOf(path);
        if (keeps && before !== undefined && after !== undefined && readText(backup) === undefined)
          writeBackup(path, backup, before);
        if (after === undefined) removeFile(path, folder);
        else writeWhole(path, after, mode);
      }
    } catch (cause) {
      if (cause instanceof RuntimeGateError) throw cause;
      throw new RuntimeGateError('install-failed', `${path} cannot be written: ${messageOf(cause)}`, {
        cause,
        remedy: 'run it as root',
      });
    }
  }
}

/** As private as what it is of. */
function writeBackup(path: string, backup: string, text: string): void {
  const { uid, gid, mode } = statSync(path);
  writeWhole(backup, text, mode & 0o666);
  chownSync(backup, uid, gid);
}

/** Mode and owner stay; behind a symlink it is the file that is exchanged. */
function writeWhole(path: string, text: string, mode: number): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  const found = lstatSync(path, { throwIfNoEntry: false });
  const real = found ? realpathSync(path) : path;
  const next = `${real}.next-${process.pid}`;
  writeFileSync(next, text, { mode: 0o600, flag: 'wx' });
  if (found && (mode & 0o111) === 0) {
    const { uid, gid, mode: own } = statSync(real);
    chownSync(next, uid, gid);
    chmodSync(next, own & 0o7777);
  } else chmodSync(next, mode);
  renameSync(next, real);
}

function removeFile(path: string, folder: string | undefined): void {
  rmSync(path, { force: true });
  if (folder === undefined) return;
  for (let at = dirname(path); `${at}/`.startsWith(`${folder}/`); at = dirname(at)) {
    try {
      rmdirSync(at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
      return;
    }
  }
}

/** The changes as a person reads them: `-` goes, `+` comes. Programs of ours are named only. */
export function printChanges(changes: readonly FileChange[]): string {
  return changes
    .filter(({ before, after }) => before !== after)
    .map(({ path, before, after, mode }) => {
      if (after === undefined) return `remove ${path}`;
      if ((mode & 0o111) !== 0 || path.endsWith('.mjs')) return `write ${path}`;
      return [`write ${path}`, ...diff(linesOf(before ?? ''), linesOf(after))].join('\n');
    })
    .join('\n');
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/** Lines between the first and the last that differ. */
function diff(before: readonly string[], after: readonly string[]): readonly string[] {
  let head = 0;
  while (head < Math.min(before.length, after.length) && before[head] === after[head]) head++;
  let tail = 0;
  const room = Math.min(before.length, after.length) - head;
  while (tail < room && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  return [
    ...before.slice(head, before.length - tail).map((line) => `- ${line}`),
    ...after.slice(head, after.length - tail).map((line) => `+ ${line}`),
  ];
}
