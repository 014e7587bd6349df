import { describe, expect, it } from 'vitest';
import type { LaunchRequest } from '../../model/index.ts';
import type { JsonMap, JsonValue } from '../json-value.ts';
import { parseContainerCommit } from './parse-container-commit.ts';
import { parseDockerExec } from './parse-docker-exec.ts';
import { parseDockerStart } from './parse-docker-start.ts';
import { parseDockerUpdate } from './parse-docker-update.ts';
import { parseServiceCreate } from './parse-service-create.ts';
import { parseVolumeCreate } from './parse-volume-create.ts';

describe('an exec', () => {
  it('says who does what in which container', () => {
    const body = {
      Cmd: ['sh', '-c', 'x'],
      User: 'u',
      Env: ['A=b'],
      WorkingDir: '/w',
      Privileged: true,
      Tty: true,
      Detach: true,
    };
    expect(parseDockerExec(body, 'web').requests).toMatchObject([
      {
        form: 'docker',
        action: 'exec',
        name: 'web',
        entrypoint: [],
        command: [{ value: 'sh', path: 'Cmd[0]' }, { value: '-c' }, { value: 'x' }],
        user: { value: { text: 'u' }, path: 'User' },
        environment: [{ name: 'A', value: 'b' }],
        workingDirectory: { value: '/w' },
        security: { privileged: { value: true, path: 'Privileged' } },
        others: [],
      },
    ]);
  });

  it.each<[JsonValue, RegExp]>([
    [{}, /Cmd: it names no program/],
    [{ Cmd: [] }, /Cmd: it names no program/],
    [{ Cmd: ['a'], privileged: true }, /taken for "Privileged"/],
    [{ Cmd: ['a'], Privileged: 'true' }, /must be true or false/],
    [{ Cmd: ['a'], HostConfig: {} }, /"HostConfig" is not known/],
    [{ Cmd: ['a'], User: '4294967296' }, /beyond the IDs/],
    [null, /must be an object/],
  ])('is refused: %o', (body, message) => expect(() => parseDockerExec(body, 'web')).toThrow(message));
});

describe('an update', () => {
  it('says what it changes', () => {
    const body = {
      Memory: 5,
      PidsLimit: -1,
      OomKillDisable: true,
      DeviceCgroupRules: ['a *:* rwm'],
      RestartPolicy: { Name: 'no' },
    };
    expect(parseDockerUpdate(body, 'web').requests).toMatchObject([
      {
        action: 'update',
        name: 'web',
        resources: { memoryBytes: { value: 5, path: 'Memory' } },
        devices: [{ device: 'a *:* rwm', path: 'DeviceCgroupRules[0]' }],
        others: [{ name: 'OomKillDisable', value: 'true', path: 'OomKillDisable' }],
      },
    ]);
  });

  it.each<[JsonValue, RegExp]>([
    [{ Privileged: true }, /"Privileged" is not known/],
    [{ memory: 1 }, /taken for "Memory"/],
  ])('is refused: %o', (body, message) => expect(() => parseDockerUpdate(body, 'web')).toThrow(message));
});

describe('a start', () => {
  it.each<[JsonValue | undefined]>([[undefined], [null], [{}]])('may bring %o', (body) =>
    expect(parseDockerStart(body)).toBeUndefined(),
  );

  it.each<[JsonValue, RegExp]>([
    [{ Binds: ['/:/x'] }, /^Binds: the key "Binds" is refused at start/],
    [{ privileged: true }, /"privileged" is refused at start/],
    [{ x: null }, /"x" is refused at start/],
    [[], /has no body/],
    ['', /has no body/],
  ])('is refused with %o', (body, message) => expect(() => parseDockerStart(body)).toThrow(message));
});

