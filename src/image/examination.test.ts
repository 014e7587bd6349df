import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  buildDockerArchive,
  buildOciLayout,
  buildTar,
  type LayerSpec,
  sha256,
  type TarEntry,
} from '../../test/fakes/image-builder.ts';
import { defaultReadLimits, parseSource } from '../model/index.ts';
import { createImageReader } from './image-reader.ts';
import { LayerHelper } from './layer-helper.ts';
import { ReadBudget } from './read-budget.ts';
import { UnexaminedCount } from './unexamined-files.ts';

let directory: string;
let module: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'pw-examination-'));
  const file = join(directory, 'examiner.mjs');
  // Says what it was shown; throws where the file says so.
  writeFileSync(
    file,
    `export const createExaminer = ({ most }) => ({
      id: 'test',
      wants: ({ path }) => (path.endsWith('.not') ? 0 : most),
      examine({ path, mode }, bytes) {
        const text = Buffer.from(bytes).toString();
        if (text.startsWith('throw')) throw new Error('as it was told');
        return [{ kind: 'seen', text, mode }];
      },
    });`,
  );
  module = pathToFileURL(file).href;
});
afterAll(() => rmSync(directory, { recursive: true }));

const wanted = { patterns: ['/kept'], marks: [] };
async function notes(source: string, most = 100) {
  const contents = await createImageReader()(parseSource(source), {
    platform: { os: 'linux', architecture: 'amd64' },
    wanted,
    limits: defaultReadLimits,
    signal: new AbortController().signal,
    examiners: [{ id: 'test', version: 1, module, options: { most } }],
  });
  const found = [...contents.notes()].map(
    ({ path, layer, isHidden, note }) => `${layer}${isHidden ? '!' : ''} ${path} ${note.text}`,
  );
  return { found: found.sort(), problems: contents.problems.map(({ code, path }) => `${code} ${path}`) };
}

const big = 'x'.repeat(300_000);
const lower: TarEntry[] = [
  { file: 'kept', content: 'kept and seen' },
  { file: 'a.not', content: 'never seen' },
  { file: 'gone', content: 'gone later' },
  { file: 'changed', content: 'old' },
  { file: 'empty', content: '' },
  { hardlink: 'linked', to: 'kept' },
];
const upper: TarEntry[] = [
  { file: 'changed', content: 'new' },
  { whiteout: 'gone' },
  { file: 'bad', content: 'throw!' },
  { file: 'big', content: big },
];
const expected = ['0 /linked kept and seen', '0! /changed old', '0! /gone gone later', '1 /big xxx', '1 /changed new'];

describe('files are examined', () => {
  it.each(['layout', 'archive'])('in the one pass over a %s, hidden ones too', async (form) => {
    const path = join(directory, form);
    if (form === 'layout') buildOciLayout(path, { layers: [{ entries: lower, compression: 'gzip' }, upper] });
    else buildDockerArchive(path, [{ layers: [lower, upper] }]);
    const { found, problems } = await notes(form === 'layout' ? `oci-layout:${path}` : `docker-archive:${path}`);
    const short = found.map((note) => note.replace(/x{50,}/, 'xxx'));
    // A file with two names is seen once, by either.
    expect(short.map((note) => note.replace('/kept kept', '/linked kept'))).toEqual(expected);
    expect(problems).toEqual(['image/examiner-failed /bad']);
  });

  it('up to as many bytes as are wanted', async () => {
    const path = join(directory, 'large');
    buildOciLayout(path, { layers: [[{ file: 'big', content: big }]] });
    expect((await notes(`oci-layout:${path}`, 3)).found).toEqual(['0 /big xxx']);
    expect((await notes(`oci-layout:${path}`, 1e9)).found).toEqual([`0 /big ${big}`]);
  });

  it('one after the other where they are large, also behind one that breaks off', async () => {
    const path = join(directory, 'several-large');
    const bytes = 6 * 2 ** 20;
    const layers = Array.from({ length: 6 }, (_, at): LayerSpec => {
      const entries = [{ file: `large${at}`, content: Buffer.alloc(bytes, String(at)) }];
      // A tar stream that ends in the midst of its file, and says so honestly.
      const half = buildTar(entries).subarray(0, bytes / 2);
      if (at !== 2) return { entries, compression: at % 2 ? 'gzip' : 'plain' };
      return { entries, compression: 'plain', corrupt: () => half, lie: { digest: sha256(half), size: half.length } };
    });
    buildOciLayout(path, { layers });
    const { found } = await notes(`oci-layout:${path}`, 1e9);
    expect(found.map((note) => [note.slice(0, 9), note.length - 10])).toEqual(
      [0, 1, 3, 4, 5].map((at) => [`${at} /large${at}`.slice(0, 9), bytes]),
    );
    for (const note of found) expect(note.slice(10)).toBe(String(note[0]).repeat(bytes));
  });

  it('and what is noted is never lost without a word', async () => {
    const path = join(directory, 'many');
    const entries = Array.from({ length: 100_010 }, (_, at): TarEntry => ({ file: `f${at}`, content: 'x' }));
    buildOciLayout(path, { layers: [{ entries, compression: 'gzip' }, [{ file: 'above', content: 'x' }]] });
    const { found, problems } = await notes(`oci-layout:${path}`);
    expect([found.length, found.at(-1)]).toEqual([100_001, '1 /above x']);
    expect(problems).toEqual(['image/not-examined /f100000']);
  });

  it('in a root file system', async () => {
    const root = mkdtempSync(join(directory, 'root-'));
    writeFileSync(join(root, 'a'), 'one');
    writeFileSync(join(root, 'b.not'), 'two');
    writeFileSync(join(root, 'c'), 'throw');
    const { found, problems } = await notes(`rootfs:${root}`);
    expect(found).toEqual(['0 /a one']);
    expect(problems).toEqual(['image/examiner-failed /c']);
  });

  it('by the helping thread as well', async () => {
    const path = join(directory, 'helped');
    const [image] = buildOciLayout(path, { layers: [[{ file: 'a', content: 'one' }]] });
    const digest = image?.layerDigests[0] as `sha256:${string}`;
    const examiners = [{ id: 'test', version: 1, module, options: { most: 9 } }];
    const helper = new LayerHelper({ wanted, examiners }, new ReadBudget(defaultReadLimits));
    const file = join(path, 'blobs/sha256', digest.slice('sha256:'.length));
    const location = { file, offset: 0, length: statSync(file).size };
    const { table } = await helper.scan({ id: 0, location, claims: {} }, new AbortController().signal);
    await helper.close();
    expect(table?.notes).toMatchObject([{ entry: 0, note: { text: 'one' } }]);
  });

  it('not at all where the module is none', async () => {
    const path = join(directory, 'layout');
    const reading = createImageReader()(parseSource(`oci-layout:${path}`), {
      platform: { os: 'linux', architecture: 'amd64' },
      wanted,
      limits: defaultReadLimits,
      signal: new AbortController().signal,
      examiners: [{ id: 'none', version: 1, module: 'file:///nonexistent.mjs', options: {} }],
    });
    await expect(reading).rejects.toThrow('nonexistent');
  });
});

