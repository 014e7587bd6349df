import { asObject, asString, type JsonObject } from '../../base/index.ts';
import { badEntry, type LockedPackage, type LockFile } from './lock-format.ts';
import { cleanNpmVersion, npmUse } from './npm-lock.ts';
import { parseYaml } from './parse-yaml.ts';

const local = /^(?:file|link|workspace):/;

/**
 * pnpm-lock.yaml (pnpm.io/lockfile-format, and pnpm's spec of 5.x and 6.0), by the keys of `packages`: `/name/1.0.0_peer`
 * in 5, `/name@1.0.0(peer)` in 6, `name@1.0.0` in 9. pnpm 11 puts a document of its own before that of the project. Total.
 */
export function parsePnpmLock(text: string): LockFile {
  const yaml = parseYaml(text);
  if ('reason' in yaml) return yaml;
  const documents = yaml.documents.map(asObject).filter((document) => document?.lockfileVersion !== undefined);
  if (documents.length === 0) return { reason: 'has no lockfileVersion' };
  const packages: LockedPackage[] = [];
  const bad: string[] = [];
  for (const document of documents) {
    for (const [key, value] of Object.entries(asObject(document?.packages) ?? {})) {
      const entry = asObject(value) ?? {};
      const { name, version } = splitKey(key, entry);
      if (local.test(key) || local.test(version)) continue;
      const cleaned = cleanNpmVersion(version);
      const use = npmUse(entry.dev === 'true', entry.optional === 'true');
      if (cleaned === undefined || name === '') bad.push(badEntry(key));
      else packages.push({ name, version: cleaned, ...use });
    }
  }
  return { packages, bad };
}

/** The entry has a name and a version of its own where the key cannot tell, as for what comes from Git. */
function splitKey(key: string, entry: JsonObject): { readonly name: string; readonly version: string } {
  const plain = (key.split('(', 1)[0] ?? '').replace(/^\//, '');
  const at = plain.indexOf('@', 1);
  const isAfterName = at > 0 && /^(?:@[^/]+\/)?[^/]+$/.test(plain.slice(0, at));
  const [, name = '', version = ''] = isAfterName
    ? [plain, plain.slice(0, at), plain.slice(at + 1)]
    : (/^(?:[^/@]*\.[^/]*\/)?((?:@[^/]+\/)?[^/]+)\/([^/_]+)/.exec(plain) ?? []);
  return { name: asString(entry.name) ?? name, version: asString(entry.version) ?? version };
}
