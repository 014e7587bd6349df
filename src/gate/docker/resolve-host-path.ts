import { lstat, readlink, realpath } from 'node:fs/promises';
import { posix } from 'node:path';
import { DockerGateError } from './docker-gate-error.ts';

const mostLinks = 40;
const longestPath = 4096;

/** The parts of a file system that are looked at; a test gives its own. */
export interface LinkReader {
  /** The target of a symlink, `file` for whatever is none, undefined where there is nothing. */
  look(path: string): Promise<{ readonly link: string } | 'file' | undefined>;
  /** Whether all of it is there and no part of it is a symlink, told in one question. Absent: each part is looked at. */
  isWhole?(path: string): Promise<boolean>;
}

const machine: LinkReader = {
  async look(path) {
    try {
      return (await lstat(path)).isSymbolicLink() ? { link: await readlink(path) } : 'file';
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
      throw new DockerGateError('bad-host-path', `${shown(path)} cannot be looked at`, {
        cause: error,
        remedy: 'the agent must be able to see the paths of the host: run it as root, outside a container',
      });
    }
  },
  async isWhole(path) {
    try {
      return (await realpath(path)) === path;
    } catch {
      // Why not is seen by who looks at its parts.
      return false;
    }
  },
};

/**
 * Where a path of the host leads, behind symlinks; what is not there yet is kept as it is. dockerd drops `..` before the
 * kernel sees the path, so both readings must lead to one place; a link of /proc leads elsewhere for each process; and two
 * looks must agree where the parts are looked at one by one. Throws DockerGateError `bad-host-path`.
 */
export async function resolveHostPath(path: string, links: LinkReader = machine): Promise<string> {
  if (!path.startsWith('/') || path.length > longestPath || path.includes('\0'))
    refuse(path, 'is not an absolute path of the host');
  const cleaned = posix.normalize(path);
  const hasParent = /(?:^|\/)\.\.(?:\/|$)/.test(path);
  // Most paths are such; each further question waits for a thread, which takes long while many containers are created.
  if (!hasParent && (await links.isWhole?.(cleaned))) return cleaned;
  const first = await follow(cleaned, links);
  if (hasParent && (await follow(path, links)) !== first)
    refuse(path, 'leads to two places, as .. stands behind a symlink');
  if ((await follow(cleaned, links)) !== first) refuse(path, 'changed while it was looked at');
  return first;
}

async function follow(path: string, links: LinkReader): Promise<string> {
  const pending = path.split('/').reverse();
  let place = '/';
  let followed = 0;
  for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      place = posix.dirname(place);
      continue;
    }
    const next = posix.join(place, part);
    const seen = await links.look(next);
    if (seen === undefined || seen === 'file') {
      place = next;
      continue;
    }
    if (next.startsWith('/proc/')) refuse(path, 'goes through a link of /proc, which leads elsewhere for each process');
    if (++followed > mostLinks) refuse(path, `goes through more than ${mostLinks} symlinks`);
    pending.push(...seen.link.split('/').reverse());
    if (seen.link.startsWith('/')) place = '/';
    if (pending.length > longestPath) refuse(path, 'is too long');
  }
  return place;
}

function shown(path: string): string {
  return JSON.stringify(path.slice(0, 120));
}

function refuse(path: string, why: string): never {
  throw new DockerGateError('bad-host-path', `${shown(path)} ${why}`, {
    remedy: 'name the directory itself, without symlinks and ..',
  });
}
