import { describe, expect, it } from 'vitest';
import { allow, fakeLaunches, unless } from '../../../test/fakes/scripted-launches.ts';
import { silentLog } from '../../base/index.ts';
import type { LaunchDecider } from '../../service/index.ts';
import { compileExecProcess } from './exec-process.ts';
import { refusalOfUpdate } from './judge-update.ts';
import type { RuntimeCall } from './runtime-call.ts';
import { createRuntimeGate } from './runtime-gate.ts';

const config = {
  ociVersion: '1.0.2',
  process: { user: { uid: 0, gid: 0 }, args: ['sh'], cwd: '/', capabilities: {} },
  root: { path: 'rootfs' },
  linux: { namespaces: ['pid', 'network', 'ipc', 'uts', 'mount', 'cgroup'].map((type) => ({ type })) },
};
const call = (change: Partial<RuntimeCall> = {}, file: unknown = config): RuntimeCall => ({
  ...{ command: 'create', id: 'pilot', options: [], args: [], root: '', bundle: '/b', dataRoot: '/d' },
  ...(file === null ? {} : { file: Buffer.from(JSON.stringify(file)) }),
  ...change,
});
const gateOf = (launches: LaunchDecider) =>
  createRuntimeGate({
    ...{ launches, host: 'h1', log: silentLog },
    identify: async () => ({ name: 'web', image: { value: 'app', path: '' }, labels: { team: 'a' } }),
  });

describe('the runtime gate', () => {
  it('asks with what the engine knows', async () => {
    const launches = fakeLaunches();
    expect(await gateOf(launches).judge(call())).toEqual({ outcome: 'allow', message: '' });
    expect(launches.asked).toMatchObject([
      {
        ...{ gate: 'runtime', host: 'h1' },
        set: {
          form: 'config',
          requests: [{ name: 'web', image: { value: 'app' }, workload: { labels: { team: 'a' } } }],
        },
      },
    ]);
  });

  it('denies what is undecided, in one printable line', async () => {
    const launches = fakeLaunches(unless(() => 'no:\n\u001b[2Jthe \u202efeed is away'));
    expect(await gateOf(launches).judge(call())).toEqual({
      outcome: 'deny',
      message: 'not decided: no: [2Jthe  feed is away',
    });
  });

  it.each(['create', 'run', 'restore', 'exec', 'update'] as const)(
    '%s: has what cannot be read recorded',
    async (command) => {
      const launches = fakeLaunches();
      const { outcome } = await gateOf(launches).judge(call({ command }, { surprise: [1] }));
      expect([outcome, launches.refused.length, launches.asked.length]).toEqual(['deny', 1, 0]);
    },
  );

  it('lets pass what cannot be read where policies only observe, but not what is no call', async () => {
    const observing = { ...fakeLaunches(), refuse: async () => ({ id: 'd1', verdict: allow(), message: '' }) };
    expect((await gateOf(observing).judge(call({}, []))).outcome).toBe('allow');
    expect((await gateOf(observing).refuse('x')).outcome).toBe('deny');
  });

  it('denies where nobody can decide', async () => {
    const fail = () => Promise.reject(new Error('the store is away'));
    const gate = gateOf({ decide: fail, refuse: fail });
    expect((await gate.judge(call())).outcome).toBe('deny');
    expect(await gate.judge(call({}, []))).toEqual({
      outcome: 'deny',
      message: expect.stringContaining('cannot be decided'),
    });
    expect((await gate.refuse('x')).outcome).toBe('deny');
  });

  it('allows no creation without a configuration', async () => {
    const without = call({}, null);
    expect((await gateOf(fakeLaunches()).judge(without)).outcome).toBe('deny');
  });
});

describe('an exec without a file', () => {
  it('is what its options say', async () => {
    const launches = fakeLaunches();
    const options = [
      ...[
        ['user', '1000:1001'],
        ['cap', 'CAP_NET_RAW'],
        ['env', 'A=1'],
        ['no-new-privs', ''],
      ],
    ] as unknown as RuntimeCall['options'];
    const exec = call({ command: 'exec', options, args: ['sh', '-c', 'x'] }, null);
    await gateOf(launches).judge(exec);
    expect(launches.asked[0]?.set.requests[0]).toMatchObject({
      ...{ action: 'exec', name: 'web', user: { value: { uid: 1000, gid: 1001 } } },
      command: [{ value: 'sh' }, { value: '-c' }, { value: 'x' }],
      environment: [{ name: 'A', value: '1' }],
      security: { capabilities: [{ value: 'NET_RAW' }], noNewPrivileges: { value: true } },
    });
  });

  it('by a name that only the container knows is refused', async () => {
    const exec = call({ command: 'exec', options: [['user', 'www-data']], args: ['sh'] }, null);
    expect((await gateOf(fakeLaunches()).judge(exec)).outcome).toBe('deny');
  });

  it('takes the last of an option', () => {
    const options = [
      ['cwd', '/a'],
      ['cwd', '/b'],
      ['no-new-privs', ''],
      ['no-new-privs', 'false'],
    ] as const;
    expect(compileExecProcess({ options, args: [] })).toEqual({ args: [], env: [], cwd: '/b' });
  });
});

describe('refusalOfUpdate', () => {
  it.each([
    ['{"memory":{"limit":1},"cpu":{},"pids":{},"blockIO":null,"hugepageLimits":[],"devices":[]}', undefined],
    ['{}', undefined],
    ['{"devices":[{}]}', 'devices'],
    ['{"network":{}}', 'network'],
    ['[]', 'no object'],
    ['null', 'no object'],
  ])('%s', (text, reason) => {
    const refusal = refusalOfUpdate(Buffer.from(text));
    if (reason === undefined) expect(refusal).toBeUndefined();
    else expect(refusal).toContain(reason);
  });

  it.each(['{"memory":{},"Memory":{}}', '{"memory":1}{}', '{'])('reads nothing but one object: %s', (text) => {
    expect(refusalOfUpdate(Buffer.from(text))).toMatch(/^resources: /);
  });
});
