import { describe, expect, it } from 'vitest';
import { judge, mounted, told, volume } from '../../../test/fakes/launch-facts.ts';
import { classifyHostPath, compileHostPath, formatHostPath, isAtOrBelow } from './host-path.ts';

const engine = 'deny launch/engine-socket';

describe('a path of the host', () => {
  it.each([
    ['/srv//data/./x/', '/srv/data/x'],
    ['/srv/data/../x', '/srv/x'],
    ['/../../etc', '/etc'],
    ['/var/run/docker.sock', '/run/docker.sock'],
    ['/proc/1/root/srv', '/srv'],
    ['/proc/self/task/1/root/proc/2/root/srv', '/srv'],
    ['/', '/'],
    ['//', '/'],
  ])('%s is %s', (text, plain) => {
    const path = compileHostPath(text);
    expect(path && formatHostPath(path)).toBe(plain);
  });

  it.each(['srv', './srv', '~/srv', '', 'C:\\'])('%j is not absolute', (text) =>
    expect(compileHostPath(text)).toBeUndefined(),
  );

  it.each([
    ['/srv/data', '/srv/data', true],
    ['/srv/data/x', '/srv/data', true],
    ['/srv/data2', '/srv/data', false],
    ['/srv', '/srv/data', false],
  ])('%s is at or below %s: %s', (path, place, holds) => {
    const parts = (text: string) => compileHostPath(text)?.parts ?? [];
    expect(isAtOrBelow(parts(path), parts(place))).toBe(holds);
  });

  it.each([
    ['/usr/share/zoneinfo', true, 'other'],
    ['/usr/share/zoneinfo', false, 'system'],
    ['/etc/localtime', true, 'other'],
    ['/etc', true, 'engine'],
    ['/etc/shadow', true, 'system'],
    ['/sys/fs/cgroup', true, 'system'],
    ['/run/user', false, 'engine'],
    ['/run/user/1000', false, 'engine'],
    ['/run/user/1000/pulse', false, 'other'],
    ['/home', false, 'other'],
    ['/home/a/.local/share/docker/x', false, 'engine'],
    ['/var/libx', false, 'other'],
  ])('%s, read-only %s: %s', (text, readOnly, kind) => {
    expect(classifyHostPath(compileHostPath(text) as never, readOnly)).toBe(kind);
  });
});

describe('an engine that somebody wants to reach', () => {
  it.each([
    '/',
    '//',
    '/.',
    '/run',
    '/run/',
    '//run',
    '/var/run',
    '/var',
    '/var/lib',
    '/run/docker.sock',
    '/run/docker.sock/',
    '/var/run/../run/docker.sock',
    '/etc/../run/docker.sock',
    '/srv/../../../run/docker.sock',
    '/RUN/Docker.Sock',
    '/proc/1/root/run/docker.sock',
    '/proc/self/root',
    '/run/containerd/containerd.sock',
    '/run/podman/podman.sock',
    '/run/crio/crio.sock',
    '/run/user/1000/docker.sock',
    '/run/portwarden/agent.sock',
    '/run/docker/plugins',
    '/var/lib/docker/overlay2',
    '/var/lib/containerd',
    '/var/lib/kubelet',
    '/anywhere/else/docker.sock',
    '~/.docker/run/docker.sock',
    '../../run/docker.sock',
  ])('by %s', (source) => {
    expect(told(judge({}, mounted(source)))).toBe(engine);
    // No list of paths lets it in, and reading is enough to speak to a socket.
    const open = { hostPaths: [{ path: '/run' }, { path: '/var' }, { path: '/srv' }, { path: '/proc' }] };
    expect(told(judge(open, mounted(source, { readOnly: true })))).toBe(engine);
    expect(told(judge({ engineSockets: 'allow' }, mounted(source)))).not.toContain('engine-socket');
  });

  it('by a symlink, where a gate could look', () => {
    expect(told(judge({}, mounted('/srv/data', { resolved: '/run' })))).toBe(engine);
    expect(told(judge({ hostPaths: [{ path: '/srv' }] }, mounted('/run', { resolved: '/srv/run' })))).toBe(engine);
  });

  it('wherever a gate on the host knows that the engine lies', () => {
    expect(told(judge({ hostPaths: [{ path: '/srv' }] }, mounted('/srv/engine', { isEngine: true })))).toBe(engine);
  });

  it('by a volume', () => {
    const asked = volume({ type: 'none', o: 'bind', device: '/run' });
    expect(told(judge({}, asked))).toBe('deny launch/engine-socket launch/volume-driver');
    expect(told(judge({ volumes: { disguised: 'allow' } }, asked))).toBe(engine);
  });

  it('by who knows where', () => {
    expect(told(judge({}, mounted('../..')))).toBe('undecided (launch/host-path)');
  });
});

