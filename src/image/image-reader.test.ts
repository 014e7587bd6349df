import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  buildDockerArchive,
  buildOciLayout,
  buildTar,
  type ImageSpec,
  sha256,
  type TarEntry,
} from '../../test/fakes/image-builder.ts';
import { defaultReadLimits, type ImageContents, parseSource, type ReadOptions } from '../model/index.ts';
import { createImageReader, ImageError } from './index.ts';

let directory = '';
let count = 0;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'image-reader-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const place = () => join(directory, String(count++));

function read(source: string, options: Partial<ReadOptions> = {}): Promise<ImageContents> {
  return createImageReader()(parseSource(source), {
    platform: { os: 'linux', architecture: 'amd64' },
    wanted: {
      patterns: ['/etc/os-release', '**/package.json'],
      marks: [{ id: 'go', bytes: Buffer.from('MARK'), keep: 8 }],
    },
    limits: defaultReadLimits,
    signal: new AbortController().signal,
    ...options,
  });
}

function layout(...images: ImageSpec[]): string {
  const dir = place();
  buildOciLayout(dir, ...images);
  return dir;
}

async function text(contents: ImageContents, path: string, limit = 1000): Promise<string | undefined> {
  const bytes = await contents.read(path, limit);
  return bytes && Buffer.from(bytes).toString();
}

const paths = (contents: ImageContents) => [...contents.files()].map((entry) => entry.path);
const base: TarEntry[] = [
  { dir: 'etc' },
  { file: 'etc/os-release', content: 'ID=test\n' },
  { file: 'app/other.txt', content: 'not kept' },
  { symlink: 'app/package.json', to: 'other.txt' },
  { file: 'bin/tool', content: `\x7fELF${'-'.repeat(300_000)}MARK1234567`, mode: 0o4755 },
];
const image: ImageSpec = {
  layers: [base, [{ file: 'new', content: 'n' }, { whiteout: 'app/other.txt' }]],
  config: { User: 'app', Cmd: 'run' },
};

