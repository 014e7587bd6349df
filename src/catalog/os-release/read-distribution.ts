import type { CatalogContext, FileEntry } from '../../model/index.ts';
import type { ProblemList } from '../problem-list.ts';
import { readText } from '../read-text.ts';
import { alpineRelease, type Distribution, debianRelease, distributionOf } from './distribution-of.ts';
import { parseOsRelease } from './parse-os-release.ts';

/** In order of precedence (os-release(5)); the last two are for images from which os-release was removed. */
export const osReleaseWants = [
  '/etc/os-release',
  '/usr/lib/os-release',
  '/etc/alpine-release',
  '/etc/debian_version',
] as const;

const limit = 64 * 1024;

/** What the subject is made from; undefined where nothing tells. */
export async function readDistribution(
  context: Pick<CatalogContext, 'contents'>,
  problems: ProblemList,
): Promise<Distribution | undefined> {
  async function read(path: string): Promise<{ entry: FileEntry; text: string } | undefined> {
    const entry = context.contents.resolve(path);
    if (entry?.type !== 'file') return undefined;
    const text = await readText(context, entry, limit, problems);
    return text === undefined ? undefined : { entry, text };
  }

  for (const path of osReleaseWants.slice(0, 2)) {
    const file = await read(path);
    if (!file) continue;
    const distribution = distributionOf(parseOsRelease(file.text));
    if (distribution) return distribution;
    problems.add('catalog/os-release/no-id', file.entry, `${path} names no distribution`);
  }
  const alpine = (await read('/etc/alpine-release'))?.text.trim();
  if (alpine)
    return { id: 'alpine', release: alpineRelease(alpine), prettyName: `Alpine Linux ${alpine.slice(0, 64)}` };
  const debian = (await read('/etc/debian_version'))?.text.trim();
  if (debian) return { id: 'debian', release: debianOf(debian), prettyName: `Debian GNU/Linux ${debian.slice(0, 64)}` };
  return undefined;
}

/** `12.11`, or `trixie/sid` on testing and unstable. */
function debianOf(version: string): string {
  return /^(\d+)(?:\.\d+)*$/.exec(version)?.[1] ?? debianRelease(version.replace(/\/sid$/, ''));
}
