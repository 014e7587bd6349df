import { describe, expect, it } from 'vitest';
import type { ComponentView, FindingView, Passport, UnknownView } from '../../model/wire/index.ts';
import { parseFailOn, refusalsOf } from './threshold.ts';

const known: UnknownView = {
  state: 'known',
  summary: '',
  programs: { files: 1, bytes: 10 },
  unowned: { files: 0, bytes: 0, largest: [] },
  unownedPercent: 0,
  archives: null,
  records: [],
  problems: [],
};

const unownedOf = (bytes: number | null) => (bytes === null ? null : { files: 1, bytes, largest: [] });

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
    unknown: known,
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
    expect(refusalsOf(passport({ components: [component('generic')], judgement }), { findings: 'low' }, false)).toEqual(
      [],
    );
  });

  it('passes a judged subject without findings', () => {
    expect(refusalsOf(passport({}), { findings: 'low' }, false)).toEqual([]);
  });

  it('refuses what is known to be exploited at any threshold', () => {
    const exploited = {
      severity: 'low',
      knownExploited: { since: '', due: null, ransomware: false },
      evidence,
    } as FindingView;
    expect(refusalsOf(passport({ findings: [exploited] }), { findings: 'known-exploited' }, false)).toHaveLength(1);
    expect(refusalsOf(passport({ findings: [exploited] }), { findings: 'critical' }, false)).toHaveLength(1);
    expect(refusalsOf(passport({ findings: [finding('critical')] }), { findings: 'known-exploited' }, false)).toEqual(
      [],
    );
  });

  it('says how many are in what is not known to be installed', () => {
    const merely = (kind: 'declared' | 'claimed') =>
      ({ severity: 'high', evidence: { component: { kind, confidence: 'likely', note: null } } }) as FindingView;
    const findings = [finding('high'), merely('declared'), merely('declared'), merely('claimed')];
    expect(refusalsOf(passport({ findings }), { findings: 'high' }, false)).toEqual([
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
    expect(refusalsOf(passport({ findings: [finding(severity)] }), { findings: failOn }, false).length > 0).toBe(
      refused,
    );
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
    expect(refusalsOf(passport(extra), { findings: 'critical' }, false)).toHaveLength(1);
    expect(refusalsOf(passport(extra), { findings: 'critical' }, true)).toEqual([]);
  });
});

describe('--fail-on', () => {
  it('asks for findings and for unknowns, in whatever order', () => {
    expect(parseFailOn('unknown=12.5', parseFailOn('high'))).toEqual({ findings: 'high', unownedPercent: 12.5 });
    expect(parseFailOn('critical', parseFailOn('unknown'))).toEqual({ findings: 'critical', unownedPercent: 100 });
    expect(parseFailOn('unknown=0%')).toEqual({ unownedPercent: 0 });
  });

  it.each(['', 'worst', 'unknown=', 'unknown=101', 'unknown=-1', 'unknown=x', 'unknowns', 'UNKNOWN'])(
    'not for "%s"',
    (text) => expect(() => parseFailOn(text)).toThrow('Allowed choices'),
  );

  it('unknown refuses what could not be read and records that were replaced, and no finding', () => {
    const record = {
      kind: 'package-database-removed',
      path: '/var/lib/dpkg/status',
      layer: 1,
      detail: 'gone',
    } as const;
    const unknown: UnknownView = {
      ...known,
      state: 'unknown',
      records: [record],
      problems: [{ code: 'image/x', count: 2 }],
    };
    const refusals = refusalsOf(passport({ unknown, findings: [finding('critical')] }), { unownedPercent: 100 }, true);
    expect(refusals).toHaveLength(2);
    expect(refusals[0]).toContain('/var/lib/dpkg/status');
    expect(refusals[1]).toContain('image/x');
    expect(refusalsOf(passport({}), { unownedPercent: 0 }, false)).toEqual([]);
  });

  it('unknown=PERCENT refuses more programs without a package, and those that nobody looked at', () => {
    const share = (bytes: number | null) =>
      passport({ unknown: { ...known, programs: { files: 9, bytes: 10_000 }, unowned: unownedOf(bytes) } });
    expect(refusalsOf(share(2001), { unownedPercent: 20 }, false)).toHaveLength(1);
    expect(refusalsOf(share(2000), { unownedPercent: 20 }, false)).toEqual([]);
    expect(refusalsOf(share(null), { unownedPercent: 20 }, false)).toHaveLength(1);
    expect(refusalsOf(share(null), { unownedPercent: 100 }, false)).toEqual([]);
  });

  it('of both kinds refuses for both', () => {
    const unknown: UnknownView = { ...known, unowned: unownedOf(5) };
    const both = passport({ unknown, findings: [finding('critical')] });
    expect(refusalsOf(both, { findings: 'high', unownedPercent: 10 }, false)).toHaveLength(2);
  });
});
