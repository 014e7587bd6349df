import { describe, expect, it } from 'vitest';
import type { LaunchPolicyDocument } from './documents/launch-policy-document.ts';
import { engineRulesOf, imageDemandsOf } from './engine-rules.ts';

const policy = (
  spec: LaunchPolicyDocument['spec'],
  mode: LaunchPolicyDocument['mode'] = 'enforce',
): LaunchPolicyDocument => ({
  apiVersion: 'portwarden/v1',
  kind: 'LaunchPolicy',
  metadata: { name: 'p' },
  mode,
  spec,
});

describe('the rules of the engines of a host', () => {
  it.each<[string, readonly LaunchPolicyDocument[], object]>([
    ['observe without a policy', [], { mode: 'observe', actions: {} }],
    [
      'observe with policies that do',
      [policy({ engine: { build: 'allow' } }, 'observe')],
      { mode: 'observe', actions: {} },
    ],
    [
      'are those of the host',
      [policy({ scope: { hosts: ['two*'] }, engine: { build: 'allow' } })],
      { mode: 'observe' },
    ],
    [
      'take what is allowed',
      [policy({ engine: { build: 'allow' } })],
      { mode: 'enforce', actions: { build: 'allow' } },
    ],
    [
      'refuse what any policy refuses',
      [policy({ engine: { build: 'refuse' } }), policy({ engine: { build: 'allow', load: 'allow' } })],
      { mode: 'enforce', actions: { build: 'refuse', load: 'allow' } },
    ],
    [
      'refuse it in any order',
      [policy({ engine: { build: 'allow' } }), policy({ engine: { build: 'refuse' } })],
      { actions: { build: 'refuse' } },
    ],
  ])('%s', (_, policies, rules) => {
    expect(engineRulesOf(policies, 'one.example')).toMatchObject(rules);
  });
});

it('the demands of an image leave everything else out, and do not let pass what was admitted before', () => {
  const full = policy({
    scope: { hosts: ['a'] },
    image: { notCertified: 'refuse' },
    privileged: 'refuse',
    exec: 'refuse',
  });
  expect(imageDemandsOf([full])[0]?.spec).toEqual({
    scope: { hosts: ['a'] },
    image: { notCertified: 'refuse' },
    restart: { admitted: 'judge' },
  });
});
