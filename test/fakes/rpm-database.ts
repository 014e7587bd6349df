import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** What a package's header says, by tag; numbers are written as 32 bits. */
export type HeaderTags = Readonly<Record<number, string | readonly string[] | readonly number[] | undefined>>;

export interface FakeRpm {
  readonly name: string;
  readonly version: string;
  readonly release: string;
  readonly epoch?: number;
  readonly arch?: string;
  readonly vendor?: string;
  readonly license?: string;
  readonly source?: string;
  readonly module?: string;
  readonly files?: readonly string[];
}

/** The header of a package as rpm's databases hold it. */
export function rpmHeader(item: FakeRpm): Buffer {
  const files = item.files ?? [];
  const directories = [...new Set(files.map((path) => path.slice(0, path.lastIndexOf('/') + 1)))];
  return packHeader({
    1000: item.name,
    1001: item.version,
    1002: item.release,
    ...(item.epoch === undefined ? {} : { 1003: [item.epoch] }),
    1011: item.vendor ?? 'Fedora Project',
    1014: item.license ?? 'MIT',
    1021: 'linux',
    1022: item.arch ?? 'x86_64',
    1044: item.source ?? `${item.name}-${item.version}-${item.release}.src.rpm`,
    ...(files.length === 0
      ? {}
      : {
          1116: files.map((path) => directories.indexOf(path.slice(0, path.lastIndexOf('/') + 1))),
          1117: files.map((path) => path.slice(path.lastIndexOf('/') + 1)),
          1118: directories,
        }),
    ...(item.module === undefined ? {} : { 5096: item.module }),
  });
}

/** Index and data in one region that is not to be changed, as rpm packs them. */
export function packHeader(tags: HeaderTags): Buffer {
  const index: Buffer[] = [];
  const data: Buffer[] = [];
  let size = 0;
  for (const [tag, value] of Object.entries(tags)) {
    if (value === undefined) continue;
    const numbers =
      typeof value === 'string' || typeof value[0] !== 'number' ? undefined : (value as readonly number[]);
    const texts = numbers ? [] : [value].flat().map((text) => `${text}\0`);
    const type = numbers ? 4 : typeof value === 'string' ? 6 : 8;
    const bytes = numbers ? words(...numbers) : Buffer.from(texts.join(''));
    const padding = numbers ? (4 - (size % 4)) % 4 : 0;
    index.push(words(Number(tag), type, size + padding, numbers?.length ?? texts.length));
    data.push(Buffer.alloc(padding), bytes);
    size += padding + bytes.length;
  }
  const count = index.length + 1;
  const trailer = words(63, 7, (-16 * count) >>> 0, 16);
  return Buffer.concat([words(count, size + 16), words(63, 7, size, 16), ...index, ...data, trailer]);
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => {
    bytes.writeUInt32BE(value, 4 * i);
  });
  return bytes;
}

const schema = `CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL);
  CREATE TABLE 'Name' (key 'TEXT' NOT NULL, hnum INTEGER NOT NULL, idx INTEGER NOT NULL);`;

/** By SQLite itself. */
export function sqliteDatabase(headers: readonly Uint8Array[], pageSize = 4096): Buffer {
  const database = new DatabaseSync(':memory:');
  database.exec(`PRAGMA page_size = ${pageSize}; ${schema}`);
  insert(database, headers);
  const bytes = Buffer.from(database.serialize());
  database.close();
  return bytes;
}

