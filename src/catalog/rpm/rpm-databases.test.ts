import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  berkeleyDatabase,
  ndbDatabase,
  rpmHeader,
  sqliteDatabase,
  sqliteWithLog,
} from '../../../test/fakes/rpm-database.ts';
import { readBerkeleyHeaders } from './berkeley-database.ts';
import type { HeaderBlobs } from './header-blobs.ts';
import { readNdbHeaders } from './ndb-database.ts';
import { parseRpmHeader } from './parse-rpm-header.ts';
import { readSqliteHeaders } from './sqlite-database.ts';

const packages = Array.from({ length: 60 }, (_, i) => ({
  name: `package-${i}`,
  version: `1.${i}`,
  release: '1.fc40',
  files: Array.from({ length: i * i }, (_, file) => `/usr/share/package-${i}/file-${file}`),
}));
const headers = packages.map(rpmHeader);

function namesOf({ blobs }: HeaderBlobs): string[] {
  const names = blobs.map((blob) => {
    const header = parseRpmHeader(blob);
    return 'package' in header ? header.package.name : '!';
  });
  return names.sort();
}

const all = packages.map(({ name }) => name).sort();

const forms: readonly (readonly [string, Buffer, (database: Uint8Array) => HeaderBlobs])[] = [
  ['SQLite, pages of 512', sqliteDatabase(headers, 512), readSqliteHeaders],
  ['SQLite, pages of 4096', sqliteDatabase(headers), readSqliteHeaders],
  ['SQLite, pages of 65536', sqliteDatabase(headers, 65536), readSqliteHeaders],
  ['ndb', ndbDatabase(headers), readNdbHeaders],
  ['Berkeley DB, little-endian', berkeleyDatabase(headers), readBerkeleyHeaders],
  ['Berkeley DB, big-endian', berkeleyDatabase(headers, true), readBerkeleyHeaders],
  ['Berkeley DB, pages of 512', berkeleyDatabase(headers, false, 512), readBerkeleyHeaders],
];

describe.each(forms)('a database of packages: %s', (_form, database, read) => {
  it('gives each header byte for byte', () => {
    const { blobs, problems } = read(database);
    expect(problems).toEqual([]);
    expect(blobs.map((blob) => blob.toString('hex')).sort()).toEqual(headers.map((h) => h.toString('hex')).sort());
  });

  it('is incomplete where it was cut, and says so', () => {
    for (const share of [0, 0.01, 0.1, 0.5, 0.9, 0.99]) {
      const { blobs, problems } = read(database.subarray(0, Math.floor(database.length * share)));
      expect(problems, `${share}`).not.toEqual([]);
      expect(blobs.length, `${share}`).toBeLessThan(headers.length);
    }
  });

  it('gives no more bytes than it has, whatever they are', () => {
    const change = fc.record({ at: fc.nat(database.length - 1), bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 20 }), (changes) => {
        const broken = Buffer.from(database);
        // Most changes belong where the structure is: in the first bytes of pages.
        for (const { at, bytes } of changes)
          broken.set(bytes.subarray(0, broken.length - at), at % 3 ? at : at & ~4095);
        const { blobs } = read(broken);
        expect(blobs.reduce((sum, blob) => sum + blob.length, 0)).toBeLessThanOrEqual(broken.length);
        for (const blob of blobs) void parseRpmHeader(blob);
      }),
      { numRuns: 200 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => void read(bytes)));
  });
});

