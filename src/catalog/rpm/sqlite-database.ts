import { databaseLimits } from '../database-limits.ts';
import { type HeaderBlobs, notADatabase, toBuffer, UsedPages } from './header-blobs.ts';
import { parseSqliteLog } from './sqlite-log.ts';

const magic = Buffer.from('SQLite format 3\0', 'latin1');
const leaf = 0x0d;
const interior = 0x05;

/**
 * The headers in the table `Packages` of rpm's SQLite database, with what its write-ahead log changed (SQLite, "Database
 * File Format", 1.6 "B-tree Pages" and 2.1 "Record Format"). Read here, and not by SQLite, which would want a file, and
 * whose code is no place for bytes from outside. Total, and linear: each page is used once.
 */
export function readSqliteHeaders(database: Uint8Array, log: Uint8Array = new Uint8Array()): HeaderBlobs {
  const pages = openPages(toBuffer(database), toBuffer(log));
  if (!pages) return notADatabase('is no SQLite database');
  const tables = new TableReader(pages);
  let root: number | undefined;
  for (const record of tables.records(1)) {
    const [type, name, , page] = parseRecord(record);
    if (textOf(type) === 'table' && textOf(name) === 'Packages') root ??= integerOf(page);
  }
  if (root === undefined) return notADatabase(tables.problems[0] ?? 'has no table of packages');

  const blobs: Buffer[] = [];
  for (const record of tables.records(root)) {
    const blob = parseRecord(record)[1];
    if (Buffer.isBuffer(blob)) blobs.push(blob);
    else tables.problems.push('has a row that is no package');
    if (blobs.length >= databaseLimits.packages) {
      tables.problems.push(`has more than ${databaseLimits.packages} packages; the others were not read`);
      break;
    }
  }
  return { blobs, problems: tables.problems };
}

interface Pages {
  /** Bytes of all of them, and more. */
  readonly bytes: number;
  /** Bytes of a page without those that are set aside at its end. */
  readonly usable: number;
  read(page: number): Buffer | undefined;
}

/** The first page may be in the log alone. Undefined where there is no database. */
function openPages(file: Buffer, log: Buffer): Pages | undefined {
  const stated = file.length >= 100 ? file.readUInt16BE(16) : log.length >= 12 ? log.readUInt32BE(8) : 0;
  const size = stated === 1 ? 65536 : stated;
  if (size < 512 || size > 65536 || (size & (size - 1)) !== 0) return undefined;
  const changed = parseSqliteLog(log, size);
  const first = changed.get(1) ?? file;
  if (!first.subarray(0, magic.length).equals(magic)) return undefined;
  const usable = size - (first[20] as number);
  if (usable < 480) return undefined;
  return {
    bytes: file.length + log.length,
    usable,
    read(page) {
      const bytes = changed.get(page) ?? file.subarray((page - 1) * size, page * size);
      return page > 0 && bytes.length === size ? bytes : undefined;
    },
  };
}

/** Walks the b-trees of tables. What is broken is left out, with a problem. */
class TableReader {
  readonly problems: string[] = [];
  readonly #pages: Pages;
  readonly #used = new UsedPages();

  constructor(pages: Pages) {
    this.#pages = pages;
  }

  *records(root: number): Generator<Buffer> {
    const open = [root];
    for (let page = open.pop(); page !== undefined; page = open.pop()) {
      const bytes = this.#take(page);
      if (!bytes) continue;
      const start = page === 1 ? 100 : 0;
      const kind = bytes[start];
      if (kind !== leaf && kind !== interior) {
        this.problems.push(`has no table on page ${page}`);
        continue;
      }
      const cells = this.#cellsOf(bytes, start, kind, page);
      if (kind === leaf) yield* this.#payloads(bytes, cells, page);
      else {
        const children = cells.map((cell) => bytes.readUInt32BE(cell));
        open.push(bytes.readUInt32BE(start + 8), ...children.reverse());
      }
    }
  }

