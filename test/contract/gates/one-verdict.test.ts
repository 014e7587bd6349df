import { describe, expect, it } from 'vitest';
import { type LaunchForm, launchForms } from '../../../src/model/index.ts';
import type { InputContractDocument, LaunchPolicyDocument, LaunchPolicySpec } from '../../../src/policy/index.ts';
import { openGates } from './ask-gates.ts';
import type { LaunchCase } from './case-builders.ts';
import { launchCases } from './launch-cases.ts';
import { reasonNot } from './launch-forms.ts';

const policy = (spec: LaunchPolicySpec, mode: 'enforce' | 'observe' = 'enforce'): LaunchPolicyDocument => ({
  apiVersion: 'portwarden/v1',
  kind: 'LaunchPolicy',
  metadata: { name: 'test' },
  mode,
  spec,
});
const strictSpec: LaunchPolicySpec = {
  image: { registries: ['registry.example/team/**'], notPinned: 'refuse' },
  user: { root: 'refuse', uids: ['1000-65535'] },
  capabilities: { allow: ['NET_BIND_SERVICE'] },
  selinux: { disable: 'refuse' },
  noNewPrivileges: 'require',
  readOnlyRoot: 'require',
  namespaces: { host: [], shared: [] },
  sysctls: ['net.ipv4.*'],
  runtimes: [],
  cgroupParent: 'refuse',
  hostPaths: [{ path: '/srv/data' }],
  volumesFrom: 'refuse',
  propagation: 'refuse',
  resources: { require: ['memory'], maxMemory: '1GiB' },
  ports: { host: ['8000-8999'] },
  inputs: {
    strictness: 2,
    rules: { 'input/credential': 'refuse', 'input/weak-password': 'refuse', 'input/interpreter': 'refuse' },
  },
};
const contract: InputContractDocument = {
  apiVersion: 'portwarden/v1',
  kind: 'InputContract',
  metadata: { name: 'contracted' },
  spec: { images: ['registry.example/team/contracted'], environment: { PORT: { type: 'port' } } },
};
const standard = openGates([policy({})], [contract]);
const strict = openGates([policy(strictSpec)], [contract]);
const observed = openGates([policy(strictSpec, 'observe')], [contract]);

/** What a form should show of a case by a policy, and whether it is one of its own. */
function expectedOf(asked: LaunchCase, form: LaunchForm, by: 'standard' | 'strict'): string {
  const own = asked.differs?.find((each) => each.forms.includes(form))?.[by];
  return own ?? asked[by] ?? 'allow';
}

const asked = launchCases.flatMap((each) =>
  launchForms.filter((form) => reasonNot(each, form) === undefined).map((form) => [each.name, form, each] as const),
);

describe('one request, one verdict', () => {
  it.each(asked)('%s, as %s', async (_, form, each) => {
    const [usual, strictly, told] = [
      await standard.ask(each, form),
      await strict.ask(each, form),
      await observed.ask(each, form),
    ];
    const why = [usual, strictly].map(({ verdict }) => [
      verdict.cause,
      verdict.findings.map((f) => `${f.rule} ${f.path}: ${f.evidence}`),
    ]);
    expect([usual.told, strictly.told], JSON.stringify(why)).toEqual([
      expectedOf(each, form, 'standard'),
      expectedOf(each, form, 'strict'),
    ]);
    for (const { told: said, isLetThrough } of [usual, strictly]) expect(isLetThrough).toBe(said.startsWith('allow'));
    // What observes refuses nothing, and tells of the same rules.
    if (form !== 'run' || strictly.told !== 'deny launch/unreadable')
      expect([told.told, told.isLetThrough]).toEqual(['allow', true]);
    const rules = new Set(told.verdict.findings.map(({ rule }) => rule));
    for (const rule of strictly.told.split(' ').slice(1)) expect([...rules]).toContain(rule);
  });

  it.each(asked)('%s, as %s in a review', async (_, form, each) => {
    const answer = strict.review(each, form);
    // A review sees no host: neither IDs of images, nor of which image a config.json is.
    if (form === 'config' || each.differs?.some(({ forms }) => forms.includes(form))) return;
    const { isLetThrough } = await strict.ask(each, form);
    expect([answer.id, answer.outcome === 'allow']).toEqual([1, isLetThrough]);
  });
});

describe('the table', () => {
  it('has cases by unique names, most of them in every form', () => {
    expect(new Set(launchCases.map(({ name }) => name)).size).toBe(launchCases.length);
    expect(launchCases.length).toBeGreaterThanOrEqual(50);
    for (const form of launchForms) expect(asked.filter(([, each]) => each === form).length).toBeGreaterThan(40);
  });

  it('gives a reason for each difference, and none that is not one', () => {
    for (const each of launchCases) {
      const forms = (each.differs ?? []).flatMap((difference) => difference.forms);
      expect(new Set(forms).size, each.name).toBe(forms.length);
      for (const { why, ...said } of each.differs ?? []) {
        expect(why.length, each.name).toBeGreaterThan(10);
        const isOne = (by: 'standard' | 'strict') => said[by] !== undefined && said[by] !== (each[by] ?? 'allow');
        expect(isOne('standard') || isOne('strict'), each.name).toBe(true);
      }
      expect(launchForms.filter((form) => reasonNot(each, form) === undefined).length, each.name).toBeGreaterThan(1);
    }
  });
});
