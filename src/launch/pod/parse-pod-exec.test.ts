import { describe, expect, it } from 'vitest';
import { parsePodExec } from './parse-pod-exec.ts';

const pod = { name: 'web', namespace: 'shop' };
const exec = { kind: 'PodExecOptions', apiVersion: 'v1', stdin: true, container: 'app', command: ['sh', '-c', 'id'] };

describe('parsePodExec', () => {
  it('reads a process in a container', () => {
    const { requests, pod: security } = parsePodExec(exec, pod);
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({
      action: 'exec',
      name: 'app',
      workload: { kind: 'Pod', name: 'web', namespace: 'shop' },
      entrypoint: [
        { value: 'sh', path: 'command[0]' },
        { value: '-c', path: 'command[1]' },
        { value: 'id', path: 'command[2]' },
      ],
      others: [],
    });
    expect(requests[0]?.image).toBeUndefined();
    expect(security).toBeUndefined();
  });

  it('tells what is no process: to attach, and what nobody knows', () => {
    const { requests } = parsePodExec({ kind: 'PodAttachOptions', user: 'root' }, pod);
    expect(requests[0]?.entrypoint).toBeUndefined();
    expect(requests[0]?.others.map(({ name }) => name)).toEqual(['user', 'attach']);
  });

  it.each<readonly [what: string, value: unknown, path: string]>([
    ['no object', null, ''],
    ['no kind', { command: ['id'] }, 'kind'],
    ['another kind', { kind: 'PodPortForwardOptions' }, 'kind'],
    ['no command', { kind: 'PodExecOptions', command: [] }, 'command'],
    ['a text for a command', { ...exec, command: 'id' }, 'command'],
    ['another case', { ...exec, Command: ['id'] }, 'Command'],
    ['a number for a flag', { ...exec, stdin: 1 }, 'stdin'],
  ])('refuses %s', (_, value, path) => {
    expect(() => parsePodExec(value, pod)).toThrow(expect.objectContaining({ code: 'bad-launch', path }));
  });
});
