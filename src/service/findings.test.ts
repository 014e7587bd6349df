import { describe, expect, it } from 'vitest';
import type {
  InstalledComponent,
  Severity,
  StatementRemark,
  StoredAdvisory,
  StoredMatch,
  StoredRemark,
} from '../model/index.ts';
import { advisoryKey, compileFindings, countSeverities, type FlawKnowledge } from './findings.ts';

const openssl: InstalledComponent = {
  purl: 'pkg:deb/debian/libssl3@3.0.9-1?arch=amd64&distro=debian-12',
  ecosystem: 'deb',
  name: 'libssl3',
  version: '3.0.9-1',
  distribution: { id: 'debian', release: '12' },
  source: { name: 'openssl', version: '3.0.9-1' },
  licenses: [],
  locations: ['/var/lib/dpkg/status'],
  layer: 0,
};

function advisory(id: string, aliases: readonly string[] = [], feed = 'debian'): StoredAdvisory {
  return {
    id,
    aliases,
    feed,
    summary: `about ${id}`,
    severity: 'unknown',
    cvss: [],
    references: [`https://advisories.example/${id}`],
    affected: [],
    learnedAt: 0,
  };
}

function match(id: string, severity: Severity = 'unknown', extra: Partial<StoredMatch> = {}): StoredMatch {
  return { advisory: id, flaw: id, package: 'openssl', severity, feed: 'debian', since: 1000, ...extra };
}

function knowledge(advisories: readonly StoredAdvisory[], remarks: readonly StoredRemark[] = []): FlawKnowledge {
  return {
    advisories: new Map(advisories.map((item) => [advisoryKey(item), item] as const)),
    remarks: Map.groupBy(remarks, ({ flaw }) => flaw),
    digests: ['sha256:aa'],
  };
}

function compile(matches: readonly StoredMatch[], advisories: readonly StoredAdvisory[]) {
  return compileFindings([{ component: openssl, matches }], knowledge(advisories)).findings;
}

function statement(identifier: string, more: Partial<StatementRemark & StoredRemark> = {}): StoredRemark {
  return {
    kind: 'statement',
    flaw: 'CVE-1',
    aliases: [],
    status: 'not-affected',
    justification: 'component_not_present',
    statedAt: 1,
    products: [{ identifiers: [identifier], subcomponents: [] }],
    document: 'vex-1',
    author: 'Debian',
    feed: 'vex',
    trusted: true,
    ...more,
  } as StoredRemark;
}

describe('compileFindings', () => {
  it('takes one flaw from several feeds for one finding, with the worst severity and a fix', () => {
    const findings = compile(
      [
        match('CVE-2024-1', 'medium', { since: 500 }),
        match('GHSA-x', 'high', { feed: 'osv', flaw: 'CVE-2024-1', fixedIn: '3.0.13-1' }),
      ],
      [advisory('CVE-2024-1'), advisory('GHSA-x', ['CVE-2024-1'], 'osv')],
    );
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      advisory: 'CVE-2024-1',
      aliases: ['GHSA-x'],
      severity: 'high',
      fixedIn: '3.0.13-1',
      remedy: 'Upgrade the packages of openssl to 3.0.13-1 or later',
      since: '1970-01-01T00:00:00.500Z',
      evidence: { advisory: 'GHSA-x', feed: 'osv' },
    });
  });

  it('puts the worst first', () => {
    const order: Severity[] = ['low', 'critical', 'unknown', 'high', 'negligible', 'medium'];
    const findings = compile(
      order.map((severity) => match(`X-${severity}`, severity)),
      [],
    );
    expect(findings.map((finding) => finding.severity)).toEqual([
      'critical',
      'high',
      'medium',
      'low',
      'negligible',
      'unknown',
    ]);
  });

  it('says so where no fix is known, and needs no advisory text', () => {
    expect(compile([match('CVE-2024-9')], [])[0]).toMatchObject({
      title: 'CVE-2024-9',
      fixedIn: null,
      remedy: 'No fixed version is known yet',
    });
  });
});

