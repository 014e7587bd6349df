import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeUtf8, messageOf, readBounded } from '../base/index.ts';
import {
  type ContentOptions,
  compileYaraRules,
  InspectError,
  parseClamdAddress,
  type YaraSource,
} from '../inspect/index.ts';

/** Where what to look for in files is kept. */
export interface ContentPaths {
  /** Files of YARA rules, or directories of them. */
  readonly yara: readonly string[];
  /** Files of known-bad digests: `HEX  NAME` a line. */
  readonly badDigests: readonly string[];
  /** Address of clamd; its answering is not waited for: a reading says itself what was not shown to it. */
  readonly clamd?: string;
}

const largestRules = 16 * 1024 * 1024;
/** Of all files of rules together: compiled, they are held by each thread that reads. */
const mostRules = { files: 2000, bytes: 64 * 1024 * 1024 };
const largestList = 256 * 1024 * 1024;

/**
 * Reads what to look for, and sees that it can be looked for: a rule that cannot be compiled is said now and not found out
 * at the first image. Throws InspectError.
 */
export async function readContentOptions({ yara, badDigests, clamd }: ContentPaths): Promise<ContentOptions> {
  const sources: YaraSource[] = [];
  for (const path of yara) sources.push(...(await readRules(path)));
  const bytes = sources.reduce((sum, { text }) => sum + text.length, 0);
  if (sources.length > mostRules.files || bytes > mostRules.bytes) {
    const bounds = `${mostRules.files} files and ${mostRules.bytes} bytes`;
    throw new InspectError('bad-yara-rule', `${yara.join(', ')}: more rules than fit into ${bounds}`);
  }
  if (sources.length > 0) await compileYaraRules(sources);
  const digests = new Map<string, string>();
  for (const path of badDigests) for (const [hex, name] of await readDigests(path)) digests.set(hex, name);
  if (clamd !== undefined) parseClamdAddress(clamd);
  return {
    ...(sources.length > 0 ? { yara: sources } : {}),
    ...(digests.size > 0 ? { badDigests: digests } : {}),
    ...(clamd === undefined ? {} : { clamd: { address: clamd } }),
  };
}

async function readRules(path: string): Promise<YaraSource[]> {
  const names = await namesIn(path);
  if (!names) return [await readRuleFile(path)];
  const sources: YaraSource[] = [];
  for (const name of [...names].sort()) sources.push(await readRuleFile(join(path, name)));
  return sources;
}

/** Of the rules in a directory; undefined where it is none. */
async function namesIn(path: string): Promise<readonly string[] | undefined> {
  try {
    if (!(await stat(path)).isDirectory()) return undefined;
    return (await readdir(path)).filter((name) => /\.yara?$/.test(name));
  } catch (cause) {
    throw new InspectError('bad-yara-rule', `${path} cannot be read: ${messageOf(cause)}`, { cause });
  }
}

async function readRuleFile(path: string): Promise<YaraSource> {
  try {
    return { name: path, text: await readSmall(path, largestRules) };
  } catch (cause) {
    throw new InspectError('bad-yara-rule', `${path} cannot be read: ${messageOf(cause)}`, { cause });
  }
}

async function readDigests(path: string): Promise<Map<string, string>> {
  const digests = new Map<string, string>();
  let text: string;
  try {
    text = await readSmall(path, largestList);
  } catch (cause) {
    throw new InspectError('bad-digest-list', `${path} cannot be read: ${messageOf(cause)}`, { cause });
  }
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const [, hex, name] = /^\s*([0-9a-fA-F]{64})(?:[\s,]+(.*?))?\s*$/.exec(line) ?? [];
    if (hex === undefined)
      throw new InspectError('bad-digest-list', `${path}:${index + 1} does not begin with a sha256 in hex`);
    digests.set(hex.toLowerCase(), name || path);
  }
  return digests;
}

/** A regular file: a pipe would be waited for. */
async function readSmall(path: string, limit: number): Promise<string> {
  if (!(await stat(path)).isFile()) throw new Error('it is no regular file');
  return decodeUtf8(await readBounded(createReadStream(path), limit, 'it'), 'it');
}
