import { decodeTarText, TarFormatError, type TarHeader } from './tar-header.ts';

/** The records of an extended header that change what a reader sees (POSIX.1-2017 pax, "pax Extended Header"). */
export interface PaxOverrides {
  path?: string;
  linkpath?: string;
  size?: number;
  uid?: number;
  gid?: number;
  /** GNU tar manual, "Storing Sparse Files", formats 0.0, 0.1 and 1.0. */
  sparse?: boolean;
  sparseName?: string;
  realSize?: number;
  /** The extended attribute `security.capability` (star(1), "SCHILY.xattr"), as it is. */
  capability?: Buffer;
}

/**
 * `LENGTH KEY=VALUE\n` records. Throws TarFormatError where a length lies, a name holds a NUL or a number is none: Go's
 * archive/tar, by which the engines unpack, refuses the archive there too.
 */
export function parsePaxRecords(bytes: Buffer): PaxOverrides {
  const overrides: PaxOverrides = {};
  let at = 0;
  while (at < bytes.length) {
    const space = bytes.indexOf(32, at);
    const digits = space < 0 ? '' : bytes.toString('latin1', at, space);
    const length = /^\d{1,7}$/.test(digits) ? Number(digits) : 0;
    const end = at + length;
    const equals = bytes.indexOf(61, space + 1);
    if (length === 0 || end > bytes.length || bytes[end - 1] !== 10 || equals < 0 || equals >= end - 1)
      throw new TarFormatError('an extended header has a record that is none');
    setOverride(overrides, bytes.toString('latin1', space + 1, equals), bytes.subarray(equals + 1, end - 1));
    at = end;
  }
  return overrides;
}

function setOverride(overrides: PaxOverrides, key: string, value: Buffer): void {
  switch (key) {
    case 'path':
    case 'linkpath':
      if (value.includes(0)) throw new TarFormatError(`an extended header has a NUL in its ${key}`);
      if (value.length > 0) overrides[key] = decodeTarText(value, 0, value.length);
      return;
    case 'size':
    case 'uid':
    case 'gid':
      if (value.length > 0) overrides[key] = paxNumber(key, value);
      return;
    case 'GNU.sparse.name':
      overrides.sparseName = decodeTarText(value, 0, value.length);
      return;
    case 'GNU.sparse.realsize':
    case 'GNU.sparse.size':
      overrides.realSize = paxNumber(key, value);
      overrides.sparse = true;
      return;
    case 'SCHILY.xattr.security.capability':
      overrides.capability = value;
      return;
    default:
      if (key.startsWith('GNU.sparse.')) overrides.sparse = true;
  }
}

function paxNumber(key: string, value: Buffer): number {
  const number = /^\d{1,16}$/.test(value.toString('latin1')) ? Number(value.toString('latin1')) : Number.NaN;
  if (!Number.isSafeInteger(number)) throw new TarFormatError(`an extended header has a ${key} that is no size`);
  return number;
}

export function applyPaxRecords(header: TarHeader, overrides: PaxOverrides): void {
  header.name = overrides.sparseName ?? overrides.path ?? header.name;
  header.linkName = overrides.linkpath ?? header.linkName;
  header.size = overrides.size ?? header.size;
  header.uid = overrides.uid ?? header.uid;
  header.gid = overrides.gid ?? header.gid;
  header.capability = overrides.capability;
  header.sparse = overrides.sparse ?? false;
  header.realSize = overrides.realSize ?? header.size;
}
