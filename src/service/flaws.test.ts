import { describe, expect, it } from 'vitest';
import { nameFlaws, type UnnamedMatch } from './flaws.ts';

function name(aliases: Readonly<Record<string, readonly string[]>>): string[] {
  const matches = Object.keys(aliases).map(
    (advisory): UnnamedMatch => ({ advisory, package: 'openssl', severity: 'unknown', feed: 'osv', since: 0 }),
  );
  return nameFlaws(matches, (match) => aliases[match.advisory] ?? []).map(
    ({ advisory, flaw }) => `${advisory}: ${flaw}`,
  );
}

describe('nameFlaws', () => {
  it.each([
    ['a CVE goes by itself', { 'CVE-2024-1': [] }, ['CVE-2024-1: CVE-2024-1']],
    ['another advisory goes by its CVE', { 'GHSA-x': ['CVE-2024-1'] }, ['GHSA-x: CVE-2024-1']],
    [
      'without a CVE the first name serves',
      { 'PYSEC-1': ['GHSA-x'], 'GHSA-x': ['PYSEC-1'] },
      ['PYSEC-1: GHSA-x', 'GHSA-x: GHSA-x'],
    ],
    ['names meet through a third', { A: [], C: [], B: ['A', 'C'] }, ['B: A', 'C: A', 'A: A']],
    [
      'a bundle does not melt its CVEs',
      { 'DSA-1': ['CVE-1', 'CVE-2'], 'CVE-1': [], 'CVE-2': [] },
      ['CVE-1: CVE-1', 'CVE-2: CVE-2'],
    ],
    [
      'a bundle stays for a CVE that nothing else names',
      { 'DSA-1': ['CVE-1', 'CVE-2'], 'CVE-1': [] },
      ['CVE-1: CVE-1', 'DSA-1: DSA-1'],
    ],
    ['a bundle alone goes by its own name', { 'DSA-1': ['CVE-1', 'CVE-2'] }, ['DSA-1: DSA-1']],
  ] as const)('%s', (_what, aliases, named) => {
    expect(name(aliases).sort()).toEqual([...named].sort());
  });
});
