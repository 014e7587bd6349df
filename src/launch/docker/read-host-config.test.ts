import { describe, expect, it } from 'vitest';
import type { LaunchRequest } from '../../model/index.ts';
import { engineCapabilities } from '../../model/index.ts';
import type { JsonValue } from '../json-value.ts';
import { parseDockerCreate } from './parse-docker-create.ts';

function host(hostConfig: JsonValue): LaunchRequest {
  const [request] = parseDockerCreate({ Image: 'a.example/b:1', HostConfig: hostConfig }).requests;
  if (!request) throw new Error('there is no request');
  return request;
}
const plain = host({});

describe('every field of a HostConfig that is read', () => {
  const at = (value: string, key: string) => ({ value, path: `HostConfig.${key}` });
  it.each<[string, JsonValue, Partial<LaunchRequest>]>([
    [
      'Binds',
      { Binds: ['/etc:/x:ro,rshared', 'v:/y', '/z'], VolumeDriver: 'd' },
      {
        mounts: [
          {
            type: 'bind',
            path: 'HostConfig.Binds[0]',
            source: '/etc',
            target: '/x',
            readOnly: true,
            propagation: 'shared',
          },
          { type: 'volume', path: 'HostConfig.Binds[1]', source: 'v', target: '/y', readOnly: false, driver: 'd' },
          { type: 'volume', path: 'HostConfig.Binds[2]', target: '/z', readOnly: false },
        ],
      },
    ],
    [
      'Mounts, a bind',
      {
        Mounts: [
          { Type: 'bind', Source: '/etc', Target: '/x/', ReadOnly: true, BindOptions: { Propagation: 'rslave' } },
        ],
      },
      {
        mounts: [
          {
            type: 'bind',
            path: 'HostConfig.Mounts[0]',
            source: '/etc',
            target: '/x',
            readOnly: true,
            propagation: 'slave',
          },
        ],
      },
    ],
    [
      'Mounts, a bind in disguise',
      {
        Mounts: [
          {
            Type: 'volume',
            Source: 'v',
            Target: '/x',
            VolumeOptions: { DriverConfig: { Name: 'local', Options: { type: 'none', o: 'bind', device: '/etc' } } },
          },
        ],
      },
      {
        mounts: [
          {
            type: 'volume',
            path: 'HostConfig.Mounts[0]',
            source: 'v',
            target: '/x',
            readOnly: false,
            driver: 'local',
            options: { type: 'none', o: 'bind', device: '/etc' },
          },
        ],
      },
    ],
    [
      'Mounts, of other types',
      {
        Mounts: [
          { Type: 'image', Source: 'b:1', Target: '/i' },
          { Type: 'tmpfs', Target: '/t' },
          { Type: 'cluster', Source: 'c', Target: '/c' },
        ],
      },
      {
        mounts: [
          { type: 'image', path: 'HostConfig.Mounts[0]', source: 'b:1', target: '/i', readOnly: false },
          { type: 'tmpfs', path: 'HostConfig.Mounts[1]', target: '/t', readOnly: false },
          { type: 'other', kind: 'cluster', path: 'HostConfig.Mounts[2]', source: 'c', target: '/c', readOnly: false },
        ],
      },
    ],
    [
      'Tmpfs',
      { Tmpfs: { '/t': 'ro,size=1' } },
      { mounts: [{ type: 'tmpfs', path: 'HostConfig.Tmpfs["/t"]', target: '/t', readOnly: true }] },
    ],
    [
      'NetworkMode, of the host',
      { NetworkMode: 'host' },
      { namespaces: [{ kind: 'network', path: 'HostConfig.NetworkMode', mode: 'host' }] },
    ],
    [
      'NetworkMode, of another',
      { NetworkMode: 'container:c' },
      { namespaces: [{ kind: 'network', path: 'HostConfig.NetworkMode', mode: 'shared', target: 'c' }] },
    ],
    ['NetworkMode, a name', { NetworkMode: 'front' }, {}],
    ['PidMode', { PidMode: 'host' }, { namespaces: [{ kind: 'pid', path: 'HostConfig.PidMode', mode: 'host' }] }],
    [
      'PidMode, of another',
      { PidMode: 'container:c' },
      { namespaces: [{ kind: 'pid', path: 'HostConfig.PidMode', mode: 'shared', target: 'c' }] },
    ],
    ['PidMode, unknown', { PidMode: 'HOST' }, { others: [{ name: 'PidMode', ...at('HOST', 'PidMode') }] }],
    ['IpcMode', { IpcMode: 'host' }, { namespaces: [{ kind: 'ipc', path: 'HostConfig.IpcMode', mode: 'host' }] }],
    ['IpcMode, shareable', { IpcMode: 'shareable' }, {}],
    ['UTSMode', { UTSMode: 'host' }, { namespaces: [{ kind: 'uts', path: 'HostConfig.UTSMode', mode: 'host' }] }],
    [
      'UsernsMode',
      { UsernsMode: 'host' },
      { namespaces: [{ kind: 'user', path: 'HostConfig.UsernsMode', mode: 'host' }] },
    ],
    [
      'CgroupnsMode',
      { CgroupnsMode: 'host' },
      { namespaces: [{ kind: 'cgroup', path: 'HostConfig.CgroupnsMode', mode: 'host' }] },
    ],
    ['CgroupnsMode, private', { CgroupnsMode: 'private' }, {}],
    [
      'Cgroup',
      { Cgroup: 'container:c' },
      { namespaces: [{ kind: 'cgroup', path: 'HostConfig.Cgroup', mode: 'shared', target: 'c' }] },
    ],
    [
      'PortBindings',
      { PortBindings: { '80/tcp': [{ HostIp: '::1', HostPort: '8080' }, {}], '81': null } },
      {
        ports: [
          {
            path: 'HostConfig.PortBindings["80/tcp"][0].HostPort',
            container: 80,
            host: 8080,
            hostAddress: '::1',
            protocol: 'tcp',
          },
          { path: 'HostConfig.PortBindings["80/tcp"][1].HostPort', container: 80, host: 0, protocol: 'tcp' },
        ],
      },
    ],
    [
      'PublishAllPorts',
      { PublishAllPorts: true },
      { ports: [{ path: 'HostConfig.PublishAllPorts', host: 0, protocol: 'tcp' }] },
    ],
    ['VolumesFrom', { VolumesFrom: ['c:ro'] }, { volumesFrom: [at('c:ro', 'VolumesFrom[0]')] }],
    ['GroupAdd', { GroupAdd: ['docker', '0'] }, { groups: [at('docker', 'GroupAdd[0]'), at('0', 'GroupAdd[1]')] }],
    [
      'Sysctls',
      { Sysctls: { 'kernel.core_pattern': '|/x' } },
      { sysctls: [{ name: 'kernel.core_pattern', ...at('|/x', 'Sysctls["kernel.core_pattern"]') }] },
    ],
    ['Runtime', { Runtime: 'crun' }, { runtime: at('crun', 'Runtime') }],
    ['CgroupParent', { CgroupParent: '/x' }, { cgroupParent: at('/x', 'CgroupParent') }],
    ['Privileged', { Privileged: true }, { security: { privileged: { value: true, path: 'HostConfig.Privileged' } } }],
    [
      'ReadonlyRootfs',
      { ReadonlyRootfs: true },
      { security: { readOnlyRoot: { value: true, path: 'HostConfig.ReadonlyRootfs' } } },
    ],
    ['CapAdd', { CapAdd: ['all'] }, { security: { capabilities: [at('ALL', 'CapAdd[0]')] } }],
    [
      'CapAdd, one text',
      { CapAdd: 'cap_sys_admin', CapDrop: 'ALL' },
      { security: { capabilities: [at('SYS_ADMIN', 'CapAdd')] } },
    ],
    [
      'CapAdd, beside the default set',
      { CapAdd: ['NET_ADMIN'], CapDrop: null },
      {
        security: {
          capabilities: [...engineCapabilities.map((name) => at(name, 'CapAdd')), at('NET_ADMIN', 'CapAdd[0]')],
        },
      },
    ],
    ['CapDrop', { CapDrop: ['ALL'] }, { security: { capabilities: [] } }],
    [
      'SecurityOpt',
      { SecurityOpt: ['seccomp=unconfined', 'apparmor:unconfined', 'label=disable', 'no-new-privileges', 'x=y'] },
      {
        security: {
          seccomp: { value: 'unconfined', path: 'HostConfig.SecurityOpt[0]' },
          apparmor: at('unconfined', 'SecurityOpt[1]'),
          selinux: at('disable', 'SecurityOpt[2]'),
          noNewPrivileges: { value: true, path: 'HostConfig.SecurityOpt[3]' },
        },
        others: [{ name: 'security-opt x', ...at('y', 'SecurityOpt[4]') }],
      },
    ],
    [
      'SecurityOpt, a profile that refuses nothing',
      {
        SecurityOpt: ['seccomp={"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":[],"action":"SCMP_ACT_ERRNO"}]}'],
      },
      { security: { seccomp: { value: 'unconfined', path: 'HostConfig.SecurityOpt[0]' } } },
    ],
    [
      'SecurityOpt, a profile that refuses',
      {
        SecurityOpt: [
          'seccomp={"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"name":"bpf","action":"SCMP_ACT_ERRNO"}]}',
        ],
      },
      { security: { seccomp: { value: 'profile', path: 'HostConfig.SecurityOpt[0]' } } },
    ],
    [
      'MaskedPaths, none',
      { MaskedPaths: [], ReadonlyPaths: null },
      {
        security: {
          unmasked: at(
            '/proc/acpi /proc/kcore /proc/keys /proc/latency_stats /proc/sched_debug /proc/scsi /proc/timer_list /sys/firmware',
            'MaskedPaths',
          ),
        },
      },
    ],
    [
      'ReadonlyPaths, one is missing',
      { ReadonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sysrq-trigger'] },
      { security: { unmasked: at('/proc/sys', 'ReadonlyPaths') } },
    ],
    ['MaskedPaths, of the engine', { MaskedPaths: null, ReadonlyPaths: null }, {}],
    [
      'Memory, NanoCpus, PidsLimit',
      { Memory: 1024, NanoCpus: 1_500_000_000, PidsLimit: 7 },
      {
        resources: {
          memoryBytes: { value: 1024, path: 'HostConfig.Memory' },
          cpus: { value: 1.5, path: 'HostConfig.NanoCpus' },
          pids: { value: 7, path: 'HostConfig.PidsLimit' },
        },
      },
    ],
    ['CpuQuota', { CpuQuota: 50_000 }, { resources: { cpus: { value: 0.5, path: 'HostConfig.CpuQuota' } } }],
    [
      'CpuPeriod',
      { CpuQuota: 50_000, CpuPeriod: 25_000 },
      { resources: { cpus: { value: 2, path: 'HostConfig.CpuQuota' } } },
    ],
    ['limits that are none', { Memory: -1, PidsLimit: -1, CpuQuota: -1 }, {}],
    [
      'Devices',
      {
        Devices: [{ PathOnHost: '/dev/sda', PathInContainer: '/dev/x', CgroupPermissions: 'rwm' }],
        DeviceCgroupRules: ['c 13:* rw'],
      },
      {
        devices: [
          { path: 'HostConfig.Devices[0]', device: '/dev/sda', kind: 'path', permissions: 'rwm' },
          { path: 'HostConfig.DeviceCgroupRules[0]', device: 'c 13:* rw', kind: 'cgroup-rule', permissions: 'rw' },
        ],
      },
    ],
    [
      'DeviceRequests',
      {
        DeviceRequests: [
          { Count: -1, Capabilities: [['gpu']] },
          { Driver: 'cdi', DeviceIDs: ['v/c=0'] },
        ],
      },
      {
        devices: [
          { path: 'HostConfig.DeviceRequests[0]', device: 'gpu=all', kind: 'request' },
          { path: 'HostConfig.DeviceRequests[1]', device: 'cdi=v/c=0', kind: 'request' },
        ],
      },
    ],
  ])('HostConfig.%s', (_, hostConfig, expected) => expect(host(hostConfig)).toEqual({ ...plain, ...expected }));
});
