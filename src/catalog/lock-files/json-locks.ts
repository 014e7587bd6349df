import { asArray, asObject, asString, type JsonObject } from '../../base/index.ts';
import { parseJsonObject } from '../parse-json-object.ts';
import { type LockedPackage, type LockedPackages, mostPackages } from './locked-package.ts';

function readLock(text: string, collect: (lock: JsonObject) => readonly LockedPackage[]): LockedPackages {
  const json = parseJsonObject(text);
  if ('reason' in json) return json;
  const packages = collect(json.object);
  return packages.length > mostPackages ? { reason: `has more than ${mostPackages} packages` } : { packages };
}

/** package-lock.json and npm-shrinkwrap.json, lockfileVersion 1 to 3 (npm docs); without those for development only. */
export function parsePackageLock(text: string): LockedPackages {
  return readLock(text, (lock) => {
    const packages = asObject(lock.packages);
    if (!packages) return fromTree(lock.dependencies);
    return Object.entries(packages).flatMap(([path, value]) => {
      const entry = asObject(value);
      const at = path.lastIndexOf('node_modules/');
      const version = asString(entry?.version);
      if (at < 0 || version === undefined || entry?.dev === true || entry?.link === true) return [];
      return [{ name: asString(entry?.name) ?? path.slice(at + 'node_modules/'.length), version }];
    });
  });
}

/** Version 1 nests dependencies as deep as node_modules does; its depth is that of the JSON, which is bounded. */
function fromTree(dependencies: unknown): LockedPackage[] {
  return Object.entries(asObject(dependencies) ?? {}).flatMap(([key, value]) => {
    const entry = asObject(value);
    const written = asString(entry?.version);
    if (written === undefined || entry?.dev === true) return [];
    const alias = /^npm:(@?[^@]+)@(.+)$/.exec(written);
    return [{ name: alias?.[1] ?? key, version: alias?.[2] ?? written }, ...fromTree(entry?.dependencies)];
  });
}

/** composer.lock, without `packages-dev`. */
export function parseComposerLock(text: string): LockedPackages {
  return readLock(text, (lock) =>
    (asArray(lock.packages) ?? []).flatMap((item) => {
      const name = asString(asObject(item)?.name);
      const version = asString(asObject(item)?.version);
      return name !== undefined && version !== undefined ? [{ name, version }] : [];
    }),
  );
}

/** Pipfile.lock, without `develop`. */
export function parsePipfileLock(text: string): LockedPackages {
  return readLock(text, (lock) =>
    Object.entries(asObject(lock.default) ?? {}).flatMap(([name, value]) => {
      const version = /^===?(.+)$/.exec(asString(asObject(value)?.version) ?? '')?.[1];
      return version === undefined ? [] : [{ name, version }];
    }),
  );
}

/** packages.lock.json of NuGet, of all its targets. */
export function parseNugetLock(text: string): LockedPackages {
  return readLock(text, (lock) =>
    Object.values(asObject(lock.dependencies) ?? {}).flatMap((target) =>
      Object.entries(asObject(target) ?? {}).flatMap(([name, value]) => {
        const version = asString(asObject(value)?.resolved);
        return version === undefined || asObject(value)?.type === 'Project' ? [] : [{ name, version }];
      }),
    ),
  );
}