describe('an examiner that follows a file', () => {
  const following = `
    export const createExaminer = () => ({
      id: 'follower',
      wants: ({ size }) => size,
      follow({ path }) {
        if (path.endsWith('.whole')) return undefined;
        let seen = 0;
        return {
          push(bytes) {
            seen += bytes.length;
            if (path.endsWith('.throw')) throw new Error('as it was told');
            return !path.endsWith('.some');
          },
          end: () => [{ kind: 'seen', text: path.endsWith('.some') ? String(seen < 5000000) : String(seen) }],
        };
      },
      examine: (file, bytes) => [{ kind: 'seen', text: 'whole ' + bytes.length }],
    });`;

  it.each(['gzip', 'plain', 'rootfs'] as const)('sees all of it that it asks for, in a %s', async (form) => {
    const name = join(directory, `following-${form}`);
    writeFileSync(`${name}.mjs`, following);
    const content = Buffer.alloc(5_000_000, 'x');
    const names = ['a', 'b.some', 'c.throw', 'd.whole', 'e'];
    if (form === 'rootfs') {
      mkdirSync(name);
      for (const file of names) writeFileSync(join(name, file), content);
    } else buildOciLayout(name, { layers: [{ entries: names.map((file) => ({ file, content })), compression: form }] });
    const contents = await createImageReader()(
      parseSource(form === 'rootfs' ? `rootfs:${name}` : `oci-layout:${name}`),
      {
        platform: { os: 'linux', architecture: 'amd64' },
        wanted,
        limits: defaultReadLimits,
        signal: new AbortController().signal,
        examiners: [{ id: 'follower', version: 1, module: pathToFileURL(`${name}.mjs`).href, options: {} }],
      },
    );
    expect([...contents.notes()].map(({ path, note }) => `${path} ${note.text}`).sort()).toEqual([
      '/a 5000000',
      '/b.some true',
      '/d.whole whole 5000000',
      '/e 5000000',
    ]);
    expect(contents.problems.map(({ code, path }) => `${code} ${path}`)).toEqual(['image/examiner-failed /c.throw']);
  });
});

