import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  at,
  digest,
  exception,
  facts,
  inputFinding,
  inputs,
  judge,
  policy,
  reference,
  request,
  secured,
  told,
  unread,
} from '../../test/fakes/launch-facts.ts';
import type { LaunchFacts } from '../model/index.ts';
import type { ExceptionDocument } from './documents/exception-document.ts';
import {
  defaultLaunchPolicy,
  type LaunchPolicyDocument,
  type LaunchPolicySpec,
} from './documents/launch-policy-document.ts';
import { contractEffect, judgeLaunch, judgeLaunchSet } from './judge-launch.ts';

const privileged = facts({ request: request(secured({ privileged: at(true, 'HostConfig.Privileged') })) });
const open = facts({ inputs: unread });
const strict = policy({ noNewPrivileges: 'require' }, undefined, 'strict');

describe('policies', () => {
  it.each<readonly [string, LaunchFacts, readonly LaunchPolicyDocument[], string, boolean]>([
    ['none: the default, observed', privileged, [], 'allow (launch/privileged)', true],
    ['none, and all is well', facts(), [], 'allow', false],
    ['none, and something is open', open, [], 'allow', true],
    ['one that refuses', privileged, [policy()], 'deny launch/privileged', false],
    ['one that observes', privileged, [policy({}, 'observe')], 'allow (launch/privileged)', true],
    [
      'one that observes what no policy refuses',
      facts({ image: { state: 'refused', reason: 'x' } }),
      [policy({}, 'observe')],
      'allow (launch/image)',
      false,
    ],
    ['two, of which one refuses', privileged, [policy({}, 'observe'), policy()], 'deny launch/privileged', false],
    [
      'two that refuse different things',
      privileged,
      [policy(), strict],
      'deny launch/privileged launch/no-new-privileges',
      false,
    ],
    [
      'one that allows and one that refuses',
      privileged,
      [policy({ privileged: 'allow' }), strict],
      'deny launch/privileged launch/no-new-privileges',
      false,
    ],
    [
      'one that observes what another refuses',
      facts(),
      [policy({}, 'observe'), strict],
      'deny launch/no-new-privileges',
      false,
    ],
    [
      'one of other hosts: the default',
      privileged,
      [policy({ scope: { hosts: ['x'] } })],
      'allow (launch/privileged)',
      true,
    ],
  ])('%s', (_, of, policies, expected, observed) => {
    const verdict = judgeLaunch(of, policies, []);
    expect(told(verdict)).toBe(expected);
    expect(verdict.outcome === 'allow' && verdict.observed === true).toBe(observed);
  });

  it('tell each finding once, with its place, and those that refuse first', () => {
    const of = facts({ request: privileged.request, image: { state: 'refused', reason: 'x' } });
    const { findings } = judgeLaunch(of, [policy(), policy({}, undefined, 'other')], []);
    expect(findings).toMatchObject([
      {
        rule: 'launch/privileged',
        path: 'HostConfig.Privileged',
        confidence: 'certain',
        remedy: expect.stringMatching(/\S/),
      },
      { rule: 'launch/image', observed: true },
    ]);
    expect(findings).toHaveLength(2);
  });

  it('know what is refused, whatever else is open', () => {
    const verdict = judgeLaunch(facts({ ...privileged, inputs: unread }), [policy()], []);
    expect(verdict).toMatchObject({ outcome: 'deny', cause: expect.stringContaining('Env[0]') });
  });

  it('decide nothing by a rule that fails, and repeat nothing of it', () => {
    const trap = new Proxy([], {
      get: () => {
        throw new Error('s3cr3t');
      },
    });
    const verdict = judge({}, { devices: trap });
    expect(verdict).toMatchObject({ outcome: 'undecided', cause: 'launch/device: the rule failed (Error)' });
  });
});