describe('what is said of a flaw', () => {
  const judged = [
    { component: openssl, matches: [match('CVE-2', 'critical'), match('CVE-1', 'low'), match('CVE-3', 'critical')] },
  ];

  it('puts the known exploited first, then the likely', () => {
    const remarks = [
      { kind: 'exploited', flaw: 'CVE-1', since: 5, ransomware: true, feed: 'kev', trusted: false },
      { kind: 'score', flaw: 'CVE-3', probability: 0.9, percentile: 0.99, feed: 'epss', trusted: false },
    ] satisfies StoredRemark[];
    const { findings } = compileFindings(judged, knowledge([], remarks));
    expect(findings.map(({ advisory }) => advisory)).toEqual(['CVE-1', 'CVE-3', 'CVE-2']);
    expect(findings[0]?.knownExploited).toEqual({ since: '1970-01-01T00:00:00.005Z', due: null, ransomware: true });
    expect(findings[1]?.epss).toEqual({ probability: 0.9, percentile: 0.99 });
  });

  it('is the score of the newest CVSS', () => {
    const vectors = ['AV:N/AC:L/Au:N/C:C/I:C/A:C', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N', 'no vector'];
    const [finding] = compile([match('CVE-1')], [{ ...advisory('CVE-1'), cvss: vectors }]);
    expect(finding?.cvss).toEqual({ vector: vectors[1], version: '3.1', score: 7.5 });
  });

  it.each([
    ['pkg:deb/debian/libssl3', true],
    ['pkg:deb/debian/libssl3@3.0.9-1', true],
    ['pkg:deb/debian/libssl3@3.0.9-1?arch=amd64', true],
    ['pkg:deb/debian/openssl?arch=source', true],
    ['pkg:deb/debian/libssl3@3.0.9-2', false],
    ['pkg:deb/debian/libssl3?distro=debian-11', false],
    ['pkg:deb/debian/libssl', false],
    ['pkg:deb/ubuntu/libssl3', false],
    ['pkg:apk/debian/libssl3', false],
    ['pkg:oci/app@sha256:aa', true],
    ['pkg:oci/app@sha256:bb', false],
    ['pkg:oci/app', false],
    ['libssl3', false],
  ])('by a trusted author about %s clears it: %j', (identifier, clears) => {
    const { findings, suppressed } = compileFindings(judged, knowledge([], [statement(identifier)]));
    expect(suppressed.map(({ advisory }) => advisory)).toEqual(clears ? ['CVE-1'] : []);
    expect(findings).toHaveLength(clears ? 2 : 3);
    if (clears) expect(suppressed[0]?.statements).toMatchObject([{ author: 'Debian', trusted: true }]);
  });

  it.each([
    ['of whom nobody trusts', [statement('pkg:deb/debian/libssl3', { trusted: false })], false, 1],
    [
      'that the author took back',
      [statement('pkg:deb/debian/libssl3'), statement('pkg:deb/debian/libssl3', { status: 'affected', statedAt: 2 })],
      false,
      1,
    ],
    [
      'that another trusted author contradicts',
      [
        statement('pkg:deb/debian/libssl3', { statedAt: 9 }),
        statement('pkg:deb/debian/libssl3', { author: 'Other', status: 'under-investigation' }),
      ],
      false,
      2,
    ],
    [
      'that somebody who is not trusted contradicts',
      [
        statement('pkg:deb/debian/libssl3'),
        statement('pkg:deb/debian/libssl3', { author: 'Other', status: 'affected', trusted: false }),
      ],
      true,
      2,
    ],
    [
      'about a part of an image',
      [
        statement('', {
          products: [{ identifiers: ['pkg:oci/app@sha256:aa'], subcomponents: [['pkg:deb/debian/libssl3']] }],
        }),
      ],
      true,
      1,
    ],
    [
      'about another part of the image',
      [
        statement('', {
          products: [{ identifiers: ['pkg:oci/app@sha256:aa'], subcomponents: [['pkg:deb/debian/zlib1g']] }],
        }),
      ],
      false,
      0,
    ],
  ] as const)('%s', (_what, remarks, clears, told) => {
    const { findings, suppressed } = compileFindings(judged, knowledge([], remarks));
    const [finding] = [...findings, ...suppressed].filter(({ advisory }) => advisory === 'CVE-1');
    expect(suppressed.length === 1).toBe(clears);
    expect(finding?.statements).toHaveLength(told);
  });
});

describe('countSeverities', () => {
  it('counts a flaw in two components once', () => {
    const { findings } = compileFindings(
      [
        { component: openssl, matches: [match('CVE-1', 'high')] },
        {
          component: { ...openssl, purl: 'pkg:deb/debian/openssl@3.0.9-1', name: 'openssl' },
          matches: [match('CVE-1', 'high')],
        },
      ],
      knowledge([]),
    );
    expect(findings).toHaveLength(2);
    expect(countSeverities(findings)).toMatchObject({ high: 1, critical: 0 });
  });
});