describe('an examiner that answers later', () => {
  const later = `
    let waiting = 0;
    export const state = { most: 0, closed: 0 };
    export const createExaminer = ({ hang, slow = 30 }) => ({
      id: 'later',
      wants: ({ path, size }) => (path.includes('/seen') ? size : 1),
      examine({ path, size }, bytes) {
        if (path.includes('pass')) return { unexamined: 'of a test' };
        const copy = Buffer.from(bytes);
        waiting += size;
        state.most = Math.max(state.most, waiting);
        if (hang) return new Promise(() => {});
        return new Promise((resolve, reject) => setTimeout(() => {
          waiting -= size;
          if (path.endsWith('bad')) reject(new Error('as it was told'));
          else if (path.endsWith('late')) resolve({ unexamined: 'of a test' });
          else resolve([{ kind: 'seen', text: copy.toString('latin1', 0, 4) }]);
        }, path.endsWith('slow') ? slow : 2));
      },
      close: () => void state.closed++,
    });`;
  interface State {
    most: number;
    closed: number;
  }
  async function write(name: string): Promise<{ source: string; state: State }> {
    const file = join(directory, `${name}.mjs`);
    writeFileSync(file, later);
    const source = pathToFileURL(file).href;
    const { state } = (await import(source)) as { state: State };
    return { source, state };
  }
  const read = (source: string, path: string, options: object = {}, signal = new AbortController().signal) =>
    createImageReader()(parseSource(path), {
      platform: { os: 'linux', architecture: 'amd64' },
      wanted,
      limits: defaultReadLimits,
      signal,
      examiners: [{ id: 'later', version: 1, module: source, options }],
    });
  const files: TarEntry[] = [
    { file: 'seen-slow', content: 'slow' },
    { file: 'seen-fast', content: 'fast' },
    { file: 'seen-bad', content: 'bad' },
    { file: 'seen-late', content: 'late' },
    { file: 'pass-1', content: '1' },
    { file: 'pass-2', content: '2' },
  ];

  it.each(['layout', 'gzip', 'archive', 'rootfs'])('is waited for in the reading of a %s', async (form) => {
    const { source, state } = await write(`later-${form}`);
    const path = join(directory, `later-${form}`);
    if (form === 'archive') buildDockerArchive(path, [{ layers: [files] }]);
    else if (form === 'rootfs') {
      mkdirSync(path);
      for (const entry of files) if ('file' in entry) writeFileSync(join(path, entry.file), entry.content ?? '');
    } else buildOciLayout(path, { layers: [form === 'gzip' ? { entries: files, compression: 'gzip' } : files] });
    const kinds = { layout: 'oci-layout', gzip: 'oci-layout', archive: 'docker-archive', rootfs: 'rootfs' };
    const contents = await read(source, `${kinds[form as keyof typeof kinds]}:${path}`);
    expect([...contents.notes()].map(({ path: at, note }) => `${at} ${note.text}`).sort()).toEqual([
      '/seen-fast fast',
      '/seen-slow slow',
    ]);
    // Many files of one reason are one problem.
    expect(contents.problems.map(({ code, message }) => `${code} ${message}`).sort()).toEqual([
      'image/examiner-failed "/seen-bad" could not be examined by later: as it was told',
      'image/not-examined 3 files were not examined by later: of a test',
    ]);
    expect(state.closed).toBe(1);
  });

  it.each(['plain', 'gzip'] as const)('holds a %s layer back when too much waits', async (compression) => {
    const { source, state } = await write(`much-${compression}`);
    const path = join(directory, `much-${compression}`);
    const piece = Buffer.alloc(2 ** 20, 'seen');
    const entries = Array.from({ length: 40 }, (_, at): TarEntry => ({ file: `seen-${at}-slow`, content: piece }));
    buildOciLayout(path, { layers: [compression === 'gzip' ? { entries, compression } : entries] });
    const contents = await read(source, `oci-layout:${path}`, { slow: 300 });
    expect([...contents.notes()]).toHaveLength(40);
    expect(state.most).toBeLessThan(24 * 2 ** 20);
  });

  it.each([1, 40])('is not waited for once the reading is stopped, with %i files under way', async (count) => {
    const { source, state } = await write(`stopped-${count}`);
    const path = join(directory, `stopped-${count}`);
    const content = Buffer.alloc(2 ** 20);
    const entries = Array.from({ length: count }, (_, at): TarEntry => ({ file: `seen-${at}`, content }));
    buildOciLayout(path, { layers: [{ entries, compression: 'gzip' }] });
    const stop = new AbortController();
    const reading = read(source, `oci-layout:${path}`, { hang: true }, stop.signal);
    reading.catch(() => {});
    while (state.most === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort();
    await expect(reading).rejects.toMatchObject({ code: 'aborted' });
    expect(state.closed).toBe(1);
  });
});

describe('files that were not examined', () => {
  it('are told by reason, and reasons without end as one', () => {
    const count = new UnexaminedCount();
    for (let at = 0; at < 100; at++) count.add({ examiner: 'x', reason: `r${at % 50}`, count: 1, path: `/${at}` });
    const problems = count.problems();
    expect(problems).toHaveLength(21);
    expect(problems[0]).toEqual({
      code: 'image/not-examined',
      message: '2 files were not examined by x: r0',
      path: '/0',
    });
    expect(problems.at(-1)?.message).toBe('60 files were not examined by x: other reasons');
  });
});
