import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseOsvRecord } from './osv.ts';
import { parseOsvEcosystem } from './osv-ecosystem.ts';
import { parseOsvRange } from './osv-ranges.ts';
import { RecordFault } from './record.ts';

const record = {
  id: 'GHSA-aaaa-bbbb-cccc',
  modified: '2024-05-01T10:00:00.123456789Z',
  published: '0001-01-01T00:00:00Z',
  aliases: ['CVE-2024-1', 'GHSA-aaaa-bbbb-cccc', 'CVE-2024-1'],
  summary: 'Path traversal',
  details: 'Long',
  severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
  affected: [
    {
      package: { ecosystem: 'PyPI', name: 'Foo_Bar.baz' },
      ranges: [
        { type: 'GIT', repo: 'https://example.org/x', events: [{ introduced: '0' }] },
        { type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '1.2' }] },
      ],
      versions: ['1.0', '1.1'],
    },
    { package: { ecosystem: 'Hex', name: 'foo' }, ranges: [] },
  ],
  references: [
    { type: 'WEB', url: 'https://example.org/a' },
    { type: 'WEB', url: 'javascript:alert(1)' },
    { type: 'WEB', url: 'https://example.org/a' },
  ],
};

describe('an OSV record', () => {
  it('becomes an advisory', () => {
    expect(parseOsvRecord(record)).toEqual({
      kind: 'advisory',
      advisory: {
        id: 'GHSA-aaaa-bbbb-cccc',
        aliases: ['CVE-2024-1'],
        summary: 'Path traversal',
        details: 'Long',
        severity: 'critical',
        cvss: ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'],
        modified: Date.parse('2024-05-01T10:00:00.123Z'),
        references: ['https://example.org/a'],
        affected: [
          {
            ecosystem: 'pypi',
            name: 'foo-bar-baz',
            ranges: [{ introduced: '0', fixed: '1.2' }],
            versions: ['1.0', '1.1'],
          },
        ],
      },
      skipped: ['ecosystem Hex is not supported'],
    });
  });

  it('takes the flaws behind a distribution advisory for its other names', () => {
    const result = parseOsvRecord({
      ...record,
      id: 'DSA-1-1',
      aliases: [],
      upstream: ['CVE-2024-2'],
      related: ['CVE-2024-3', 'DSA-2-1'],
    });
    expect(result).toMatchObject({ advisory: { aliases: ['CVE-2024-2', 'CVE-2024-3'] } });
  });

  it.each([
    [{ database_specific: { severity: 'MODERATE' } }, 'medium'],
    [{ severity: [{ type: 'Ubuntu', score: 'negligible' }] }, 'negligible'],
    [{ severity: [{ type: 'CVSS_V2', score: 'AV:N/AC:L/Au:N/C:P/I:P/A:P' }] }, 'high'],
    [{ severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N' }] }, 'unknown'],
    [{ severity: [{ type: 'CVSS_V3', score: 'CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N' }] }, 'negligible'],
    [{ severity: 'high' }, 'unknown'],
    [{ id: 'MAL-2024-1', severity: [] }, 'critical'],
    [{ severity: [], affected: [{ ...record.affected[0], ecosystem_specific: { urgency: 'low**' } }] }, 'low'],
  ])('%j is of severity %s', (fields, severity) => {
    expect(parseOsvRecord({ ...record, ...fields })).toMatchObject({ kind: 'advisory', advisory: { severity } });
  });

  it.each([
    [null, 'it is not a JSON object'],
    [[], 'it is not a JSON object'],
    [{ ...record, id: undefined }, 'it has no ID'],
    [{ ...record, id: '<script>' }, '"<script>" is not an advisory ID'],
    [{ ...record, affected: {} }, '"affected" is not a list'],
    [{ ...record, affected: ['x'] }, 'an entry of "affected" is not an object'],
    [{ ...record, withdrawn: 'yesterday' }, '"withdrawn" is not a time'],
    [withPackage({ package: { ecosystem: 'npm' } }), 'a package has no name'],
    [withPackage({ package: { ecosystem: 'npm', name: 'a\u0000b' } }), 'is not a package name'],
    [withPackage({ package: { name: 'a' } }), 'a package has no ecosystem'],
    [withPackage({ ranges: {} }), 'are not a list'],
    [withPackage({ versions: [1] }), 'are not a list of texts'],
    [withPackage({ ranges: [{ type: 'ECOSYSTEM', events: [] }] }), 'a range has no events'],
    [withPackage({ ranges: [{ type: 'ECOSYSTEM', events: [{ fixed: '1' }] }] }), 'no "introduced" event'],
    [withPackage({ ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: 1 }] }] }), 'has no version'],
    [
      withPackage({ ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0', until: '1' }] }] }),
      'not a kind of event',
    ],
    [withPackage({ ranges: [{ type: 'SEMVERS', events: [] }] }), 'is not a type of range'],
  ])('is rejected with a reason: %j', (value, reason) => {
    const result = parseOsvRecord(value);
    expect(result.kind).toBe('rejected');
    expect(result.kind === 'rejected' && result.reason).toContain(reason);
  });

  it('is skipped, not rejected, where nothing in it is ours', () => {
    const affected = [
      { package: { ecosystem: 'Hackage', name: 'a' } },
      { package: { ecosystem: 'Debian', name: 'a' } },
    ];
    expect(parseOsvRecord({ ...record, affected })).toEqual({
      kind: 'skipped',
      skipped: ['ecosystem Hackage is not supported', 'ecosystem Debian is not supported'],
    });
    expect(parseOsvRecord({ ...record, affected: undefined })).toMatchObject({ kind: 'skipped' });
  });

  it('gives a result for anything', () => {
    const mutated = fc
      .tuple(fc.constantFrom(...paths(record)), fc.jsonValue())
      .map(([path, value]) => replaced(record, path, value));
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), mutated), (value) => {
        expect(['advisory', 'skipped', 'rejected']).toContain(parseOsvRecord(value).kind);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('an ecosystem of OSV', () => {
  it.each([
    ['npm', 'npm', undefined],
    ['Go', 'golang', undefined],
    ['Debian:12', 'deb', 'debian 12'],
    ['Debian:3.1', 'deb', 'debian 3.1'],
    ['Alpine:v3.19', 'apk', 'alpine v3.19'],
    ['Ubuntu:22.04:LTS', 'deb', 'ubuntu 22.04'],
    ['Ubuntu:23.10', 'deb', 'ubuntu 23.10'],
    ['Ubuntu:Pro:16.04:LTS', 'deb', 'ubuntu 16.04'],
    ['Wolfi', 'apk', 'wolfi rolling'],
    ['Chainguard', 'apk', 'chainguard rolling'],
    ['Maven', 'maven', undefined],
    ['Maven:https://maven.example.com', 'maven', undefined],
    ['RubyGems', 'gem', undefined],
    ['crates.io', 'cargo', undefined],
    ['Packagist', 'composer', undefined],
    ['Packagist:https://packages.example.org/8', 'composer', undefined],
    ['NuGet', 'nuget', undefined],
    ['Red Hat:enterprise_linux:9::baseos', 'rpm', 'rhel 9'],
    ['Red Hat:enterprise_linux:10.0', 'rpm', 'rhel 10'],
    ['Rocky Linux:9', 'rpm', 'rocky 9'],
    ['AlmaLinux:8', 'rpm', 'almalinux 8'],
    ['openSUSE:Leap 15.6', 'rpm', 'opensuse-leap 15.6'],
    ['openSUSE:Tumbleweed', 'rpm', 'opensuse-tumbleweed rolling'],
    ['SUSE:Linux Enterprise Server 15 SP5', 'rpm', 'sles 15.5'],
    ['SUSE:Linux Enterprise Module for Basesystem 15 SP6', 'rpm', 'sles 15.6'],
    ['SUSE:Linux Enterprise Server 12 SP5-LTSS', 'rpm', 'sles 12.5'],
    ['SUSE:Linux Enterprise Server 15', 'rpm', 'sles 15'],
    ['SUSE:Linux Enterprise Server 16.0', 'rpm', 'sles 16.0'],
  ])('%s is %s, %s', (name, ecosystem, release) => {
    const home = parseOsvEcosystem(name);
    expect(home?.ecosystem).toBe(ecosystem);
    expect(home?.distribution && `${home.distribution.id} ${home.distribution.release}`).toBe(release);
  });

  it.each([
    '',
    'NPM',
    'Debian',
    'Alpine',
    'Ubuntu:Pro:FIPS:20.04:LTS',
    'Debian:12:x',
    'Rocky Linux',
    'Red Hat:rhel_eus:9.2::baseos',
    'Red Hat:openshift:4.12::el8',
    'SUSE:Linux Enterprise Live Patching 15 SP5',
    'SUSE:Linux Enterprise Micro 5.3',
    'NuGet:https://example.com',
    'constructor',
    '__proto__',
  ])('%j is none that is supported', (name) => expect(parseOsvEcosystem(name)).toBeUndefined());
});

describe('a range of OSV', () => {
  it.each([
    [[{ introduced: '0' }], [{ introduced: '0' }]],
    [[{ introduced: '1.0', last_affected: '1.5' }], [{ introduced: '1.0', lastAffected: '1.5' }]],
    [
      [{ fixed: '2.5' }, { introduced: '2.0' }, { fixed: '1.10' }, { introduced: '1.9' }],
      [
        { introduced: '1.9', fixed: '1.10' },
        { introduced: '2.0', fixed: '2.5' },
      ],
    ],
    [
      [{ introduced: '0' }, { fixed: '1.0' }, { introduced: '1.0' }, { fixed: '2.0' }],
      [
        { introduced: '0', fixed: '1.0' },
        { introduced: '1.0', fixed: '2.0' },
      ],
    ],
    [
      [{ introduced: '0' }, { introduced: '1.0' }, { fixed: '2.0' }, { fixed: '3.0' }],
      [{ introduced: '0', fixed: '2.0' }],
    ],
    [[{ introduced: '0' }, { limit: '*' }], [{ introduced: '0' }]],
    [[{ introduced: '0' }, { limit: '2.0' }, { fixed: '1.5' }], [{ introduced: '0', fixed: '1.5' }]],
    [
      [{ last_affected: '1.0' }, { introduced: '0' }, { introduced: '1.0' }],
      [{ introduced: '0', lastAffected: '1.0' }],
    ],
    [[{ fixed: '1.0' }, { introduced: '2.0' }], [{ introduced: '2.0', fixed: '1.0' }]],
    [
      [{ introduced: 'x' }, { fixed: '2.0' }, { introduced: '3.0' }],
      [{ introduced: 'x', fixed: '2.0' }, { introduced: '3.0' }],
    ],
  ])('%j is %j', (events, ranges) => {
    expect(parseOsvRange({ type: 'ECOSYSTEM', events }, 'pypi')).toEqual(ranges);
  });

  it('of commits has no versions', () => {
    expect(parseOsvRange({ type: 'GIT', events: [{ introduced: 'abc' }] }, 'npm')).toEqual([]);
  });

  it('that is none is a fault', () => {
    expect(() => parseOsvRange('1.0', 'npm')).toThrow(RecordFault);
  });
});

function withPackage(fields: object): unknown {
  return { ...record, affected: [{ ...record.affected[0], ...fields }] };
}

type Path = readonly (string | number)[];

function paths(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, item]) => paths(item, [...at, key]))];
}

function replaced(value: unknown, path: Path, by: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return by;
  const copy: Record<string | number, unknown> | unknown[] = Array.isArray(value)
    ? [...value]
    : { ...(value as object) };
  (copy as Record<string | number, unknown>)[first] = replaced(
    (value as Record<string | number, unknown>)[first],
    rest,
    by,
  );
  return copy;
}
