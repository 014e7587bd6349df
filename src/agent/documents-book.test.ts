import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { policy } from '../../test/fakes/launch-scene.ts';
import { fixedClock, silentLog } from '../base/index.ts';
import { createDocumentsBook } from './documents-book.ts';

const day = 86_400_000;
const start = Date.parse('2026-01-01T00:00:00Z');
const clock = fixedClock(start);
let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pw-documents-'));
  file = join(directory, 'documents');
  clock.set(start);
});
afterEach(() => rmSync(directory, { recursive: true }));

const parts = () => ({ file, key: Buffer.alloc(32, 1), host: 'quay-1', store: 'PostgreSQL at db/one', clock });
const open = (over: { readonly key?: Uint8Array; readonly host?: string; readonly store?: string } = {}) =>
  createDocumentsBook({ ...parts(), log: silentLog, ...over });
const kept = { revision: 3, documents: [policy({}), policy({}, 'observe')] };

describe('policies on disk', () => {
  it('are the same after a start, and only their owner reads them', async () => {
    await open().write(kept);
    expect(await open().read()).toEqual(kept);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('are none where none were kept', async () => expect(await open().read()).toBeUndefined());

  it('are written where they change, and each hour that the store says so', async () => {
    const book = open();
    const writtenAnew = async (revision: number) => {
      const { ino } = statSync(file);
      await book.write({ ...kept, revision });
      return statSync(file).ino !== ino;
    };
    await book.write(kept);
    clock.set(start + 3_599_000);
    expect(await writtenAnew(3)).toBe(false);
    expect(await writtenAnew(4)).toBe(true);
    clock.set(start + 2 * 3_600_000);
    expect(await writtenAnew(4)).toBe(true);
    clock.set(start + 7 * day);
    expect(await open().read()).toMatchObject({ revision: 4 });
  });

  it('are whole where several write at once', async () => {
    const book = open();
    await Promise.all([4, 5, 6, 7].map((revision) => book.write({ ...kept, revision })));
    expect(await open().read()).toMatchObject({ revision: 7 });
  });

  it('count while they are fresh where somebody puts back an older page: a known limit', async () => {
    const book = open();
    await book.write({ ...kept, revision: 1 });
    const older = readFileSync(file);
    clock.set(start + day);
    await book.write({ ...kept, revision: 2 });
    writeFileSync(file, older);
    expect(await open().read()).toMatchObject({ revision: 1 });
    clock.set(start + 7 * day + 1);
    expect(await open().read()).toBeUndefined();
  });

  it.each([
    ['older than seven days', start + 7 * day + 1],
    ['of a time that has not come', start - 2 * day],
  ])('count for nothing where they are %s', async (_, now) => {
    await open().write(kept);
    clock.set(now);
    expect(await open().read()).toBeUndefined();
  });

  it('count where the clock went back a little while the machine was off', async () => {
    await open().write(kept);
    clock.set(start - 3_600_000);
    expect(await open().read()).toEqual(kept);
  });

  it.each([
    ['another host', { host: 'quay-2' }],
    ['another store', { store: 'PostgreSQL at db/two' }],
    ['another key', { key: Buffer.alloc(32, 2) }],
  ])('count for nothing to %s', async (_, over) => {
    await open().write(kept);
    expect(await open(over).read()).toBeUndefined();
  });

  it.each([
    ['changed', (text: string) => text.replace('"enforce"', '"observe"')],
    ['cut off', (text: string) => text.slice(0, 200)],
    ['empty', () => ''],
    ['signed by nobody', (text: string) => text.slice(text.indexOf('\n') + 1)],
  ])('count for nothing where they were %s', async (_, spoil) => {
    await open().write(kept);
    writeFileSync(file, spoil(readFileSync(file, 'utf8')));
    expect(await open().read()).toBeUndefined();
  });

  it('are no other book, and no other is one of them', async () => {
    await open().write(kept);
    const { createRulesBook } = await import('./rules-book.ts');
    const rules = createRulesBook({ file: join(directory, 'rules'), key: parts().key, log: silentLog });
    await rules.write({ groups: [], denyLists: [] });
    copyFileSync(join(directory, 'rules'), join(directory, 'aside'));
    copyFileSync(file, join(directory, 'rules'));
    copyFileSync(join(directory, 'aside'), file);
    expect(await open().read()).toBeUndefined();
    expect(
      await createRulesBook({ file: join(directory, 'rules'), key: parts().key, log: silentLog }).read(),
    ).toBeUndefined();
  });
});
