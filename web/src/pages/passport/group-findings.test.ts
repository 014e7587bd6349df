import { describe, expect, it } from 'vitest';
import type { FindingView, Severity } from '../../api/wire.ts';
import { groupFindings } from './group-findings.ts';

const finding = (name: string, severity: Severity, advisory: string): FindingView => ({
  advisory,
  aliases: [],
  severity,
  cvss: null,
  knownExploited: null,
  epss: null,
  statements: [],
  title: `A flaw in ${name}`,
  component: `pkg:deb/debian/${name}@1`,
  name,
  version: '1',
  fixedIn: null,
  remedy: 'No fixed version is known yet',
  evidence: { advisory: 'X-1', feed: 'debian', package: name, locations: [], layer: 0, component: null },
  since: '2026-01-01T00:00:00Z',
  references: [],
});

describe('groupFindings', () => {
  it('puts the component with the worst flaws first, and its worst flaw', () => {
    const groups = groupFindings([
      finding('zlib', 'high', 'CVE-3'),
      finding('curl', 'medium', 'CVE-2'),
      finding('curl', 'critical', 'CVE-9'),
      finding('bash', 'high', 'CVE-5'),
      finding('zlib', 'high', 'CVE-1'),
    ]);
    expect(groups.map(({ name }) => name)).toEqual(['curl', 'zlib', 'bash']);
    expect(groups[0]?.findings.map(({ advisory }) => advisory)).toEqual(['CVE-9', 'CVE-2']);
    expect(groups[1]?.findings.map(({ advisory }) => advisory)).toEqual(['CVE-1', 'CVE-3']);
    expect(groups[0]?.counts).toMatchObject({ critical: 1, medium: 1, high: 0 });
  });

  it('one critical flaw outweighs any number of others', () => {
    const many = Array.from({ length: 50 }, (_, index) => finding('glibc', 'high', `CVE-${index}`));
    expect(groupFindings([...many, finding('expat', 'critical', 'CVE-X')])[0]?.name).toBe('expat');
  });

  it('of nothing is nothing', () => expect(groupFindings([])).toEqual([]));
});
