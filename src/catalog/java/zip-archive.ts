import { inflateRawSync } from 'node:zlib';
import { messageOf } from '../../base/index.ts';

/** A file in an archive, as the central directory tells of it. */
export interface ZipFile {
  readonly name: string;
  readonly encrypted: boolean;
  readonly method: number;
  /** Bytes as stored. */
  readonly size: number;
  /** Bytes unpacked, as the archive says. */
  readonly claimed: number;
  /** Where its local header is. */
  readonly start: number;
}

export interface ZipDirectory {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** Bytes before the archive, such as the script that starts it, which its offsets do not count. */
  readonly shift: number;
}

const endSize = 22;
const fileHeaderSize = 46;
const localHeaderSize = 30;
const longestComment = 65_535;
const unknown = 0xffffffff;
const smallestChunk = 16 * 1024;

/**
 * The central directory of a zip archive (APPNOTE 4.3.12 to 4.3.16), found as Java finds it: by its end, so that what
 * we see is what a program would load. Undefined where there is none. Total.
 */
export function findZipDirectory(bytes: Buffer): ZipDirectory | undefined {
  for (let at = bytes.length - endSize; at >= 0 && at >= bytes.length - endSize - longestComment; at--) {
    if (bytes.readUInt32LE(at) !== 0x06054b50) continue;
    const size = bytes.readUInt32LE(at + 12);
    const offset = bytes.readUInt32LE(at + 16);
    const wide = size === unknown || offset === unknown || bytes.readUInt16LE(at + 10) === 0xffff;
    const directory = (wide && findWideDirectory(bytes, at)) || place(bytes, at, size, offset);
    if (directory) return directory;
  }
  return undefined;
}

/** For archives of more than 65,535 files, which have a second end before the first (4.3.14, 4.3.15). */
function findWideDirectory(bytes: Buffer, end: number): ZipDirectory | undefined {
  const locator = end - 20;
  if (locator < 56 || bytes.readUInt32LE(locator) !== 0x07064b50) return undefined;
  const at = locator - 56;
  if (bytes.readUInt32LE(at) !== 0x06064b50) return undefined;
  return place(bytes, at, Number(bytes.readBigUInt64LE(at + 40)), Number(bytes.readBigUInt64LE(at + 48)));
}

function place(bytes: Buffer, end: number, size: number, offset: number): ZipDirectory | undefined {
  const start = end - size;
  if (start < 0 || offset > start) return undefined;
  if (size > 0 && (size < fileHeaderSize || bytes.readUInt32LE(start) !== 0x02014b50)) return undefined;
  return { bytes, start, end, shift: start - offset };
}

/** The files of the archive, in the order of the directory; ends where the directory makes no sense, and returns false then. */
export function* zipFiles({ bytes, start, end, shift }: ZipDirectory): Generator<ZipFile, boolean> {
  for (let at = start; at < end; ) {
    if (at + fileHeaderSize > end || bytes.readUInt32LE(at) !== 0x02014b50) return false;
    const nameEnd = at + fileHeaderSize + bytes.readUInt16LE(at + 28);
    const extraEnd = nameEnd + bytes.readUInt16LE(at + 30);
    if (extraEnd > end) return false;
    const size = bytes.readUInt32LE(at + 20);
    const offset = bytes.readUInt32LE(at + 42);
    const wide =
      size === unknown || offset === unknown
        ? wideFields(bytes.subarray(nameEnd, extraEnd), bytes.readUInt32LE(at + 24) === unknown)
        : [];
    yield {
      name: bytes.toString('utf8', at + fileHeaderSize, nameEnd),
      encrypted: (bytes.readUInt16LE(at + 8) & 1) === 1,
      method: bytes.readUInt16LE(at + 10),
      claimed: bytes.readUInt32LE(at + 24),
      size: size === unknown ? (wide.shift() ?? size) : size,
      start: shift + (offset === unknown ? (wide.shift() ?? offset) : offset),
    };
    at = extraEnd + bytes.readUInt16LE(at + 32);
  }
  return true;
}

/** Those sizes and offsets that have no room in the header (4.5.3); the first is of no use here. */
function wideFields(extra: Buffer, skipFirst: boolean): number[] {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    const fields = extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
    const values = Array.from({ length: Math.floor(fields.length / 8) }, (_, i) =>
      Number(fields.readBigUInt64LE(8 * i)),
    );
    return skipFirst ? values.slice(1) : values;
  }
  return [];
}

export type ZipContent = { readonly bytes: Buffer } | { readonly reason: string };

/** The most that deflate packs into one byte (RFC 1951: 258 bytes in two bits). */
const densest = 1032;

/** The content of a file, of `limit` bytes at most; what the archive says of its size counts for nothing. Total. */
export function readZipFile({ bytes }: ZipDirectory, file: ZipFile, limit: number): ZipContent {
  const { start, size } = file;
  if (file.encrypted) return { reason: 'is encrypted' };
  if (start < 0 || start + localHeaderSize > bytes.length || bytes.readUInt32LE(start) !== 0x04034b50)
    return { reason: 'is not where the archive says' };
  const from = start + localHeaderSize + bytes.readUInt16LE(start + 26) + bytes.readUInt16LE(start + 28);
  if (from + size > bytes.length) return { reason: 'is cut off' };
  const stored = bytes.subarray(from, from + size);
  if (file.method === 0) return size > limit ? { reason: `has more than ${limit} bytes` } : { bytes: stored };
  if (file.method !== 8) return { reason: 'is packed in a way that is not known' };
  try {
    const expected = Math.min(file.claimed, limit, densest * size);
    // In one piece where it is as large as was said: else the pieces and the whole are in memory together.
    const chunkSize = Math.max(smallestChunk, expected);
    return { bytes: inflateRawSync(stored, { maxOutputLength: Math.max(1, limit), chunkSize }) };
  } catch (error) {
    const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    return { reason: tooLarge ? `has more than ${limit} bytes` : `cannot be unpacked: ${messageOf(error)}` };
  }
}
