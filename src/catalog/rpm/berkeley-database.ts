import { databaseLimits } from '../database-limits.ts';
import { type HeaderBlobs, notADatabase, toBuffer, UsedPages } from './header-blobs.ts';

const hashMagic = 0x061561;
const pageHeaderSize = 26;
const pageType = { unsortedHash: 2, overflow: 7, hash: 13 } as const;
const itemType = { onPage: 1, offPage: 3 } as const;

/**
 * The headers in rpm's Berkeley DB hash `Packages`, of either byte order (Berkeley DB 4 and 5, dbinc/db_page.h: metadata
 * page, hash pages with keys and values in turn, overflow pages). It looks at every page in its order, and not along
 * the buckets: no page can lead astray. Total, and linear: each page is used once.
 */
export function readBerkeleyHeaders(database: Uint8Array): HeaderBlobs {
  const pages = openPages(toBuffer(database));
  if (typeof pages === 'string') return notADatabase(pages);
  const blobs: Buffer[] = [];
  const problems: string[] = [];
  for (let number = 1; number <= pages.last && problems.length < databaseLimits.problems; number++) {
    const page = pages.read(number);
    if (page === 'blank') continue;
    if (!page) {
      problems.push(`lacks page ${number}`);
      break;
    }
    if (page.type !== pageType.hash && page.type !== pageType.unsortedHash) continue;
    for (const { key, value } of pairsOf(page, number, problems)) {
      const blob = readItem(pages, value);
      // The record of key 0 counts the packages.
      if (key.length === 5 && key.readUInt32LE(1) === 0) continue;
      if (blob) blobs.push(blob);
      else problems.push(`has a package on page ${number} that cannot be put together`);
    }
    if (blobs.length >= databaseLimits.packages) {
      problems.push(`has more than ${databaseLimits.packages} packages; the others were not read`);
      break;
    }
  }
  return { blobs, problems };
}

interface Page {
  readonly bytes: Buffer;
  readonly next: number;
  readonly items: number;
  /** On an overflow page, how many bytes it has. */
  readonly used: number;
  readonly type: number | undefined;
  readUInt16(at: number): number;
}

interface Pages {
  readonly last: number;
  readonly used: UsedPages;
  readonly size: number;
  /** Blank is a bucket that was set aside and never used. */
  read(number: number): Page | 'blank' | undefined;
  readUInt32(bytes: Buffer, at: number): number;
}

function openPages(file: Buffer): Pages | string {
  if (file.length < 512) return 'is no Berkeley database';
  const little = file.readUInt32LE(12) === hashMagic;
  if (!little && file.readUInt32BE(12) !== hashMagic) return 'is no Berkeley database of packages';
  const readUInt32 = (bytes: Buffer, at: number) => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const readUInt16 = (bytes: Buffer, at: number) => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const version = readUInt32(file, 16);
  const size = readUInt32(file, 20);
  if (version < 7 || version > 10) return `is a Berkeley database of version ${version}, which is not known`;
  if (size < 512 || size > 65536 || (size & (size - 1)) !== 0) return 'is a Berkeley database without a page size';
  if (file[24] !== 0) return 'is an encrypted Berkeley database';
  return {
    last: readUInt32(file, 32),
    used: new UsedPages(),
    size,
    readUInt32,
    read(number) {
      const bytes = file.subarray(number * size, (number + 1) * size);
      if (bytes.length < size) return undefined;
      if (readUInt32(bytes, 8) === 0 && bytes[25] === 0) return 'blank';
      if (readUInt32(bytes, 8) !== number) return undefined;
      return {
        bytes,
        next: readUInt32(bytes, 16),
        items: readUInt16(bytes, 20),
        used: readUInt16(bytes, 22),
        type: bytes[25],
        readUInt16: (at) => readUInt16(bytes, at),
      };
    },
  };
}

/** Items lie from the end of the page on, each before the one before it, a type at the beginning of each. */
function* pairsOf(page: Page, number: number, problems: string[]): Generator<{ key: Buffer; value: Buffer }> {
  let end = page.bytes.length;
  let key: Buffer | undefined;
  for (let i = 0; i < page.items; i++) {
    const place = pageHeaderSize + 2 * i;
    const start = place + 2 <= end ? page.readUInt16(place) : 0;
    if (start < place + 2 || start >= end) {
      problems.push(`has items on page ${number} that lie elsewhere`);
      return;
    }
    const item = page.bytes.subarray(start, end);
    end = start;
    if (key) yield { key, value: item };
    key = key ? undefined : item;
  }
}

/** The bytes of an item, which are mostly on a chain of overflow pages; undefined where they are not all there. */
function readItem(pages: Pages, item: Buffer): Buffer | undefined {
  if (item[0] === itemType.onPage) return item.subarray(1);
  if (item[0] !== itemType.offPage || item.length !== 12) return undefined;
  const parts: Buffer[] = [];
  let missing = pages.readUInt32(item, 8);
  for (let number = pages.readUInt32(item, 4); missing > 0; ) {
    const page = pages.used.take(number) ? pages.read(number) : undefined;
    if (!page || page === 'blank' || page.type !== pageType.overflow || page.used === 0) return undefined;
    if (page.used > missing || pageHeaderSize + page.used > pages.size) return undefined;
    parts.push(page.bytes.subarray(pageHeaderSize, pageHeaderSize + page.used));
    missing -= page.used;
    number = page.next;
  }
  return Buffer.concat(parts);
}
