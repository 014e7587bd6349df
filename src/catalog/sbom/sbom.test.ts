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

const cycloneDxOf = (content: object) => JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.5', ...content });
const spdxOf = (content: object) => JSON.stringify({ spdxVersion: 'SPDX-2.3', ...content });

describe('parseBom', () => {
  it.each([
    ['{', 'is not valid JSON'],
    ['{"bomFormat":"CycloneDX","specVersion":"9.9"}', 'is CycloneDX of a version that is not known here'],
    ['{"bomFormat":"other"}', 'is neither CycloneDX nor SPDX 2 in JSON'],
  ])('refuses %s', (text, reason) => {
    expect(parseBom(text)).toEqual({ reason });
  });

  it('counts what it does not understand', () => {
    const components = ['pkg:npm/a', 'pkg:npm/..@1', 'not one', `pkg:npm/${'a'.repeat(5000)}@1`, 'pkg:docker/x@1', '%'];
    const text = cycloneDxOf({ components: components.map((purl) => ({ purl })) });
    expect(parseBom(text)).toMatchObject({ components: [], untold: { count: components.length } });
  });

  it.each([
    ['CycloneDX', { components: 'none' }],
    ['CycloneDX', { components: [7] }],
    ['SPDX', { packages: 'none' }],
    ['SPDX', { packages: [null] }],
  ])('does not take a list in %s that is none for an empty one: %o', (format, content) => {
    const text = format === 'SPDX' ? spdxOf(content) : cycloneDxOf(content);
    expect(parseBom(text)).toMatchObject({ components: [], untold: { count: 1 } });
  });

  it.each([
    [
      cycloneDxOf({ compositions: [{ aggregate: 'incomplete_first_party_only' }] }),
      'a composition is incomplete_first_party_only',
    ],
    [cycloneDxOf({ metadata: { properties: [{ name: 'portwarden:problem', value: 'cut' }] } }), 'cut'],
    [spdxOf({ annotations: [{ comment: 'not read: cut' }, { comment: 'else' }] }), 'cut'],
  ])('keeps what a bill says that it leaves out: %s', (text, gap) => {
    expect(parseBom(text)).toMatchObject({ gaps: [gap] });
  });

  it('lists a package whatever kind or place it is given, and an image never', () => {
    const purl = 'pkg:npm/a@1';
    const refs = (of: string) => ({ externalRefs: [{ referenceType: 'purl', referenceLocator: of }] });
    for (const text of [
      cycloneDxOf({ components: [{ type: 'file', purl }] }),
      cycloneDxOf({ components: [{ type: 'operating-system', purl }] }),
      cycloneDxOf({ metadata: { component: { purl } } }),
      spdxOf({ packages: [{ primaryPackagePurpose: 'OPERATING-SYSTEM', ...refs(purl) }] }),
      spdxOf({ documentDescribes: ['a'], packages: [{ SPDXID: 'a', ...refs(purl) }] }),
    ])
      expect(parseBom(text), text).toMatchObject({ components: [{ purl }], untold: { count: 0 } });
    const image = 'pkg:oci/app@sha256%3Aabc';
    expect(parseBom(cycloneDxOf({ metadata: { component: { purl: image } } }))).toMatchObject({ components: [] });
  });

  it('believes no owner that is not listed, which nobody would judge in its place', () => {
    const owned = (ownedBy: string) =>
      spdxOf({
        packages: ['pkg:npm/a@1', 'pkg:npm/b@1'].map((purl) => ({
          sourceInfo: `part of: ${ownedBy}`,
          externalRefs: [{ referenceType: 'purl', referenceLocator: purl }],
        })),
      });
    expect(parseBom(owned('pkg:npm/gone@1'))).not.toMatchObject({ components: [{ ownedBy: expect.anything() }, {}] });
    expect(parseBom(owned('pkg:npm/b@1'))).toMatchObject({ components: [{ ownedBy: 'pkg:npm/b@1' }, {}] });
  });

  it('takes any cut and any purl', () => {
    fc.assert(
      fc.property(fc.nat(spdx.length), fc.string({ unit: 'binary' }), (at, odd) => {
        void parseBom(spdx.slice(0, at) + odd);
        void parseBom(cycloneDxOf({ components: [{ purl: `pkg:${odd}` }] }));
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
