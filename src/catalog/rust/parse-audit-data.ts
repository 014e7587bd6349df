import { inflateSync } from 'node:zlib';
import { asArray, asObject, asString } from '../../base/index.ts';
import { parseJsonObject } from '../parse-json-object.ts';

export interface Crate {
  readonly name: string;
  readonly version: string;
  /** Not the crate of crates.io itself, but what a repository has of it. */
  readonly isFromGit: boolean;
}

/** Crates that were built in, and entries that are none; or why the bytes are no such list. */
export type AuditData =
  | { readonly crates: readonly Crate[]; readonly bad: readonly string[] }
  | { readonly reason: string };

/** Cargo, "The name field", and Semantic Versioning. */
const namePattern = /^[A-Za-z0-9_][A-Za-z0-9_-]{0,63}$/;
const versionPattern = /^\d{1,20}\.\d{1,20}\.\d{1,20}(?:-[0-9A-Za-z.-]{1,100})?(?:\+[0-9A-Za-z.-]{1,100})?$/;
const mostBytes = 16 * 1024 * 1024;
const mostCrates = 50_000;

/**
 * The list of crates that cargo-auditable leaves in a program (auditable-extract, PARSING.md): JSON, compressed with
 * zlib. Crates that were only needed to build are left out, and local ones, whose names may be those of strangers on
 * crates.io. Total; a decompression bomb is refused.
 */
export function parseAuditData(compressed: Uint8Array): AuditData {
  let text: string;
  try {
    text = inflateSync(compressed, { maxOutputLength: mostBytes }).toString('utf8');
  } catch {
    return { reason: `is not compressed by zlib, or has more than ${mostBytes} bytes` };
  }
  const json = parseJsonObject(text);
  if ('reason' in json) return json;
  const list = asArray(json.object.packages);
  if (!list || list.length > mostCrates) return { reason: `has no list of at most ${mostCrates} packages` };
  const crates: Crate[] = [];
  const bad: string[] = [];
  for (const [index, item] of list.entries()) {
    const entry = asObject(item);
    const name = asString(entry?.name) ?? '';
    const version = asString(entry?.version) ?? '';
    const kind = asString(entry?.kind) ?? 'runtime';
    const source = asString(entry?.source) ?? '';
    if (!namePattern.test(name)) bad.push(`package ${index + 1} has no valid name`);
    else if (!versionPattern.test(version)) bad.push(`package ${name} has no valid version`);
    else if (kind === 'runtime' && source !== 'local') crates.push({ name, version, isFromGit: source === 'git' });
  }
  return { crates, bad };
}
