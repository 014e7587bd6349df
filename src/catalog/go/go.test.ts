import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildInfoOffset, goBinary, oldGoBinary } from '../../../test/fakes/go-binary.ts';
import { type MemoryFile, memoryContents } from '../../../test/fakes/memory-contents.ts';
import { compileBillOfMaterials } from '../compile-bill-of-materials.ts';
import { parseBuildInfo, parsePointedBuildInfo } from './build-info.ts';
import { goCataloger } from './go-cataloger.ts';
import { parseModuleLines, standardLibraryVersion } from './module-lines.ts';

function bom(files: Readonly<Record<string, MemoryFile>>) {
  const contents = memoryContents(files, { marks: goCataloger.marks ?? [] });
  return compileBillOfMaterials(contents, { kind: 'host', host: 'test' }, new AbortController().signal);
}

/** In the form that `go build` writes. */
const lines = [
  'path\tgithub.com/acme/app/cmd/app',
  'mod\tgithub.com/acme/app\t(devel)\t',
  'dep\tgithub.com/BurntSushi/toml\tv1.3.2\th1:o7IhLm0Msx3BaB+n3Ag7L8EVlByGnpq14C4YWiu/gL8=',
  'dep\tgithub.com/docker/docker\tv24.0.7+incompatible\th1:Wo6l37AuwP3JaMnZa226lzVXGA3F9Ig1seQen0cKYlM=',
  'dep\tgolang.org/x/net\tv0.17.0',
  '=>\tgithub.com/acme/net\tv0.17.1-acme\th1:AAAA',
  'dep\tgithub.com/acme/local\tv1.0.0',
  '=>\t./local\t(devel)\t',
  'build\t-compiler=gc',
  'build\tvcs.revision=0123',
  '',
].join('\n');

const modules = [
  { path: 'github.com/acme/app', version: '(devel)', main: true },
  { path: 'github.com/BurntSushi/toml', version: 'v1.3.2', main: false },
  { path: 'github.com/docker/docker', version: 'v24.0.7+incompatible', main: false },
  { path: 'github.com/acme/net', version: 'v0.17.1-acme', main: false },
  { path: 'github.com/acme/local', version: '(devel)', main: false },
];

describe('parseModuleLines', () => {
  it('gives the modules that were built in, after replacement', () => {
    expect(parseModuleLines(lines)).toEqual({ modules, badLines: [] });
  });

  it.each([
    'dep\t../x\tv1.0.0\t',
    'dep\tgithub.com/a/b\tlatest\t',
    'dep\tgithub.com/a/b\tv1 0\t',
    '=>\tgithub.com/a/b\tv1.0.0\t',
  ])('gives back a line that makes no sense: %j', (line) => {
    expect(parseModuleLines(`${line}\ndep\tgithub.com/c/d\tv1.0.0\t\n`)).toEqual({
      modules: [{ path: 'github.com/c/d', version: 'v1.0.0', main: false }],
      badLines: [line],
    });
  });
});

describe('standardLibraryVersion', () => {
  it.each([
    ['go1.22.3', '1.22.3'],
    ['go1.20', '1.20.0'],
    ['go1.21rc2', '1.21.0-rc.2'],
    ['go1.9.2beta1', '1.9.2-beta.1'],
    ['go1.20.12 (Red Hat 1.20.12-8.el9_3)', '1.20.12'],
    ['go1.22.1 X:nocoverageredesign', '1.22.1'],
    ['go1.16.6b7', '1.16.6'],
    ['devel go1.23-0123abc Tue Mar 5', '(devel)'],
    ['go1', '(devel)'],
    ['', '(devel)'],
  ])('writes %j as %s', (version, expected) => {
    expect(standardLibraryVersion(version)).toBe(expected);
  });
});

