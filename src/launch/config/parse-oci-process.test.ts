import { describe, expect, it } from 'vitest';
import { allCapabilities, dockerCapabilities } from '../../../test/fakes/oci-configs.ts';
import type { JsonMap } from '../json-value.ts';
import { parseOciProcess } from './parse-oci-process.ts';

const process: JsonMap = {
  user: { uid: 5, gid: 6, additionalGids: [6, 7] },
  args: ['sh', '-c', 'x'],
  env: ['A=b'],
  cwd: '/w',
  capabilities: { bounding: dockerCapabilities },
  noNewPrivileges: true,
  oomScoreAdj: 0,
};

describe('a process of runc exec', () => {
  it('is an exec that says everything itself', () => {
    expect(parseOciProcess(process, { name: 'web', labels: { a: 'b' } }).requests).toMatchObject([
      {
        form: 'config',
        action: 'exec',
        name: 'web',
        entrypoint: [],
        command: [{ value: 'sh' }, { value: '-c' }, { value: 'x', path: 'args[2]' }],
        environment: [{ name: 'A', value: 'b', path: 'env[0]' }],
        workingDirectory: { value: '/w', path: 'cwd' },
        user: { value: { uid: 5, gid: 6 } },
        groups: [{ value: '7', path: 'user.additionalGids[1]' }],
        workload: { labels: { a: 'b' } },
        security: { noNewPrivileges: { value: true, path: 'noNewPrivileges' } },
        others: [],
      },
    ]);
  });

  it.each([
    [
      'all capabilities',
      { capabilities: { effective: allCapabilities } },
      { privileged: { value: true, path: 'capabilities' } },
    ],
    ['one more', { capabilities: { bounding: ['CAP_NET_ADMIN'] } }, { capabilities: [{ value: 'NET_ADMIN' }] }],
    ['no AppArmor', { apparmorProfile: 'unconfined' }, { apparmor: { value: 'unconfined', path: 'apparmorProfile' } }],
  ])('with %s', (_, more, security) => {
    expect(parseOciProcess({ ...process, ...more }).requests[0]?.security).toMatchObject(security);
  });

  it.each([
    [{ ...process, args: [] }, /args: it names no program/],
    [{ ...process, Args: ['x'] }, /taken for "args"/],
    [{ ...process, hooks: {} }, /"hooks" is not known/],
    [null, /must be an object/],
  ])('refuses %o', (value, message) => expect(() => parseOciProcess(value)).toThrow(message));
});
