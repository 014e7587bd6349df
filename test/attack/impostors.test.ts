import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog, systemClock } from '../../src/base/index.ts';
import { createImageReader } from '../../src/image/index.ts';
import { defaultReadLimits, type Store } from '../../src/model/index.ts';
import type { Passport } from '../../src/model/wire/index.ts';
import { createServices, type ServiceSet } from '../../src/service/index.ts';
import { openStore } from '../../src/store/index.ts';
import { buildOciLayout, type TarEntry } from '../fakes/image-builder.ts';
import { launchParts } from '../fakes/launches.ts';
import { noRegistries } from '../fakes/no-registries.ts';
import { readPassport } from './image-trial.ts';

/** Who would pass for another package, another version or another authority, so that a flaw is not told. */
const platform = { os: 'linux', architecture: 'amd64' } as const;
let directory: string;
let store: Store;
let services: ServiceSet;
let count = 0;

function osv(id: string, ecosystem: string, name: string, fixed: string) {
  const ranges = [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed }] }];
  return { id, modified: '2026-01-01T00:00:00Z', affected: [{ package: { ecosystem, name }, ranges }] };
}
function statement(author: string, vulnerability: string, product: object | string, at = '2026-02-01T00:00:00Z') {
  return {
    '@context': 'https://openvex.dev/ns/v0.2.0',
    '@id': `https://example.org/${author}/${vulnerability}/${JSON.stringify(product).length}`,
    author,
    timestamp: at,
    version: 1,
    statements: [
      {
        vulnerability: { name: vulnerability },
        products: [typeof product === 'string' ? { '@id': product } : product],
        status: 'not_affected',
        justification: 'vulnerable_code_not_present',
      },
    ],
  };
}
const otherImage = `pkg:oci/app@sha256%3A${'a'.repeat(64)}`;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'pw-impostors-'));
  store = await openStore({ url: join(directory, 'store.db') });
  services = createServices({
    ...launchParts(),
    store,
    openImage: createImageReader(),
    openWritableLayer: () => Promise.reject(new Error('no container runs')),
    ...noRegistries,
    driftEvery: undefined,
    clock: systemClock,
    log: silentLog,
    host: 'quay',
    platform,
    version: '0',
    deliver: async () => {},
    limits: defaultReadLimits,
    content: {},
    unwanted: [],
  });
  await addFeed('osv', [
    osv('CVE-2026-1', 'npm', 'left-pad', '2.0.0'),
    osv('CVE-2026-2', 'Debian:12', 'openssl', '3.0.14-1'),
    osv('CVE-2026-3', 'npm', '@scope/inner', '2.0.0'),
    osv('CVE-2026-4', 'npm', 'untrusted', '2.0.0'),
    osv('CVE-2026-5', 'npm', 'cleared', '2.0.0'),
  ]);
  await addFeed('vex', [
    statement('Mallory', 'CVE-2026-4', 'pkg:npm/untrusted@1.0.0'),
    statement('Shop Security', 'CVE-2026-5', 'pkg:npm/cleared@1.0.0'),
    statement('Shop Security', 'CVE-2026-1', 'pkg:npm/left-pad@1.9.9'),
    statement('Shop Security', 'CVE-2026-1', 'pkg:pypi/left-pad@1.0.0'),
    statement('Shop Security', 'CVE-2026-1', {
      '@id': otherImage,
      subcomponents: [{ '@id': 'pkg:npm/left-pad@1.0.0' }],
    }),
    statement('Shop Security', 'CVE-2026-9', 'pkg:npm/left-pad@1.0.0'),
    statement('shop security', 'CVE-2026-3', 'pkg:npm/%40scope/inner@1.0.0'),
  ]);
  // The same name in another feed is another author.
  await addFeed('strange-vex', [statement('Shop Security', 'CVE-2026-1', 'pkg:npm/left-pad@1.0.0')]);
  expect(await services.feeds.trust('vex', 'Shop Security', true)).toBe(true);
});
afterAll(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

async function addFeed(id: string, records: readonly object[]): Promise<void> {
  const location = join(directory, `${id}.jsonl`);
  writeFileSync(location, records.map((record) => JSON.stringify(record)).join('\n'));
  await services.feeds.add({ id, location });
  const [result] = await services.feeds.update(id);
  expect(result?.state, JSON.stringify(result)).toBe('imported');
}

async function passportOf(...layers: TarEntry[][]): Promise<Passport> {
  const layout = join(directory, `image-${count++}`);
  buildOciLayout(layout, { layers });
  return readPassport(`oci-layout:${layout}`, store);
}
const told = ({ findings }: Passport) => findings.map(({ advisory, name }) => `${advisory} ${name}`).sort();
const npm = (name: string, version = '1.0.0', place = name): TarEntry => ({
  file: `srv/node_modules/${place}/package.json`,
  content: JSON.stringify({ name, version }),
});
const file = (path: string, value: unknown): TarEntry => ({
  file: path,
  content: typeof value === 'string' ? value : JSON.stringify(value),
});
const debian: TarEntry[] = [
  file('etc/os-release', 'ID=debian\nVERSION_ID=12\n'),
  file('var/lib/dpkg/status', dpkg('openssl', '3.0.11-1')),
];
function dpkg(name: string, version: string, more = ''): string {
  return `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n${more}`;
}

describe('a name that looks like another', () => {
  it.each([
    ['a path', '../left-pad'],
    ['an escaped path', 'x%2F..%2Fleft-pad'],
    ['a version in it', 'left-pad@1.0.0'],
    ['a qualifier in it', 'left-pad?checksum=0'],
    ['a subpath in it', 'left-pad#x'],
    ['another case', 'Left-Pad'],
    ['another hyphen', 'left\u2010pad'],
    ['a letter that is not there', 'left-p\u200bad'],
    ['a namespace of nobody', '@/left-pad'],
    ['another namespace', '@left-pad/left-pad'],
    ['a line end', 'left-pad\nx'],
    ['a NUL', 'left-pad\0'],
    ['a prototype', '__proto__'],
  ])('by %s is judged for itself, and hides nothing beside it', async (_what, name) => {
    expect(told(await passportOf([npm(name, '1.0.0', 'impostor')]))).toEqual([]);
    expect(told(await passportOf([npm('left-pad'), npm(name, '9.0.0', 'impostor')]))).toEqual(['CVE-2026-1 left-pad']);
  });

  it('and a version that is none is never clean', async () => {
    for (const version of ['', '1', 'latest', '1.0.0.0.0', '99999999999999999999.0.0', '1.0.0\0', '>=2', '*']) {
      const { findings, undetermined, problems } = await passportOf([npm('left-pad', version)]);
      expect(findings.length + undetermined.length + problems.length, version).toBeGreaterThan(0);
    }
  });
});

describe('a record that would outvote another', () => {
  const cycloneDx = (components: readonly object[], more: object = {}) => ({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    components,
    ...more,
  });
  const library = (purl: string, more: object = {}) => ({ type: 'library', name: 'x', version: '9', purl, ...more });

  it.each<[string, TarEntry[], string[]]>([
    [
      'a bill of materials with a later version',
      [npm('left-pad'), file('srv/bom.cdx.json', cycloneDx([library('pkg:npm/left-pad@9.0.0')]))],
      ['CVE-2026-1 left-pad'],
    ],
    [
      'a bill that clears the flaw itself',
      [
        npm('left-pad'),
        file(
          'srv/bom.cdx.json',
          cycloneDx([library('pkg:npm/left-pad@1.0.0', { 'bom-ref': 'a' })], {
            vulnerabilities: [{ id: 'CVE-2026-1', affects: [{ ref: 'a' }], analysis: { state: 'not_affected' } }],
          }),
        ),
      ],
      ['CVE-2026-1 left-pad'],
    ],
    [
      'a bill that says a distribution package owns it',
      [
        npm('left-pad'),
        file(
          'srv/bom.cdx.json',
          cycloneDx([
            library('pkg:deb/debian/node-left-pad@9?distro=debian-12', {
              evidence: { occurrences: [{ location: '/srv/node_modules/left-pad/package.json' }] },
            }),
          ]),
        ),
      ],
      ['CVE-2026-1 left-pad'],
    ],
    [
      'a VEX document in the image',
      [
        npm('left-pad'),
        file('srv/app.openvex.json', statement('Shop Security', 'CVE-2026-1', 'pkg:npm/left-pad@1.0.0')),
      ],
      ['CVE-2026-1 left-pad'],
    ],
    [
      'a lock file with a later version',
      [
        npm('left-pad'),
        file('srv/package-lock.json', {
          lockfileVersion: 3,
          packages: { 'node_modules/left-pad': { version: '9.0.0' } },
        }),
      ],
      ['CVE-2026-1 left-pad'],
    ],
    [
      'a second stanza with a later version',
      [
        ...debian.slice(0, 1),
        file('var/lib/dpkg/status', `${dpkg('openssl', '3.0.11-1')}\n${dpkg('openssl', '3.0.14-1')}`),
      ],
      ['CVE-2026-2 openssl'],
    ],
  ])('%s', async (_what, entries, expected) => {
    expect(told(await passportOf(entries))).toEqual(expected);
  });

  it('and claims no program that no package brought', async () => {
    const program = { file: 'usr/bin/evil', content: Buffer.alloc(5000, 'evil'), mode: 0o755 };
    const claim = cycloneDx([
      library('pkg:generic/evil@1', {
        evidence: { occurrences: [{ location: '/usr/bin/evil' }] },
        properties: [{ name: 'syft:location:0:path', value: '/usr/bin/evil' }],
      }),
    ]);
    const { unknown } = await passportOf([...debian, program, file('usr/share/sbom/evil.cdx.json', claim)]);
    expect(JSON.stringify(unknown)).toContain('/usr/bin/evil');
  });
});

describe('a statement that would clear a flaw', () => {
  it('does so for whom it is made by a trusted author, and for nothing else', async () => {
    const { findings, suppressed } = await passportOf([
      npm('left-pad'),
      npm('@scope/inner'),
      npm('untrusted'),
      npm('cleared'),
    ]);
    expect(suppressed.map(({ advisory }) => advisory)).toEqual(['CVE-2026-5']);
    expect(findings.map(({ advisory }) => advisory).sort()).toEqual(['CVE-2026-1', 'CVE-2026-3', 'CVE-2026-4']);
  });
});
