import { describe, expect, it } from 'vitest';
import type { InstalledComponent, Severity, StoredAdvisory, StoredMatch } from '../model/index.ts';
import { advisoryKey, compileFindings, countSeverities } from './findings.ts';

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

function compile(matches: readonly StoredMatch[], advisories: readonly StoredAdvisory[]) {
  return compileFindings(
    [{ component: openssl, matches }],
    new Map(advisories.map((item) => [advisoryKey(item), item] as const)),
  );
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

describe('countSeverities', () => {
  it('counts a flaw in two components once', () => {
    const findings = compileFindings(
      [
        { component: openssl, matches: [match('CVE-1', 'high')] },
        {
          component: { ...openssl, purl: 'pkg:deb/debian/openssl@3.0.9-1', name: 'openssl' },
          matches: [match('CVE-1', 'high')],
        },
      ],
      new Map(),
    );
    expect(findings).toHaveLength(2);
    expect(countSeverities(findings)).toMatchObject({ high: 1, critical: 0 });
  });
});
