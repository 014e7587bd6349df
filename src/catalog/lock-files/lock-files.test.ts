import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lockSeeds } from '../../../test/fakes/lock-seeds.ts';
import { type MemoryFile, memoryContents } from '../../../test/fakes/memory-contents.ts';
import { compileBillOfMaterials } from '../compile-bill-of-materials.ts';
import type { LockFile } from './lock-format.ts';
import { lockFormats } from './lock-formats.ts';
import { parseYaml } from './parse-yaml.ts';

function bom(files: Readonly<Record<string, MemoryFile>>) {
  return compileBillOfMaterials(memoryContents(files), { kind: 'host', host: 'test' }, new AbortController().signal);
}

function parse(name: string, text: string): LockFile {
  const format = lockFormats.find((candidate) => candidate.name === name);
  if (!format) throw new Error(`no format ${name}`);
  return format.parse(text);
}

/** `name version`, with what it is for. */
function told(lock: LockFile): readonly string[] {
  if ('reason' in lock) return [lock.reason];
  return [
    ...lock.packages.map(({ name, version, use }) => [name, version, use].filter(Boolean).join(' ')),
    ...lock.bad,
  ];
}

describe('a lock file', () => {
  it.each(lockSeeds.map((seed) => [seed.what, seed] as const))('%s is read', (_what, { name, text, expected }) => {
    expect(told(parse(name, text))).toEqual(expected);
    expect(told(parse(name, text.replaceAll('\n', '\r\n')))).toEqual(expected);
  });

  it('has a seed for each format', () => {
    const named = new Set(lockSeeds.map(({ name }) => name));
    expect(lockFormats.filter(({ name }) => !named.has(name)).map(({ name }) => name)).toEqual(['npm-shrinkwrap.json']);
  });

  it.each([
    ['package-lock.json', '[]', 'is not a JSON object'],
    ['package-lock.json', '{"name":"a"}', 'has no packages and no dependencies'],
    ['package-lock.json', '['.repeat(1000), 'nests deeper than 128 levels'],
    ['package-lock.json', '{"packages":{"node_modules/a":{"version":"x"}}}', '"a" is no package with a version'],
    ['yarn.lock', 'hello', 'is no lock file of Yarn'],
    ['yarn.lock', '# yarn lockfile v1\na@^1:\n  resolved "x"\n', '"a@^1" is no package with a version'],
    ['pnpm-lock.yaml', 'a: 1\n', 'has no lockfileVersion'],
    ['pnpm-lock.yaml', 'lockfileVersion: 5.4\npackages:\n  /a:\n    dev: true\n', '"/a" is no package with a version'],
    ['poetry.lock', '[[package]]\nname = ', 'is not valid TOML, line 2'],
    ['Cargo.lock', `a = ${'['.repeat(1000)}`, 'is not valid TOML, line 1'],
    ['uv.lock', '[[package]]\nversion = "1"\n', '"package 1" is no package with a version'],
    ['Pipfile.lock', '{"default":{"a":{"version":"*"}}}', '"a" is no package with a version'],
    ['Gemfile.lock', 'x', 'is no lock file of Bundler'],
    ['composer.lock', '{}', 'has no list of packages'],
    ['packages.lock.json', '{"dependencies":{"net8.0":{"A":{}}}}', '"A" is no package with a version'],
    ['packages.lock.json', '{}', 'has no dependencies'],
    ['go.mod', 'require golang.org/x/net', '"require golang.org/x/net" is no package with a version'],
    ['gradle.lockfile', 'guava=a', '"guava=a" is no package with a version'],
  ])('%s that makes no sense says why: %s', (name, text, reason) => {
    expect(told(parse(name, text))).toEqual([reason]);
  });

  it('gives an answer for any text, cut and changed anywhere', () => {
    const pieces = fc.constantFrom('{', '"', '\n', '[[package]]', '  ', ':', '@', '&a *a', '\0', '\u{1f600}', '(');
    for (const { name, text } of lockSeeds) {
      const place = fc.nat({ max: text.length });
      fc.assert(
        fc.property(
          place,
          place,
          pieces,
          (from, to, piece) => void parse(name, text.slice(0, from) + piece + text.slice(to)),
        ),
        { numRuns: 60 },
      );
    }
  });

  it('is read in time that grows with its length', () => {
    for (const { name } of lockFormats)
      for (const piece of ['[', 'a ', '    a (', ' ', 'a@', '"', '- ', '? ', '/*'])
        expect(parse(name, piece.repeat(200_000))).toBeDefined();
  });
});

