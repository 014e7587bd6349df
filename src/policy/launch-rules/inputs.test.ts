import { describe, expect, it } from 'vitest';
import {
  at,
  inputFinding,
  inputs,
  judge,
  type LaunchCase,
  secured,
  told,
  unread,
} from '../../../test/fakes/launch-facts.ts';

const named = (title: string, cases: readonly LaunchCase[]) =>
  describe(title, () => {
    it.each(cases.map((each) => [each[0], each] as const))('%s', (_, [, spec, asked, expected, of]) =>
      expect(told(judge(spec, asked, of))).toBe(expected),
    );
  });

const others = { others: [{ name: 'Fancy', ...at('s3cr3t') }] };
named('a process', [
  ['in a container that runs', {}, { action: 'exec' }, 'allow'],
  ['that may not be', { exec: 'refuse' }, { action: 'exec' }, 'deny launch/exec'],
  ['that is not judged', { exec: 'allow' }, { action: 'exec', ...secured({ privileged: at(true) }) }, 'allow'],
  ['with a setting that nobody knows', {}, others, 'undecided'],
  ['with one that is refused', { others: 'refuse' }, others, 'deny launch/unknown-setting'],
  ['with one that is observed', { others: 'observe' }, others, 'allow (launch/unknown-setting)'],
  ['with one that is allowed', { others: 'allow' }, others, 'allow'],
]);

const code = { inputs: inputs(inputFinding()) };
const guess = { inputs: inputs(inputFinding({ confidence: 'guess' })) };
const minor = { inputs: inputs(inputFinding({ severity: 'low' })) };
const broken = {
  contract: { state: 'judged', name: 'web', findings: [inputFinding({ rule: 'input/contract' })] },
} as const;
named('what is passed', [
  ['is code', {}, {}, 'deny input/code', code],
  ['is code, allowed', { inputs: { rules: { 'input/code': 'allow' } } }, {}, 'allow', code],
  ['is code, observed', { inputs: { rules: { 'input/code': 'observe' } } }, {}, 'allow (input/code)', code],
  ['may be code', {}, {}, 'allow (input/code)', guess],
  ['may be code, strictly', { inputs: { strictness: 2 } }, {}, 'deny input/code', guess],
  ['is no great matter', {}, {}, 'allow (input/code)', minor],
  ['is no great matter, refused', { inputs: { otherRules: 'refuse' } }, {}, 'deny input/code', minor],
  ['was not read', {}, {}, 'undecided', { inputs: unread }],
  ['was not read, and is observed', { inputs: { otherRules: 'observe' } }, {}, 'allow', { inputs: unread }],
  [
    'was not read, and one rule refuses',
    { inputs: { otherRules: 'observe', rules: { 'input/code': 'refuse' } } },
    {},
    'undecided',
    { inputs: unread },
  ],
  ['is not as the contract says', {}, {}, 'deny input/contract', broken],
  ['is not as the contract says, ignored', { inputs: { contract: 'ignore' } }, {}, 'allow', broken],
  ['has no contract', { inputs: { contract: 'require' } }, {}, 'deny input/contract'],
  ['has no contract, for an exec', { inputs: { contract: 'require' } }, { action: 'exec' }, 'allow'],
  ['has not been seen', { inputs: { unseen: 'hold' } }, {}, 'deny launch/unseen-inputs', { seen: false }],
  ['was counted by nobody', { inputs: { unseen: 'hold' } }, {}, 'deny launch/unseen-inputs'],
  ['may have been seen', { inputs: { unseen: 'hold' } }, {}, 'undecided', { unasked: 'the store is away' }],
  ['has been seen', { inputs: { unseen: 'hold' } }, {}, 'allow', { seen: true }],
  ['has not been seen, allowed', {}, {}, 'allow', { seen: false }],
]);

const condition = (expression: string) => ({ conditions: [{ name: 'c', expression, message: 'm' }] });
named('a condition', [
  ['that holds', condition('request.name == "web" && image.state == "certified"'), {}, 'allow'],
  [
    'that does not',
    condition('request.environment.all(e, e.name != "A")'),
    { environment: [{ name: 'A', path: 'e' }] },
    'deny launch/condition',
  ],
  [
    'on inputs and time',
    condition('size(inputs.findings) == 0 && now > timestamp("2026-01-01T00:00:00Z")'),
    {},
    'allow',
  ],
  ['on the image', condition('image.repository.startsWith("team/") && image.start == null'), {}, 'allow'],
  ['that cannot be told', condition('request.nothing == 1'), {}, 'undecided'],
]);

it('a condition that fails repeats no value', () => {
  const spec = condition('timestamp(request.environment[0].value) < now');
  const verdict = judge(spec, { environment: [{ name: 'A', path: 'e', value: 's3cr3t' }] });
  expect(verdict).toMatchObject({ outcome: 'undecided', cause: expect.stringContaining('"c" cannot be evaluated') });
  expect(JSON.stringify(verdict)).not.toContain('s3cr3t');
});

named('the Pod Security Standards', [
  [
    'restricted',
    { podSecurity: { level: 'restricted' } },
    {},
    'deny pod-security/allow-privilege-escalation pod-security/capabilities-restricted pod-security/run-as-non-root',
  ],
  ['baseline', { podSecurity: { level: 'baseline' } }, {}, 'allow'],
  ['of a version that is none', { podSecurity: { level: 'baseline', version: 'x' } }, {}, 'undecided'],
]);
