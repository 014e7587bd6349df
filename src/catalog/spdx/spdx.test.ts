import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spdxSchema } from '../../../test/fakes/spdx-schema.ts';
import { digestOf } from '../../base/index.ts';
import type { BillOfMaterials, InstalledComponent } from '../../model/index.ts';
import { writeCycloneDx } from '../cyclonedx/write-cyclonedx.ts';
import { parseBom } from '../sbom/parse-bom.ts';
import { parsePackageUrl } from '../sbom/parse-package-url.ts';
import { LicenseTexts } from './license-texts.ts';
import { writeSpdx } from './write-spdx.ts';

const ajv = new Ajv({ allErrors: true });
formats.default(ajv);
const validate = ajv.compile(spdxSchema);

const options = {
  at: 1_700_000_000_123,
  version: '0.1.0',
  identity: {
    imageId: digestOf('config'),
    manifestDigest: digestOf('manifest'),
    references: ['docker.io/library/app:1'],
  },
  facts: { created: 1_600_000_000_000, layers: [{ diffId: digestOf('0'), size: 1 }] },
};

function component(purl: string, over: Partial<InstalledComponent> = {}): InstalledComponent {
  const known = parsePackageUrl(purl);
  if (!known) throw new Error(`${purl} is no package URL`);
  return { ...known, licenses: [], locations: ['/a'], layer: 0, ...over };
}

const bom: BillOfMaterials = {
  subject: { kind: 'image', imageId: digestOf('config') },
  platform: { os: 'linux', architecture: 'amd64' },
  distribution: { id: 'debian', release: '12', prettyName: 'Debian GNU/Linux 12 (bookworm)' },
  components: [
    component('pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12', {
      source: { name: 'glibc', version: '2.36-9' },
      licenses: ['GPL-2+', 'MIT', 'Apache-2.0 OR ISC'],
    }),
    component('pkg:npm/%40a/b@1.0.0', { evidence: { kind: 'declared', confidence: 'likely', note: 'yarn.lock' } }),
    component('pkg:maven/org.acme/b@1.0.0', { ownedBy: 'pkg:deb/debian/x@1' }),
  ],
  catalogers: ['dpkg@1'],
  problems: [],
};

function write(over: Partial<BillOfMaterials> = {}) {
  const document = JSON.parse(writeSpdx({ ...bom, ...over }, options));
  expect(validate(document), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true);
  return document;
}

describe('writeSpdx', () => {
  it('is checked by a schema that can refuse', () => {
    const document = write();
    expect(validate({ ...document, packages: [{ name: 'a' }] })).toBe(false);
    expect(validate({ ...document, somethingElse: 1 })).toBe(false);
  });

  it('describes the image, its system and what it contains', () => {
    const document = write();
    expect(document.creationInfo.created).toBe('2023-11-14T22:13:20Z');
    expect(document.packages.map((item: { name: string }) => item.name)).toEqual([
      'docker.io/library/app',
      'debian',
      'libc6',
      '@a/b',
      'org.acme:b',
    ]);
    expect(document.packages[2]).toMatchObject({
      licenseDeclared: expect.stringMatching(/^LicenseRef-\w+ AND MIT AND \(Apache-2.0 OR ISC\)$/),
      sourceInfo: `built package from: glibc 2.36-9\nfound by: /a\nlayer: ${digestOf('0')}`,
      externalRefs: [{ referenceType: 'purl', referenceLocator: bom.components[0]?.purl }],
    });
    expect(document.hasExtractedLicensingInfos).toMatchObject([{ extractedText: 'GPL-2+' }]);
    expect(document.packages[3].sourceInfo).toContain('declared, likely, yarn.lock');
    expect(document.packages[4].sourceInfo).toContain('part of: pkg:deb/debian/x@1');
  });

  it('says what could not be read, and is never cut for it', () => {
    const problems = Array.from({ length: 150 }, (_, index) => ({ code: 'image/corrupt-layer', message: `${index}` }));
    const { annotations } = write({ problems });
    expect(annotations).toHaveLength(102);
    expect(annotations.at(-1).comment).toBe('not read: 50 more');
  });

  it('describes a machine and an image without a name', () => {
    expect(write({ subject: { kind: 'host', host: 'web-1' } }).packages[0]).toMatchObject({ name: 'web-1' });
    const bare = JSON.parse(writeSpdx(bom, { at: 0, version: '1' }));
    expect(validate(bare)).toBe(true);
    expect(bare.name).toBe(digestOf('config'));
  });

  it('gives the same bytes for the same, another namespace for another', () => {
    expect(writeSpdx(bom, options)).toBe(writeSpdx(bom, options));
    expect(write().documentNamespace).not.toBe(write({ components: [] }).documentNamespace);
  });

  it('refers to any text of a license', () => {
    const licenses = new LicenseTexts();
    expect(licenses.expressionOf([])).toBe('NOASSERTION');
    expect(licenses.expressionOf(['mit', 'MIT'])).toBe('MIT');
    expect(licenses.expressionOf(['__proto__'])).toMatch(/^LicenseRef-[0-9a-f]{12}$/);
    expect(licenses.expressionOf(['LicenseRef-x'])).toMatch(/^LicenseRef-[0-9a-f]{12}$/);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        if (text !== '') expect(new LicenseTexts().expressionOf([text])).toMatch(/^[A-Za-z0-9.()+ -]+$/);
      }),
    );
  });
});

