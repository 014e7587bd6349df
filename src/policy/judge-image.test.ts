import { describe, expect, it } from 'vitest';
import {
  allUnjudged,
  component,
  exploited,
  finding,
  judge,
  observation,
  passport,
  removedRecord,
  told,
  unjudged,
  type VerdictCase,
  withFindings,
} from '../../test/fakes/policy-facts.ts';
import type { ImagePolicyFacts } from '../model/index.ts';
import { exceptionDigest } from './active-exception.ts';
import type { ExceptionDocument } from './documents/exception-document.ts';
import type { ImagePolicySpec } from './documents/image-policy-document.ts';
import { imageRuleIds } from './rules/image-rule.ts';
import { imageRules } from './rules/image-rules.ts';

describe('an empty policy', () => {
  it.each<VerdictCase>([
    ['of an image in which all is well', {}, {}, 'allow'],
    ['of one that was not scanned', {}, { passport: undefined }, 'undecided'],
    [
      'of one that could not be read',
      {},
      { passport: { ...passport(), image: { ...passport().image, state: 'failed' } as never } },
      'undecided',
    ],
    [
      'of one that was scanned for another platform',
      {},
      { passport: passport({ platform: 'linux/arm64' }) },
      'undecided',
    ],
    ['of one whose platform nobody knows', {}, { passport: passport({ platform: null }) }, 'undecided'],
    [
      'of a bill that is no image',
      {},
      { passport: passport({ subject: { kind: 'bom', key: '', name: '' } }) },
      'undecided',
    ],
    ['of a critical flaw', {}, withFindings(finding()), 'allow'],
    [
      'of one that is exploited',
      {},
      withFindings(finding({ knownExploited: exploited })),
      'deny image/known-exploited',
    ],
    [
      'of one that is exploited and has no fix',
      {},
      withFindings(finding({ knownExploited: exploited, fixedIn: null })),
      'allow',
    ],
    [
      'of a lesser one that is exploited',
      {},
      withFindings(finding({ knownExploited: exploited, severity: 'high' })),
      'allow',
    ],
    ['of components of which none was judged', {}, { passport: passport(allUnjudged) }, 'undecided'],
    ['of components of which some were judged', {}, { passport: passport(unjudged) }, 'allow'],
    [
      'of an image without its package database',
      {},
      {
        passport: passport({
          components: [],
          judgement: { state: 'not-judged', componentsJudged: 0, componentsNotJudged: 0, notCovered: [] },
          unknown: { ...passport().unknown, state: 'unknown', records: [removedRecord] },
        }),
      },
      'undecided',
    ],
    [
      'of a private key',
      {},
      { passport: passport({ observations: [observation('inspect/secret/private-key')] }) },
      'deny image/secret',
    ],
    [
      'of a lesser secret',
      {},
      { passport: passport({ observations: [observation('inspect/secret/password', { severity: 'medium' })] }) },
      'allow',
    ],
    [
      'of a miner',
      {},
      { passport: passport({ observations: [observation('inspect/malware/miner', { severity: 'critical' })] }) },
      'deny image/malware',
    ],
    [
      'of other observations',
      {},
      { passport: passport({ observations: [observation('inspect/mode/device')] }) },
      'allow',
    ],
    [
      'of observations that are not listed',
      {},
      { passport: passport({ observations: [observation('inspect/mode/device')], moreObservations: 3 }) },
      'undecided',
    ],
    [
      'of small observations that are not listed',
      {},
      {
        passport: passport({
          observations: [observation('inspect/mode/device', { severity: 'low' })],
          moreObservations: 3,
        }),
      },
      'allow',
    ],
    [
      'of files that could not be looked into',
      {},
      { passport: passport({ problems: [{ code: 'image/not-examined', message: '' }] }) },
      'undecided',
    ],
    ['of an image into which nobody looked', {}, { passport: passport({ facts: null }) }, 'undecided'],
  ])('%s', (_, spec, of, expected) => expect(told(judge(spec, of))).toBe(expected));
});

describe('a verdict', () => {
  it('is told and not enforced where a policy observes', () => {
    const of = withFindings(finding({ knownExploited: exploited }));
    expect(judge({ maxAge: '1d' }, of, [], 'observe')).toMatchObject({
      outcome: 'allow',
      observed: true,
      findings: [{}, {}],
    });
    expect(judge({}, { passport: undefined }, [], 'observe')).toMatchObject({
      observed: true,
      cause: expect.stringContaining('not scanned'),
    });
  });

  it('says of each finding what to do, with title and rule', () => {
    const { findings } = judge(
      { maxAge: '1d' },
      withFindings(finding({ knownExploited: exploited, remedy: 'npm i left-pad@1.3.1' })),
    );
    expect(findings).toMatchObject([
      { rule: 'image/age', title: expect.any(String), remedy: expect.stringContaining('Build') },
      {
        rule: 'image/known-exploited',
        flaw: 'CVE-2026-1',
        aliases: ['GHSA-1'],
        component: component.purl,
        remedy: 'npm i left-pad@1.3.1',
      },
    ]);
  });

  it('is total: a rule that fails is undecided', () => {
    expect(judge({}, { passport: passport({ findings: null as never }) })).toMatchObject({
      outcome: 'undecided',
      cause: expect.stringContaining('image/known-exploited: the rule failed'),
    });
  });

  it('knows every rule', () => expect(imageRules.map(({ id }) => id)).toEqual(imageRuleIds));
});

describe('an exception', () => {
  const document: ExceptionDocument = {
    apiVersion: 'portwarden/v1',
    kind: 'Exception',
    metadata: { name: 'e' },
    spec: {
      owner: 'web team',
      reason: 'r',
      scope: { repositories: ['r.example/team/*'] },
      rules: ['image/known-exploited', 'image/age'],
      flaws: ['CVE-2026-1'],
      expires: '2026-07-01',
      requested: { by: 'alice', at: '2026-05-01' },
    },
  };
  const approved = {
    ...document,
    spec: { ...document.spec, approved: { by: 'bob', at: '2026-05-02', digest: exceptionDigest(document) } },
  };
  const of = withFindings(finding({ knownExploited: exploited }));

  it('lets a finding pass, and says so', () => {
    expect(judge({}, of, [approved])).toMatchObject({
      outcome: 'allow',
      findings: [{ excepted: { name: 'e', owner: 'web team', expires: Date.parse('2026-07-01') } }],
    });
  });

  it.each<[string, readonly ExceptionDocument[], Partial<ImagePolicyFacts>, ImagePolicySpec, string]>([
    ['that nobody approved', [document], of, {}, 'deny'],
    ['that has ended', [approved], { ...of, now: Date.parse('2026-07-01') }, {}, 'deny'],
    [
      'of another flaw',
      [approved],
      withFindings(finding({ knownExploited: exploited, advisory: 'CVE-2026-2', aliases: [] })),
      {},
      'deny',
    ],
    ['of one of two findings', [approved], of, { maxAge: '1d' }, 'deny'],
    ['of what is undecided', [approved], { passport: undefined }, {}, 'undecided'],
  ])('does nothing: one %s', (_, exceptions, more, spec, outcome) => {
    expect(judge(spec, more, exceptions).outcome).toBe(outcome);
  });
});