  #take(page: number): Buffer | undefined {
    const bytes = this.#used.take(page) ? this.#pages.read(page) : undefined;
    if (!bytes) this.problems.push(`lacks page ${page}, or uses it twice`);
    return bytes;
  }

  #cellsOf(bytes: Buffer, start: number, kind: number, page: number): number[] {
    const pointers = start + (kind === interior ? 12 : 8);
    const count = bytes.readUInt16BE(start + 3);
    const cells: number[] = [];
    for (let i = 0; i < count && pointers + 2 * i + 2 <= bytes.length; i++) {
      const cell = bytes.readUInt16BE(pointers + 2 * i);
      if (cell >= pointers && cell + 4 <= this.#pages.usable) cells.push(cell);
    }
    if (cells.length < count) this.problems.push(`has rows on page ${page} that lie elsewhere`);
    return cells;
  }

  /** Rows that overlap would let a page be read thousands of times. */
  *#payloads(bytes: Buffer, cells: readonly number[], page: number): Generator<Buffer> {
    let room = this.#pages.usable;
    for (const cell of cells) {
      const size = readVarint(bytes, cell);
      const row = readVarint(bytes, size.end);
      const local = localSize(size.value, this.#pages.usable);
      room -= local;
      if (room < 0 || row.end + local > this.#pages.usable || size.value > this.#pages.bytes) {
        this.problems.push(`has rows on page ${page} that are longer than it has room for`);
        return;
      }
      const payload = this.#withOverflow(bytes, row.end, local, size.value);
      if (payload) yield payload;
    }
  }

  /** What does not fit beside the others is in a chain of overflow pages (1.7). */
  #withOverflow(bytes: Buffer, at: number, local: number, size: number): Buffer | undefined {
    const { usable } = this.#pages;
    const parts = [bytes.subarray(at, at + local)];
    if (local === size) return parts[0];
    if (at + local + 4 > usable) {
      this.problems.push('has a row without its rest');
      return undefined;
    }
    let next = bytes.readUInt32BE(at + local);
    for (let missing = size - local; missing > 0; ) {
      const overflow = this.#take(next);
      if (!overflow) return undefined;
      const part = overflow.subarray(4, Math.min(usable, 4 + missing));
      parts.push(part);
      missing -= part.length;
      next = overflow.readUInt32BE(0);
    }
    return Buffer.concat(parts);
  }
}

function localSize(payload: number, usable: number): number {
  const most = usable - 35;
  if (payload <= most) return payload;
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const wanted = least + ((payload - least) % (usable - 4));
  return wanted <= most ? wanted : least;
}

/** A column that is no integer, text or blob is undefined. */
function parseRecord(record: Buffer): (number | Buffer | undefined)[] {
  const columns: (number | Buffer | undefined)[] = [];
  const header = readVarint(record, 0);
  let at = header.value;
  for (let next = header.end; next < header.value && columns.length < 8; ) {
    const type = readVarint(record, next);
    next = type.end;
    const size = type.value >= 12 ? Math.floor((type.value - 12) / 2) : (integerSizes[type.value] ?? 0);
    if (at + size > record.length) break;
    const bytes = record.subarray(at, at + size);
    if (type.value >= 12) columns.push(bytes);
    else columns.push(size > 0 && size <= 6 ? bytes.readIntBE(0, size) : undefined);
    at += size;
  }
  return columns;
}

/** By serial type; 8 and 9 are the constants 0 and 1, which no root page is. */
const integerSizes = [0, 1, 2, 3, 4, 6, 8, 8];

/** Seven bits in a byte, the high one saying that more follow; nine bytes at most. */
function readVarint(bytes: Buffer, at: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let i = 0; i < 9; i++) {
    const byte = bytes[at + i] ?? 0;
    if (i === 8) return { value: value * 256 + byte, end: at + 9 };
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return { value, end: at + i + 1 };
  }
  return { value, end: at + 9 };
}

function textOf(column: number | Buffer | undefined): string | undefined {
  return Buffer.isBuffer(column) && column.length < 100 ? column.toString('utf8') : undefined;
}

function integerOf(column: number | Buffer | undefined): number | undefined {
  return typeof column === 'number' ? column : undefined;
}
