import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AdvisoryError } from '../advisory-error.ts';
import { parseKev } from './kev.ts';

describe('the catalog of known exploited flaws', () => {
  const entry = {
    cveID: 'CVE-2024-1',
    dateAdded: '2024-03-01',
    dueDate: '2024-03-22',
    knownRansomwareCampaignUse: 'Known',
    shortDescription: 'not taken',
  };

  it('says since when, until when, and whether ransomware uses it', () => {
    expect(parseKev({ dateReleased: '2024-03-02T10:00:00.1234Z', vulnerabilities: [entry] })).toEqual({
      dataAsOf: Date.parse('2024-03-02T10:00:00.123Z'),
      exploited: [
        {
          kind: 'exploited',
          flaw: 'CVE-2024-1',
          since: Date.parse('2024-03-01'),
          due: Date.parse('2024-03-22'),
          ransomware: true,
        },
      ],
      rejected: [],
    });
  });

  it.each([
    [{ ...entry, cveID: undefined }, /no ID/],
    [{ ...entry, cveID: 'CVE 1' }, /"CVE 1" is not an advisory ID/],
    [{ ...entry, dateAdded: '2024-02-30' }, /added at no date: "2024-02-30"/],
    ['CVE-2024-1', /not an object/],
  ])('rejects %j alone', (wrong, reason) => {
    const { exploited, rejected } = parseKev({
      vulnerabilities: [wrong, { ...entry, dueDate: '', knownRansomwareCampaignUse: 'Unknown' }],
    });
    expect(exploited).toEqual([
      { kind: 'exploited', flaw: 'CVE-2024-1', since: Date.parse('2024-03-01'), ransomware: false },
    ]);
    expect(rejected).toEqual([expect.stringMatching(reason)]);
  });

  it.each([[[]], [{}], [null], [{ vulnerabilities: {} }]])('%j is none', (value) => {
    expect(() => parseKev(value)).toThrow(AdvisoryError);
  });

  it('gives a catalog or an AdvisoryError for anything', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(parseKev({ vulnerabilities: [value] }).exploited).toEqual([]);
      }),
    );
  });
});
