import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addTrackerPackages, compileTracker, type TrackerFlaws } from './debian-tracker.ts';

function read(...documents: unknown[]) {
  const flaws: TrackerFlaws = new Map();
  const rejected = documents.flatMap((document) => addTrackerPackages(flaws, document));
  return { rejected, results: [...compileTracker(flaws)] };
}

const tracker = {
  openssl: {
    'CVE-2024-0001': {
      description: 'A flaw',
      scope: 'remote',
      releases: {
        bookworm: { status: 'resolved', repositories: {}, fixed_version: '3.0.11-1~deb12u2', urgency: 'medium' },
        bullseye: { status: 'open', repositories: {}, urgency: 'unimportant', nodsa: 'Minor issue' },
        trixie: { status: 'resolved', repositories: {}, fixed_version: '0', urgency: 'not yet assigned' },
        sid: { status: 'undetermined', repositories: {}, urgency: 'not yet assigned' },
        hamm: { status: 'open', repositories: {}, urgency: 'high' },
      },
    },
    'CVE-2024-0002': { releases: { sid: { status: 'resolved', fixed_version: '0', urgency: 'low' } } },
  },
  nodejs: { 'CVE-2024-0001': { releases: { bookworm: { status: 'open', urgency: 'high**' } } } },
};

const deb = (release: string, name: string) => ({
  ecosystem: 'deb',
  distribution: { id: 'debian', release },
  name,
  versions: [],
});

describe('the Debian security tracker', () => {
  it('is turned from packages to flaws', () => {
    expect(read({ openssl: tracker.openssl }, { nodejs: tracker.nodejs }).results).toEqual([
      {
        kind: 'advisory',
        advisory: {
          id: 'CVE-2024-0001',
          aliases: [],
          summary: 'A flaw',
          severity: 'high',
          cvss: [],
          references: ['https://security-tracker.debian.org/tracker/CVE-2024-0001'],
          affected: [
            { ...deb('12', 'openssl'), severity: 'medium', ranges: [{ introduced: '0', fixed: '3.0.11-1~deb12u2' }] },
            { ...deb('11', 'openssl'), severity: 'negligible', ranges: [{ introduced: '0' }] },
            { ...deb('sid', 'openssl'), ranges: [] },
            { ...deb('12', 'nodejs'), severity: 'high', ranges: [{ introduced: '0' }] },
          ],
        },
        skipped: ['Debian release hamm is not known'],
      },
      { kind: 'skipped', skipped: ['no release of Debian is affected'] },
    ]);
  });

  it.each([
    [[], 'it is not a JSON object'],
    [{ a: 1 }, '"a" is not an object'],
    [{ a: { 'CVE-1-1': {} } }, '"a", "CVE-1-1": it has no releases'],
    [{ a: { 'x y': { releases: {} } } }, '"a", "x y": "x y" is not an advisory ID'],
    [{ a: { 'CVE-1-1': { releases: { sid: 1 } } } }, 'the state in "sid" is not an object'],
    [{ a: { 'CVE-1-1': { releases: { sid: { status: 'fine' } } } } }, '"fine" is not a status'],
    [{ a: { 'CVE-1-1': { releases: { sid: { status: 'resolved' } } } } }, 'it is resolved in "sid" by no version'],
  ])('%j is rejected: %s', (document, reason) => {
    expect(read(document).rejected).toEqual([expect.stringContaining(reason)]);
  });

  it('gives results for anything', () => {
    const state = fc.oneof(fc.jsonValue(), fc.record({ status: fc.jsonValue(), fixed_version: fc.jsonValue() }));
    const entry = fc.record({ releases: fc.dictionary(fc.constantFrom('sid', 'bookworm', '__proto__', 'x'), state) });
    const document = fc.dictionary(fc.string(), fc.dictionary(fc.string(), fc.oneof(entry, fc.jsonValue())));
    fc.assert(
      fc.property(fc.oneof(document, fc.jsonValue()), (value) => {
        for (const result of read(value).results) expect(result.kind).toMatch(/advisory|skipped/);
      }),
    );
  });
});
