import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ImageContents } from '../../src/model/index.ts';
import {
  buildOciLayout,
  buildTar,
  compress,
  headerBlock,
  type LayerSpec,
  paxHeader,
  sha256,
  type TarEntry,
} from '../fakes/image-builder.ts';
import { flip, good, place, read, readLayout } from './image-trial.ts';

const codes = (contents: ImageContents) => contents.problems.map((problem) => problem.code);
const paths = (contents: ImageContents) => [...contents.files()].map((entry) => entry.path);

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

  it.each([
    ['../../../../../etc/hostname'],
    ['/proc/self/environ'],
    ['/etc/../../../../etc/hostname'],
    ['good/../../etc/hostname'],
    ['nowhere'],
    [''],
  ])('that are hard links to "%s" show nothing of this machine', async (to) => {
    const contents = await readLayout({ layers: [[...good, { hardlink: 'h', to }, { symlink: 's', to }]] });
    expect(codes(contents)).toContain('image/dangling-hard-link');
    for (const path of ['/h', '/s', '/h/x']) expect(await contents.read(path, 1000)).toBeUndefined();
    expect(await contents.read('/etc/os-release', 10)).toHaveLength(4);
  });

  it('that are hard links to a link are that link, and lead no further', async () => {
    const entries: TarEntry[] = [...good, { symlink: 'link', to: '/etc/hostname' }, { hardlink: 'h', to: 'link' }];
    const contents = await readLayout({ layers: [entries] });
    expect(contents.entry('/h')).toMatchObject({ type: 'symlink', linkTarget: '/etc/hostname' });
    expect(await contents.read('/h', 1000)).toBeUndefined();
  });

  /** Records in this order, twice where they are listed twice. */
  const pax = (...records: readonly (readonly [string, string])[]) =>
    Buffer.concat(records.flatMap(([key, value]) => paxHeader({ [key]: value }).slice(1)).map(unpadded));
  const unpadded = (bytes: Buffer) => bytes.subarray(0, bytes.lastIndexOf('\n') + 1);
  const withPax = (records: Buffer, entry: TarEntry): TarEntry[] => [
    { file: 'PaxHeaders/x', content: records, as: { type: 'x' } },
    entry,
  ];

  it('that extended headers say twice are what they say last, as engines have it', async () => {
    const twice = pax(['path', 'first'], ['path', 'second'], ['size', '100'], ['size', '5']);
    const contents = await readLayout({ layers: [[...withPax(twice, { file: 'x', content: 'bytes' }), ...good]] });
    expect(contents.problems).toEqual([]);
    expect(paths(contents)).toEqual(['/etc', '/etc/os-release', '/good', '/second']);
    expect(contents.entry('/second')?.size).toBe(5);
  });

  it('that extended headers give to links lead nowhere else than those of headers', async () => {
    const lies = pax(['linkpath', '../../../../etc/hostname']);
    const entries = [
      ...good,
      ...withPax(lies, { hardlink: 'h', to: 'good' }),
      ...withPax(lies, { symlink: 's', to: 'good' }),
    ];
    const contents = await readLayout({ layers: [entries] });
    expect(codes(contents)).toEqual(['image/bad-path', 'image/dangling-hard-link']);
    expect(contents.entry('/s')?.linkTarget).toBe('../../../../etc/hostname');
    for (const path of ['/h', '/s']) expect(await contents.read(path, 1000)).toBeUndefined();
  });

  it.each([
    ['a size that the next header contradicts', pax(['size', '50000'])],
    ['a size beyond every file', pax(['size', '9007199254740993'])],
    ['a length that goes past its end', Buffer.from('99 path=x\n')],
    ['no equals sign', Buffer.from('8 pathx\n')],
    ['a name with a zero', pax(['path', 'good\0hidden'])],
  ])('and sizes in an extended header with %s end the layer there, and say so', async (_what, records) => {
    const entries = [
      ...good,
      ...withPax(records, { file: 'x', content: 'y'.repeat(100) }),
      { file: 'after', content: 'z' },
    ];
    const contents = await readLayout({ layers: [entries] });
    expect(codes(contents)).toContain('image/bad-tar');
    expect(paths(contents)).toEqual(expect.arrayContaining(['/etc/os-release', '/good']));
    expect(paths(contents)).not.toContain('/hidden');
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
    // However large the pieces are, those of the zeros leave room for what is good.
    const contents = await readLayout({ layers: [good, zeros(4)] }, { maxUncompressedBytes: 1.5 * 2 ** 20 + 100_000 });
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
