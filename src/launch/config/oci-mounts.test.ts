import { describe, expect, it } from 'vitest';
import {
  bind,
  containerdConfig,
  containerId,
  dockerConfig,
  dockerRoot,
  podmanConfig,
  podmanRoot,
} from '../../../test/fakes/oci-configs.ts';
import type { LaunchRequest } from '../../model/index.ts';
import type { JsonMap, JsonValue } from '../json-value.ts';
import { parseStrictJson } from '../strict-json.ts';
import type { OciOptions } from './oci-options.ts';
import { parseOciConfig } from './parse-oci-config.ts';

function parse(config: JsonValue, options?: OciOptions): LaunchRequest {
  const [request] = parseOciConfig(parseStrictJson(JSON.stringify(config)), options).requests;
  if (!request) throw new Error('there is no request');
  return request;
}

describe('mounts', () => {
  const own = `${dockerRoot}/containers/${containerId}`;
  const asked = (source: string, target: string) => ({ type: 'bind', source, target, readOnly: false });
  it.each([
    [
      'a bind',
      bind('/etc', '/x', 'ro', 'rshared'),
      [{ type: 'bind', source: '/etc', target: '/x', readOnly: true, propagation: 'shared' }],
    ],
    [
      'a bind that says another type',
      { destination: '/x', type: 'tmpfs', source: '/etc', options: ['bind'] },
      [asked('/etc', '/x')],
    ],
    [
      'a bind without a type',
      { destination: 'x/../y/', source: '/etc', options: ['rbind', 'ro', 'rw'] },
      [asked('/etc', '/y')],
    ],
    [
      'a tmpfs',
      { destination: '/t', type: 'tmpfs', source: 'tmpfs', options: ['ro'] },
      [{ type: 'tmpfs', target: '/t', readOnly: true }],
    ],
    [
      'another file system',
      { destination: '/t', type: 'overlay', source: 'o', options: [] },
      [{ type: 'other', kind: 'overlay', source: 'o', target: '/t', readOnly: false }],
    ],
    [
      '/proc somewhere else',
      { destination: '/p', type: 'proc', source: 'proc' },
      [{ type: 'other', kind: 'proc', source: 'proc', target: '/p', readOnly: false }],
    ],
    ['the host\u2019s /proc in its place', bind('/proc', '/proc'), [asked('/proc', '/proc')]],
    [
      'a volume',
      bind(`${dockerRoot}/volumes/v.1/_data`, '/v'),
      [{ type: 'volume', source: 'v.1', target: '/v', readOnly: false }],
    ],
    [
      'a path behind a volume',
      bind(`${dockerRoot}/volumes/v/_data/../../..`, '/v'),
      [asked(`${dockerRoot}/volumes/v/_data/../../..`, '/v')],
    ],
    ['what only looks like a volume', bind('/home/u/volumes/v/_data', '/v'), [asked('/home/u/volumes/v/_data', '/v')]],
    ['the folder of all volumes', bind(`${dockerRoot}/volumes`, '/v'), [asked(`${dockerRoot}/volumes`, '/v')]],
    [
      'a file of another container',
      bind(`${dockerRoot}/containers/${'f'.repeat(64)}/hosts`, '/etc/hosts'),
      [asked(`${dockerRoot}/containers/${'f'.repeat(64)}/hosts`, '/etc/hosts')],
    ],
    [
      'a path that leads out of its own folder',
      bind(`${own}/../../../../../etc/shadow`, '/etc/hosts'),
      [asked(`${own}/../../../../../etc/shadow`, '/etc/hosts')],
    ],
    [
      'a secret of swarm',
      bind(`${own}/mounts/secrets/s1`, '/run/secrets/key', 'ro'),
      [{ type: 'secret', source: 'mounts/secrets/s1', target: '/run/secrets/key', readOnly: true }],
    ],
    ['memory that others may share', bind(`${own}/mounts/shm`, '/dev/shm'), []],
    ['the engine\u2019s init', bind('/usr/libexec/docker/docker-init', '/sbin/docker-init', 'ro'), []],
    [
      'another init',
      bind('/home/u/docker-init', '/sbin/docker-init', 'ro'),
      [{ type: 'bind', source: '/home/u/docker-init', target: '/sbin/docker-init', readOnly: true }],
    ],
    ['the host\u2019s own names', bind('/etc/hosts', '/etc/hosts', 'ro'), []],
    ['the host\u2019s own names to write', bind('/etc/hosts', '/etc/hosts'), [asked('/etc/hosts', '/etc/hosts')]],
    ['the host\u2019s memory', bind('/dev/shm', '/dev/shm'), [asked('/dev/shm', '/dev/shm')]],
  ] as [string, JsonMap, JsonMap[]][])('%s', (_, mount, expected) => {
    const mounts = parse(dockerConfig({ mounts: [mount] })).mounts.map(({ path: _path, ...rest }) => rest);
    expect(mounts).toEqual(expected);
  });

  it('the host\u2019s memory comes with its IPC namespace', () => {
    const namespaces = ['mount', 'network', 'uts', 'pid'].map((type) => ({ type }));
    const config = dockerConfig({ mounts: [bind('/dev/shm', '/dev/shm')], linux: { namespaces } });
    expect(parse(config).mounts).toEqual([]);
  });

  it('podman\u2019s volumes are known by its own folder', () => {
    const config = podmanConfig({ mounts: [bind(`${podmanRoot}/volumes/v/_data`, '/v')] });
    expect(parse(config).mounts).toMatchObject([{ type: 'volume', source: 'v' }]);
  });

  const sharing = ['mount', 'uts', 'pid', 'ipc'].map((type): JsonMap => ({ type }));
  it.each([
    ['its network', [...sharing, { type: 'network', path: '/proc/7/ns/net' }], 0],
    ['no namespace', [...sharing, { type: 'network' }], 1],
  ])('files of names of another container come with %s', (_, namespaces, count) => {
    const file = bind(`${dockerRoot}/containers/${'f'.repeat(64)}/hosts`, '/etc/hosts');
    const config = dockerConfig({ linux: { namespaces }, mounts: [file] });
    expect(parse(config).mounts).toHaveLength(count);
  });

  it('docker\u2019s volumes are known by the root too, which its users cannot choose', () => {
    const file = `${dockerRoot}/containers/${'f'.repeat(64)}/hosts`;
    const linux = { namespaces: [...sharing, { type: 'network', path: '/proc/7/ns/net' }] };
    const config = dockerConfig({ linux });
    const mounts = [bind(file, '/etc/hosts'), bind(`${dockerRoot}/volumes/v/_data`, '/v')];
    expect(parse({ ...config, mounts }, { engine: 'docker' }).mounts).toMatchObject([{ type: 'volume', source: 'v' }]);
    expect(parse({ ...config, mounts }, { engine: 'podman' }).mounts).toHaveLength(2);
  });

  it('the host\u2019s /sys, to read, is what a user namespace gets that shares the network', () => {
    const sys = bind('/sys', '/sys', 'ro');
    const namespaces = [...sharing, { type: 'user' }];
    expect(parse(dockerConfig({ linux: { namespaces }, mounts: [sys] })).mounts).toEqual([]);
    expect(parse(dockerConfig({ linux: { namespaces: sharing }, mounts: [sys] })).mounts).toHaveLength(1);
    expect(parse(dockerConfig({ linux: { namespaces }, mounts: [bind('/sys', '/sys')] })).mounts).toHaveLength(1);
  });

  it('an ID that whoever starts it may choose proves nothing', () => {
    const config = dockerConfig({ mounts: [bind(`${dockerRoot}/volumes/v/_data`, '/v')] });
    expect(parse(config, { engine: 'containerd' }).mounts).toHaveLength(4);
    expect(parse(config, { id: 'f'.repeat(64) }).mounts).toHaveLength(4);
  });

  const pod = '/var/lib/kubelet/pods/0a1b2c3d-0000-1111-2222-333344445555';
  it.each([
    [`${pod}/etc-hosts`, '/etc/hosts', undefined],
    [`${pod}/containers/web/0123`, '/dev/termination-log', undefined],
    [
      `${pod}/volumes/kubernetes.io~projected/kube-api-access-x`,
      '/var/run/secrets/kubernetes.io/serviceaccount',
      'secret',
    ],
    [`${pod}/volumes/kubernetes.io~configmap/c`, '/c', 'config'],
    [`${pod}/volumes/kubernetes.io~empty-dir/e`, '/e', 'volume'],
    [`${pod}/plugins`, '/p', 'bind'],
    ['/run/containerd/io.containerd.grpc.v1.cri/sandboxes/s1/resolv.conf', '/etc/resolv.conf', undefined],
    ['/run/containerd/io.containerd.grpc.v1.cri/sandboxes/s2/resolv.conf', '/etc/resolv.conf', 'bind'],
  ])('of kubelet: %s', (source, target, type) => {
    const annotations = { 'io.kubernetes.cri.sandbox-id': 's1' };
    const config = containerdConfig({ mounts: [bind(source, target)], annotations });
    expect(parse(config, { engine: 'cri' }).mounts.map((mount) => mount.type)).toEqual(
      type === undefined ? [] : [type],
    );
    expect(parse(config, { engine: 'docker' }).mounts.map((mount) => mount.type)).toEqual(['bind']);
  });
});
