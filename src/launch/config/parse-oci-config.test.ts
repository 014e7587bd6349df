import { describe, expect, it } from 'vitest';
import {
  containerdConfig,
  containerId,
  denyAll,
  dockerConfig,
  type OciParts,
} from '../../../test/fakes/oci-configs.ts';
import type { LaunchRequest } from '../../model/index.ts';
import type { JsonValue } from '../json-value.ts';
import { LaunchError } from '../launch-error.ts';
import { parseStrictJson } from '../strict-json.ts';
import type { OciOptions } from './oci-options.ts';
import { parseOciConfig } from './parse-oci-config.ts';

function parse(config: JsonValue, options?: OciOptions): LaunchRequest {
  const [request] = parseOciConfig(parseStrictJson(JSON.stringify(config)), options).requests;
  if (!request) throw new Error('there is no request');
  return request;
}
const plain = parse(dockerConfig());
const docker = (parts: OciParts): Partial<LaunchRequest> => {
  const request = parse(dockerConfig(parts));
  const changed = (Object.keys(request) as (keyof LaunchRequest)[]).filter(
    (key) => JSON.stringify(request[key]) !== JSON.stringify(plain[key]),
  );
  return Object.fromEntries(changed.map((key) => [key, request[key]]));
};

describe('what was asked', () => {
  const seccomp = { value: 'profile', path: 'linux.seccomp' } as const;
  it.each<[string, OciParts, Partial<LaunchRequest>]>([
    [
      'another user and groups',
      { process: { user: { uid: 1000, gid: 7, additionalGids: [7, 0, 5] } } },
      {
        user: { value: { text: '1000:7', uid: 1000, gid: 7 }, path: 'process.user' },
        groups: [
          { value: '0', path: 'process.user.additionalGids[1]' },
          { value: '5', path: 'process.user.additionalGids[2]' },
        ],
      },
    ],
    [
      'a capability, in the ambient set alone',
      { process: { capabilities: { ambient: ['CAP_SYS_ADMIN'] } } },
      { security: { capabilities: [{ value: 'SYS_ADMIN', path: 'process.capabilities.ambient[0]' }], seccomp } },
    ],
    ['no capability', { process: { capabilities: null } }, { security: { capabilities: [], seccomp } }],
    [
      'no new privileges',
      { process: { noNewPrivileges: true } },
      { security: { noNewPrivileges: { value: true, path: 'process.noNewPrivileges' }, seccomp } },
    ],
    ['the engine\u2019s AppArmor profile', { process: { apparmorProfile: 'docker-default' } }, {}],
    [
      'no AppArmor profile',
      { process: { apparmorProfile: 'unconfined' } },
      { security: { apparmor: { value: 'unconfined', path: 'process.apparmorProfile' }, seccomp } },
    ],
    ['the engine\u2019s SELinux type', { process: { selinuxLabel: 'system_u:system_r:container_t:s0:c1,c2' } }, {}],
    [
      'another SELinux type',
      { process: { selinuxLabel: 'u:r:spc_t:s0' } },
      { security: { selinux: { value: 'u:r:spc_t:s0', path: 'process.selinuxLabel' }, seccomp } },
    ],
    [
      'a root to read',
      { root: { path: '/var/lib/docker/overlay2/1/merged', readonly: true } },
      { security: { readOnlyRoot: { value: true, path: 'root.readonly' }, seccomp } },
    ],
    [
      'no seccomp',
      { linux: { seccomp: null } },
      { security: { seccomp: { value: 'unconfined', path: 'linux.seccomp' } } },
    ],
    [
      'a seccomp profile that refuses nothing',
      { linux: { seccomp: { defaultAction: 'SCMP_ACT_ALLOW' } } },
      { security: { seccomp: { value: 'unconfined', path: 'linux.seccomp' } } },
    ],
    [
      'who listens to seccomp',
      { linux: { seccomp: { defaultAction: 'SCMP_ACT_ERRNO', listenerPath: '/x' } } },
      { others: [{ name: 'listenerPath', value: '/x', path: 'linux.seccomp.listenerPath' }] },
    ],
    [
      'paths that are not read-only',
      { linux: { readonlyPaths: null } },
      {
        security: {
          seccomp,
          unmasked: { value: '/proc/bus /proc/fs /proc/irq /proc/sys /proc/sysrq-trigger', path: 'linux.maskedPaths' },
        },
      },
    ],
    [
      'a file system of the kernel to write',
      { mounts: [{ destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['rw'] }] },
      { security: { seccomp, unmasked: { value: '/sys', path: 'linux.maskedPaths' } } },
    ],
    [
      'namespaces of the host',
      { linux: { namespaces: [{ type: 'mount' }, { type: 'ipc', path: '/proc/1/ns/ipc' }, { type: 'uts' }] } },
      {
        namespaces: [
          { kind: 'ipc', path: 'linux.namespaces[1].path', mode: 'host' },
          { kind: 'pid', path: 'linux.namespaces', mode: 'host' },
          { kind: 'network', path: 'linux.namespaces', mode: 'host' },
        ],
      },
    ],
    [
      'namespaces of others',
      {
        linux: {
          namespaces: [
            { type: 'mount' },
            { type: 'uts' },
            { type: 'ipc' },
            { type: 'pid', path: '/proc/77/ns/pid' },
            { type: 'network', path: '/var/run/docker/netns/default' },
            { type: 'time', path: '/proc/77/ns/time' },
          ],
        },
      },
      {
        namespaces: [
          { kind: 'pid', path: 'linux.namespaces[3].path', mode: 'shared', target: '/proc/77/ns/pid' },
          {
            kind: 'network',
            path: 'linux.namespaces[4].path',
            mode: 'shared',
            target: '/var/run/docker/netns/default',
          },
        ],
        others: [{ name: 'namespace time', value: '/proc/77/ns/time', path: 'linux.namespaces[5].path' }],
      },
    ],
    [
      'a network that the engine made for it, and no mount namespace',
      {
        linux: {
          namespaces: [
            { type: 'network', path: '/run/docker/netns/0123456789ab' },
            ...['pid', 'ipc', 'uts'].map((type) => ({ type })),
          ],
        },
      },
      { others: [{ name: 'namespace mount', value: 'host', path: 'linux.namespaces' }] },
    ],
    [
      'a device',
      {
        linux: {
          devices: [
            { path: '/dev/fuse', type: 'c', major: 10, minor: 229 },
            { path: '/dev/null', type: 'c', major: 1, minor: 3 },
            { path: '/dev/ram', type: 'b', major: 1, minor: 3 },
          ],
          resources: {
            devices: [
              denyAll,
              { allow: true, type: 'c', major: 10, minor: 229, access: 'rw' },
              { allow: true, type: 'b', major: 8, access: 'rwm' },
            ],
          },
        },
      },
      {
        devices: [
          { path: 'linux.devices[0]', device: '/dev/fuse', kind: 'path', permissions: 'rw' },
          { path: 'linux.devices[2]', device: '/dev/ram', kind: 'path' },
          { path: 'linux.resources.devices[2]', device: 'b 8:* rwm', kind: 'cgroup-rule', permissions: 'rwm' },
        ],
      },
    ],
    [
      'rules that were taken back',
      { linux: { resources: { devices: [{ allow: true, access: 'rwm' }, denyAll] } } },
      {},
    ],
    [
      'every device, which nothing takes back',
      { linux: { resources: { devices: [denyAll, { allow: true, type: 'a', major: -1, minor: -1 }] } } },
      {
        devices: [{ path: 'linux.resources.devices[1]', device: 'a *:* rwm', kind: 'cgroup-rule', permissions: 'rwm' }],
      },
    ],
    [
      'a sysctl',
      { linux: { sysctl: { 'net.ipv4.ping_group_range': '0 1', 'kernel.msgmax': '1' } } },
      { sysctls: [{ name: 'kernel.msgmax', value: '1', path: 'linux.sysctl["kernel.msgmax"]' }] },
    ],
    [
      'limits',
      {
        linux: {
          resources: {
            devices: [denyAll],
            memory: { limit: 64 },
            cpu: { quota: 150_000, period: 100_000 },
            pids: { limit: 9 },
          },
        },
      },
      {
        resources: {
          memoryBytes: { value: 64, path: 'linux.resources.memory.limit' },
          cpus: { value: 1.5, path: 'linux.resources.cpu.quota' },
          pids: { value: 9, path: 'linux.resources.pids.limit' },
        },
      },
    ],
    [
      'limits that are none',
      { linux: { resources: { memory: { limit: -1 }, cpu: { quota: -1 }, pids: { limit: -1 } } } },
      {},
    ],
    [
      'another cgroup',
      { linux: { cgroupsPath: `/mine/${containerId}` } },
      { cgroupParent: { value: `/mine/${containerId}`, path: 'linux.cgroupsPath' } },
    ],
    [
      'hooks',
      {
        hooks: {
          prestart: [
            { path: '/usr/bin/x', args: ['x', 'y'] },
            { path: '/proc/1/exe', args: ['libnetwork-setkey', '-exec-root=/x', 'f'.repeat(64), 'a'] },
          ],
          poststop: [{ path: '/z' }],
        },
      },
      {
        others: [
          { name: 'hook prestart', value: '/usr/bin/x y', path: 'hooks.prestart[0]' },
          { name: 'hook prestart', value: `/proc/1/exe -exec-root=/x ${'f'.repeat(64)} a`, path: 'hooks.prestart[1]' },
          { name: 'hook poststop', value: '/z', path: 'hooks.poststop[0]' },
        ],
      },
    ],
    [
      'an order to a runtime',
      { annotations: { 'run.oci.handler': 'krun' } },
      { others: [{ name: 'annotation run.oci.handler', value: 'krun', path: 'annotations["run.oci.handler"]' }] },
    ],
    [
      'how podman has systemd end it, and more than that',
      {
        annotations: {
          'org.systemd.property.KillSignal': '15',
          'org.systemd.property.TimeoutStopUSec': "uint64 10000000; 'x'",
          'org.systemd.property.ExecStopPost': '15',
        },
      },
      {
        others: ['TimeoutStopUSec', 'ExecStopPost'].map((property) =>
          expect.objectContaining({ name: `annotation org.systemd.property.${property}` }),
        ),
      },
    ],
    [
      'mounts that the host sees',
      { linux: { rootfsPropagation: 'rshared' } },
      { others: [{ name: 'rootfsPropagation', value: 'rshared', path: 'linux.rootfsPropagation' }] },
    ],
    ['rlimits', { process: { rlimits: [{ type: 'RLIMIT_NOFILE', hard: 1, soft: 1 }] } }, {}],
    [
      'a root in a folder of somebody else',
      { root: { path: '/home/u/overlay2/1/merged' } },
      { others: [{ name: 'root', value: '/home/u/overlay2/1/merged', path: 'root.path' }] },
    ],
    [
      'a root that somebody named',
      { root: { path: '/' } },
      { others: [{ name: 'root', value: '/', path: 'root.path' }] },
    ],
    [
      'a root that leads out',
      { root: { path: '/x/overlay2/../..' } },
      { others: [{ name: 'root', value: '/x/overlay2/../..', path: 'root.path' }] },
    ],
    [
      'a root that is the bundle\u2019s parent',
      { root: { path: '..' } },
      { others: [{ name: 'root', value: '..', path: 'root.path' }] },
    ],
    ['no root', { root: null }, { others: [{ name: 'root', value: '', path: 'root' }] }],
    [
      'another system',
      { vm: { kernel: { path: '/k' } } },
      { others: [{ name: 'vm', value: '{"kernel":{"path":"/k"}}', path: 'vm' }] },
    ],
  ])('%s', (_, parts, expected) => {
    expect(docker(parts)).toEqual(expected);
  });

  it.each<[OciOptions, number]>([
    [{ cgroups: 2 }, 1],
    [{ cgroups: 1 }, 0],
    [{}, 0],
  ])('a cgroup namespace is missed where engines give one: %o', (options, count) => {
    expect(parse(dockerConfig(), options).namespaces).toHaveLength(count);
  });

  it.each([
    [[{ containerID: 0, hostID: 100_000, size: 65_536 }], 100_005],
    [[{ containerID: 0, hostID: 0, size: 65_536 }], undefined],
    [[{ containerID: 100, hostID: 100_000, size: 65_536 }], undefined],
    [
      [
        { containerID: 0, hostID: 1000, size: 1 },
        { containerID: 1, hostID: 0, size: 10 },
      ],
      4,
    ],
  ])('a user of a user namespace is another on the host: %o', (uidMappings, hostUid) => {
    const config = dockerConfig({ process: { user: { uid: 5, gid: 5 } }, linux: { uidMappings } });
    expect(parse(config).user?.value.hostUid).toBe(hostUid);
  });
});

