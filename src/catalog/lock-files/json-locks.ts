import { asArray, asObject, asString } from '../../base/index.ts';
import { parseJsonObject } from '../parse-json-object.ts';
import { parseComposerPackages } from '../php/parse-installed-json.ts';
import { badEntry, type LockedPackage, type LockFile } from './lock-format.ts';

/** Pipfile.lock (Pipenv): `==1.0` under `default` and `develop`. What comes from Git or a folder has no version. Total. */
export function parsePipfileLock(text: string): LockFile {
  const json = parseJsonObject(text);
  if ('reason' in json) return json;
  const packages: LockedPackage[] = [];
  const bad: string[] = [];
  for (const [section, value] of Object.entries(json.object)) {
    if (section === '_meta') continue;
    for (const [name, item] of Object.entries(asObject(value) ?? {})) {
      const written = asObject(item)?.version;
      if (written === undefined) continue;
      const version = /^={2,3}([^=]+)$/.exec(asString(written) ?? '')?.[1];
      if (version === undefined) bad.push(badEntry(name));
      else packages.push({ name, version, ...(section === 'default' ? {} : { use: 'for development' as const }) });
    }
  }
  return { packages, bad };
}

/** composer.lock (getcomposer.org): `packages` and `packages-dev`. Total. */
export function parseComposerLock(text: string): LockFile {
  const json = parseJsonObject(text);
  if ('reason' in json) return json;
  const list = asArray(json.object.packages);
  if (!list) return { reason: 'has no list of packages' };
  const main = parseComposerPackages(list);
  const development = parseComposerPackages(asArray(json.object['packages-dev']) ?? []);
  const use = 'for development' as const;
  return {
    packages: [...main.packages, ...development.packages.map((item) => ({ ...item, use }))],
    bad: [...main.bad, ...development.bad],
  };
}

/** packages.lock.json (NuGet, "Locking dependencies"): by target framework and name; projects are local. Total. */
export function parseNugetLock(text: string): LockFile {
  const json = parseJsonObject(text);
  if ('reason' in json) return json;
  const frameworks = asObject(json.object.dependencies);
  if (!frameworks) return { reason: 'has no dependencies' };
  const packages: LockedPackage[] = [];
  const bad: string[] = [];
  for (const framework of Object.values(frameworks)) {
    for (const [name, value] of Object.entries(asObject(framework) ?? {})) {
      const entry = asObject(value);
      if (asString(entry?.type)?.toLowerCase() === 'project') continue;
      const version = asString(entry?.resolved);
      if (version === undefined) bad.push(badEntry(name));
      else packages.push({ name, version });
    }
  }
  return { packages, bad };
}