/** A database and its log, as they lie on disk while it is open: what came `later` is in the log alone. */
export function sqliteWithLog(
  headers: readonly Uint8Array[],
  later: readonly Uint8Array[],
): { database: Buffer; log: Buffer } {
  const directory = mkdtempSync(join(tmpdir(), 'pw-rpm-'));
  const file = join(directory, 'rpmdb.sqlite');
  const database = new DatabaseSync(file);
  try {
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; ${schema}`);
    insert(database, headers);
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    insert(database, later);
    cpSync(file, `${file}.copy`);
    cpSync(`${file}-wal`, `${file}.copy-wal`);
    return { database: readFileSync(`${file}.copy`), log: readFileSync(`${file}.copy-wal`) };
  } finally {
    database.close();
    rmSync(directory, { recursive: true });
  }
}

function insert(database: DatabaseSync, headers: readonly Uint8Array[]): void {
  const statement = database.prepare('INSERT INTO Packages (blob) VALUES (?)');
  database.exec('BEGIN');
  for (const header of headers) statement.run(header);
  database.exec('COMMIT');
}

/** Slots for 254 packages on a first page, then the blobs, in blocks of 16 bytes. */
export function ndbDatabase(headers: readonly Uint8Array[]): Buffer {
  const slots = Buffer.alloc(4096);
  slots.write('RpmP', 0, 'latin1');
  slots.writeUInt32LE(1, 8);
  slots.writeUInt32LE(1, 12);
  slots.writeUInt32LE(headers.length + 1, 16);
  const blobs: Buffer[] = [];
  let block = 256;
  for (let i = 0; i < 254; i++) {
    const slot = 32 + 16 * i;
    slots.write('Slot', slot, 'latin1');
    const header = headers[i];
    if (!header) continue;
    const count = Math.ceil((16 + header.length + 12) / 16);
    const blob = Buffer.alloc(16 * count);
    blob.write('BlbS', 0, 'latin1');
    blob.writeUInt32LE(i + 1, 4);
    blob.writeUInt32LE(header.length, 12);
    blob.set(header, 16);
    blob.writeUInt32LE(header.length, blob.length - 8);
    blob.write('BlbE', blob.length - 4, 'latin1');
    [i + 1, block, count].forEach((value, at) => slots.writeUInt32LE(value, slot + 4 + 4 * at));
    blobs.push(blob);
    block += count;
  }
  return Buffer.concat([slots, ...blobs]);
}

/**
 * A Berkeley DB hash of one bucket, whose pages are a chain; what is longer than a quarter of a page lies on overflow
 * pages. rpm itself reads it (see test/e2e/rpm.test.ts).
 */
export function berkeleyDatabase(headers: readonly Uint8Array[], bigEndian = false, pageSize = 4096): Buffer {
  const write16 = (page: Buffer, value: number, at: number) =>
    bigEndian ? page.writeUInt16BE(value, at) : page.writeUInt16LE(value, at);
  const write32 = (page: Buffer, value: number, at: number) =>
    bigEndian ? page.writeUInt32BE(value, at) : page.writeUInt32LE(value, at);
  const word = (value: number) => {
    const bytes = Buffer.alloc(4);
    write32(bytes, value, 0);
    return bytes;
  };
  const pages: Buffer[] = [Buffer.alloc(pageSize)];
  const addPage = (type: number, previous = 0): number => {
    const page = Buffer.alloc(pageSize);
    const number = pages.push(page) - 1;
    write32(page, number, 8);
    write32(page, previous, 12);
    write16(page, type === 13 ? pageSize : 0, 22);
    page[25] = type;
    if (previous > 0) write32(pages[previous] as Buffer, number, 16);
    return number;
  };
  const addOverflow = (bytes: Uint8Array): number => {
    let first = 0;
    for (let at = 0, previous = 0; at < bytes.length; at += pageSize - 26) {
      previous = addPage(7, previous);
      first ||= previous;
      const part = bytes.subarray(at, at + pageSize - 26);
      (pages[previous] as Buffer).set(part, 26);
      write16(pages[previous] as Buffer, part.length, 22);
    }
    return first;
  };
  const addItem = (page: Buffer, item: Buffer): void => {
    const count = bigEndian ? page.readUInt16BE(20) : page.readUInt16LE(20);
    const end = bigEndian ? page.readUInt16BE(22) : page.readUInt16LE(22);
    page.set(item, end - item.length);
    write16(page, end - item.length, 26 + 2 * count);
    write16(page, count + 1, 20);
    write16(page, end - item.length, 22);
  };

  let bucket = addPage(13);
  let room = pageSize - 26;
  for (const [i, value] of [word(headers.length), ...headers].entries()) {
    const key = Buffer.concat([Buffer.of(1), word(i)]);
    const item =
      value.length < pageSize / 4
        ? Buffer.concat([Buffer.of(1), value])
        : Buffer.concat([Buffer.of(3, 0, 0, 0), word(addOverflow(value)), word(value.length)]);
    if (room < key.length + item.length + 4) {
      bucket = addPage(13, bucket);
      room = pageSize - 26;
    }
    room -= key.length + item.length + 4;
    addItem(pages[bucket] as Buffer, key);
    addItem(pages[bucket] as Buffer, item);
  }
  const meta = pages[0] as Buffer;
  const fields = {
    12: 0x061561,
    16: 9,
    20: pageSize,
    32: pages.length - 1,
    76: 1,
    84: 0,
    88: headers.length + 1,
    96: 1,
  };
  for (const [at, value] of Object.entries(fields)) write32(meta, value, Number(at));
  meta[25] = 8;
  return Buffer.concat(pages);
}
