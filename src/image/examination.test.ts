import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildDockerArchive, buildOciLayout, type TarEntry } from '../../test/fakes/image-builder.ts';
import { defaultReadLimits, parseSource } from '../model/index.ts';
import { createImageReader } from './image-reader.ts';
import { LayerHelper } from './layer-helper.ts';
import { ReadBudget } from './read-budget.ts';

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