describe('build information', () => {
  const found = { state: 'found', info: { goVersion: 'go1.22.3', modules, badLines: [] } };

  it('is read from beside the magic', () => {
    const binary = goBinary('go1.22.3', lines);
    expect(parseBuildInfo(binary.subarray(buildInfoOffset), buildInfoOffset)).toEqual(found);
  });

  it.each([
    [8, false],
    [8, true],
    [4, false],
    [4, true],
  ] as const)('is read through pointers of %i bytes, big-endian %j', (size, bigEndian) => {
    const binary = oldGoBinary('go1.22.3', lines, size, bigEndian);
    expect(parseBuildInfo(binary.subarray(buildInfoOffset), buildInfoOffset)).toEqual({ state: 'pointers' });
    expect(parsePointedBuildInfo(binary, buildInfoOffset)).toEqual(found);
  });

  it('has no modules where the binary was built without', () => {
    const binary = goBinary('go1.19.8', '');
    expect(parseBuildInfo(binary.subarray(buildInfoOffset), buildInfoOffset)).toMatchObject({
      state: 'found',
      info: { goVersion: 'go1.19.8', modules: [] },
    });
  });

  it('is cut where the bytes end, at whatever place', () => {
    const bytes = goBinary('go1.22.3', lines, 0).subarray(buildInfoOffset);
    for (let end = 32; end < bytes.length; end += 7)
      expect(parseBuildInfo(bytes.subarray(0, end), buildInfoOffset)).toEqual({ state: 'cut' });
  });

  it('takes any bytes', () => {
    const inline = goBinary('go1.22.3', lines).subarray(buildInfoOffset);
    const pointed = oldGoBinary('go1.16', lines, 8, false);
    fc.assert(
      fc.property(fc.nat(2000), fc.uint8Array({ maxLength: 16 }), (at, bytes) => {
        const changed = Buffer.from(inline);
        changed.set(bytes.subarray(0, Math.max(0, changed.length - at)), Math.min(at, changed.length));
        void parseBuildInfo(changed, buildInfoOffset);
        const file = Buffer.from(pointed);
        file.set(bytes.subarray(0, Math.max(0, file.length - at)), Math.min(at, file.length));
        void parsePointedBuildInfo(file, buildInfoOffset);
      }),
    );
    fc.assert(
      fc.property(
        fc.nat(pointed.length),
        (end) => void parsePointedBuildInfo(pointed.subarray(0, end), buildInfoOffset),
      ),
    );
  });
});

describe('go', () => {
  it('counts modules and the standard library of each binary', async () => {
    const { components, problems } = await bom({
      '/app': { bytes: goBinary('go1.22.3', lines), mode: 0o755, layer: 1 },
      '/old': { bytes: oldGoBinary('go1.16', 'path\tx\nmod\texample.com/x\tv1.0.0\t\n', 8, false), layer: 2 },
      '/bin/sh': Buffer.from('\x7fELF and nothing of Go'),
      '/text': '\xff Go buildinf:',
    });
    expect(problems).toEqual([]);
    expect(components.map(({ purl, name, locations }) => `${purl} ${name} ${locations}`)).toEqual([
      'pkg:golang/example.com/x@v1.0.0 example.com/x /old',
      'pkg:golang/github.com/acme/app@%28devel%29 github.com/acme/app /app',
      'pkg:golang/github.com/acme/local@%28devel%29 github.com/acme/local /app',
      'pkg:golang/github.com/acme/net@v0.17.1-acme github.com/acme/net /app',
      'pkg:golang/github.com/burntsushi/toml@v1.3.2 github.com/BurntSushi/toml /app',
      'pkg:golang/github.com/docker/docker@v24.0.7%2Bincompatible github.com/docker/docker /app',
      'pkg:golang/stdlib@1.16.0 stdlib /old',
      'pkg:golang/stdlib@1.22.3 stdlib /app',
    ]);
  });

  it('passes over the magic where a program has it among its data', async () => {
    const real = goBinary('go1.22.3', lines);
    const decoy = Buffer.concat([Buffer.from('\xff Go buildinf:', 'latin1'), Buffer.alloc(50, 'x')]);
    const file = Buffer.concat([real.subarray(0, 128), decoy, real.subarray(128 + decoy.length)]);
    expect((await bom({ '/app': file })).components).toHaveLength(6);
    const alone = Buffer.concat([Buffer.from('\x7fELF'), Buffer.alloc(12), decoy]);
    expect(await bom({ '/tool': alone })).toMatchObject({ components: [], problems: [] });
  });

  it('reads a binary again that has more than was kept', async () => {
    const many = Array.from({ length: 3000 }, (_, i) => `dep\texample.com/m${i}\tv1.0.0\th1:${'A'.repeat(43)}=\n`).join(
      '',
    );
    const { components, problems } = await bom({ '/app': goBinary('go1.22.3', many) });
    expect(components).toHaveLength(3001);
    expect(problems).toEqual([]);
  });

  it('says where build information cannot be read', async () => {
    const whole = goBinary('go1.22.3', lines, 0);
    const { components, problems } = await bom({
      '/cut': whole.subarray(0, whole.length - 100),
      '/wild': oldGoBinary('', lines, 8, false),
      '/odd': goBinary('go1.22.3', 'mod\t../x\tv1.0.0\t\n'),
    });
    expect(components.map((component) => component.purl)).toEqual(['pkg:golang/stdlib@1.22.3']);
    expect(problems.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'catalog/go/bad-build-info /cut',
      'catalog/go/bad-module /odd',
      'catalog/go/bad-build-info /wild',
    ]);
  });
});