describe('a list of paths', () => {
  const list = { hostPaths: [{ path: '/srv/data' }, { path: '/etc/ssl', readOnly: true }, { path: '/home/*/www' }] };
  it.each<readonly [string, Parameters<typeof mounted>[1], string]>([
    ['/srv/data', {}, 'allow'],
    ['/srv/data/', {}, 'allow'],
    ['/srv//data/x', {}, 'allow'],
    ['/srv/data2', {}, 'deny launch/host-path'],
    ['/srv', {}, 'deny launch/host-path'],
    ['/SRV/data', {}, 'deny launch/host-path'],
    ['/srv/data/../data', {}, 'deny launch/host-path'],
    ['/srv/data/../other', {}, 'deny launch/host-path'],
    ['/srv/data/../data', { resolved: '/srv/data' }, 'allow'],
    ['/srv/data', { resolved: '/srv/other' }, 'deny launch/host-path'],
    ['/srv/other', { resolved: '/srv/data/x' }, 'allow'],
    ['/proc/1/root/srv/data', {}, 'deny launch/host-path'],
    ['/etc/ssl/certs', { readOnly: true }, 'allow'],
    ['/etc/ssl/certs', { readOnly: false }, 'deny launch/host-path'],
    ['/home/a/www/x', {}, 'allow'],
    ['/home/a/b/www', {}, 'deny launch/host-path'],
    ['./data', {}, 'undecided'],
    ['./data', { resolved: '/srv/data/x' }, 'allow'],
  ])('has %s, %j: %s', (source, more, expected) => expect(told(judge(list, mounted(source, more)))).toBe(expected));
});

describe('without a list', () => {
  it.each<readonly [string, boolean, string]>([
    ['/srv/data', false, 'allow (launch/host-path)'],
    ['/etc/localtime', true, 'allow (launch/host-path)'],
    ['/etc/cron.d', false, 'deny launch/host-path'],
    ['/proc', true, 'deny launch/host-path'],
    ['/sys', true, 'deny launch/host-path'],
    ['/dev', true, 'deny launch/host-path'],
    ['/root/.ssh', true, 'deny launch/host-path'],
    ['/boot', true, 'deny launch/host-path'],
    ['/etc/shadow', true, 'deny launch/host-path'],
  ])('%s, read-only %s: %s', (source, readOnly, expected) =>
    expect(told(judge({}, mounted(source, { readOnly })))).toBe(expected),
  );
});

describe('a file system of the kernel', () => {
  it.each([
    ['proc', false, 'deny launch/host-path'],
    ['sysfs', true, 'deny launch/host-path'],
    ['nfs', false, 'allow'],
  ])('%s, read-only %s: %s', (kind, readOnly, expected) => {
    const mount = { type: 'other' as const, path: 'm', target: '/x', source: kind, kind, readOnly };
    expect(told(judge({ hostPaths: [{ path: '/srv' }] }, { mounts: [mount] }))).toBe(expected);
  });
});