const ecosystems: fc.Arbitrary<string> = fc.oneof(
  fc
    .tuple(fc.constantFrom('debian-12', 'ubuntu-22.04'), fc.constantFrom('glibc', 'libc6', 'g++-12'))
    .map(
      ([distro, name]) =>
        `pkg:deb/${distro.split('-')[0]}/${name.replaceAll('+', '%2B')}@1%3A2.3~rc1-4?arch=amd64&distro=${distro}`,
    ),
  fc.constantFrom(
    'pkg:apk/alpine/musl@1.2.4-r2?arch=x86_64&distro=alpine-3.19',
    'pkg:rpm/fedora/openssl-libs@3.2.1-2.fc40?arch=x86_64&distro=fedora-40&epoch=1&upstream=openssl-3.2.1-2.fc40.src.rpm',
    'pkg:rpm/redhat/bash@5.1-2.el9?distro=rhel-9',
    'pkg:npm/%40scope/name@1.0.0-rc.1',
    'pkg:pypi/a-b@1.0',
    'pkg:golang/golang.org/x/net@v0.1.0',
    'pkg:maven/org.acme/app@1.0',
    'pkg:gem/rails@7.0',
    'pkg:cargo/serde@1.0.0%2Bx',
    'pkg:composer/a/b@1.0',
    'pkg:nuget/A.B@1.0.0',
    'pkg:generic/nginx@1.25.3',
  ),
);

describe('what is written is read as the same', () => {
  it.each([
    ['CycloneDX', writeCycloneDx],
    ['SPDX', writeSpdx],
  ] as const)('in %s', (_format, writeBom) => {
    fc.assert(
      fc.property(fc.uniqueArray(ecosystems, { maxLength: 8 }), (purls) => {
        const components = purls.map((purl) => component(purl, { source: { name: 's', version: '1' } }));
        const withSource = components.map(({ source, ...rest }, index) => ({
          ...rest,
          ...(rest.distribution ? { source } : {}),
          ...(index % 2 === 0 && index > 0 ? { ownedBy: components[0]?.purl } : {}),
        }));
        const parsed = parseBom(writeBom({ ...bom, components: withSource as InstalledComponent[] }, options));
        if ('reason' in parsed) throw new Error(parsed.reason);
        expect(parsed.untold.count).toBe(0);
        expect(parsed.components.map(({ licenses, locations, ...rest }) => licenses && locations && rest)).toEqual(
          withSource.map(({ licenses, locations, layer, ...rest }) => licenses && locations && layer === 0 && rest),
        );
      }),
    );
  });
});
