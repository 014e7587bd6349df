import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { parseCsaf } from '../../../src/advisory/format/csaf.ts';
import { parseEpss } from '../../../src/advisory/format/epss.ts';
import { parseKev } from '../../../src/advisory/format/kev.ts';
import { parseOpenVex } from '../../../src/advisory/format/openvex.ts';
import {
  AdvisoryError,
  compareVersions,
  matchComponent,
  parseVersionRange,
  readFeed,
  VersionError,
} from '../../../src/advisory/index.ts';
import { parseFeedLocation } from '../../../src/advisory/source/feed-location.ts';
import { type Ecosystem, ecosystems } from '../../../src/model/index.ts';
import { buildZip } from '../../fakes/zip-builder.ts';
import { FuzzFinding, type FuzzTarget } from '../fuzz-target.ts';

const directory = mkdtempSync(join(tmpdir(), 'fuzz-feeds-'));
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));

/** The whole way of a feed, from a file to advisories, and each of them held against a component of its package. */
async function importFeed(bytes: Uint8Array): Promise<unknown> {
  const file = join(directory, 'feed');
  writeFileSync(file, bytes);
  const reading = await readFeed(file, { limits: { unpackedBytes: 2 ** 24 } });
  const taken: unknown[] = [];
  for await (const { advisories, rejected } of reading.batches()) {
    for (const advisory of advisories) {
      for (const { ecosystem, name } of advisory.affected.slice(0, 5)) {
        const component = { purl: `pkg:${ecosystem}/x@1.0.0`, ecosystem, name, version: '1.0.0' };
        taken.push(matchComponent(component, [advisory]).matches.length);
      }
    }
    taken.push(rejected.length);
  }
  return { taken, format: reading.format, summary: reading.summary() };
}

const osv = JSON.stringify({
  schema_version: '1.6.0',
  id: 'GHSA-aaaa-bbbb-cccc',
  modified: '2024-01-02T00:00:00Z',
  published: '2024-01-01T00:00:00Z',
  aliases: ['CVE-2024-1'],
  summary: 'It fails',
  severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
  affected: [
    {
      package: { ecosystem: 'npm', name: 'a' },
      ranges: [
        {
          type: 'SEMVER',
          events: [{ introduced: '0' }, { fixed: '1.2.3' }, { introduced: '2.0.0' }, { last_affected: '2.1.0' }],
        },
      ],
      versions: ['1.0.0'],
    },
    {
      package: { ecosystem: 'Debian:12', name: 'b' },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '1.0-2' }] }],
    },
  ],
  references: [{ type: 'WEB', url: 'https://example.com/' }],
});
const secdb = JSON.stringify({
  distroversion: 'v3.19',
  reponame: 'main',
  packages: [
    { pkg: { name: 'openssl', secfixes: { '3.1.4-r3': ['CVE-2023-1', 'CVE-2023-2 GHSA-x'], '0': ['CVE-2024-3'] } } },
  ],
});
const tracker = JSON.stringify({
  openssl: {
    'CVE-2024-1': {
      description: 'x',
      scope: 'remote',
      releases: {
        bookworm: { status: 'resolved', repositories: { bookworm: '3.0-1' }, fixed_version: '3.0-1', urgency: 'low**' },
      },
    },
  },
});
const openVex = {
  '@context': 'https://openvex.dev/ns/v0.2.0',
  '@id': 'https://a.example/1',
  author: 'a',
  timestamp: '2024-01-01T00:00:00Z',
  version: 1,
  statements: [
    {
      vulnerability: { name: 'CVE-2024-1' },
      products: [{ '@id': 'pkg:npm/a@1.0.0', subcomponents: [{ '@id': 'pkg:npm/b' }] }],
      status: 'not_affected',
      justification: 'component_not_present',
    },
  ],
};
const csaf = {
  document: {
    category: 'csaf_vex',
    csaf_version: '2.0',
    title: 'x',
    publisher: { name: 'a', category: 'vendor' },
    tracking: { id: 'a-1', current_release_date: '2024-01-01T00:00:00Z' },
  },
  product_tree: {
    branches: [
      {
        category: 'product_version',
        name: 'a',
        product: {
          product_id: 'p',
          name: 'a',
          product_identification_helper: { purl: 'pkg:rpm/redhat/a@1-2?arch=x86_64' },
        },
      },
    ],
    relationships: [
      {
        category: 'default_component_of',
        product_reference: 'p',
        relates_to_product_reference: 'q',
        full_product_name: { product_id: 'q:p', name: 'x' },
      },
    ],
  },
  vulnerabilities: [
    {
      cve: 'CVE-2024-1',
      product_status: { fixed: ['q:p'], known_not_affected: ['p'] },
      flags: [{ label: 'component_not_present', product_ids: ['p'] }],
    },
  ],
};
const kev = {
  catalogVersion: '2024.01.01',
  dateReleased: '2024-01-01T00:00:00Z',
  vulnerabilities: [
    { cveID: 'CVE-2024-1', dateAdded: '2024-01-01', dueDate: '2024-02-01', knownRansomwareCampaignUse: 'Known' },
  ],
};

const feedWords = [
  '"affected":',
  '"ranges":',
  '"events":',
  '{"introduced":"0"}',
  '"fixed":',
  '"ecosystem":',
  'Debian:12',
  'null',
  '[]',
  '{}',
  '\n',
  '"id":"CVE-2024-2"',
];

