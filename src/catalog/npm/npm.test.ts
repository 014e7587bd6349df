import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MemoryFile, memoryContents } from '../../../test/fakes/memory-contents.ts';
import { compileBillOfMaterials } from '../compile-bill-of-materials.ts';
import { parsePackageJson } from './parse-package-json.ts';

function bom(files: Readonly<Record<string, MemoryFile>>) {
  return compileBillOfMaterials(memoryContents(files), { kind: 'host', host: 'test' }, new AbortController().signal);
}

describe('parsePackageJson', () => {
  it.each([
    [
      'a plain one',
      { name: 'a', version: '1.0.0', license: 'MIT' },
      { name: 'a', version: '1.0.0', licenses: ['MIT'] },
    ],
    ['a scope', { name: '@a/b', version: '1.0.0' }, { name: '@a/b', version: '1.0.0', licenses: [] }],
    [
      'a version with a v',
      { name: 'a', version: ' v1.2.3-rc.1+x ' },
      { name: 'a', version: '1.2.3-rc.1', licenses: [] },
    ],
    ['a license object', { name: 'a', version: '1.0.0', license: { type: 'ISC' } }, { licenses: ['ISC'] }],
    [
      'a list of licenses',
      { name: 'a', version: '1.0.0', licenses: [{ type: 'MIT' }, 'BSD', 7] },
      { licenses: ['BSD', 'MIT'] },
    ],
    ['an expression', { name: 'a', version: '1.0.0', license: '(MIT OR CC0-1.0)' }, { licenses: ['(MIT OR CC0-1.0)'] }],
    ['an old name', { name: 'JSONStream', version: '1.3.5' }, { name: 'JSONStream' }],
  ])('reads %s', (_what, manifest, expected) => {
    expect(parsePackageJson(JSON.stringify(manifest))).toMatchObject({ package: expected });
  });

  it.each([
    ['no JSON', '{"name": "a", "vers', 'is not valid JSON'],
    ['a list', '[]', 'is not a JSON object'],
    ['no name', '{"version":"1.0.0"}', 'has no valid name'],
    ['a name that climbs', '{"name":"../a","version":"1.0.0"}', 'has no valid name'],
    ['a number for a version', '{"name":"a","version":1}', 'has no valid version'],
    ['a range for a version', '{"name":"a","version":"^1.0.0"}', 'has no valid version'],
    ['a huge version', `{"name":"a","version":"${'1'.repeat(100_000)}.0.0"}`, 'has no valid version'],
    ['deep nesting', '['.repeat(100_000), 'nests deeper than 128 levels'],
  ])('refuses %s', (_what, text, reason) => {
    expect(parsePackageJson(text)).toEqual({ reason });
  });

  it('takes a byte order mark and any text', () => {
    expect(parsePackageJson('\uFEFF{"name":"a","version":"1.0.0"}')).toHaveProperty('package');
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parsePackageJson(text)));
    const field = fc.jsonValue({ maxDepth: 2 });
    fc.assert(
      fc.property(fc.record({ name: field, version: field, license: field, licenses: field }), (manifest) => {
        void parsePackageJson(JSON.stringify(manifest));
      }),
    );
  });
});

describe('npm', () => {
  const manifest = (name: string, version = '1.0.0') => JSON.stringify({ name, version });

  it('counts what lies right in node_modules, each package once', async () => {
    const { components, problems } = await bom({
      '/app/package.json': manifest('my-app'),
      '/app/node_modules/a/package.json': { bytes: manifest('a'), layer: 2 },
      '/app/node_modules/a/lib/package.json': '{"type":"commonjs"}',
      '/app/node_modules/a/test/fixture/package.json': manifest('fixture'),
      '/app/node_modules/@s/b/package.json': manifest('@s/b'),
      '/app/node_modules/c/node_modules/a/package.json': { bytes: manifest('a'), layer: 1 },
      '/app/node_modules/alias/package.json': manifest('real-name', '2.0.0'),
      '/app/node_modules/.pnpm/d@1.0.0/node_modules/d/package.json': manifest('d'),
      '/app/node_modules/d': { link: '.pnpm/d@1.0.0/node_modules/d' },
      '/usr/local/lib/node_modules/npm/package.json': manifest('npm', '10.2.0'),
      '/usr/local/lib/node_modules/npm/node_modules/JSONStream/package.json': manifest('JSONStream', '1.3.5'),
    });
    expect(problems).toEqual([]);
    expect(components.map(({ purl, name, layer }) => `${purl} ${name} ${layer}`)).toEqual([
      'pkg:npm/%40s/b@1.0.0 @s/b 0',
      'pkg:npm/a@1.0.0 a 1',
      'pkg:npm/d@1.0.0 d 0',
      'pkg:npm/jsonstream@1.3.5 JSONStream 0',
      'pkg:npm/npm@10.2.0 npm 0',
      'pkg:npm/real-name@2.0.0 real-name 0',
    ]);
    expect(components[1]?.locations).toEqual([
      '/app/node_modules/a/package.json',
      '/app/node_modules/c/node_modules/a/package.json',
    ]);
    expect(components.at(-1)?.locations).toEqual(['/app/node_modules/alias/package.json']);
  });

  it('says which manifest it could not read, and reads the others', async () => {
    const { components, problems } = await bom({
      '/app/node_modules/a/package.json': '{',
      '/app/node_modules/b/package.json': manifest('b'),
      '/app/node_modules/c/package.json': ' '.repeat(5_000_000),
    });
    expect(components.map((component) => component.name)).toEqual(['b']);
    expect(problems.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'catalog/npm/bad-manifest: /app/node_modules/a/package.json is not valid JSON',
      'catalog/file-too-large: /app/node_modules/c/package.json has more than 4194304 bytes and was not read',
    ]);
  });
});
