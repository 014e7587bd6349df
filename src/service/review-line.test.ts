import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findLanguage } from '../../test/fakes/languages.ts';
import { dockerConfig } from '../../test/fakes/oci-configs.ts';
import { parseRuleSet, type ReviewRules } from './review.ts';
import { reviewLine } from './review-line.ts';

const rules: ReviewRules = { policies: [], contracts: [], exceptions: [], sets: [{ kind: 'default' }], findLanguage };
const answer = (line: unknown, number = 1) =>
  reviewLine(typeof line === 'string' ? line : JSON.stringify(line), number, rules, 0);
const bad = { Image: 'a', HostConfig: { Privileged: true } };
const badPod = {
  kind: 'Pod',
  spec: { containers: [{ name: 'a', image: 'a', securityContext: { privileged: true } }] },
};

describe('a line of a batch', () => {
  it.each<[string, unknown, string]>([
    ['docker', bad, 'deny'],
    ['docker', { Image: 'a' }, 'allow'],
    ['compose', { services: { web: { image: 'a', privileged: true } } }, 'deny'],
    ['compose', { services: { web: { image: 'a' } } }, 'allow'],
    ['run', 'docker run --privileged a', 'deny'],
    ['run', ['docker', 'run', '--privileged', 'a'], 'deny'],
    ['run', 'docker run a', 'allow'],
    ['config', dockerConfig(), 'allow'],
    ['pod', badPod, 'deny'],
    ['pod', 'kind: Pod\nspec: {containers: [{name: a, image: a, securityContext: {privileged: true}}]}\n', 'deny'],
    ['docker', JSON.stringify(bad), 'deny'],
    ['config', JSON.stringify(dockerConfig()), 'allow'],
    ['compose', 'services: {web: {image: a, privileged: true}}', 'deny'],
  ])('of the form %s is answered', (form, value, outcome) => {
    const { id, outcome: decided, findings } = answer({ id: 'x', [form]: value });
    expect([id, decided]).toEqual(['x', outcome]);
    if (outcome === 'deny') expect(findings.length).toBeGreaterThan(0);
  });

  it.each([
    ['a', 'a'],
    [7, 7],
    [0, 0],
    ['', ''],
    [null, null],
    [undefined, null],
    [{}, null],
    [[1], null],
    [true, null],
  ])('is answered by its ID %j: %j', (id, told) => {
    expect(answer({ id, docker: bad }).id).toBe(told);
    expect(answer({ id }).id).toBe(told);
  });

  it('knows limits that are larger than a double can count', () => {
    const limits = '"rlimits": [{"type": "RLIMIT_CORE", "hard": 18446744073709551615, "soft": 18446744073709551615}]';
    const text = JSON.stringify(dockerConfig()).replace('"process":{', `"process":{${limits},`);
    expect(answer(`{"id": 1, "config": ${text}}`).outcome).toBe('allow');
    expect(answer({ id: 1, config: text }).outcome).toBe('allow');
  });

  it.each<[unknown, string]>([
    ['pss:privileged', 'allow'],
    [['pss:privileged'], 'allow'],
    ['pss:privileged, pss:baseline', 'deny'],
    [['pss:privileged', 'pss:baseline@1.24'], 'deny'],
    [null, 'deny'],
    [undefined, 'deny'],
    [[], 'undecided'],
  ])('names its own rules %j', (names, outcome) => {
    expect(answer({ rules: names, docker: bad }).outcome).toBe(outcome);
  });

  it.each<[string, unknown]>([
    ['no form', { id: 1 }],
    ['two forms', { docker: { Image: 'a' }, run: 'docker run a' }],
    ['a set that there is none of', { rules: 'pss:strict', docker: { Image: 'a' } }],
    ['rules that are no names', { rules: [1], docker: { Image: 'a' } }],
    ['rules in a map', { rules: {}, docker: { Image: 'a' } }],
    ['a form without a value', { docker: null }],
    ['a run of numbers', { run: [1, 2] }],
    ['a Pod in an array', { pod: [badPod] }],
    ['an array', []],
    ['a text', '"docker run a"'],
    ['nothing', ''],
    ['half of it', '{"docker": {"Image"'],
    ['a key twice', '{"docker":{"Image":"a"},"docker":{"Image":"b"}}'],
    ['a form of the prototype', '{"__proto__":{"docker":{"Image":"a"}}}'],
    ['constructor', '{"constructor":{"docker":{"Image":"a"}}}'],
    ['what is nested deep', `{"docker":{"Image":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`],
  ])('with %s is refused, and says so', (_, line) => {
    const { outcome, findings } = answer(line);
    expect(outcome).toBe('deny');
    expect(findings).toMatchObject([{ rule: 'launch/unreadable', message: expect.stringMatching(/\S/) }]);
  });

  it('that was too long to be read is refused', () => {
    expect(reviewLine(undefined, 3, rules, 0)).toMatchObject({
      id: null,
      outcome: 'deny',
      findings: [{ message: expect.stringMatching(/longer than 8 MiB/) }],
    });
  });

  it('keeps the ID of what cannot be read besides', () => {
    expect(answer({ id: 'kept', run: 'docker rn' })).toMatchObject({ id: 'kept', outcome: 'deny' });
  });

  it('is judged by the documents of the batch where it names no rules', () => {
    const none = { ...rules, sets: [parseRuleSet('pss:privileged')] };
    expect(reviewLine(JSON.stringify({ docker: bad }), 1, none, 0).outcome).toBe('allow');
  });

  it('is always answered, and never let pass without a reason to', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc
            .dictionary(fc.constantFrom('id', 'rules', 'docker', 'run', 'pod', 'compose', 'config'), fc.jsonValue())
            .map((value) => JSON.stringify(value)),
        ),
        (line) => {
          const { outcome, findings, cause } = answer(line);
          if (outcome === 'deny') expect(findings.length).toBeGreaterThan(0);
          if (outcome === 'undecided') expect(cause).toBeDefined();
        },
      ),
      { numRuns: 300 },
    );
  });
});