describe('of whom it is', () => {
  const annotations = {
    'io.kubernetes.cri.container-name': 'web',
    'io.kubernetes.cri.image-name': 'a.example/b:1',
    'io.kubernetes.cri.sandbox-name': 'pod',
    'io.kubernetes.cri.sandbox-namespace': 'prod',
  };

  it('kubelet\u2019s engine says it', () => {
    expect(parse(containerdConfig({ annotations }), { engine: 'cri' })).toMatchObject({
      name: 'web',
      image: { value: 'a.example/b:1', reference: { registry: 'a.example' } },
      workload: { kind: 'Pod', name: 'pod', namespace: 'prod', labels: {} },
    });
  });

  it('anybody may have said it where it is another engine', () => {
    const request = parse(dockerConfig({ annotations }), { engine: 'docker' });
    expect(request.image?.problem).toContain('does not say');
    expect(request.name).toBeUndefined();
    expect(request.workload).toEqual({ labels: {} });
  });

  it('the gate knows it', () => {
    const image = { value: 'x', path: '' };
    const options = { engine: 'cri', name: 'n', image, labels: { a: 'b' } } as const;
    expect(parse(containerdConfig({ annotations }), options)).toMatchObject({
      name: 'n',
      image,
      workload: { labels: { a: 'b' } },
    });
  });
});