const scope = (of: LaunchPolicySpec['scope']) => policy({ ...(of ? { scope: of } : {}) });
const placed = (more: Partial<LaunchFacts['request']> = {}, of: Partial<LaunchFacts> = {}): LaunchFacts => ({
  ...privileged,
  host: 'web-1',
  ...of,
  request: {
    ...privileged.request,
    workload: { namespace: 'shop', project: 'p', name: 'front', labels: { app: 'web' } },
    ...more,
  },
});
const nameless = placed({ image: { value: 'abc', path: 'Image' } }, { image: { state: 'unknown', cause: 'x' } });

describe('a contract that only observes', () => {
  const against = inputFinding({ rule: 'input/contract', evidence: 'there is no such variable' });
  const contract = { state: 'judged', name: 'web', findings: [against] } as const;
  const enforced = facts({ contract });
  const observing = facts({ contract: { ...contract, isObserved: true } });

  it.each<readonly [LaunchFacts, LaunchPolicyDocument, string, boolean, string]>([
    [enforced, policy(), 'deny input/contract', false, 'refuse'],
    [observing, policy(), 'allow (input/contract)', true, 'refuse'],
    [enforced, policy({}, 'observe'), 'allow (input/contract)', true, 'observe'],
    [observing, policy({ inputs: { contract: 'ignore' } }), 'allow', false, 'ignore'],
    [observing, policy({ inputs: { rules: { 'input/contract': 'allow' } } }), 'allow', false, 'ignore'],
    [
      observing,
      policy({ inputs: { rules: { 'input/contract': 'observe' } } }),
      'allow (input/contract)',
      false,
      'observe',
    ],
    [enforced, policy({ scope: { hosts: ['x'] } }), 'allow (input/contract)', true, 'observe'],
  ])('%# tells what an enforced one refuses', (of, by, expected, isObserved, effect) => {
    const verdict = judgeLaunch(of, [by], []);
    expect(told(verdict)).toBe(expected);
    expect(verdict.outcome === 'allow' && verdict.observed === true).toBe(isObserved);
    expect(contractEffect(of, [by])).toBe(effect);
  });

  it('hides nothing that another rule refuses', () => {
    const both = facts({ ...observing, request: request(secured({ privileged: at(true, 'HostConfig.Privileged') })) });
    expect(told(judgeLaunch(both, [policy()], []))).toBe('deny launch/privileged (input/contract)');
  });
});

describe('the scope of a policy', () => {
  it.each<readonly [string, LaunchPolicySpec['scope'], LaunchFacts, boolean]>([
    ['everything', undefined, placed(), true],
    ['its host', { hosts: ['web-*'] }, placed(), true],
    ['another host', { hosts: ['db-*'] }, placed(), false],
    ['its namespace', { namespaces: ['shop'] }, placed(), true],
    ['another namespace', { namespaces: ['sho'] }, placed(), false],
    ['no namespace', { namespaces: ['*'] }, privileged, false],
    ['its project', { projects: ['p'] }, placed(), true],
    ['its name', { names: ['we*'] }, placed(), true],
    ['the name of its workload', { names: ['front'] }, placed(), true],
    ['its label', { labels: { app: 'w*' } }, placed(), true],
    ['a label that it has not', { labels: { constructor: '*' } }, placed(), false],
    ['its repository', { repositories: ['r.example/team/*'] }, placed(), true],
    ['another repository', { repositories: ['r.example/tea/*'] }, placed(), false],
    ['a repository, and nobody knows', { repositories: ['r.example/tea/*'] }, nameless, true],
    ['all of them', { hosts: ['web-1'], names: ['db'] }, placed(), false],
    ['but its host', { except: { hosts: ['web-1'] } }, placed(), false],
    ['but another host', { except: { hosts: ['web-2'] } }, placed(), true],
    ['but its host of another name', { except: { hosts: ['web-1'], names: ['db'] } }, placed(), true],
    ['but a repository, and nobody knows', { except: { repositories: ['*/**'] } }, nameless, true],
    [
      'but its repository, which is another',
      { except: { repositories: ['r.example/team/web'] } },
      placed(
        {},
        { image: { state: 'unknown', cause: 'x', image: { registry: 'e.example', repository: 'a', digest } } },
      ),
      true,
    ],
  ])('is %s', (_, of, asked, holds) => {
    expect(judgeLaunch(asked, [scope(of)], []).outcome).toBe(holds ? 'deny' : 'allow');
  });
});