describe('parseYaml', () => {
  it('has strings alone, and every document', () => {
    expect(parseYaml('a: 1.10\nb: true\n---\n- x\n')).toEqual({ documents: [{ a: '1.10', b: 'true' }, ['x']] });
  });

  it.each([
    ['an alias', 'a: &a [x]\nb: *a\n', 'has aliases'],
    ['an alias that leads nowhere', 'b: *a\n', 'has aliases'],
    ['deep brackets', '['.repeat(65), 'nests deeper than 64 levels'],
    ['deep blocks', '- '.repeat(65), 'nests deeper than 64 levels'],
    ['a deep column', `${' '.repeat(200)}a: b`, 'nests deeper than 64 levels'],
    ['a huge text', 'a: b\n'.repeat(900_000), 'has more than 4194304 characters'],
    ['no end', 'a: "', 'is not valid YAML'],
  ])('refuses %s', (_what, text, reason) => {
    expect(parseYaml(text)).toEqual({ reason: expect.stringContaining(reason) });
  });
});

describe('lock-files', () => {
  const lock = JSON.stringify({
    lockfileVersion: 3,
    packages: {
      '': { name: 'app' },
      'node_modules/a': { version: '1.0.0' },
      'node_modules/b': { version: '2.0.0', dev: true },
    },
  });

  it('declares what is asked for, and says by which file', async () => {
    const { components, problems } = await bom({ '/app/package-lock.json': { bytes: lock, layer: 1 } });
    expect(problems).toEqual([]);
    expect(components).toMatchObject([
      {
        purl: 'pkg:npm/a@1.0.0',
        locations: ['/app/package-lock.json'],
        layer: 1,
        evidence: { kind: 'declared', confidence: 'likely', note: 'package-lock.json' },
      },
      { purl: 'pkg:npm/b@2.0.0', evidence: { confidence: 'guess', note: 'package-lock.json, for development' } },
    ]);
  });

  it('leaves to what is installed what is there', async () => {
    const { components } = await bom({
      '/app/package-lock.json': lock,
      '/app/node_modules/a/package.json': '{"name":"a","version":"1.0.0"}',
    });
    expect(components.map(({ purl, evidence, locations }) => [purl, evidence?.kind, ...locations])).toEqual([
      ['pkg:npm/a@1.0.0', undefined, '/app/node_modules/a/package.json'],
      ['pkg:npm/b@2.0.0', 'declared', '/app/package-lock.json'],
    ]);
  });

  it('writes package URLs as what is installed has them', async () => {
    const { components } = await bom({
      '/a/requirements.txt': 'Zope.Interface==5.4.0\n',
      '/b/gradle.lockfile': 'com.google.guava:guava:31.1-jre=runtimeClasspath\n',
      '/c/go.mod': 'require github.com/BurntSushi/toml v1.3.2\n',
      '/d/Gemfile.lock': 'GEM\n  specs:\n    nokogiri (1.15.4-x86_64-linux)\n    nokogiri (1.15.4-arm64-darwin)\n',
    });
    expect(components.map(({ purl, name }) => `${purl} ${name}`)).toEqual([
      'pkg:gem/nokogiri@1.15.4 nokogiri',
      'pkg:golang/github.com/burntsushi/toml@v1.3.2 github.com/BurntSushi/toml',
      'pkg:maven/com.google.guava/guava@31.1-jre com.google.guava:guava',
      'pkg:pypi/zope-interface@5.4.0 zope-interface',
    ]);
  });

  it('passes over lock files of packages, not of applications', async () => {
    const gemfile = 'GEM\n  specs:\n    rake (13.0.6)\n';
    const composer = '{"packages":[{"name":"a/b","version":"1.0.0"}]}';
    const { components } = await bom({
      '/app/node_modules/x/package-lock.json': lock,
      '/usr/lib/python3/dist-packages/x/requirements.txt': 'x==1\n',
      '/usr/local/bundle/gems/rack-2.0.1/Gemfile.lock': gemfile,
      '/root/go/pkg/mod/a.example/b@v1/go.mod': 'require c.example/d v1.0.0\n',
      '/root/.cargo/registry/src/index/x-1/Cargo.lock': '[[package]]\nname="x"\nversion="1.0.0"\nsource="registry+x"\n',
      '/app/vendor/a/b/composer.lock': composer,
      '/app/vendor/composer/installed.json': '{"packages":[]}',
      '/srv/vendor/shop/composer.lock': composer,
    });
    expect(components.map(({ purl, locations }) => [purl, ...locations])).toEqual([
      ['pkg:composer/a/b@1.0.0', '/srv/vendor/shop/composer.lock'],
    ]);
  });

  it('names the file that it could not read, and reads the others', async () => {
    const { components, problems } = await bom({
      '/a/package-lock.json': '{',
      '/b/package-lock.json': lock,
      '/c/gradle.lockfile': 'g:$(x):1=a\n',
    });
    expect(components).toHaveLength(2);
    expect(problems.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'catalog/lock-files/bad-lock: /a/package-lock.json: is not valid JSON',
      'catalog/lock-files/bad-lock: /c/gradle.lockfile: "g:$(x) 1" is no package with a version',
    ]);
  });
});