describe('what is refused', () => {
  it.each<[string, JsonValue, RegExp]>([
    ['another version', { ...dockerConfig(), ociVersion: '2.0.0' }, /ociVersion: "2\.0\.0" is no version/],
    ['no process', { ociVersion: '1.0.0', linux: {} }, /^process: it is missing/],
    ['another system', { ociVersion: '1.0.0', process: {}, windows: {} }, /^linux: it is missing/],
    ['a key in another case', { ...dockerConfig(), Linux: {} }, /other upper and lower case|taken for "linux"/],
    ['a key that nobody knows', dockerConfig({ linux: { superpowers: true } }), /"superpowers" is not known/],
    [
      'a capability that is none',
      dockerConfig({ process: { capabilities: { bounding: ['CAP_X'] } } }),
      /is no capability/,
    ],
    [
      'a text for a number',
      dockerConfig({ process: { user: { uid: '0' } } }),
      /process\.user\.uid: it must be an integer/,
    ],
  ])('%s', (_, config, message) => {
    expect(() => parse(config)).toThrow(LaunchError);
    expect(() => parse(config)).toThrow(message);
  });
});

it('the root of an engine without root is its user, wherever mappings lead', () => {
  const userOf = (linux: OciParts['linux']) =>
    parse(dockerConfig({ process: { user: { uid: 0, gid: 0 } }, ...(linux ? { linux } : {}) }), { rootless: 1001 }).user
      ?.value.hostUid;
  expect(userOf(undefined)).toBe(1001);
  expect(userOf({ uidMappings: [{ containerID: 0, hostID: 0, size: 1 }] })).toBe(1001);
  expect(userOf({ uidMappings: [{ containerID: 0, hostID: 7, size: 1 }] })).toBe(7);
});
