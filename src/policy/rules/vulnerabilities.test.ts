import { describe, expect, it } from 'vitest';
import {
  exploited,
  finding,
  judge,
  passport,
  told,
  unjudged,
  type VerdictCase,
  withFindings,
} from '../../../test/fakes/policy-facts.ts';

describe('age', () => {
  it.each<VerdictCase>([
    ['of a young image', { maxAge: '32d' }, {}, 'allow'],
    ['of an old one', { maxAge: '30d' }, {}, 'deny image/age'],
    [
      'of one from the future',
      { maxAge: '30d' },
      { passport: passport({}, { created: '2027-01-01T00:00:00Z' }) },
      'deny image/age',
    ],
    ['that nobody knows', { maxAge: '30d' }, { passport: passport({}, { created: null }) }, 'undecided'],
  ])('%s', (_, spec, of, expected) => expect(told(judge(spec, of))).toBe(expected));
});

describe('flaws', () => {
  it.each<VerdictCase>([
    [
      'as bad as is allowed',
      { vulnerabilities: { maxSeverity: 'high' } },
      withFindings(finding({ severity: 'high' })),
      'allow',
    ],
    [
      'worse than is allowed',
      { vulnerabilities: { maxSeverity: 'high' } },
      withFindings(finding()),
      'deny image/vulnerabilities',
    ],
    [
      'of any severity',
      { vulnerabilities: { maxSeverity: 'none' } },
      withFindings(finding({ severity: 'negligible' })),
      'deny image/vulnerabilities',
    ],
    [
      'that nobody rated',
      { vulnerabilities: { maxSeverity: 'high' } },
      withFindings(finding({ severity: 'unknown' })),
      'deny image/vulnerabilities',
    ],
    [
      'that nobody rated, allowed',
      { vulnerabilities: { maxSeverity: 'high', unknownSeverity: 'allow' } },
      withFindings(finding({ severity: 'unknown' })),
      'allow',
    ],
    [
      'without a fix',
      { vulnerabilities: { maxSeverity: 'low', onlyFixed: true } },
      withFindings(finding({ fixedIn: null })),
      'allow',
    ],
    ['in their grace', { vulnerabilities: { maxSeverity: 'low', grace: '200d' } }, withFindings(finding()), 'allow'],
    [
      'after their grace',
      { vulnerabilities: { maxSeverity: 'low', grace: '100d' } },
      withFindings(finding()),
      'deny image/vulnerabilities',
    ],
    [
      'that are exploited have no grace',
      { vulnerabilities: { maxSeverity: 'low', grace: '200d' } },
      withFindings(finding({ knownExploited: exploited, severity: 'high' })),
      'deny image/vulnerabilities',
    ],
    [
      'that are exploited, whatever the severity',
      { vulnerabilities: { knownExploited: 'refuse' } },
      withFindings(finding({ knownExploited: exploited, severity: 'low', fixedIn: null })),
      'deny image/known-exploited',
    ],
    [
      'that are exploited, allowed',
      { vulnerabilities: { knownExploited: 'allow' } },
      withFindings(finding({ knownExploited: exploited })),
      'allow',
    ],
    [
      'that are likely to be attacked',
      { vulnerabilities: { epss: 0.5 } },
      withFindings(finding({ severity: 'low', epss: { probability: 0.5, percentile: 0.9 } })),
      'deny image/vulnerabilities',
    ],
    ['of components that nobody judged', { vulnerabilities: {} }, { passport: passport(unjudged) }, 'undecided'],
    [
      'of components that nobody judged, allowed',
      { vulnerabilities: {}, unknown: { notJudged: 'allow' } },
      { passport: passport(unjudged) },
      'allow',
    ],
    [
      'of components that nobody judged, refused',
      { unknown: { notJudged: 'refuse' } },
      { passport: passport(unjudged) },
      'deny image/unknown',
    ],
    [
      'that could not be compared',
      { vulnerabilities: {} },
      { passport: passport({ undetermined: [{ advisory: 'a', component: 'b', reason: 'c' }] }) },
      'undecided',
    ],
    [
      'of what could not be read',
      { vulnerabilities: {} },
      { passport: passport({ problems: [{ code: 'catalog/dpkg/bad-stanza', message: 'm' }] }) },
      'undecided',
    ],
    [
      'that are found are refused, whatever is open',
      { vulnerabilities: { maxSeverity: 'low' } },
      { passport: passport({ ...unjudged, findings: [finding()] }) },
      'deny image/vulnerabilities',
    ],
  ])('%s', (_, spec, of, expected) => expect(told(judge(spec, of))).toBe(expected));
});