describe('a volume', () => {
  const anything = { path: '', target: '', readOnly: false };
  it.each<[JsonMap, object]>([
    [{}, { ...anything, type: 'volume', driver: 'local' }],
    [
      { Name: 'v', Labels: { a: 'b' } },
      { ...anything, type: 'volume', source: 'v', driver: 'local' },
    ],
    ...['bind', 'rbind', 'ro,rbind,nosuid'].map((o): [JsonMap, object] => [
      { Name: 'v', DriverOpts: { type: 'none', o, device: '/tmp/../etc' } },
      {
        ...anything,
        type: 'volume',
        source: 'v',
        driver: 'local',
        options: { type: 'none', o, device: '/tmp/../etc' },
      },
    ]),
    ...['nfs', 'cifs', 'overlay'].map((type): [JsonMap, object] => [
      { Driver: 'local', DriverOpts: { type, o: 'addr=a,lowerdir=/etc', device: ':/x' } },
      { ...anything, type: 'volume', driver: 'local', options: { type, o: 'addr=a,lowerdir=/etc', device: ':/x' } },
    ]),
    [
      { Name: 'v', Driver: 'x/sshfs:1' },
      { ...anything, type: 'volume', source: 'v', driver: 'x/sshfs:1' },
    ],
    [
      { Name: 'v', ClusterVolumeSpec: {} },
      { ...anything, type: 'other', kind: 'cluster', source: 'v', driver: 'local' },
    ],
  ])('%o', (body, mount) => expect(parseVolumeCreate(body)).toEqual(mount));

  it('keeps a key of an object that has a prototype apart', () => {
    const { options } = parseVolumeCreate({ DriverOpts: JSON.parse('{"__proto__":"x"}') });
    expect(Object.keys(options ?? {})).toEqual(['__proto__']);
  });

  it.each<[JsonValue, RegExp]>([
    [{ driveropts: {} }, /taken for "DriverOpts"/],
    [{ DriverOpts: { o: ['bind'] } }, /DriverOpts\.o: it must be a text/],
    [{ Options: {} }, /"Options" is not known/],
  ])('is refused: %o', (body, message) => expect(() => parseVolumeCreate(body)).toThrow(message));
});

describe('a commit', () => {
  it('says what the image will start', () => {
    const { requests } = parseContainerCommit(
      { Cmd: ['x'], OnBuild: ['RUN y'] },
      { container: 'web', changes: ['USER root'] },
    );
    expect(requests).toMatchObject([
      {
        action: 'update',
        name: 'web',
        command: [{ value: 'x' }],
        others: [
          { name: 'OnBuild', value: '["RUN y"]', path: 'OnBuild' },
          { name: 'changes', value: 'USER root', path: 'changes[0]' },
        ],
      },
    ]);
  });

  it('may have no body', () =>
    expect(parseContainerCommit(undefined).requests).toMatchObject([{ action: 'update', others: [] }]));
  it('has no HostConfig', () => expect(() => parseContainerCommit({ HostConfig: {} })).toThrow(/is not known/));
});

