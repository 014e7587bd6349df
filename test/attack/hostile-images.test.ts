import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createImageReader, ImageError } from '../../src/image/index.ts';
import { defaultReadLimits, type ImageContents, parseSource, type ReadLimits } from '../../src/model/index.ts';
import {
  buildConfig,
  buildDockerArchive,
  buildOciLayout,
  buildTar,
  compress,
  headerBlock,
  type ImageSpec,
  type LayerSpec,
  sha256,
  type TarEntry,
} from '../fakes/image-builder.ts';

let directory = '';
let count = 0;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'hostile-images-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const place = () => join(directory, String(count++));
const good: TarEntry[] = [
  { file: 'good', content: 'good' },
  { file: 'etc/os-release', content: 'ID=x' },
];

function read(source: string, limits: Partial<ReadLimits> = {}): Promise<ImageContents> {
  return createImageReader()(parseSource(source), {
    platform: { os: 'linux', architecture: 'amd64' },
    wanted: { patterns: ['/etc/os-release', '**/wanted'], marks: [{ id: 'm', bytes: Buffer.from('MARK'), keep: 100 }] },
    limits: { ...defaultReadLimits, ...limits },
    signal: new AbortController().signal,
  });
}

function readLayout(image: ImageSpec, limits: Partial<ReadLimits> = {}): Promise<ImageContents> {
  const dir = place();
  buildOciLayout(dir, image);
  return read(`oci-layout:${dir}`, limits);
}

const codes = (contents: ImageContents) => contents.problems.map((problem) => problem.code);
const paths = (contents: ImageContents) => [...contents.files()].map((entry) => entry.path);
const flip = (bytes: Buffer, at: number) => {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] as number) ^ 0x10;
  return copy;
};

describe('a layer that is broken or lies', () => {
  const half = (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1);
  const noise = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919 + (i >> 3)) % 251));
  const victim: TarEntry[] = [{ file: 'victim', content: noise }];
  const honest = (stored: Uint8Array) => ({ digest: sha256(stored), size: stored.length });
  const cutGzip = half(gzipSync(buildTar(victim)));
  const cutZstd = half(zstdCompressSync(buildTar(victim)));

  it.each<[string, LayerSpec, string]>([
    ['is cut off', { entries: victim, corrupt: half }, 'image/corrupt-layer'],
    [
      'has a flipped bit',
      { entries: victim, corrupt: (bytes) => flip(bytes, bytes.length - 6) },
      'image/corrupt-layer',
    ],
    [
      'has a flipped bit, plain',
      { entries: victim, compression: 'plain', corrupt: (bytes) => flip(bytes, 600) },
      'image/layer-digest-mismatch',
    ],
    [
      'has bytes appended',
      { entries: victim, corrupt: (bytes) => Buffer.concat([bytes, bytes]) },
      'image/layer-size-mismatch',
    ],
    [
      'is other content under its digest',
      { entries: victim, lie: { digest: sha256('other') } },
      'image/layer-digest-mismatch',
    ],
    [
      'is other content under its diff ID',
      { entries: victim, lie: { diffId: sha256('other') } },
      'image/layer-digest-mismatch',
    ],
    ['says a smaller size', { entries: victim, lie: { size: 10 } }, 'image/layer-size-mismatch'],
    ['says a larger size', { entries: victim, lie: { size: 1e12 } }, 'image/layer-size-mismatch'],
    [
      'is cut off as published, gzip',
      { entries: victim, corrupt: () => cutGzip, lie: honest(cutGzip) },
      'image/corrupt-layer',
    ],
    [
      'is cut off as published, zstd',
      { entries: victim, compression: 'zstd', corrupt: () => cutZstd, lie: honest(cutZstd) },
      'image/corrupt-layer',
    ],
    [
      'is xz',
      {
        entries: victim,
        compression: 'plain',
        corrupt: () => Buffer.from('\xfd7zXZ\0more', 'latin1'),
        lie: { digest: sha256(Buffer.from('\xfd7zXZ\0more', 'latin1')), size: 10 },
      },
      'image/unsupported-compression',
    ],
  ])('%s: the layer is left out, named, and the rest is read', async (_, layer, code) => {
    const contents = await readLayout({ layers: [good, layer, [{ file: 'above' }]] });
    expect(paths(contents)).toEqual(['/above', '/etc', '/etc/os-release', '/good']);
    expect(contents.problems.find((problem) => problem.code === code)?.layer).toBe(contents.layers[1]?.diffId);
    expect(await contents.read('/etc/os-release', 10)).toHaveLength(4);
  });

  it.each(['gzip', 'zstd'] as const)('has junk after its %s stream: it is left out', async (compression) => {
    const stored = Buffer.concat([compress(buildTar(victim), compression), Buffer.alloc(3_000_000, 'junk')]);
    const layer: LayerSpec = { entries: victim, compression, corrupt: () => stored, lie: honest(stored) };
    const contents = await readLayout({ layers: [good, layer] });
    expect(codes(contents)).toEqual(['image/corrupt-layer']);
  });

  it('is missing: the rest is read', async () => {
    const dir = place();
    const [built] = buildOciLayout(dir, { layers: [good, victim] });
    rmSync(join(dir, 'blobs/sha256', String(built?.layerDigests[1]).slice(7)));
    const contents = await read(`oci-layout:${dir}`);
    expect(codes(contents)).toEqual(['image/unreadable-layer']);
    expect(paths(contents)).toContain('/good');
  });

  it('says another compression than it has: it is read, and said', async () => {
    const mediaType = 'application/vnd.oci.image.layer.v1.tar+zstd';
    const contents = await readLayout({ layers: [{ entries: good, lie: { mediaType } }] });
    expect(codes(contents)).toEqual(['image/media-type-mismatch']);
    expect(paths(contents)).toContain('/good');
  });

  it('has a malformed entry: what came before it is read, and said', async () => {
    const contents = await readLayout({
      layers: [[...good, { file: 'bad', as: { badChecksum: true } }, { file: 'after' }]],
    });
    expect(codes(contents)).toEqual(['image/bad-tar']);
    expect(paths(contents)).toEqual(['/etc', '/etc/os-release', '/good']);
  });
});

