import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../base/index.ts';
import type { BillOfMaterials } from '../../model/index.ts';
import { isSpdxExpression, licenseChoice } from './license-choice.ts';
import { writeCycloneDx } from './write-cyclonedx.ts';

const schemas = new URL(
  './res/schema/',
  `file://${createRequire(import.meta.url).resolve('@cyclonedx/cyclonedx-library/package.json')}`,
);

/** The official schema, as the library carries it; its two formats that ajv does not know are free text here. */
function compileSchema() {
  const read = (name: string) => JSON.parse(readFileSync(new URL(`${name}.SNAPSHOT.schema.json`, schemas), 'utf8'));
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addFormat('iri-reference', true).addFormat('idn-email', true);
  ajv.addSchema(read('spdx'), 'http://cyclonedx.org/schema/spdx.SNAPSHOT.schema.json');
  ajv.addSchema(read('jsf-0.82'), 'http://cyclonedx.org/schema/jsf-0.82.SNAPSHOT.schema.json');
  return ajv.compile(read('bom-1.6'));
}

const validate = compileSchema();

const image: BillOfMaterials = {
  subject: { kind: 'image', imageId: digestOf('config') },
  platform: { os: 'linux', architecture: 'amd64' },
  distribution: { id: 'debian', release: '12', prettyName: 'Debian GNU/Linux 12 (bookworm)' },
  components: [
    {
      purl: 'pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12',
      ecosystem: 'deb',
      name: 'libc6',
      version: '2.36-9',
      source: { name: 'glibc', version: '2.36-9' },
      distribution: { id: 'debian', release: '12' },
      licenses: ['GPL-2+', 'MIT', 'mit'],
      locations: ['/var/lib/dpkg/status'],
      layer: 0,
    },
    {
      purl: 'pkg:npm/%40a/b@1.0.0',
      ecosystem: 'npm',
      name: '@a/b',
      version: '1.0.0',
      licenses: ['(MIT OR Apache-2.0) AND LicenseRef-x'],
      locations: ['/a/package.json', '/b/package.json'],
      layer: 1,
      ownedBy: 'pkg:deb/debian/node-b@1-1',
    },
    {
      purl: 'pkg:pypi/c@1',
      ecosystem: 'pypi',
      name: 'c',
      version: '1',
      licenses: [],
      locations: [],
      layer: 9,
      evidence: { kind: 'declared', confidence: 'likely', note: 'poetry.lock' },
    },
  ],
  catalogers: ['dpkg@1', 'npm@1'],
  problems: [],
};

const options = {
  at: 1_700_000_000_000,
  version: '0.1.0',
  identity: {
    imageId: digestOf('config'),
    manifestDigest: digestOf('manifest'),
    references: ['no reference!', 'docker.io/library/app:1'],
  },
  facts: {
    created: 1_600_000_000_000,
    layers: [
      { diffId: digestOf('0'), size: 1 },
      { diffId: digestOf('1'), size: 1 },
    ],
  },
};

function write(bom: BillOfMaterials, over: Partial<typeof options> = {}) {
  const document = JSON.parse(writeCycloneDx(bom, { ...options, ...over }));
  expect(validate(document), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true);
  return document;
}

describe('writeCycloneDx', () => {
  it('is checked by a schema that can refuse', () => {
    expect(validate({ ...write(image), components: [{ type: 'library' }] })).toBe(false);
  });

  it('describes an image and its components', () => {
    const document = write(image);
    expect(document).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 });
    expect(document.compositions).toBeUndefined();
    expect(document.metadata).toMatchObject({
      timestamp: '2023-11-14T22:13:20.000Z',
      component: {
        type: 'container',
        name: 'docker.io/library/app',
        version: '1',
        purl: `pkg:oci/app@${digestOf('manifest')}?arch=amd64&repository_url=docker.io%2Flibrary%2Fapp&tag=1`,
      },
    });
    expect(document.components).toMatchObject([
      { type: 'operating-system', name: 'debian', version: '12' },
      {
        name: 'libc6',
        licenses: [{ license: { name: 'GPL-2+' } }, { license: { id: 'MIT' } }],
        properties: [
          { name: 'portwarden:layer', value: digestOf('0') },
          { name: 'portwarden:source', value: 'glibc@2.36-9' },
        ],
      },
      {
        group: '@a',
        name: 'b',
        licenses: [{ expression: '(MIT OR Apache-2.0) AND LicenseRef-x' }],
        evidence: {
          identity: [{ field: 'purl', confidence: 1, methods: [{ technique: 'manifest-analysis', confidence: 1 }] }],
          occurrences: [{ location: '/a/package.json' }, { location: '/b/package.json' }],
        },
      },
      {
        name: 'c',
        evidence: { identity: [{ confidence: 0.8, methods: [{ value: 'declared: poetry.lock' }] }] },
        properties: [{ name: 'portwarden:layer', value: '9' }],
      },
    ]);
  });

  it('describes a machine, an image without a name and an empty one', () => {
    const host = write({ ...image, subject: { kind: 'host', host: 'web-1' } });
    expect(host.metadata.component).toMatchObject({ type: 'operating-system', name: 'web-1', version: '12' });
    const { identity, facts, ...bare } = options;
    expect(identity && facts).toBeTruthy();
    const nameless = JSON.parse(writeCycloneDx(image, bare));
    expect(validate(nameless)).toBe(true);
    expect(nameless.metadata.component).toMatchObject({ name: digestOf('config'), version: digestOf('config') });
    const { distribution, ...without } = image;
    expect(distribution && write({ ...without, components: [] }).components).toEqual([]);
  });

  it('says that it is incomplete where something could not be read', () => {
    const document = write({ ...image, problems: [{ code: 'catalog/dpkg/truncated', message: 'cut' }] });
    expect(document.compositions).toEqual([{ aggregate: 'incomplete', assemblies: [digestOf('config')] }]);
    expect(document.metadata.properties).toContainEqual({
      name: 'portwarden:problem',
      value: 'catalog/dpkg/truncated: cut',
    });
  });

  it('gives the same bytes for the same, another serial number for another', () => {
    expect(writeCycloneDx(image, options)).toBe(writeCycloneDx(image, options));
    expect(write(image).serialNumber).not.toBe(write(image, { at: 0 }).serialNumber);
  });
});

describe('licenses', () => {
  it.each([
    ['MIT OR Apache-2.0', true],
    ['GPL-2.0-or-later WITH Classpath-exception-2.0', true],
    ['(MIT AND (BSD-3-Clause OR ISC))', true],
    ['GPL-2.0+ AND MIT', true],
    ['MIT or Apache-2.0', false],
    ['MIT AND', false],
    ['(MIT', false],
    ['MIT MIT', false],
    ['BSD License', false],
    ['', false],
    ['('.repeat(100_000), false],
  ])('%j is an expression: %j', (text, answer) => {
    expect(isSpdxExpression(text)).toBe(answer);
  });

  it('takes no member of an object for a license', () => {
    expect(licenseChoice(['__proto__'])).toEqual([{ license: { name: '__proto__' } }]);
  });

  it('never mixes an expression with others', () => {
    expect(licenseChoice(['MIT OR ISC', 'MIT'])).toEqual([
      { license: { name: 'MIT OR ISC' } },
      { license: { id: 'MIT' } },
    ]);
  });
});
