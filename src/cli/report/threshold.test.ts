import { describe, expect, it } from 'vitest';
import type { ComponentView, FindingView, Passport } from '../../model/wire/index.ts';
import { refusalsOf } from './threshold.ts';

function passport(extra: Partial<Passport>): Passport {
  return {
    subject: { kind: 'image', key: 'sha256:00', name: 'app' },
    image: null,
    distribution: null,
    platform: 'linux/amd64',
    recordedAt: '2026-01-01T00:00:00.000Z',
    facts: null,
    judgement: { state: 'judged', componentsJudged: 1, componentsNotJudged: 0, notCovered: [] },
    severities: { critical: 0, high: 0, medium: 0, low: 0, negligible: 0, unknown: 0 },
    components: [],
    findings: [],
    suppressed: [],
    observations: [],
    moreObservations: 0,
    undetermined: [],
    problems: [],
    ...extra,
  };
}

const evidence = { component: null } as FindingView['evidence'];

const finding = (severity: FindingView['severity']) => ({ severity, evidence }) as FindingView;

const component = (ecosystem: string) => ({ ecosystem, ownedBy: null, judged: false }) as ComponentView;

describe('refusalsOf', () => {
  it('passes a program that no feed could cover', () => {
    const judgement = {
      state: 'partly-judged',
      componentsJudged: 9,
      componentsNotJudged: 1,
      notCovered: ['generic'],
    } as Passport['judgement'];
    expect(refusalsOf(passport({ components: [component('generic')], judgement }), 'low', false)).toEqual([]);
  });

  it('passes a judged subject without findings', () => {
    expect(refusalsOf(passport({}), 'low', false)).toEqual([]);
  });

  it('refuses what is known to be exploited at any threshold', () => {
    const exploited = {
      severity: 'low',
      knownExploited: { since: '', due: null, ransomware: false },
      evidence,
    } as FindingView;
    expect(refusalsOf(passport({ findings: [exploited] }), 'known-exploited', false)).toHaveLength(1);
    expect(refusalsOf(passport({ findings: [exploited] }), 'critical', false)).toHaveLength(1);
    expect(refusalsOf(passport({ findings: [finding('critical')] }), 'known-exploited', false)).toEqual([]);
  });

  it('says how many are in what is not known to be installed', () => {
    const merely = (kind: 'declared' | 'claimed') =>
      ({ severity: 'high', evidence: { component: { kind, confidence: 'likely', note: null } } }) as FindingView;
    const findings = [finding('high'), merely('declared'), merely('declared'), merely('claimed')];
    expect(refusalsOf(passport({ findings }), 'high', false)).toEqual([
      '4 findings are high or worse, 2 of them in what is merely declared and 1 of them in what is merely claimed',
    ]);
  });

  it.each([
    ['critical', 'critical', true],
    ['high', 'critical', false],
    ['critical', 'high', true],
    ['medium', 'high', false],
    ['negligible', 'low', false],
    ['low', 'low', true],
  ] as const)('%s at the threshold %s: refused is %s', (severity, failOn, refused) => {
    expect(refusalsOf(passport({ findings: [finding(severity)] }), failOn, false).length > 0).toBe(refused);
  });

  it.each([
    ['a finding that nobody rated', { findings: [finding('unknown')] }],
    [
      'components that no feed covers',
      {
        components: [component('npm')],
        judgement: { state: 'partly-judged', componentsJudged: 9, componentsNotJudged: 1, notCovered: ['npm'] },
      },
    ],
    ['an advisory that cannot be compared', { undetermined: [{ advisory: 'X', component: 'y', reason: 'z' }] }],
    ['a layer that could not be read', { problems: [{ code: 'image/x', message: 'cut' }] }],
  ] satisfies [string, Partial<Passport>][])('refuses %s, unless told to let it pass', (_what, extra) => {
    expect(refusalsOf(passport(extra), 'critical', false)).toHaveLength(1);
    expect(refusalsOf(passport(extra), 'critical', true)).toEqual([]);
  });
});