describe('names', () => {
  it.each([
    ['../escape'],
    ['a/../../escape'],
    ['/../escape'],
    ['x'.repeat(5000)],
    [`${'d/'.repeat(3000)}x`],
    ['a'.repeat(256)],
    ['..'],
  ])('%.20s leads nowhere', async (name) => {
    const contents = await readLayout({ layers: [[...good, { file: name, as: { pax: { path: name } } }]] });
    expect(codes(contents)).toEqual(['image/bad-path']);
    expect(paths(contents)).toEqual(['/etc', '/etc/os-release', '/good']);
  });

  it('that are links in a circle hold nobody', async () => {
    const loops: TarEntry[] = [
      { symlink: 'a', to: 'b' },
      { symlink: 'b', to: 'a' },
      { symlink: 'etc/os-release', to: '../etc/os-release' },
      { symlink: 'grow', to: 'grow/grow' },
      { hardlink: 'h', to: 'h' },
      { file: 'a/below', content: 'x' },
    ];
    const contents = await readLayout({ layers: [loops] });
    expect(codes(contents).sort()).toEqual(['image/dangling-hard-link', 'image/link-loop']);
    for (const path of ['/a', '/grow', '/etc/os-release', '/h', '/a/below'])
      expect(await contents.read(path, 10)).toBeUndefined();
    expect(contents.resolve('/grow/x')).toBeUndefined();
  });

  it('of white-outs take nothing away above their directory', async () => {
    const markers: TarEntry[] = ['d/.wh.', 'd/.wh..', 'd/.wh...', '../.wh.good', '.wh...'].map((file) => ({ file }));
    const contents = await readLayout({ layers: [good, markers] });
    expect(paths(contents)).toContain('/good');
    expect(codes(contents)).toHaveLength(markers.length);
  });

  it('that a symlink of a lower layer catches stay where they say', async () => {
    const contents = await readLayout({
      layers: [[{ symlink: 'd', to: '/etc' }, ...good], [{ file: 'd/os-release', content: 'fake' }]],
    });
    expect(Buffer.from((await contents.read('/etc/os-release', 10)) ?? []).toString()).toBe('ID=x');
    expect(contents.entry('/d')?.type).toBe('directory');
  });

  it('that appear a hundred thousand times are one', async () => {
    const one = buildTar([{ file: 'same' }], { open: true });
    const contents = await readLayout({ layers: [{ tar: Buffer.concat(Array.from({ length: 100_000 }, () => one)) }] });
    expect(paths(contents)).toEqual(['/same']);
  });
});

