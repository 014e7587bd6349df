import { describe, expect, it } from 'vitest';
import type { CertificateView, PolicyFindingView } from '../../api/wire.ts';
import { reasonOf } from './reason-of.ts';

const finding: PolicyFindingView = {
  rule: 'image/signed',
  severity: 'high',
  subject: 'pipeline',
  title: 'The image is not signed',
  remedy: 'Sign it',
  evidence: 'no signature was found',
  excepted: null,
};
const excepted = { ...finding, excepted: { name: 'a', owner: 'b', expires: '2026-01-01T00:00:00Z' } };
const judged = (more: Partial<CertificateView>) =>
  reasonOf({ state: 'certified', findings: [], cause: null, withdrawn: null, ...more });

describe('reasonOf', () => {
  it.each([
    [{}, '', 0],
    [{ findings: [excepted, excepted] }, '2 findings by exception', 0],
    [{ state: 'suspect', findings: [excepted] }, 'it ran out, and nobody has looked since', 0],
    [{ state: 'refused', findings: [excepted, finding] }, 'image/signed: no signature was found', 0],
    [{ state: 'refused', findings: [{ ...finding, evidence: '' }, finding] }, 'image/signed: pipeline', 1],
    [{ state: 'refused', findings: [finding], cause: 'no feed' }, 'image/signed: no signature was found', 1],
    [{ state: 'undecided', cause: 'no feed' }, 'no feed', 0],
    [{ state: 'withdrawn', withdrawn: { at: 'a', effective: 'b', reason: 'CVE-1' } }, 'CVE-1', 0],
    // It still holds for a while.
    [{ withdrawn: { at: 'a', effective: 'b', reason: 'CVE-1' } }, 'CVE-1', 0],
  ] as const)('of %j is "%s"', (more, text, others) => {
    expect(judged(more as Partial<CertificateView>)).toEqual({ text, more: others });
  });
});
