import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Digest, digestOf, fixedClock, silentLog } from '../base/index.ts';
import { createAdmissionBook } from './admission-book.ts';

const day = 86_400_000;
const start = Date.parse('2026-01-01T00:00:00Z');
const [a, b] = [digestOf('a'), digestOf('b')];
let directory: string;
let file: string;
const clock = fixedClock(start);
const rules = digestOf('rules');
const open = (key = Buffer.alloc(32, 1), host = 'quay-1') => {
  const book = createAdmissionBook({ file, key, host, clock, log: silentLog });
  return {
    admit: (name: Digest, until: number, by = rules) => book.admit(name, { until, rules: by }),
    admittedUntil: async (name: Digest) => (await book.find(name))?.until,
    rulesOf: async (name: Digest) => (await book.find(name))?.rules,
  };
};

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'admissions-'));
  file = join(directory, 'admissions');
  clock.set(start);
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('the book of what was let start', () => {
  it('knows after a new start what was admitted, until its time is over', async () => {
    await open().admit(a, start + day);
    expect(await open().admittedUntil(a)).toBe(start + day);
    expect(await open().admittedUntil(b)).toBeUndefined();
    clock.set(start + day);
    expect(await open().admittedUntil(a)).toBeUndefined();
  });

  it('is for this user alone', async () => {
    await open().admit(a, start + day);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('lets nothing start by a line that was not signed, was changed, or is of another key', async () => {
    await open().admit(a, start + day);
    const line = readFileSync(file, 'utf8').trim();
    const lasting = line.replace(String(start + day), String(start + 9 * day));
    const moved = line.replace(a, b);
    const other = line.replace(rules, digestOf('other rules'));
    writeFileSync(
      file,
      [`${b} ${start + day} ${rules} ${'0'.repeat(64)}`, lasting, moved, other, `${b} ${start + day}`, '\0'].join('\n'),
    );
    const book = open();
    expect([await book.admittedUntil(a), await book.admittedUntil(b)]).toEqual([undefined, undefined]);
    writeFileSync(file, line);
    expect(await open(Buffer.alloc(32, 2)).admittedUntil(a)).toBeUndefined();
    expect(await open().admittedUntil(a)).toBe(start + day);
  });

  it('lets nothing start that another host with the same key let start', async () => {
    await open(undefined, 'quay-2').admit(a, start + day);
    expect(await open().admittedUntil(a)).toBeUndefined();
    expect(await open(undefined, 'quay-2').admittedUntil(a)).toBe(start + day);
  });

  it('knows by which rules, and takes down where these are others', async () => {
    const book = open();
    await book.admit(a, start + day);
    expect(await open().rulesOf(a)).toBe(rules);
    await book.admit(a, start + day, digestOf('other rules'));
    expect(await open().rulesOf(a)).toBe(digestOf('other rules'));
  });

  it('goes on behind a line that a crash cut off', async () => {
    await open().admit(a, start + day);
    appendFileSync(file, `${b} 17`);
    await open().admit(b, start + day);
    expect(await open().admittedUntil(b)).toBe(start + day);
  });

  it('does not write a line for each start of the same', async () => {
    const book = open();
    for (let second = 0; second < 50; second++) await book.admit(a, start + day + second * 1000);
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(1);
    clock.set(start + day - 1);
    await book.admit(a, start + 2 * day);
    expect(await open().admittedUntil(a)).toBe(start + 2 * day);
  });

  it('is written anew when most of it is over', async () => {
    const book = open();
    for (let n = 0; n < 1100; n++) {
      clock.set(start + n * day);
      await book.admit(a, start + (n + 1) * day);
    }
    expect(readFileSync(file, 'utf8').trim().split('\n').length).toBeLessThan(1010);
    expect(await open().admittedUntil(a)).toBe(start + 1100 * day);
  });

  it('knows nothing where the file cannot be read', async () => {
    file = directory;
    expect(await open().admittedUntil(a)).toBeUndefined();
  });
});