/** A document format that is read from a parsed JSON value. */
function documentTarget(
  name: string,
  covers: string,
  seed: unknown,
  words: readonly string[],
  parse: (value: unknown) => unknown,
): FuzzTarget {
  return {
    name: `advisory/${name}`,
    covers: [covers],
    seeds: [JSON.stringify(seed)],
    words,
    refuses: [AdvisoryError, SyntaxError],
    run: (bytes) => parse(JSON.parse(Buffer.from(bytes).toString())),
  };
}

const semantic = ['1.0.0\n1.0.1', '1.2.3-beta.1+x\n1.2.3'];
const versionPairs: Readonly<Record<Ecosystem, readonly string[]>> = {
  deb: ['1:2.3~rc1-4\n2.3-4', '1.0+dfsg-1+deb12u1\n1.0'],
  apk: ['1.2.3_rc1-r2\n1.2.3-r0', '3.1.4a_p1-r5\n3'],
  rpm: ['1:2.3~rc1-4.el9\n2.3^git1-4', '1.0-1\n1.0-2'],
  npm: semantic,
  cargo: semantic,
  golang: ['v1.2.3\nv1.2.4-0.20240101000000-abcdefabcdef', 'v2.0.0+incompatible\nv2.0.0-rc.1'],
  pypi: ['1.0a1.post2.dev3\n1!2.0', '1.0rc1+local.1\n1.0'],
  maven: ['1.0-alpha-1\n1.0-SNAPSHOT', '1.0.Final\n1.0-sp-2'],
  gem: ['1.0.0.pre.1\n1.0.0', '1.a.2\n1'],
  composer: ['1.0.0-beta2\nv1.0', '2024.01.01\n1.0.0-RC1'],
  nuget: ['1.0.0.1-beta\n1.0.0', '1.0.0+build\n1.0'],
};

/** A line of two versions: the order must be one, whichever of them is asked about first. */
function orderTarget(ecosystem: Ecosystem): FuzzTarget {
  return {
    name: `advisory/version-${ecosystem}`,
    covers: [`advisory/version/`],
    seeds: versionPairs[ecosystem],
    words: ['1', '.', '-', '~', '+', '^', ':', '_', 'rc', 'alpha', 'p', 'SNAPSHOT', '0', 'dev', '\n'],
    refuses: [VersionError],
    run(bytes) {
      const [a = '', b = ''] = Buffer.from(bytes).toString().split('\n');
      const order = compareVersions(ecosystem, a, b);
      const back = compareVersions(ecosystem, b, a);
      if (Math.sign(order) !== -Math.sign(back)) throw new FuzzFinding(`${a} and ${b} have two orders`);
      return Math.sign(order) > 0 ? 'above' : order === 0 ? [] : {};
    },
  };
}

export const advisoryTargets: readonly FuzzTarget[] = [
  {
    name: 'advisory/feed',
    covers: [
      'advisory/read-feed.ts',
      'advisory/format/osv',
      'advisory/format/record.ts',
      'advisory/source/',
      'advisory/format/alpine-secdb.ts',
      'advisory/format/debian-tracker.ts',
    ],
    seeds: [
      osv,
      `${osv}\n${osv}\n`,
      `[${osv},${osv}]`,
      secdb,
      tracker,
      ...[openVex, csaf, kev].map((seed) => JSON.stringify(seed)),
    ],
    words: feedWords,
    refuses: [AdvisoryError],
    run: importFeed,
  },
  {
    name: 'advisory/packed-feed',
    covers: [],
    seeds: [
      gzipSync(osv),
      zstdCompressSync(osv),
      buildZip([
        { name: 'a.json', bytes: osv },
        { name: 'b/c.json', bytes: osv },
      ]),
    ],
    words: ['PK\x01\x02', 'PK\x05\x06', '../a.json'],
    refuses: [AdvisoryError],
    run: importFeed,
  },
  documentTarget(
    'openvex',
    'advisory/format/openvex.ts',
    openVex,
    ['"products":', '"@id":', '"status":', 'fixed', 'null'],
    parseOpenVex,
  ),
  documentTarget(
    'csaf',
    'advisory/format/csaf',
    csaf,
    ['"branches":', '"product_status":', '"relationships":', 'null', '[]'],
    parseCsaf,
  ),
  documentTarget('kev', 'advisory/format/kev.ts', kev, ['"cveID":', '"dateAdded":', 'null', '0000-00-00'], parseKev),
  {
    name: 'advisory/epss',
    covers: ['advisory/format/epss.ts'],
    seeds: [
      '#model_version:v2023.03.01,score_date:2024-01-01T00:00:00+0000\ncve,epss,percentile\nCVE-2024-1,0.5,0.9\n',
    ],
    words: ['cve,epss,percentile', 'CVE-2024-2,', '1e400', 'NaN', '\n', '#'],
    refuses: [AdvisoryError],
    run: (bytes) => parseEpss(Buffer.from(bytes).toString()),
  },
  ...ecosystems.map(orderTarget),
  {
    name: 'advisory/version-range',
    covers: ['advisory/version/version-range.ts'],
    seeds: ['<2.17.1', '>=1.0 <2.0', '=1.0.0', '>= 1, < 3'],
    words: ['<', '>', '=', '<=', '>=', ' ', ',', '1.0', '||'],
    refuses: [VersionError],
    run: (bytes) => parseVersionRange(Buffer.from(bytes).toString()),
  },
  {
    name: 'advisory/feed-location',
    covers: ['advisory/source/feed-location.ts'],
    seeds: ['https://a.example/x.json', './feed.json', 'file:///a/b.zip'],
    words: ['http://', 'file:', '@', '#', '%2e%2e', '\\'],
    refuses: [AdvisoryError],
    run: (bytes) => parseFeedLocation(Buffer.from(bytes).toString()),
  },
];
