/** What one tar header says, after extended headers. One object is filled again for each entry: copy what is kept. */
export interface TarHeader {
  /** As written, cut at NUL. */
  name: string;
  linkName: string;
  /** The type flag as a character code; 48 (`0`) for every form of regular file. */
  type: number;
  /** Bytes of data that follow; 0 for what has none. */
  size: number;
  /** Bytes of the file; differs from `size` for sparse files only. */
  realSize: number;
  sparse: boolean;
  mode: number;
  uid: number;
  gid: number;
  /** The extended attribute `security.capability`; undefined where there is none. */
  capability: Buffer | undefined;
}

export const blockSize = 512;

/** Type flags (POSIX.1-2017 pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format"). */
export const tarType = {
  file: 48,
  hardLink: 49,
  symlink: 50,
  characterDevice: 51,
  blockDevice: 52,
  directory: 53,
  fifo: 54,
  contiguous: 55,
  gnuLongLink: 75,
  gnuLongName: 76,
  gnuSparse: 83,
  paxGlobal: 103,
  paxLocal: 120,
} as const;

/** Where a header starts that is none, or that no engine would take. */
export class TarFormatError extends Error {}

/** Whether a block is all zeros. */
export function isZeroBlock(bytes: Uint8Array, at: number): boolean {
  for (let i = at; i < at + blockSize; i++) if (bytes[i] !== 0) return false;
  return true;
}

/** Whether the checksum is right, by unsigned bytes or, as old tars wrote it, by signed ones. */
export function hasTarChecksum(bytes: Uint8Array, at: number): boolean {
  let unsigned = 256;
  let high = 0;
  for (let i = at; i < at + 148; i++) {
    const byte = bytes[i] as number;
    unsigned += byte;
    high += byte >> 7;
  }
  for (let i = at + 156; i < at + blockSize; i++) {
    const byte = bytes[i] as number;
    unsigned += byte;
    high += byte >> 7;
  }
  const written = parseTarNumber(bytes, at + 148, 8);
  return written === unsigned || written === unsigned - 256 * high;
}

/**
 * A number field: octal digits, between spaces and NULs, or base 256 where the top bit is set. NaN where it is neither,
 * or over 2^53.
 */
export function parseTarNumber(bytes: Uint8Array, at: number, length: number): number {
  const first = bytes[at] as number;
  if (first >= 128) return parseBase256(bytes, at, length);
  let i = at;
  let end = at + length;
  while (i < end && (bytes[i] === 32 || bytes[i] === 0)) i++;
  while (end > i && (bytes[end - 1] === 32 || bytes[end - 1] === 0)) end--;
  let value = 0;
  for (; i < end; i++) {
    const digit = (bytes[i] as number) - 48;
    if (digit < 0 || digit > 7) {
      if (bytes[i] === 0) break;
      return Number.NaN;
    }
    value = value * 8 + digit;
  }
  return value;
}

function parseBase256(bytes: Uint8Array, at: number, length: number): number {
  const first = bytes[at] as number;
  const negative = (first & 0x40) !== 0;
  let value = negative ? (first & 0x7f) - 0x80 : first & 0x7f;
  for (let i = at + 1; i < at + length; i++) value = value * 256 + (bytes[i] as number);
  return Number.isSafeInteger(value) ? value : Number.NaN;
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * A name up to its first NUL. File names are bytes; those that are not UTF-8 are written `\xNN`, so that different
 * names stay different.
 */
export function decodeTarText(bytes: Buffer, start: number, limit: number): string {
  let end = start;
  let bits = 0;
  for (; end < limit; end++) {
    const byte = bytes[end] as number;
    if (byte === 0) break;
    bits |= byte;
  }
  if (bits < 128) return bytes.toString('latin1', start, end);
  const slice = bytes.subarray(start, end);
  try {
    return strictUtf8.decode(slice);
  } catch {
    return slice.toString('latin1').replace(/[\x80-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
  }
}
