import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BuiltImage, buildOciLayout, type TarEntry } from '../../test/fakes/image-builder.ts';
import {
  defaultReadLimits,
  type ExaminerSource,
  type ImageContents,
  parseSource,
  type ReadLimits,
  type WantedFiles,
} from '../model/index.ts';
import { createImageReader } from './image-reader.ts';

let directory: string;
let cache: string;
let layout: string;
let image: BuiltImage;
let failures: string[];
const entries: TarEntry[] = [
  { file: 'etc/os-release', content: 'ID=test\n' },
  { file: 'opt/real/package.json', content: '{"name":"real"}' },
  { symlink: 'opt/app/package.json', to: '../real/data' },
  { file: 'opt/real/data', content: '{"name":"linked"}' },
  { file: 'bin/tool', content: Buffer.concat([Buffer.from('\x7fELF'), Buffer.from('..MARK of it')]), mode: 0o4755 },
];
const wanted: WantedFiles = {
  patterns: ['/etc/os-release', '**/package.json'],
  marks: [{ id: 'mark', bytes: Buffer.from('MARK'), keep: 8 }],
};

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pw-layer-cache-'));
  cache = join(directory, 'cache', 'layers');
  layout = join(directory, 'layout');
  image = buildOciLayout(layout, { layers: [entries, [{ whiteout: 'bin/tool' }]] })[0] as BuiltImage;
  failures = [];
});
afterEach(() => rmSync(directory, { recursive: true }));

async function read(
  changes: Partial<ReadLimits> = {},
  looked = wanted,
  maxBytes = 2 ** 30,
  examiners: readonly ExaminerSource[] = [],
): Promise<ImageContents> {
  const layerCache = { directory: cache, maxBytes, onFailure: (message: string) => failures.push(message) };
  return createImageReader({ layerCache })(parseSource(`oci-layout:${layout}`), {
    platform: { os: 'linux', architecture: 'amd64' },
    wanted: looked,
    examiners,
    limits: { ...defaultReadLimits, ...changes },
    signal: new AbortController().signal,
  });
}

async function seen(contents: ImageContents) {
  const linked = await contents.read('/opt/app/package.json', 100);
  return {
    files: [...contents.files()],
    linked: linked && Buffer.from(linked).toString(),
    total: contents.totalFileBytes,
    problems: contents.problems,
  };
}

/** Takes the blobs away: only what is kept can tell of them now. */
function loseLayers(): void {
  for (const digest of image.layerDigests) rmSync(join(layout, 'blobs/sha256', digest.slice(7)));
}

/** Puts other bytes of the same length in their place: whoever reads them notices. */
function damageLayers(): void {
  for (const digest of image.layerDigests) {
    const file = join(layout, 'blobs/sha256', digest.slice(7));
    writeFileSync(file, Buffer.alloc(statSync(file).size));
  }
}

describe('layers that were seen', () => {
  it('are found as they were, without a look at their bytes', async () => {
    const first = await seen(await read());
    damageLayers();
    expect(await seen(await read())).toEqual(first);
    expect(first.linked).toBe('{"name":"linked"}');
    expect(failures).toEqual([]);
  });

  it('keep what was looked for, and are read again for anything else', async () => {
    await read();
    damageLayers();
    const other = await read({}, { patterns: ['/etc/passwd'], marks: [] });
    expect(other.problems.map(({ code }) => code)).toContain('image/layer-digest-mismatch');
  });

  it.each([
    ['[]', {}, true],
    ['[]', { changes: true }, false],
    ["({ unexamined: 'of a test' })", {}, false],
  ])('are not kept for an examiner that may say another thing: %s %j', async (answer, how, kept) => {
    const code = `export const createExaminer = () => ({ id: 'x', wants: () => 1, examine: () => ${answer} });`;
    const module = `data:text/javascript,${encodeURIComponent(code)}`;
    const examiners = [{ id: 'x', version: 1, module, options: {}, ...how }];
    await read({}, wanted, 2 ** 30, examiners);
    damageLayers();
    const again = await read({}, wanted, 2 ** 30, examiners);
    expect(again.entry('/etc/os-release') !== undefined).toBe(kept);
  });

  it('are kept for this user alone', async () => {
    await read();
    expect(statSync(cache).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(cache)) expect(statSync(join(cache, name)).mode & 0o777).toBe(0o600);
  });

  it('are not taken for those of an image that only names their diff ID', async () => {
    await read();
    const [file] = readdirSync(cache).map((name) => join(cache, name)) as [string];
    const other = join(directory, 'other');
    const lie = { diffId: image.diffIds[0] as string };
    const forged = buildOciLayout(other, { layers: [{ entries: [{ file: 'evil', content: 'x' }], lie }] });
    expect(forged[0]?.layerDigests[0]).not.toBe(image.layerDigests[0]);
    layout = other;
    const contents = await read();
    expect(contents.problems.map(({ code }) => code)).toContain('image/layer-digest-mismatch');
    expect([...contents.files()]).toEqual([]);
    expect(statSync(file).size).toBeGreaterThan(0);
  });

  it.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length - 5)],
    ['damaged', (bytes: Buffer) => bytes.fill(1, 60, 70)],
    ['of another version', (bytes: Buffer) => bytes.fill(0x39, 17, 18)],
    ['empty', () => Buffer.alloc(0)],
  ])('are read again where what was kept is %s', async (_, change) => {
    const first = await seen(await read());
    for (const name of readdirSync(cache)) writeFileSync(join(cache, name), change(readFileSync(join(cache, name))));
    expect(await seen(await read())).toEqual(first);
    loseLayers();
    expect(await seen(await read())).toEqual(first);
  });

  it('count against the limits of whoever reads', async () => {
    await read();
    const few = await read({ maxEntries: 3 });
    expect(few.problems.map(({ code }) => code)).toContain('image/limit-exceeded');
    const small = await read({ maxUncompressedBytes: 100 });
    expect(small.problems.map(({ code }) => code)).toContain('image/limit-exceeded');
    const kept = await read({ maxWantedBytes: 10 });
    expect(kept.problems.map(({ code }) => code)).toContain('image/wanted-bytes-limit');
  });

  it('are kept with their problems', async () => {
    const first = await read({ maxWantedFileBytes: 3 });
    damageLayers();
    const { problems } = await read({ maxWantedFileBytes: 3 });
    expect(problems).toEqual(first.problems);
    expect(problems.map(({ code }) => code)).toContain('image/wanted-file-too-large');
  });

  it('are not kept where the limits of the whole image left something out', async () => {
    await read({ maxWantedBytes: 10 });
    expect(readdirSync(cache).filter((name) => name.includes(image.diffIds[0]?.slice(7) as string))).toEqual([]);
  });

  it('make room for others, the longest unused first', async () => {
    await read();
    const old = readdirSync(cache);
    for (const name of old) utimesSync(join(cache, name), 1, 1);
    const used = old.reduce((sum, name) => sum + statSync(join(cache, name)).size, 0);
    await read({}, { patterns: ['/bin/*'], marks: [] }, used + 100);
    const left = readdirSync(cache);
    expect(left.some((name) => !old.includes(name))).toBe(true);
    expect(old.every((name) => left.includes(name))).toBe(false);
  });

  it('need no place to be kept in: it is said once', async () => {
    mkdirSync(join(directory, 'cache'));
    writeFileSync(cache, 'in the way');
    const contents = await read();
    expect(contents.problems).toEqual([]);
    await read();
    expect(failures).toHaveLength(2);
    expect(failures[0]).toContain(cache);
  });
});