describe('an OCI layout', () => {
  it('is read with its configuration, layers, files and marks', async () => {
    const dir = place();
    const [built] = buildOciLayout(dir, image);
    const contents = await read(`oci-layout:${dir}`);
    expect(contents.problems).toEqual([]);
    expect(contents.identity).toEqual({
      imageId: built?.imageId,
      manifestDigest: built?.manifestDigest,
      references: [],
    });
    expect(contents.layers.map(({ digest, diffId }) => [digest, diffId])).toEqual(
      built?.diffIds.map((diffId, index) => [built.layerDigests[index], diffId]),
    );
    expect(contents.layers[1]?.createdBy).toBe('step 1');
    expect(contents.config).toMatchObject({
      user: 'app',
      command: ['run'],
      created: Date.parse('2026-01-02T03:04:05Z'),
    });
    expect(paths(contents)).toEqual([
      '/app',
      '/app/package.json',
      '/bin',
      '/bin/tool',
      '/etc',
      '/etc/os-release',
      '/new',
    ]);
    expect(await text(contents, '/etc/os-release')).toBe('ID=test\n');
    expect(contents.entry('/bin/tool')).toMatchObject({ mode: 0o4755, layer: 0, size: 300_015 });
    expect(contents.marks('/bin/tool')).toEqual([
      { mark: 'go', offset: 300_004, bytes: new Uint8Array(Buffer.from('MARK1234')) },
    ]);
    expect(contents.totalFileBytes).toBe(300_015 + 8 + 1);
  });

  it.each(['plain', 'gzip', 'zstd'] as const)('is read with %s layers', async (compression) => {
    const contents = await read(`oci-layout:${layout({ layers: [{ entries: base, compression }] })}`);
    expect(contents.problems).toEqual([]);
    expect(await text(contents, '/etc/os-release')).toBe('ID=test\n');
  });

  it.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ] as const)('is read with a layer of several %s streams', async (compression, compress) => {
    const tar = buildTar(base);
    const stored = Buffer.concat([compress(tar.subarray(0, 700)), compress(tar.subarray(700))]);
    const lie = { digest: sha256(stored), size: stored.length };
    const contents = await read(`oci-layout:${layout({ layers: [{ tar, compression, corrupt: () => stored, lie }] })}`);
    expect(contents.problems).toEqual([]);
    expect(await text(contents, '/etc/os-release')).toBe('ID=test\n');
  });

  it('gives the bytes of files that were not kept, and of links to them, by a second reading', async () => {
    const contents = await read(`oci-layout:${layout({ layers: [base] })}`);
    expect(await text(contents, '/app/package.json')).toBe('not kept');
    expect(await text(contents, '/app/other.txt')).toBe('not kept');
    expect((await contents.read('/bin/tool', 1e6))?.length).toBe(300_015);
    expect(await contents.read('/etc', 10)).toBeUndefined();
    await expect(contents.read('/bin/tool', 100)).rejects.toMatchObject({ code: 'file-too-large' });
  });

  it('lets several images be told apart by tag', async () => {
    const one: ImageSpec = { layers: [[{ file: 'one' }]], tag: '1' };
    const two: ImageSpec = { layers: [[{ file: 'two' }]], tag: 'registry.example/team/app:2' };
    const dir = layout(one, two);
    expect(paths(await read(`oci-layout:${dir}:1`))).toEqual(['/one']);
    const second = await read(`oci-layout:${dir}:2`);
    expect(second.identity?.references).toEqual(['registry.example/team/app:2']);
    await expect(read(`oci-layout:${dir}`)).rejects.toMatchObject({
      code: 'ambiguous',
      remedy: expect.stringContaining('1, registry.example/team/app:2'),
    });
    await expect(read(`oci-layout:${dir}:3`)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('lets the platform choose, in the index and in a nested one', async () => {
    const arm: ImageSpec = { layers: [[{ file: 'arm' }]], architecture: 'arm64' };
    const dir = layout({ layers: [[{ file: 'amd' }]] }, arm);
    const platform = { os: 'linux', architecture: 'arm64' };
    expect(paths(await read(`oci-layout:${dir}`))).toEqual(['/amd']);
    expect(paths(await read(`oci-layout:${dir}`, { platform }))).toEqual(['/arm']);
    const index = readFileSync(join(dir, 'index.json'));
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    writeFileSync(join(dir, 'blobs/sha256', sha256(index).slice(7)), index);
    const manifests = [{ mediaType, digest: sha256(index), size: index.length }];
    writeFileSync(join(dir, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
    const nested = await read(`oci-layout:${dir}`, { platform });
    expect(paths(nested)).toEqual(['/arm']);
    expect(nested.identity?.indexDigest).toBe(sha256(index));
    await expect(read(`oci-layout:${dir}`, { platform: { os: 'linux', architecture: 's390x' } })).rejects.toMatchObject(
      {
        code: 'platform-missing',
        remedy: 'It has linux/amd64, linux/arm64.',
      },
    );
  });

  it('reports how far it is', async () => {
    const seen: number[] = [];
    const contents = await read(`oci-layout:${layout(image)}`, { onProgress: ({ bytes }) => seen.push(bytes) });
    expect(seen.at(-1)).toBe(contents.layers.reduce((sum, layer) => sum + layer.size, 0));
  });

  it('stops when it is told to', async () => {
    await expect(read(`oci-layout:${layout(image)}`, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'aborted',
    });
  });

  it.each(['/nowhere', '/dev/null', '/etc/passwd'])('is not found at %s', async (path) => {
    await expect(read(`oci-layout:${path}`)).rejects.toBeInstanceOf(ImageError);
  });
});

describe('a docker archive', () => {
  it.each([
    ['as docker writes it', {}],
    ['with its layers first', { layersFirst: true }],
    ['in gzip', { compression: 'gzip' }],
    ['in gzip with its layers first', { compression: 'gzip', layersFirst: true }],
    ['in zstd', { compression: 'zstd' }],
  ] as const)('is read %s', async (_, options) => {
    const file = place();
    const [built] = buildDockerArchive(file, [{ ...image, tag: 'app:1' }], options);
    const contents = await read(`docker-archive:${file}`);
    expect(contents.problems).toEqual([]);
    expect(contents.identity).toEqual({ imageId: built?.imageId, references: ['docker.io/library/app:1'] });
    expect(paths(contents)).toEqual([
      '/app',
      '/app/package.json',
      '/bin',
      '/bin/tool',
      '/etc',
      '/etc/os-release',
      '/new',
    ]);
    expect(await text(contents, '/etc/os-release')).toBe('ID=test\n');
    expect(await text(contents, '/new')).toBe('n');
  });

  it.each(['plain', 'gzip'] as const)('with several images needs a tag, %s', async (compression) => {
    const file = place();
    const images = ['a:1', 'b:2'].map((tag): ImageSpec => ({ layers: [[{ file: tag.slice(0, 1) }]], tag }));
    buildDockerArchive(file, images, { compression });
    await expect(read(`docker-archive:${file}`)).rejects.toMatchObject({
      code: 'ambiguous',
      remedy: expect.stringContaining('a:1, b:2'),
    });
    expect(paths(await read(`docker-archive:${file}:2`))).toEqual(['/b']);
    await expect(read(`docker-archive:${file}:9`)).rejects.toMatchObject({ code: 'not-found' });
  });

  it.each(['plain', 'gzip'] as const)('shares layers by links and doubles, %s', async (compression) => {
    const layer = buildTar([{ file: 'shared', content: 'x' }]);
    const diffId = sha256(layer);
    const config = JSON.stringify({
      os: 'linux',
      architecture: 'amd64',
      rootfs: { type: 'layers', diff_ids: [diffId, diffId, diffId] },
    });
    const tar = buildTar([
      { file: 'one/layer.tar', content: layer },
      { symlink: 'two/layer.tar', to: '../one/layer.tar' },
      { hardlink: 'three/layer.tar', to: 'one/layer.tar' },
      { file: `${sha256(config).slice(7)}.json`, content: config },
      {
        file: 'manifest.json',
        content: JSON.stringify([
          { Config: `${sha256(config).slice(7)}.json`, Layers: ['one/layer.tar', 'two/layer.tar', 'three/layer.tar'] },
        ]),
      },
    ]);
    const file = place();
    writeFileSync(file, compression === 'gzip' ? gzipSync(tar) : tar);
    const contents = await read(`docker-archive:${file}`);
    expect(contents.problems).toEqual([]);
    expect(contents.entry('/shared')?.layer).toBe(2);
    expect(await text(contents, '/shared')).toBe('x');
  });
});

describe('an OCI archive', () => {
  it.each(['plain', 'gzip'] as const)('is read, %s', async (compression) => {
    const dir = place();
    const [built] = buildOciLayout(dir, { ...image, tag: 'latest' });
    const blobs = readdirSync(join(dir, 'blobs/sha256')).map(
      (name): TarEntry => ({ file: `blobs/sha256/${name}`, content: readFileSync(join(dir, 'blobs/sha256', name)) }),
    );
    const tar = buildTar([...blobs, { file: './index.json', content: readFileSync(join(dir, 'index.json')) }]);
    const file = place();
    writeFileSync(file, compression === 'gzip' ? gzipSync(tar) : tar);
    for (const kind of ['oci-archive', 'docker-archive']) {
      const contents = await read(`${kind}:${file}`);
      expect(contents.problems).toEqual([]);
      expect(contents.identity?.manifestDigest).toBe(built?.manifestDigest);
      expect(await text(contents, '/new')).toBe('n');
    }
  });
});
