import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MemoryFile, memoryContents } from '../../../test/fakes/memory-contents.ts';
import { compileBillOfMaterials } from '../compile-bill-of-materials.ts';
import { parseDepsJson } from './parse-deps-json.ts';

function bom(files: Readonly<Record<string, MemoryFile>>) {
  return compileBillOfMaterials(memoryContents(files), { kind: 'host', host: 'test' }, new AbortController().signal);
}

const target = '.NETCoreApp,Version=v8.0/linux-x64';
const manifest = JSON.stringify({
  runtimeTarget: { name: target, signature: '' },
  compilationOptions: {},
  targets: {
    '.NETCoreApp,Version=v8.0': {},
    [target]: {
      'Shop/1.0.0': { dependencies: { 'Newtonsoft.Json': '13.0.1' }, runtime: { 'Shop.dll': {} } },
      'Newtonsoft.Json/13.0.1': { runtime: { 'lib/net6.0/Newtonsoft.Json.dll': { assemblyVersion: '13.0.0.0' } } },
      'SQLitePCLRaw.lib.e_sqlite3/2.1.6': { native: { 'runtimes/linux-x64/native/libe_sqlite3.so': {} } },
      'StyleCop.Analyzers/1.1.118': {},
      'runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.1': { runtime: {} },
    },
  },
  libraries: {
    'Shop/1.0.0': { type: 'project', serviceable: false, sha512: '' },
    'Newtonsoft.Json/13.0.1': {
      type: 'package',
      serviceable: true,
      sha512: 'sha512-x',
      path: 'newtonsoft.json/13.0.1',
    },
    'SQLitePCLRaw.lib.e_sqlite3/2.1.6': { type: 'package' },
    'StyleCop.Analyzers/1.1.118': { type: 'package' },
    'runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.1': { type: 'runtimepack' },
  },
});

const framework = JSON.stringify({
  runtimeTarget: { name: target },
  targets: { [target]: { 'Microsoft.AspNetCore.App.Runtime.linux-x64/8.0.1': { runtime: {} } } },
  libraries: { 'Microsoft.AspNetCore.App.Runtime.linux-x64/8.0.1': { type: 'package' } },
});

describe('parseDepsJson', () => {
  it.each([
    ['{', { reason: 'is not valid JSON' }],
    ['[]', { reason: 'is not a JSON object' }],
    ['{}', { reason: 'has no libraries' }],
    ['{"libraries":{"a":{"type":"package"}}}', { packages: [], bad: ['library "a" has no valid name and version'] }],
    [
      '{"libraries":{"a/1.0.0":{"type":"package"}}}',
      { packages: [{ name: 'a', version: '1.0.0', files: [] }], bad: [] },
    ],
    [
      '{"libraries":{"a/../1.0":{"type":"package"}}}',
      { packages: [], bad: ['library "a/../1.0" has no valid name and version'] },
    ],
    ['{"runtimeTarget":{"name":"constructor"},"targets":{},"libraries":{"a/1":{"type":7}}}', { packages: [], bad: [] }],
  ])('gives for %s what it is', (text, expected) => {
    expect(parseDepsJson(text)).toEqual(expected);
  });

  it('takes any cut and any value', () => {
    fc.assert(
      fc.property(fc.nat(manifest.length), fc.string(), (at, odd) => void parseDepsJson(manifest.slice(0, at) + odd)),
    );
    const any = fc.jsonValue({ maxDepth: 3 });
    fc.assert(
      fc.property(fc.record({ runtimeTarget: any, targets: any, libraries: any }), (value) => {
        void parseDepsJson(JSON.stringify(value));
      }),
    );
  });
});

describe('dotnet', () => {
  it('reads packages that run, and shared frameworks', async () => {
    const { components, problems } = await bom({
      '/app/Shop.deps.json': manifest,
      '/usr/share/dotnet/shared/Microsoft.AspNetCore.App/8.0.1/Microsoft.AspNetCore.App.deps.json': framework,
      '/app/broken.deps.json': '{"libraries"',
    });
    expect(components.map(({ purl }) => purl)).toEqual([
      'pkg:nuget/Microsoft.AspNetCore.App.Runtime.linux-x64@8.0.1',
      'pkg:nuget/Microsoft.NETCore.App.Runtime.linux-x64@8.0.1',
      'pkg:nuget/Newtonsoft.Json@13.0.1',
      'pkg:nuget/SQLitePCLRaw.lib.e_sqlite3@2.1.6',
    ]);
    expect(problems.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'catalog/dotnet/bad-manifest: /app/broken.deps.json: is not valid JSON',
    ]);
  });
});
