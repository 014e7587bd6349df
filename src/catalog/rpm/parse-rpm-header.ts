import { databaseLimits } from '../database-limits.ts';

export interface RpmPackage {
  readonly name: string;
  /** Absent and 0 are the same to rpm. */
  readonly epoch: number;
  readonly version: string;
  readonly release: string;
  readonly architecture?: string;
  readonly license?: string;
  /** Who distributes it: `Fedora Project`. */
  readonly vendor?: string;
  readonly source?: { readonly name: string; readonly version: string; readonly release: string };
  /** `nodejs:18:9020230518:rhel9`, where it is from a module. */
  readonly module?: string;
  /** Absolute; directories too. */
  readonly files: readonly string[];
}

export type RpmHeaderResult = { readonly package: RpmPackage } | { readonly reason: string };

/** What the files of all packages may take together, so that a long directory cannot be multiplied by many names. */
export class FileAllowance {
  #files: number = databaseLimits.ownedFiles;
  #characters = 256 * 1024 * 1024;

  take(path: string): boolean {
    this.#characters -= path.length;
    return --this.#files >= 0 && this.#characters >= 0;
  }

  get exceeded(): boolean {
    return this.#files < 0 || this.#characters < 0;
  }
}

/** Tags (rpm, "RPM Tags") and the types of their values (rpm, "Package format", "Header Structure"). */
const tag = {
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  vendor: 1011,
  license: 1014,
  architecture: 1022,
  oldFileNames: 1027,
  sourcePackage: 1044,
  directoryIndexes: 1116,
  baseNames: 1117,
  directoryNames: 1118,
  module: 5096,
} as const;
const wantedTags: ReadonlySet<number> = new Set(Object.values(tag));
const int32 = 4;
const string = 6;
const stringArray = 8;
const translatedString = 9;

const namePattern = /^[A-Za-z0-9_.+][A-Za-z0-9_.+-]{0,254}$/;
const versionPattern = /^[A-Za-z0-9._+~^]{1,255}$/;
const architecturePattern = /^[a-z0-9_]{1,64}$/;

/**
 * The package that a header tells, as databases hold it: two counts, the index, the data (rpm, "Package format", "Header
 * Structure"; there is no magic before it). Total, and linear in the bytes.
 */
export function parseRpmHeader(bytes: Buffer, allowance = new FileAllowance()): RpmHeaderResult {
  const fields = parseFields(bytes);
  if (!fields) return { reason: 'is cut off' };
  const name = fields.text(tag.name) ?? '';
  const version = fields.text(tag.version) ?? '';
  const release = fields.text(tag.release) ?? '';
  if (!namePattern.test(name)) return { reason: 'has no valid name' };
  if (!versionPattern.test(version) || !versionPattern.test(release))
    return { reason: `is that of ${name}, which has no valid version` };
  const architecture = fields.text(tag.architecture) ?? '';
  const source = parseSourcePackage(fields.text(tag.sourcePackage));
  return {
    package: {
      name,
      epoch: fields.integers(tag.epoch)[0] ?? 0,
      version,
      release,
      ...(architecturePattern.test(architecture) ? { architecture } : {}),
      ...optional('license', fields.text(tag.license)),
      ...optional('vendor', fields.text(tag.vendor)),
      ...(source ? { source } : {}),
      ...optional('module', fields.text(tag.module)),
      files: filesOf(fields, allowance),
    },
  };
}

interface HeaderFields {
  text(tag: number): string | undefined;
  texts(tag: number): readonly string[];
  integers(tag: number): readonly number[];
}

/** Undefined where the counts say more than there is. Of a tag that is repeated the first counts. */
function parseFields(bytes: Buffer): HeaderFields | undefined {
  if (bytes.length < 8) return undefined;
  const count = bytes.readUInt32BE(0);
  const start = 8 + 16 * count;
  const end = start + bytes.readUInt32BE(4);
  if (end > bytes.length) return undefined;
  const index = new Map<number, { readonly type: number; readonly at: number; readonly count: number }>();
  for (let entry = 8; entry < start; entry += 16) {
    const found = bytes.readUInt32BE(entry);
    if (!wantedTags.has(found) || index.has(found)) continue;
    const at = start + bytes.readUInt32BE(entry + 8);
    index.set(found, { type: bytes.readUInt32BE(entry + 4), at, count: bytes.readUInt32BE(entry + 12) });
  }

  function texts(wanted: number, types: readonly number[], most: number): string[] {
    const entry = index.get(wanted);
    const found: string[] = [];
    if (!entry || !types.includes(entry.type)) return found;
    for (let at = entry.at; found.length < Math.min(entry.count, most); ) {
      const stop = bytes.indexOf(0, at);
      if (stop < 0 || stop >= end) break;
      found.push(bytes.toString('utf8', at, stop));
      at = stop + 1;
    }
    return found;
  }
  return {
    text: (wanted) => texts(wanted, [string, translatedString], 1)[0],
    texts: (wanted) => texts(wanted, [stringArray], databaseLimits.ownedFiles),
    integers(wanted) {
      const entry = index.get(wanted);
      if (entry?.type !== int32) return [];
      const most = Math.max(0, Math.min(entry.count, Math.floor((end - entry.at) / 4)));
      return Array.from({ length: most }, (_, i) => bytes.readUInt32BE(entry.at + 4 * i));
    },
  };
}

/** Names are kept apart from their directories; packages of before 2000 have whole paths. */
function filesOf(fields: HeaderFields, allowance: FileAllowance): readonly string[] {
  const directories = fields.texts(tag.directoryNames);
  const indexes = fields.integers(tag.directoryIndexes);
  const names = fields.texts(tag.baseNames);
  const paths: string[] = [];
  for (const [i, name] of (names.length > 0 ? names : fields.texts(tag.oldFileNames)).entries()) {
    const directory = names.length > 0 ? directories[indexes[i] ?? -1] : '';
    const path = `${directory}${name}`;
    if (directory === undefined || !path.startsWith('/')) continue;
    if (!allowance.take(path)) break;
    paths.push(path);
  }
  return paths;
}

/** `openssl-3.0.7-24.el9.src.rpm`. */
function parseSourcePackage(file: string | undefined): RpmPackage['source'] {
  const match = /^(\S{1,255})-([^-\s]{1,255})-([^-\s]{1,255})\.(?:no)?src\.rpm$/.exec(file?.slice(0, 800) ?? '');
  const [, name = '', version = '', release = ''] = match ?? [];
  if (!namePattern.test(name) || !versionPattern.test(version) || !versionPattern.test(release)) return undefined;
  return { name, version, release };
}

function optional<Key extends string>(key: Key, value: string | undefined): { readonly [key in Key]?: string } {
  if (!value || value.length > 1000 || value === '(none)') return {};
  return { [key]: value } as { readonly [key in Key]: string };
}
