import { asArray, asObject, asString, asStrings, type JsonObject, lazyLibrary } from '../../base/index.ts';
import { badEntry, type LockedPackage, type LockFile } from './lock-format.ts';

const toml = lazyLibrary<typeof import('smol-toml')>('smol-toml');

const deepest = 64;

/** poetry.lock: what is in the folder beside it is local. Total. */
export function parsePoetryLock(text: string): LockFile {
  return parseTomlLock(text, (entry) => {
    const type = asString(asObject(entry.source)?.type);
    if (type === 'directory' || type === 'file') return undefined;
    const groups = asStrings(entry.groups);
    const isMain = groups.length === 0 ? entry.category !== 'dev' : groups.includes('main');
    if (!isMain) return { use: 'for development' };
    return entry.optional === true ? { use: 'optional' } : {};
  });
}

/** uv.lock (docs.astral.sh/uv): the project itself, and what lies in its workspace, is local. Total. */
export function parseUvLock(text: string): LockFile {
  return parseTomlLock(text, (entry) => {
    const source = asObject(entry.source) ?? {};
    return ['virtual', 'editable', 'directory', 'path'].some((kind) => source[kind] !== undefined) ? undefined : {};
  });
}

/** Cargo.lock, of any version (the Cargo book): a crate without a source is local. Total. */
export function parseCargoLock(text: string): LockFile {
  return parseTomlLock(text, (entry) => (entry.source === undefined ? undefined : {}));
}

/** The tables `[[package]]`; `useOf` says what an entry is for, or undefined for one that is local. */
function parseTomlLock(text: string, useOf: (entry: JsonObject) => Pick<LockedPackage, 'use'> | undefined): LockFile {
  let document: JsonObject | undefined;
  try {
    document = asObject(toml().parse(text, { maxDepth: deepest, integersAsBigInt: 'asNeeded' }));
  } catch (error) {
    if (!(error instanceof toml().TomlError)) throw error;
    return { reason: `is not valid TOML, line ${error.line}` };
  }
  const packages: LockedPackage[] = [];
  const bad: string[] = [];
  for (const [index, value] of (asArray(document?.package) ?? []).entries()) {
    const entry = asObject(value) ?? {};
    const use = useOf(entry);
    if (!use) continue;
    const [name, version] = [asString(entry.name), asString(entry.version)];
    if (name === undefined || version === undefined) bad.push(badEntry(name ?? `package ${index + 1}`));
    else packages.push({ name, version, ...use });
  }
  return { packages, bad };
}
