import { describe, expect, it } from 'vitest';
import type { LaunchRequest } from '../../model/index.ts';
import type { JsonValue } from '../json-value.ts';
import { LaunchError } from '../launch-error.ts';
import { parseStrictJson } from '../strict-json.ts';
import { type CreateQuery, parseDockerCreate } from './parse-docker-create.ts';

function create(body: JsonValue, query?: CreateQuery): LaunchRequest {
  const [request] = parseDockerCreate(parseStrictJson(JSON.stringify(body)), query).requests;
  if (!request) throw new Error('there is no request');
  return request;
}
const host = (hostConfig: JsonValue): LaunchRequest => create({ Image: 'a.example/b:1', HostConfig: hostConfig });
const plain = create({ Image: 'a.example/b:1' });

function refusal(text: string): string {
  try {
    parseDockerCreate(parseStrictJson(text));
    return 'nothing was refused';
  } catch (error) {
    if (error instanceof LaunchError) return error.message;
    throw error;
  }
}

describe('what bypasses a rule that looks at HostConfig.Privileged', () => {
  it.each([
    ['a key in lower case', '{"Image":"a","hostconfig":{"privileged":true}}', /^hostconfig: .*"HostConfig"/],
    [
      'a key in upper case',
      '{"Image":"a","HostConfig":{"PRIVILEGED":true}}',
      /^HostConfig\.PRIVILEGED: .*"Privileged"/,
    ],
    ['a key with a long s', '{"Image":"a","Ho\u017ftConfig":{"Privileged":true}}', /taken for "HostConfig"/],
    ['an escaped long s', '{"Image":"a","Ho\\u017ftConfig":{"Privileged":true}}', /taken for "HostConfig"/],
    ['a Kelvin sign', '{"Image":"a","HostConfig":{"Networ\u212aMode":"host"}}', /taken for "NetworkMode"/],
    ['two keys', '{"Image":"a","HostConfig":{},"HostConfig":{"Privileged":true}}', /there twice/],
    ['two keys that differ in case', '{"Image":"a","HostConfig":{},"hostConfig":{"Privileged":true}}', /case/],
    ['a second document', '{"Image":"a"}{"HostConfig":{"Privileged":true}}', /follows/],
    ['a byte order mark', '\ufeff{"Image":"a"}', /byte order mark/],
    ['the key at the top', '{"Image":"a","Privileged":true}', /^Privileged: .*its place is HostConfig/],
    ['a field of old versions at the top', '{"Image":"a","VolumesFrom":["b"]}', /its place is HostConfig/],
    ['a key that nobody knows', '{"Image":"a","HostConfig":{"Superpowers":true}}', /"Superpowers" is not known/],
    ['a prototype', '{"Image":"a","__proto__":{"HostConfig":{"Privileged":true}}}', /__proto__/],
    ['a constructor', '{"Image":"a","HostConfig":{"constructor":true}}', /constructor/],
    ['a mount\u2019s key', '{"Image":"a","HostConfig":{"Mounts":[{"type":"bind"}]}}', /Mounts\[0\]\.type/],
    [
      'a driver\u2019s key',
      '{"Image":"a","HostConfig":{"Mounts":[{"VolumeOptions":{"driverConfig":{}}}]}}',
      /driverConfig/,
    ],
    [
      'a text for a flag',
      '{"Image":"a","HostConfig":{"Privileged":"true"}}',
      /^HostConfig\.Privileged: it must be true or false/,
    ],
    ['a number for a flag', '{"Image":"a","HostConfig":{"Privileged":1}}', /must be true or false/],
    ['a list for an object', '{"Image":"a","HostConfig":[]}', /^HostConfig: it must be an object, not a list/],
    [
      'a text for a list',
      '{"Image":"a","HostConfig":{"Binds":"/:/x"}}',
      /^HostConfig\.Binds: it must be a list, not a text/,
    ],
    ['a fraction', '{"Image":"a","HostConfig":{"Memory":1.5}}', /must be an integer/],
    ['nothing in a list', '{"Image":"a","HostConfig":{"Mounts":[null]}}', /Mounts\[0\]: it must not be null/],
    ['a port range as a key', '{"Image":"a","ExposedPorts":{"1-65535/tcp":{}}}', /is one number/],
    ['a port with content', '{"Image":"a","ExposedPorts":{"1/tcp":{"x":1}}}', /"x" is not known/],
    [
      'more ports than there are',
      '{"Image":"a","HostConfig":{"PortBindings":{"1/tcp":[{"HostPort":"1-60000"}]}}}',
      /more than 10000/,
    ],
    [
      'a health check of a kind of its own',
      '{"Image":"a","Healthcheck":{"Test":["sh"]}}',
      /begins with NONE, CMD or CMD-SHELL/,
    ],
    [
      'an unknown type of a mount',
      '{"Image":"a","HostConfig":{"Mounts":[{"Type":"Bind","Target":"/a"}]}}',
      /no type of a mount/,
    ],
    ['a relative target', '{"Image":"a","HostConfig":{"Mounts":[{"Type":"bind","Target":"a"}]}}', /no absolute path/],
    ['no image', '{"HostConfig":{"Privileged":true}}', /names no image/],
    ['no object', '[]', /must be an object/],
    ['null', 'null', /must be an object, not null/],
  ])('is refused: %s', (_, text, message) => expect(refusal(text)).toMatch(message));
});

