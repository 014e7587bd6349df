import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fingerprint, launchRecord } from '../../test/fakes/launches.ts';
import { silentLog } from '../base/index.ts';
import { createLaunchJournal } from './launch-journal.ts';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pw-journal-'));
  file = join(directory, 'launches');
});
afterEach(() => rmSync(directory, { recursive: true }));

const open = (over: { readonly key?: Uint8Array; readonly mostBytes?: number } = {}) =>
  createLaunchJournal({ file, key: Buffer.alloc(32, 1), log: silentLog, ...over });
const launch = (id: string) => ({
  record: launchRecord({ id, who: 'a\n"b' }),
  started: [{ fingerprint: fingerprint(id), host: 'one.example', at: 1, isAdmitted: true }],
});
const kept = async (journal = open(), most = 100) => (await journal.read(most)).map(({ record }) => record.id);

describe('launches on disk', () => {
  it('are the same after a start, in order, and only their owner reads them', async () => {
    const journal = open();
    expect(await journal.append([launch('a'), launch('b')])).toBe(0);
    await journal.append([launch('c')]);
    expect(await open().read(100)).toEqual(['a', 'b', 'c'].map(launch));
    expect(await kept(open(), 2)).toEqual(['b', 'c']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('are none where none were kept, or the store has them', async () => {
    expect(await kept()).toEqual([]);
    const journal = open();
    await journal.append([launch('a')]);
    await journal.clear();
    expect(await kept()).toEqual([]);
    await journal.append([launch('b')]);
    expect(await kept()).toEqual(['b']);
  });

  it('are there but for one that a crash cut off, which takes no other with it', async () => {
    await open().append([launch('a'), launch('b')]);
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, -20));
    await open().append([launch('c')]);
    expect(await kept()).toEqual(['a', 'c']);
  });

  it.each([
    ['changed', (text: string) => text.replace('"outcome":"allow"', '"outcome":"deny"')],
    ['made up', (text: string) => text.replace(/^[0-9a-f]{64}/m, 'f'.repeat(64))],
    ['no line of ours', () => 'x'.repeat(100_000)],
    ['bytes of anything', () => '\0\ufffd\n\n{}\n'],
  ])('count for nothing where they are %s', async (_, spoil) => {
    await open().append([launch('a')]);
    writeFileSync(file, spoil(readFileSync(file, 'utf8')));
    expect(await kept()).toEqual([]);
  });

  it('count for nothing under another key', async () => {
    await open().append([launch('a')]);
    expect(await kept(open({ key: Buffer.alloc(32, 2) }))).toEqual([]);
  });

  it('are as many as there is room for, also after a start', async () => {
    const size = Buffer.byteLength(JSON.stringify(launch('a'))) + 66;
    const mostBytes = 2 * size + 10;
    expect(await open({ mostBytes }).append(['a', 'b', 'c'].map(launch))).toBe(1);
    expect(await open({ mostBytes }).append([launch('d')])).toBe(1);
    expect(await kept()).toEqual(['a', 'b']);
  });
});