describe('bounds', () => {
  const zeros = (megabytes: number): TarEntry[] => [{ file: 'zeros', content: Buffer.alloc(megabytes * 2 ** 20) }];

  it('hold for entries', async () => {
    const many = Array.from({ length: 50 }, (_, n): TarEntry => ({ file: `f${n}` }));
    const contents = await readLayout({ layers: [good, many] }, { maxEntries: 20 });
    expect(codes(contents)).toContain('image/limit-exceeded');
  });

  it('hold for uncompressed bytes', async () => {
    const contents = await readLayout({ layers: [good, zeros(4)] }, { maxUncompressedBytes: 2 ** 20 });
    expect(codes(contents)).toEqual(['image/limit-exceeded']);
    expect(paths(contents)).toContain('/good');
  });

  it.each(['gzip', 'zstd'] as const)('hold for the ratio of a %s bomb', async (compression) => {
    const before = process.memoryUsage().rss;
    const contents = await readLayout(
      { layers: [good, { entries: zeros(256), compression }] },
      { maxCompressionRatio: 50 },
    );
    expect(codes(contents)).toEqual(['image/limit-exceeded']);
    expect(paths(contents)).toEqual(['/etc', '/etc/os-release', '/good']);
    // The bomb itself and its archive are built in this process: twice 256 MB.
    expect(process.memoryUsage().rss - before).toBeLessThan(900 * 2 ** 20);
  });

  it('hold for a bomb that is made of bombs', async () => {
    const member = zstdCompressSync(Buffer.alloc(64 * 2 ** 20));
    const stored = Buffer.concat(Array.from({ length: 64 }, () => member));
    const contents = await readLayout({
      layers: [
        good,
        {
          tar: Buffer.alloc(0),
          compression: 'zstd',
          corrupt: () => stored,
          lie: { digest: sha256(stored), size: stored.length },
        },
      ],
    });
    expect(codes(contents)).toEqual(['image/limit-exceeded']);
  });

  it('hold for wanted files, one by one and together', async () => {
    const layer: TarEntry[] = ['a', 'b', 'c'].map((name) => ({ file: `${name}/wanted`, content: Buffer.alloc(4000) }));
    const one = await readLayout({ layers: [layer] }, { maxWantedFileBytes: 3999 });
    expect(codes(one)).toEqual(Array(3).fill('image/wanted-file-too-large'));
    const together = await readLayout({ layers: [layer] }, { maxWantedBytes: 9000 });
    expect(together.problems).toMatchObject([{ code: 'image/wanted-bytes-limit', path: '/c/wanted' }]);
  });

  it('hold for a file that says it has more bytes than follow', async () => {
    const header = headerBlock('etc/wanted', '', { size: 2 ** 33 - 1 });
    const contents = await readLayout({ layers: [{ tar: Buffer.concat([buildTar(good, { open: true }), header]) }] });
    expect(codes(contents)).toEqual(['image/wanted-file-too-large', 'image/bad-tar']);
    expect(paths(contents)).toContain('/good');
  });

  it('hold for problems', async () => {
    const bad = Array.from({ length: 5000 }, (): TarEntry => ({ file: '../x' }));
    const contents = await readLayout({ layers: [bad] });
    expect(contents.problems).toHaveLength(101);
    expect(contents.problems.at(-1)?.code).toBe('image/more-problems');
  });

  it('hold for layers and manifests', async () => {
    const layers = Array.from({ length: 5 }, () => good);
    await expect(readLayout({ layers }, { maxLayers: 4 })).rejects.toMatchObject({ code: 'limit-exceeded' });
    await expect(readLayout({ layers }, { maxManifestBytes: 500 })).rejects.toMatchObject({ code: 'limit-exceeded' });
  });

  it('read a million entries', { timeout: 60_000 }, async () => {
    const block = Buffer.from(headerBlock('0000000', '', {}));
    const tar = Buffer.alloc(512 * 1_000_000);
    let sum = 0;
    for (let i = 148; i < 156; i++) block[i] = 32;
    for (const byte of block) sum += byte;
    for (let n = 0; n < 1_000_000; n++) {
      block.write(`${Math.floor(n / 1000)}`.padStart(3, '0') + '/' + `${n % 1000}`.padStart(3, '0'), 0, 'latin1');
      let total = sum - 7 * 48;
      for (let i = 0; i < 7; i++) total += block[i] as number;
      block.write(`${total.toString(8).padStart(6, '0')}\0 `, 148, 8, 'latin1');
      block.copy(tar, n * 512);
    }
    const contents = await readLayout({ layers: [{ tar, compression: 'plain' }] });
    expect(codes(contents)).toEqual([]);
    expect(paths(contents)).toHaveLength(1_001_000);
    expect(contents.resolve('/999/999')?.type).toBe('file');
  });
});

