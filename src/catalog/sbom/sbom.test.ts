import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MemoryFile, memoryContents } from '../../../test/fakes/memory-contents.ts';
import { compileBillOfMaterials } from '../compile-bill-of-materials.ts';
import { parseBom } from './parse-bom.ts';

function bom(files: Readonly<Record<string, MemoryFile>>) {
  return compileBillOfMaterials(memoryContents(files), { kind: 'host', host: 'test' }, new AbortController().signal);
}

const cycloneDx = JSON.stringify({
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  components: [
    { type: 'library', name: 'a', version: '1.0.0', purl: 'pkg:npm/%40s/a@1.0.0' },
    { type: 'library', name: 'outer', purl: 'pkg:pypi/Outer@1.0', components: [{ purl: 'pkg:cargo/inner@0.1.0' }] },
    { type: 'library', name: 'nameless' },
    { type: 'file', name: '/etc/passwd' },
  ],
});

const spdx = JSON.stringify({
  spdxVersion: 'SPDX-2.3',
  packages: [
    {
      name: 'nginx',
      externalRefs: [
        { referenceType: 'cpe23Type', referenceLocator: 'cpe:2.3:x' },
        { referenceType: 'purl', referenceLocator: 'pkg:generic/nginx@1.25.3' },
      ],
    },
    { name: 'libc6', externalRefs: [{ referenceType: 'purl', referenceLocator: 'pkg:deb/debian/libc6@2.36-9' }] },
  ],
});

describe('parseBom', () => {
  it.each([
    ['{', 'is not valid JSON'],
    ['{"bomFormat":"other"}', 'is neither CycloneDX nor SPDX 2 in JSON'],
  ])('refuses %s', (text, reason) => {
    expect(parseBom(text)).toEqual({ reason });
  });

  it('counts what it does not understand', () => {
    const components = ['pkg:npm/a', 'pkg:npm/..@1', 'not one', `pkg:npm/${'a'.repeat(5000)}@1`, 'pkg:docker/x@1', '%'];
    const text = JSON.stringify({ bomFormat: 'CycloneDX', components: components.map((purl) => ({ purl })) });
    expect(parseBom(text)).toMatchObject({ components: [], untold: { count: components.length } });
  });

  it('takes any cut and any purl', () => {
    fc.assert(
      fc.property(fc.nat(spdx.length), fc.string({ unit: 'binary' }), (at, odd) => {
        void parseBom(spdx.slice(0, at) + odd);
        void parseBom(JSON.stringify({ bomFormat: 'CycloneDX', components: [{ purl: `pkg:${odd}` }] }));
      }),
    );
  });
});

describe('sbom', () => {
  it('takes what it says as claims, and lets what is installed win', async () => {
    const { components, problems } = await bom({
      '/opt/x/.spdx-nginx.spdx': spdx,
      '/opt/y/app.cdx.json': cycloneDx,
      '/opt/z/tag-value.spdx': 'SPDXVersion: SPDX-2.3\n',
      '/opt/z/bad.cdx.json': '{}',
      '/opt/z/bom.json': '{"name":"of something else"}',
      '/app/node_modules/@s/a/package.json': '{"name":"@s/a","version":"1.0.0"}',
      '/var/lib/dpkg/status': 'Package: libc6\nStatus: install ok installed\nVersion: 2.36-9\nArchitecture: amd64\n',
      '/etc/os-release': 'ID=debian\nVERSION_ID=12\n',
    });
    expect(components.map(({ purl, evidence }) => [purl, evidence?.kind])).toEqual([
      ['pkg:cargo/inner@0.1.0', 'claimed'],
      ['pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12', undefined],
      ['pkg:generic/nginx@1.25.3', 'claimed'],
      ['pkg:npm/%40s/a@1.0.0', undefined],
      ['pkg:pypi/outer@1.0', 'claimed'],
    ]);
    expect(problems.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'catalog/sbom/untold-packages /opt/y/app.cdx.json',
      'catalog/sbom/bad-document /opt/z/bad.cdx.json',
    ]);
  });
});