describe('every field of a create body that is read', () => {
  it.each<[string, JsonValue, Partial<LaunchRequest>]>([
    ['User', { User: '1000:5' }, { user: { value: { text: '1000:5', uid: 1000, gid: 5 }, path: 'User' } }],
    [
      'Env',
      { Env: ['A=b=c', 'GONE'] },
      {
        environment: [
          { name: 'A', path: 'Env[0]', value: 'b=c' },
          { name: 'GONE', path: 'Env[1]' },
        ],
      },
    ],
    [
      'Cmd, a list',
      { Cmd: ['a', 'b'] },
      {
        command: [
          { value: 'a', path: 'Cmd[0]' },
          { value: 'b', path: 'Cmd[1]' },
        ],
      },
    ],
    ['Cmd, a text', { Cmd: 'a b' }, { command: [{ value: 'a b', path: 'Cmd' }] }],
    ['Entrypoint', { Entrypoint: ['a'] }, { entrypoint: [{ value: 'a', path: 'Entrypoint[0]' }] }],
    ['Entrypoint that resets', { Entrypoint: [''] }, { entrypoint: [] }],
    ['Entrypoint, the empty text', { Entrypoint: '' }, { entrypoint: [] }],
    ['WorkingDir', { WorkingDir: '/w' }, { workingDirectory: { value: '/w', path: 'WorkingDir' } }],
    [
      'Volumes',
      { Volumes: { '/d/../v': {} } },
      { mounts: [{ type: 'volume', path: 'Volumes["/d/../v"]', target: '/v', readOnly: false }] },
    ],
    [
      'ExposedPorts',
      { ExposedPorts: { '53/udp': {} } },
      { ports: [{ path: 'ExposedPorts["53/udp"]', container: 53, protocol: 'udp' }] },
    ],
    [
      'Labels',
      { Labels: { 'com.docker.compose.project': 'p' } },
      { workload: { labels: { 'com.docker.compose.project': 'p' }, project: 'p' } },
    ],
    [
      'Healthcheck, with a shell',
      { Healthcheck: { Test: ['CMD-SHELL', 'curl x'] } },
      {
        scripts: [
          {
            purpose: 'healthcheck',
            command: [
              { value: '/bin/sh', path: 'Healthcheck.Test[0]' },
              { value: '-c', path: 'Healthcheck.Test[0]' },
              { value: 'curl x', path: 'Healthcheck.Test[1]' },
            ],
          },
        ],
      },
    ],
    [
      'Healthcheck, a program',
      { Healthcheck: { Test: ['CMD', 'x'] }, Shell: ['/evil'] },
      { scripts: [{ purpose: 'healthcheck', command: [{ value: 'x', path: 'Healthcheck.Test[1]' }] }] },
    ],
    [
      'Shell, that runs the check of the image',
      { Shell: ['/evil'] },
      { scripts: [{ purpose: 'healthcheck', command: [{ value: '/evil', path: 'Shell[0]' }] }] },
    ],
    ['Healthcheck, none', { Healthcheck: { Test: ['NONE'] }, Shell: ['/evil'] }, {}],
  ])('%s', (_, body, expected) => {
    const request = create({ Image: 'a.example/b:1', ...(body as object) });
    expect(request).toEqual({ ...plain, ...expected });
  });

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

  it('a network of the host among the endpoints', () => {
    const request = create({
      Image: 'a.example/b:1',
      NetworkingConfig: { EndpointsConfig: { host: {}, front: null } },
    });
    expect(request.namespaces).toEqual([
      { kind: 'network', path: 'NetworkingConfig.EndpointsConfig.host', mode: 'host' },
    ]);
  });

  it.each<[CreateQuery, Partial<LaunchRequest>]>([
    [{ name: '/web' }, { name: 'web' }],
    [{ name: '' }, {}],
    [{ platform: 'linux/arm64/v8' }, {}],
    [{ platform: 'windows/amd64' }, { others: [{ name: 'platform', value: 'windows/amd64', path: 'platform' }] }],
  ])('the query %o', (query, expected) => {
    expect(create({ Image: 'a.example/b:1' }, query)).toEqual({ ...plain, ...expected });
  });
});

describe('the image', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  it.each([
    ['a.example/b:1', { reference: { registry: 'a.example', repository: 'b', tag: '1' } }],
    ['busybox', { reference: { registry: 'docker.io', repository: 'library/busybox' } }],
    [digest, { id: digest }],
    ['a'.repeat(64), { id: digest }],
    ['abc', { problem: expect.stringContaining('beginning of an image ID') }],
    ['sha256:abc', { problem: expect.stringContaining('beginning of an image ID') }],
    ['A B', { problem: expect.stringContaining('not an image reference') }],
  ])('%s', (value, expected) => {
    expect(create({ Image: value }).image).toEqual({ value, path: 'Image', ...expected });
  });
});