describe('an exception from a rule of launches', () => {
  const from = (more: Partial<ExceptionDocument['spec']>['scope']) => exception({ scope: more ?? {} });
  it.each<readonly [string, ExceptionDocument, LaunchFacts, boolean]>([
    ['of its digest', exception({}), placed(), true],
    ['of its repository', from({ repositories: ['r.example/team/web'] }), placed(), true],
    ['of its host', from({ hosts: ['web-1'] }), placed(), true],
    ['of its namespace', from({ namespaces: ['shop'] }), placed(), true],
    ['of its name on its host', from({ hosts: ['web-*'], names: ['web'] }), placed(), true],
    ['of a name alone', from({ names: ['web'] }), placed(), false],
    ['of another name', from({ hosts: ['web-*'], names: ['db'] }), placed(), false],
    ['of another namespace', from({ namespaces: ['other'] }), placed(), false],
    ['of any namespace, and it has none', from({ namespaces: ['*'] }), privileged, false],
    ['of another host', from({ hosts: ['web-2'], repositories: ['r.example/team/web'] }), placed(), false],
    ['of another rule', exception({ rules: ['launch/user'] }), placed(), false],
    ['of its subject', exception({ subjects: ['privi*'] }), placed(), true],
    ['of another subject', exception({ subjects: ['NET_ADMIN'] }), placed(), false],
    [
      'of a name that may be given to any image',
      from({ repositories: ['r.example/team/web'] }),
      placed({}, { image: { state: 'unknown', cause: 'x' } }),
      false,
    ],
    [
      'of a name with its digest',
      from({ repositories: ['r.example/team/web'] }),
      placed(
        { image: { value: 'a', path: 'Image', reference: { ...reference, digest } } },
        { image: { state: 'unknown', cause: 'x' } },
      ),
      true,
    ],
    ['that has expired', exception({ expires: '2026-05-31' }), placed(), false],
  ])('%s', (_, document, of, holds) => {
    const verdict = judgeLaunch(of, [policy()], [document]);
    expect(told(verdict)).toBe(holds ? 'allow (launch/privileged)' : 'deny launch/privileged');
    if (holds) expect(verdict.findings[0]?.excepted).toMatchObject({ name: 'e', owner: 'web' });
  });

  it('lets nothing pass that is undecided', () => {
    const document = exception({ rules: ['launch/privileged', 'launch/unknown-setting', 'input/code'] });
    expect(judgeLaunch({ ...privileged, inputs: unread }, [policy()], [document]).outcome).toBe('undecided');
  });

  it('reaches rules of inputs and of Pods', () => {
    const rules = ['input/code', 'pod-security/privileged', 'launch/privileged'] as never;
    const of = { ...privileged, inputs: inputs(inputFinding()) };
    const spec = { podSecurity: { level: 'baseline' as const } };
    expect(judgeLaunch(of, [policy(spec)], []).outcome).toBe('deny');
    expect(judgeLaunch(of, [policy(spec)], [exception({ rules })]).outcome).toBe('allow');
  });
});