describe('a service', () => {
  const service = (spec: JsonMap, task: JsonMap = {}, more: JsonMap = {}): LaunchRequest => {
    const TaskTemplate = { ContainerSpec: { Image: 'a.example/b:1', ...spec }, ...task };
    const [request] = parseServiceCreate({ Name: 's', TaskTemplate, ...more }).requests;
    if (!request) throw new Error('there is no request');
    return request;
  };
  const plain = service({});
  const at = (value: string, key: string) => ({ value, path: `TaskTemplate.ContainerSpec.${key}` });

  it('is one request', () => {
    expect(plain).toMatchObject({
      form: 'docker',
      action: 'start',
      path: 'TaskTemplate.ContainerSpec',
      name: 's',
      workload: { kind: 'Service', name: 's' },
      image: { reference: { registry: 'a.example', repository: 'b', tag: '1' } },
      others: [],
    });
  });

  it.each<[string, JsonMap, Partial<LaunchRequest>]>([
    ['Command', { Command: ['a'] }, { entrypoint: [at('a', 'Command[0]')] }],
    ['Args', { Args: ['a'] }, { command: [at('a', 'Args[0]')] }],
    ['Dir', { Dir: '/w' }, { workingDirectory: at('/w', 'Dir') }],
    ['Groups', { Groups: ['0'] }, { groups: [at('0', 'Groups[0]')] }],
    [
      'ReadOnly',
      { ReadOnly: true },
      { security: { readOnlyRoot: { value: true, path: 'TaskTemplate.ContainerSpec.ReadOnly' } } },
    ],
    ['CapabilityAdd', { CapabilityAdd: ['ALL'] }, { security: { capabilities: [at('ALL', 'CapabilityAdd[0]')] } }],
    [
      'Privileges',
      {
        Privileges: {
          Seccomp: { Mode: 'unconfined' },
          AppArmor: { Mode: 'disabled' },
          SELinuxContext: { Disable: true },
          NoNewPrivileges: true,
        },
      },
      {
        security: {
          seccomp: { value: 'unconfined', path: 'TaskTemplate.ContainerSpec.Privileges.Seccomp.Mode' },
          apparmor: at('unconfined', 'Privileges.AppArmor.Mode'),
          selinux: at('disable', 'Privileges.SELinuxContext.Disable'),
          noNewPrivileges: { value: true, path: 'TaskTemplate.ContainerSpec.Privileges.NoNewPrivileges' },
        },
      },
    ],
    [
      'a profile that refuses nothing',
      {
        Privileges: {
          Seccomp: { Mode: 'custom', Profile: Buffer.from('{"defaultAction":"SCMP_ACT_ALLOW"}').toString('base64') },
        },
      },
      { security: { seccomp: { value: 'unconfined', path: 'TaskTemplate.ContainerSpec.Privileges.Seccomp.Mode' } } },
    ],
    [
      'SELinux labels',
      { Privileges: { SELinuxContext: { Type: 'spc_t' }, Seccomp: { Mode: 'custom', Profile: 'x' } } },
      {
        security: {
          selinux: at('::spc_t:', 'Privileges.SELinuxContext'),
          seccomp: { value: 'profile', path: 'TaskTemplate.ContainerSpec.Privileges.Seccomp.Mode' },
        },
      },
    ],
    [
      'Secrets and Configs',
      {
        Secrets: [{ File: { Name: 'k' }, SecretName: 's' }],
        Configs: [{ File: { Name: '/etc/c' }, ConfigName: 'c' }, { ConfigID: 'i' }],
      },
      {
        files: [
          {
            target: '/run/secrets/k',
            path: 'TaskTemplate.ContainerSpec.Secrets[0]',
            from: { kind: 'secret', name: 's' },
          },
          { target: '/etc/c', path: 'TaskTemplate.ContainerSpec.Configs[0]', from: { kind: 'config', name: 'c' } },
          { target: '/i', path: 'TaskTemplate.ContainerSpec.Configs[1]', from: { kind: 'config', name: 'i' } },
        ],
      },
    ],
  ])('%s', (_, spec, expected) => expect(service(spec)).toEqual({ ...plain, ...expected }));

  it('has limits, ports and networks', () => {
    const task = {
      Resources: { Limits: { MemoryBytes: 1, NanoCPUs: 500_000_000, Pids: 3 } },
      Networks: [{ Target: 'host' }, { Target: 'f'.repeat(64) }],
      PluginSpec: { name: 'x' },
    };
    const ports = { EndpointSpec: { Ports: [{ Protocol: 'udp', TargetPort: 53, PublishedPort: 5353 }] } };
    expect(service({}, task, { ...ports, Labels: { a: 'b' } })).toMatchObject({
      resources: { memoryBytes: { value: 1 }, cpus: { value: 0.5 }, pids: { value: 3 } },
      ports: [{ container: 53, host: 5353, protocol: 'udp', path: 'EndpointSpec.Ports[0]' }],
      namespaces: [{ kind: 'network', mode: 'host', path: 'TaskTemplate.Networks[0].Target' }],
      others: [{ name: 'PluginSpec' }, { name: 'network by ID', path: 'TaskTemplate.Networks[1].Target' }],
      workload: { labels: { a: 'b' } },
    });
  });

  it.each<[JsonValue, RegExp]>([
    [{}, /ContainerSpec: it is missing/],
    [{ TaskTemplate: { PluginSpec: { Remote: 'x' }, Runtime: 'plugin' } }, /ContainerSpec: it is missing/],
    [{ TaskTemplate: { ContainerSpec: {} } }, /names no image/],
    [{ TaskTemplate: { ContainerSpec: { Image: 'a', CapAdd: [] } } }, /"CapAdd" is not known/],
    [{ TaskTemplate: { ContainerSpec: { Image: 'a', mounts: [] } } }, /taken for "Mounts"/],
    [{ TaskTemplate: { ContainerSpec: { Image: 'a', Privileges: { Seccomp: { Mode: 'x' } } } } }, /no mode of seccomp/],
    [
      { TaskTemplate: { ContainerSpec: { Image: 'a', Privileges: { AppArmor: { Mode: 'x' } } } } },
      /no mode of AppArmor/,
    ],
    [{ TaskTemplate: { ContainerSpec: { Image: 'a' } }, EndpointSpec: { Ports: [{ Protocol: 'x' }] } }, /no protocol/],
  ])('is refused: %o', (body, message) => expect(() => parseServiceCreate(body)).toThrow(message));
});