describe('SQLite', () => {
  const { database, log } = sqliteWithLog(headers.slice(0, 20), headers.slice(20));

  it('takes in what is in the log alone', () => {
    expect(namesOf(readSqliteHeaders(database, log))).toEqual(all);
    expect(readSqliteHeaders(database).blobs).toHaveLength(20);
  });

  it.each([
    ['cut before its last transaction ended', (copy: Buffer) => copy.subarray(0, copy.length - 1)],
    ['with a flipped bit', (copy: Buffer) => (copy.set([1 ^ (copy[90] as number)], 90), copy)],
    ['of another database', (copy: Buffer) => (copy.set([0, 0, 0, 0], 16), copy)],
  ])('leaves out a log %s', (_what, change) => {
    expect(readSqliteHeaders(database, change(Buffer.from(log)))).toEqual(readSqliteHeaders(database));
  });

  it('takes a database that is empty, and one that was made for something else', () => {
    expect(readSqliteHeaders(sqliteDatabase([]))).toEqual({ blobs: [], problems: [] });
    const other = Buffer.from(sqliteDatabase([]).toString('latin1').replace('Packages', 'Pockages'), 'latin1');
    expect(readSqliteHeaders(other).problems).toEqual(['has no table of packages']);
  });

  it('does not follow a page to itself', () => {
    const looped = Buffer.from(sqliteDatabase(headers, 512));
    // The table's first page has only itself below it.
    looped[512] = 0x05;
    looped.writeUInt32BE(2, 512 + 8);
    const { problems } = readSqliteHeaders(looped);
    expect(problems.join()).toContain('uses it twice');
  });

  it('does not read one row for a thousand', () => {
    const database = Buffer.from(sqliteDatabase([rpmHeader({ name: 'a', version: '1', release: '1' })], 65536));
    // The only row of the table, on page 2, ten thousand times.
    const row = database.readUInt16BE(65536 + 8);
    database.writeUInt16BE(10_000, 65536 + 3);
    for (let i = 0; i < 10_000; i++) database.writeUInt16BE(row, 65536 + 8 + 2 * i);
    const { blobs, problems } = readSqliteHeaders(database);
    expect(blobs.length).toBeLessThan(300);
    expect(problems.join()).toContain('longer than it has room for');
  });
});

describe('ndb', () => {
  it.each([
    ['a slot that leads out of the file', 32 + 8, 'has a broken package'],
    ['a slot of another package', 32 + 4, 'has a broken package'],
    ['a slot without its magic', 32, 'has no slot at byte 32'],
    ['another version', 4, 'which is not known'],
  ])('says of %s what it is', (_what, at, problem) => {
    const broken = Buffer.from(ndbDatabase(headers));
    broken.writeUInt32LE(0x7fffff, at);
    const read = readNdbHeaders(broken);
    expect(read.problems.join()).toContain(problem);
    expect(read.blobs.length).toBeLessThan(headers.length);
  });

  it('does not read one package for many', () => {
    const slots = Buffer.from(ndbDatabase(headers.slice(-1)));
    const slot = Buffer.from(slots.subarray(32, 48));
    for (let at = 48; at < 4096; at += 16) slots.set(slot, at);
    const { blobs, problems } = readNdbHeaders(slots);
    expect(blobs.length).toBeLessThan(3);
    expect(problems.join()).toContain('more packages than it has room for');
  });
});

describe('Berkeley DB', () => {
  it.each([
    ['another version', 16, 'of version 99'],
    ['no page size', 20, 'without a page size'],
    ['encryption', 24, 'encrypted'],
  ])('says of %s that it cannot be read', (_what, at, problem) => {
    const broken = Buffer.from(berkeleyDatabase(headers));
    broken.writeUInt32LE(99, at);
    expect(readBerkeleyHeaders(broken)).toMatchObject({ blobs: [], problems: [expect.stringContaining(problem)] });
  });

  it('goes past buckets that were set aside and never written', () => {
    const database = berkeleyDatabase(headers);
    const last = database.length / 4096 - 1;
    // The last page moves up by one, behind a page of zeros.
    const moved = Buffer.from(database.subarray(last * 4096));
    moved.writeUInt32LE(last + 1, 8);
    const previous = moved.readUInt32LE(12);
    const grown = Buffer.concat([database.subarray(0, last * 4096), Buffer.alloc(4096), moved]);
    grown.writeUInt32LE(last + 1, 32);
    grown.writeUInt32LE(last + 1, previous * 4096 + 16);
    const { blobs, problems } = readBerkeleyHeaders(grown);
    expect({ packages: blobs.length, problems }).toEqual({ packages: headers.length, problems: [] });
  });

  it('does not follow overflow pages in a circle', () => {
    const looped = Buffer.from(berkeleyDatabase(headers));
    for (let page = 4096; page < looped.length; page += 4096)
      if (looped[page + 25] === 7) looped.writeUInt32LE(looped.readUInt32LE(page + 8), page + 16);
    const { problems } = readBerkeleyHeaders(looped);
    expect(problems.join()).toContain('cannot be put together');
  });
});
