import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildTar, type TarEntry } from '../../test/fakes/image-builder.ts';
import { defaultReadLimits, type ReadLimits } from '../model/index.ts';
import { ReadBudget } from './read-budget.ts';
import { parseSplitLine, scanSplitLayer } from './scan-split-layer.ts';

let directory: string;
let files: string;
let split: string;
beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'pw-split-')));
  files = join(directory, 'diff');
  split = join(directory, 'tar-split.json.gz');
  mkdirSync(files);
});
afterEach(() => rmSync(directory, { recursive: true }));

const segment = (bytes: Uint8Array) => ({ type: 2, payload: Buffer.from(bytes).toString('base64') });
const file = (size: number) => ({ type: 1, name: 'whatever', size, payload: 'AAAAAAAAAAA=' });

/** What tar-split makes of a tar with one file of 512 bytes at most. */
function splitOf(entry: TarEntry, size: number): object[] {
  const tar = buildTar([entry]);
  return [segment(tar.subarray(0, 512)), file(size), segment(tar.subarray(512 + size))];
}

function write(lines: readonly object[], end = '\n'): void {
  writeFileSync(split, gzipSync(lines.map((line) => JSON.stringify(line)).join('\n') + end));
}

function scan(limits: Partial<ReadLimits> = {}) {
  return scanSplitLayer(
    { split, directory: files, length: 0 },
    { diffId: `sha256:${'0'.repeat(64)}` },
    { wanted: { patterns: ['/etc/wanted'], marks: [] } },
    new ReadBudget({ ...defaultReadLimits, ...limits }),
    new AbortController().signal,
  );
}

const wanted = { file: 'etc/wanted', content: 'here it is' };

describe('a layer in storage', () => {
  beforeEach(() => {
    mkdirSync(join(files, 'etc'));
    writeFileSync(join(files, 'etc/wanted'), wanted.content);
    write(splitOf(wanted, 10));
  });

  it('is walked, and what is wanted read', async () => {
    const { table, problems, size } = await scan();
    expect(problems).toEqual([]);
    expect(table?.paths).toEqual(['/etc/wanted']);
    expect(Buffer.from(table?.blocks[0] ?? []).toString()).toBe(wanted.content);
    expect(size).toBe(buildTar([wanted]).length);
  });

  it('is not left by a link on the way', async () => {
    rmSync(join(files, 'etc'), { recursive: true });
    mkdirSync(join(directory, 'outside'));
    writeFileSync(join(directory, 'outside/wanted'), 'top secret');
    symlinkSync(join(directory, 'outside'), join(files, 'etc'));
    const { table, problems } = await scan();
    expect(problems).toMatchObject([{ code: 'image/stored-file-differs', path: '/etc/wanted' }]);
    expect(table?.keptEntries).toHaveLength(0);
  });

  it.each<[string, () => void]>([
    ['that is gone', () => rmSync(join(files, 'etc/wanted'))],
    ['that grew', () => writeFileSync(join(files, 'etc/wanted'), 'here it is not')],
    [
      'that is a directory now',
      () => {
        rmSync(join(files, 'etc/wanted'));
        mkdirSync(join(files, 'etc/wanted'));
      },
    ],
  ])('tells of a file %s', async (_, change) => {
    change();
    const { table, problems } = await scan();
    expect(problems).toMatchObject([{ code: 'image/stored-file-differs' }]);
    expect(table?.count).toBe(1);
    expect(table?.keptEntries).toHaveLength(0);
  });

  it.each<[string, () => void]>([
    ['without its tar', () => rmSync(split)],
    ['whose tar is no gzip', () => writeFileSync(split, 'plain')],
    ['whose tar is cut off', () => writeFileSync(split, readFileSync(split).subarray(0, 100))],
    ['whose tar is no JSON', () => write([], 'nonsense\n')],
    ['whose last line is cut off', () => write(splitOf(wanted, 10), '\n{"type":2')],
    ['with a line of another kind', () => write([{ type: 3 }])],
    ['with a file of another size', () => write(splitOf(wanted, 9))],
    ['with a file where none is', () => write([file(5)])],
  ])('%s is left to the engine', async (_, change) => {
    change();
    const { table, problems } = await scan();
    expect(table).toBeUndefined();
    expect(problems).toMatchObject([{ code: 'image/unreadable-storage' }]);
  });

  it('keeps to the limits', async () => {
    expect((await scan({ maxUncompressedBytes: 600 })).problems).toMatchObject([{ code: 'image/limit-exceeded' }]);
    expect((await scan({ maxEntries: 0 })).problems).toMatchObject([{ code: 'image/limit-exceeded' }]);
  });
});

describe('a line of tar-split', () => {
  it('is a segment or a file', () => {
    expect(parseSplitLine('{"type":2,"payload":"AAE=","position":0}', 'it')).toEqual({ bytes: Buffer.from([0, 1]) });
    expect(parseSplitLine('{"type":1,"name":"a","size":7,"payload":"x","position":1}', 'it')).toEqual({ fileBytes: 7 });
    expect(parseSplitLine('{"type":1,"name":"empty","payload":null}', 'it')).toEqual({ fileBytes: 0 });
  });

  it.each(['', '[]', '1', '{}', '{"type":1,"size":-1}', '{"type":1,"size":1.5}', '{"type":"2"}'])('is not %s', (line) =>
    expect(() => parseSplitLine(line, 'it')).toThrow('it'),
  );
});