describe('manifests and configurations that lie', () => {
  it.each<[string, (dir: string, built: { manifestDigest: string; imageId: string }) => void, string]>([
    [
      'other bytes under the manifest’s digest',
      (dir, built) => overwrite(dir, built.manifestDigest, (bytes) => flip(bytes, 20)),
      'digest-mismatch',
    ],
    [
      'other bytes under the configuration’s digest',
      (dir, built) => overwrite(dir, built.imageId, (bytes) => flip(bytes, 20)),
      'digest-mismatch',
    ],
    [
      'a longer manifest',
      (dir, built) => overwrite(dir, built.manifestDigest, (bytes) => Buffer.concat([bytes, Buffer.from(' ')])),
      'size-mismatch',
    ],
    ['a missing configuration', (dir, built) => rmSync(join(dir, 'blobs/sha256', built.imageId.slice(7))), 'not-found'],
    [
      'an index that is no JSON',
      (dir) => writeFileSync(join(dir, 'index.json'), '{"schemaVersion":2,'),
      'bad-manifest',
    ],
    [
      'an index nested a million deep',
      (dir) => writeFileSync(join(dir, 'index.json'), '['.repeat(1_000_000)),
      'bad-manifest',
    ],
    [
      'an index without manifests',
      (dir) => writeFileSync(join(dir, 'index.json'), '{"schemaVersion":2,"manifests":[]}'),
      'not-found',
    ],
    [
      'an index with a digest that is a path',
      (dir) =>
        writeFileSync(
          join(dir, 'index.json'),
          '{"schemaVersion":2,"manifests":[{"digest":"sha256:../../../etc/passwd","size":1}]}',
        ),
      'bad-manifest',
    ],
    ['an index that names itself', (dir) => nestForever(dir), 'bad-manifest'],
  ])('%s: a typed error', async (_, spoil, code) => {
    const dir = place();
    const [built] = buildOciLayout(dir, { layers: [good] });
    spoil(dir, built as { manifestDigest: string; imageId: string });
    await expect(read(`oci-layout:${dir}`)).rejects.toMatchObject({ code, name: 'ImageError' });
  });

  it.each<[string, ImageSpec, string]>([
    ['a manifest that is an index too', { layers: [good], manifest: { manifests: [] } }, 'bad-manifest'],
    ['a manifest of schema 1', { layers: [good], manifest: { schemaVersion: 1 } }, 'unsupported-media-type'],
    ['layers that are no list', { layers: [good], manifest: { layers: 'none' } }, 'bad-manifest'],
    [
      'a negative size',
      { layers: [good], manifest: { layers: [{ mediaType: '', digest: sha256(''), size: -1 }] } },
      'bad-manifest',
    ],
    [
      'fewer diff IDs than layers',
      { layers: [good], configuration: { rootfs: { type: 'layers', diff_ids: [] } } },
      'bad-manifest',
    ],
    [
      'a diff ID that is none',
      { layers: [good], configuration: { rootfs: { type: 'layers', diff_ids: ['md5:1'] } } },
      'bad-manifest',
    ],
    ['no root file system', { layers: [good], configuration: { rootfs: null } }, 'bad-manifest'],
  ])('%s: a typed error', async (_, image, code) => {
    await expect(readLayout(image)).rejects.toMatchObject({ code });
  });

  it('are a typed error or contents, whatever JSON they are', async () => {
    const dir = place();
    buildOciLayout(dir, { layers: [good] });
    const anything = fc.jsonValue({ maxDepth: 3 });
    const index = fc.record({
      schemaVersion: fc.constantFrom(2, 1, '2'),
      manifests: fc.array(fc.oneof(anything, fc.record({ digest: fc.constant(sha256('')), size: anything }))),
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(anything, index), async (value) => {
        writeFileSync(join(dir, 'index.json'), JSON.stringify(value));
        await expect(read(`oci-layout:${dir}`)).rejects.toBeInstanceOf(ImageError);
      }),
      { numRuns: 150 },
    );
  });

  it('of a docker archive are a typed error or contents', async () => {
    const file = place();
    const layer = buildTar(good);
    const config = buildConfig({ layers: [] }, [sha256(layer)]);
    const text = fc.oneof(fc.string(), fc.constantFrom('c.json', 'l.tar', '../x', '/l.tar', './l.tar'));
    const image = fc.record(
      { Config: text, RepoTags: fc.option(fc.array(text)), Layers: fc.array(text, { maxLength: 3 }) },
      { requiredKeys: [] },
    );
    const streams = fc.boolean();
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.array(image, { maxLength: 2 })),
        streams,
        async (manifest, zipped) => {
          const tar = buildTar([
            { file: 'l.tar', content: layer },
            { file: 'c.json', content: config },
            { file: 'manifest.json', content: JSON.stringify(manifest) },
          ]);
          writeFileSync(file, zipped ? gzipSync(tar) : tar);
          const contents = await read(`docker-archive:${file}`).catch((error: unknown) => error);
          if (contents instanceof Error) expect(contents).toBeInstanceOf(ImageError);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('archives that are spoiled', () => {
  it.each(['plain', 'gzip', 'zstd'] as const)(
    'are a typed error or a problem wherever a %s one is cut or flipped',
    async (compression) => {
      const file = place();
      buildDockerArchive(file, [{ layers: [good, [{ file: 'more', content: 'x'.repeat(700) }]], tag: 'a:1' }], {
        compression,
      });
      const whole = readFileSync(file);
      await fc.assert(
        fc.asyncProperty(fc.nat(whole.length - 1), fc.boolean(), async (at, cuts) => {
          writeFileSync(file, cuts ? whole.subarray(0, at) : flip(whole, at));
          const contents = await read(`docker-archive:${file}`).catch((error: unknown) => error);
          if (contents instanceof Error) expect(contents).toBeInstanceOf(ImageError);
        }),
        { numRuns: 120 },
      );
    },
  );
});

function overwrite(dir: string, digest: string, change: (bytes: Buffer) => Uint8Array): void {
  const file = join(dir, 'blobs/sha256', digest.slice(7));
  writeFileSync(file, change(readFileSync(file)));
}

/** Five indexes, each in the other, with right digests. */
function nestForever(dir: string): void {
  for (let depth = 0; depth < 6; depth++) {
    const index = readFileSync(join(dir, 'index.json'));
    writeFileSync(join(dir, 'blobs/sha256', sha256(index).slice(7)), index);
    const manifests = [{ mediaType: '', digest: sha256(index), size: index.length }];
    writeFileSync(join(dir, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
  }
}
