import { describe, expect, it } from 'vitest';
import { AdvisoryError } from '../advisory-error.ts';
import { parseEpss } from './epss.ts';

describe('exploit scores', () => {
  const head = '#model_version:v2025.03.14,score_date:2025-08-25T12:55:00Z\ncve,epss,percentile\n';

  it('are read with their date', () => {
    expect(parseEpss(`${head}CVE-1999-1,0.01141,0.77433\r\nCVE-2020-2,1e-05,1.0\n`)).toEqual({
      dataAsOf: Date.parse('2025-08-25T12:55:00Z'),
      scores: [
        { kind: 'score', flaw: 'CVE-1999-1', probability: 0.01141, percentile: 0.77433 },
        { kind: 'score', flaw: 'CVE-2020-2', probability: 0.00001, percentile: 1 },
      ],
      rejected: [],
      rejectedCount: 0,
    });
    expect(parseEpss('cve,epss,percentile\n')).not.toHaveProperty('dataAsOf');
    expect(parseEpss(head.replace('Z\n', '+0000\n')).dataAsOf).toBe(Date.parse('2025-08-25T12:55:00Z'));
  });

  it.each([
    'CVE-1,0.5',
    'CVE-1,0.5,0.5,0.5',
    'CVE-1,1.5,0.5',
    'CVE-1,-0.5,0.5',
    'CVE-1,NaN,0.5',
    'CVE-1,,',
    'CVE 1,0.5,0.5',
    '<html>',
  ])('rejects %j alone', (line) => {
    const { scores, rejected } = parseEpss(`${head}${line}\nCVE-2,0.5,0.5\n`);
    expect(scores.map((score) => score.flaw)).toEqual(['CVE-2']);
    expect(rejected).toEqual([expect.stringMatching(/^line 3: /)]);
  });

  it('keeps the first reasons and counts all', () => {
    const { rejected, rejectedCount } = parseEpss(`${head}${'x\n'.repeat(500)}`);
    expect([rejected.length, rejectedCount]).toEqual([200, 500]);
  });

  it.each(['', '{}', '#only a remark', 'cve,score\nCVE-1,1'])('%j is none', (text) => {
    expect(() => parseEpss(text)).toThrow(AdvisoryError);
  });
});