describe('a set of launches', () => {
  it.each<readonly [string, readonly LaunchFacts[], string]>([
    ['of nothing', [], 'undecided'],
    ['that are all well', [facts(), facts()], 'allow'],
    ['of which one is open', [facts(), open], 'undecided'],
    ['of which one is refused', [open, facts(), privileged], 'deny launch/privileged'],
  ])('%s', (_, of, expected) => expect(told(judgeLaunchSet(of, [policy()], []))).toBe(expected));

  it('of nothing is undecided by a policy that observes too', () => {
    expect(judgeLaunchSet([], [policy({}, 'observe')], []).outcome).toBe('undecided');
  });

  it('says of each what was found', () => {
    const other = facts({ request: request({ name: 'b', ...secured({ privileged: at(true, 'b') }) }) });
    const verdict = judgeLaunchSet([privileged, other, open], [policy()], []);
    expect(verdict.findings.map(({ path }) => path)).toEqual(['HostConfig.Privileged', 'b']);
    expect(verdict.cause).toContain('Env[0]');
  });
});

describe('whatever is asked', () => {
  const choice = fc.constantFrom('refuse' as const, 'observe' as const, 'allow' as const);
  const asked = fc.record({
    security: fc.record({ privileged: fc.boolean().map((value) => at(value)) }, { requiredKeys: [] }),
    devices: fc.array(
      fc.string().map((device) => ({ path: 'd', device, kind: 'path' as const })),
      { maxLength: 2 },
    ),
    others: fc.array(
      fc.string().map((name) => ({ name, ...at('v') })),
      { maxLength: 2 },
    ),
    mounts: fc.array(
      fc.record({
        type: fc.constantFrom('bind' as const, 'volume' as const, 'image' as const),
        path: fc.constant('m'),
        target: fc.string(),
        source: fc.oneof(
          fc.string(),
          fc.string().map((text) => `/${text}`),
        ),
        readOnly: fc.boolean(),
      }),
      { maxLength: 2 },
    ),
  });
  const spec: fc.Arbitrary<LaunchPolicySpec> = fc.record(
    {
      privileged: choice,
      engineSockets: choice,
      image: fc.record({ notCertified: choice }),
      user: fc.record({ root: choice }),
      inputs: fc.record({ otherRules: choice }, { requiredKeys: [] }),
    },
    { requiredKeys: [] },
  );
  const policies = fc
    .array(fc.tuple(spec, fc.boolean()), { maxLength: 3 })
    .map((all) =>
      all.map(([each, isObserved], index) => policy(each, isObserved ? 'observe' : undefined, `p${index}`)),
    );

  it('a finding or a policy more never turns what is denied', () => {
    fc.assert(
      fc.property(asked, policies, spec, fc.boolean(), (more, all, another, isUnread) => {
        const of = facts({ request: request(more), ...(isUnread ? { inputs: unread } : {}) });
        const before = judgeLaunch(of, all, []).outcome;
        if (before !== 'deny') return;
        const found = { ...of, inputs: { ...of.inputs, findings: [inputFinding()] } };
        expect(judgeLaunch(found, all, []).outcome).toBe('deny');
        expect(judgeLaunch(of, [...all, policy(another)], []).outcome).toBe('deny');
        expect(judgeLaunchSet([facts(), of], all, []).outcome).toBe('deny');
      }),
    );
  });

  it('what was not read is never allowed by a policy that judges inputs', () => {
    fc.assert(
      fc.property(asked, policies, spec, (more, all, own) => {
        const judges = policy({ ...own, inputs: { otherRules: 'refuse' } });
        const of = facts({ request: request(more), inputs: unread });
        expect(judgeLaunch(of, [...all, judges], []).outcome).not.toBe('allow');
      }),
    );
  });

  it('the order of policies is none', () => {
    fc.assert(
      fc.property(asked, policies, (more, all) => {
        const of = facts({ request: request(more) });
        expect(judgeLaunch(of, all.toReversed(), []).outcome).toBe(judgeLaunch(of, all, []).outcome);
      }),
    );
  });
});

it('the default policy is an empty one that observes', () => {
  expect(defaultLaunchPolicy).toMatchObject({ mode: 'observe', spec: {} });
});
