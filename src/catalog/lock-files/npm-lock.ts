import { asObject, asString, type JsonObject, lazyLibrary } from '../../base/index.ts';
import { parseJsonObject } from '../parse-json-object.ts';
import { badEntry, type LockedPackage, type LockFile } from './lock-format.ts';

const semver = lazyLibrary<typeof import('semver')>('semver');

/**
 * package-lock.json and npm-shrinkwrap.json (npm docs, package-lock.json): `packages` by place (versions 2 and 3), a tree
 * of `dependencies` before. Links and workspaces are local; a package from Git or a file has no version in a tree. Total.
 */
export function parseNpmLock(text: string): LockFile {
  const json = parseJsonObject(text);
  if ('reason' in json) return json;
  const packages: LockedPackage[] = [];
  const bad: string[] = [];
  const places = asObject(json.object.packages);
  const tree = asObject(json.object.dependencies);
  if (places) {
    for (const [place, value] of Object.entries(places)) {
      const entry = asObject(value);
      const at = place.lastIndexOf('node_modules/');
      if (at < 0 || !entry || entry.link === true) continue;
      const name = asString(entry.name) ?? place.slice(at + 'node_modules/'.length);
      // A placeholder for an optional package that was never resolved has no version.
      if (entry.version !== undefined) add(name, entry, packages, bad);
    }
  } else if (tree) walk(tree, packages, bad);
  else if (json.object.lockfileVersion === undefined) return { reason: 'has no packages and no dependencies' };
  return { packages, bad };
}

/** As deep as the JSON is, which is bounded. */
function walk(tree: JsonObject, packages: LockedPackage[], bad: string[]): void {
  for (const [name, value] of Object.entries(tree)) {
    const entry = asObject(value);
    if (!entry) bad.push(badEntry(name));
    else if (!/^(?!npm:)[a-z+]+:|^[^@]+\/[^@]+$/i.test(asString(entry.version) ?? '')) add(name, entry, packages, bad);
    const inside = asObject(entry?.dependencies);
    if (inside) walk(inside, packages, bad);
  }
}

function add(key: string, entry: JsonObject, packages: LockedPackage[], bad: string[]): void {
  const [, alias, written = ''] = /^(?:npm:(.+)@)?([^@]*)$/.exec(asString(entry.version) ?? '') ?? [];
  const version = cleanNpmVersion(written);
  if (version === undefined) bad.push(badEntry(key));
  else packages.push({ name: alias ?? key, version, ...npmUse(entry.dev ?? entry.devOptional, entry.optional) });
}

/** As the packages that are installed have it: without a `v` and without build metadata. */
export function cleanNpmVersion(written: string): string | undefined {
  return written.length <= 256 ? (semver().clean(written, { loose: true }) ?? undefined) : undefined;
}

export function npmUse(dev: unknown, optional: unknown): Pick<LockedPackage, 'use'> {
  if (dev === true) return { use: 'for development' };
  return optional === true ? { use: 'optional' } : {};
}
