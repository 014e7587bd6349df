import {
  type JsonMap,
  type JsonValue,
  LaunchError,
  parseContainerCommit,
  parseDockerCreate,
  parseDockerExec,
  parseDockerUpdate,
  parseOciConfig,
  parseOciProcess,
  parseServiceCreate,
  parseStrictJson,
  parseVolumeCreate,
} from '../../../src/launch/index.ts';
import type { LaunchRequest, LaunchSet } from '../../../src/model/index.ts';
import { containerdConfig, dockerConfig, podmanConfig, privilegedParts } from '../../fakes/oci-configs.ts';
import { FuzzFinding, type FuzzTarget } from '../fuzz-target.ts';

/** A field as Go finds it: the key in any case, with the two letters beyond ASCII that fold to one of ASCII. */
function find(value: unknown, ...path: string[]): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const fold = (text: string) => text.replaceAll('\u017f', 's').replaceAll('\u212a', 'k').toLowerCase();
  const found = Object.entries(value).findLast(([name]) => fold(name) === fold(key));
  return found && find(found[1], ...rest);
}

const isFull = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0;

function only(set: LaunchSet): LaunchRequest {
  const [request, ...more] = set.requests;
  if (!request || more.length > 0) throw new FuzzFinding(`there are ${set.requests.length} requests`);
  for (const name of ['environment', 'mounts', 'devices', 'others'] as const)
    for (const { path } of request[name]) if (path === '') throw new FuzzFinding(`one of ${name} has no path`);
  return request;
}

/** That what Go would take is in the request, whatever else was made of the body. */
function seeHost(body: JsonValue, request: LaunchRequest, at: readonly string[]): void {
  const shows: readonly [string, (value: unknown) => boolean, boolean][] = [
    ['Privileged', (value) => value === true, request.security.privileged?.value === true],
    ['CapAdd', isFull, request.security.capabilities !== undefined],
    ['Binds', isFull, request.mounts.length > 0],
    ['Mounts', isFull, request.mounts.length > 0],
    ['Devices', isFull, request.devices.length > 0],
    ['DeviceCgroupRules', isFull, request.devices.length > 0],
    ['VolumesFrom', isFull, request.volumesFrom.length > 0],
    ['SecurityOpt', isFull, Object.keys(request.security).length > 0 || request.others.length > 0],
    ['Sysctls', isFull, request.sysctls.length > 0],
    ['Annotations', isFull, request.others.length > 0],
    ...['PidMode', 'IpcMode', 'UTSMode', 'UsernsMode', 'NetworkMode', 'CgroupnsMode'].map(
      (key): [string, (value: unknown) => boolean, boolean] => [
        key,
        (value) => value === 'host',
        request.namespaces.some(({ path, mode }) => path.endsWith(key) && mode === 'host'),
      ],
    ),
  ];
  for (const [key, asks, isShown] of shows)
    if (asks(find(body, ...at, key)) && !isShown) throw new FuzzFinding(`${key} is asked for and not in the request`);
}

const words = [
  ...['"HostConfig":{', '"hostconfig":{', '"Privileged":true', '"PRIVILEGED":true', '"Ho\u017ftConfig":{', '\\u017f'],
  ...[
    '"Binds":["/:/x"]',
    '"CapAdd":["ALL"]',
    '"host"',
    '"container:c"',
    'null',
    '[]',
    '{}',
    '""',
    ',',
    '"SecurityOpt":[',
  ],
  ...['"seccomp=unconfined"', '"Mounts":[{"Type":"bind","Source":"/","Target":"/x"}]', '"MaskedPaths":[]'],
  ...['"Devices":[{"PathOnHost":"/dev/sda"}]', '"__proto__":{', '-1', '1e9', '9007199254740993', '"0-65535/tcp":{}'],
];

const hostConfig: JsonMap = {
  Binds: ['/etc:/x:ro', 'v:/y'],
  Mounts: [
    {
      Type: 'volume',
      Source: 'v',
      Target: '/z',
      VolumeOptions: { DriverConfig: { Name: 'local', Options: { type: 'none', o: 'bind', device: '/etc' } } },
    },
  ],
  CapAdd: ['NET_ADMIN'],
  CapDrop: ['ALL'],
  Privileged: true,
  PidMode: 'host',
  NetworkMode: 'container:c',
  SecurityOpt: ['seccomp=unconfined', 'label=type:x'],
  PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8080' }] },
  Devices: [{ PathOnHost: '/dev/fuse', PathInContainer: '/dev/fuse', CgroupPermissions: 'rwm' }],
  DeviceRequests: [{ Count: -1, Capabilities: [['gpu']] }],
  Memory: 1024,
  NanoCpus: 1_000_000_000,
  MaskedPaths: [],
  Tmpfs: { '/t': 'ro' },
  LogConfig: { Type: 'syslog', Config: {} },
  Ulimits: [{ Name: 'nofile', Soft: 1, Hard: 1 }],
};
const create: JsonMap = {
  Image: 'a.example/b:1',
  User: '1000:1000',
  Env: ['A=b'],
  Cmd: ['sh', '-c', 'x'],
  Entrypoint: '/e',
  Healthcheck: { Test: ['CMD-SHELL', 'x'] },
  ExposedPorts: { '80/tcp': {} },
  Volumes: { '/v': {} },
  Labels: { a: 'b' },
  HostConfig: hostConfig,
  NetworkingConfig: { EndpointsConfig: { front: { Aliases: ['a'] } } },
};
const service: JsonMap = {
  Name: 's',
  TaskTemplate: {
    ContainerSpec: {
      Image: 'a.example/b:1',
      Args: ['x'],
      Mounts: [{ Type: 'bind', Source: '/etc', Target: '/x' }],
      Secrets: [{ File: { Name: 'k' }, SecretName: 's' }],
      Privileges: { Seccomp: { Mode: 'custom', Profile: 'e30=' }, SELinuxContext: { Type: 't' } },
    },
    Resources: { Limits: { MemoryBytes: 1 } },
    Networks: [{ Target: 'host' }],
  },
  EndpointSpec: { Ports: [{ TargetPort: 80, PublishedPort: 80 }] },
};

const target = (
  name: string,
  covers: readonly string[],
  seeds: readonly JsonValue[],
  run: (body: JsonValue) => unknown,
): FuzzTarget => ({
  name: `launch/${name}`,
  covers: covers.map((file) => `launch/${file}`),
  seeds: seeds.map((seed) => JSON.stringify(seed)),
  words,
  refuses: [LaunchError],
  run: (bytes) => run(parseStrictJson(bytes)),
});

export const launchDockerTargets: readonly FuzzTarget[] = [
  target(
    'docker-create',
    ['docker/parse-docker-create.ts', 'docker/docker-image.ts', 'docker/read-', 'seccomp-profile.ts'],
    [create, { Image: 'a' }],
    (body) => {
      const request = only(parseDockerCreate(body));
      if (!request.image) throw new FuzzFinding('a start has no image');
      seeHost(body, request, ['HostConfig']);
      return request;
    },
  ),
  target(
    'docker-exec',
    ['docker/parse-docker-exec.ts'],
    [{ Cmd: ['a'], User: '0', Privileged: true, Env: ['A=b'] }],
    (body) => {
      const request = only(parseDockerExec(body, 'c'));
      seeHost(body, request, []);
      if ((request.command ?? []).length === 0) throw new FuzzFinding('an exec has no program');
      return request;
    },
  ),
  target(
    'docker-update',
    ['docker/parse-docker-update.ts'],
    [{ Memory: 1, RestartPolicy: { Name: 'always' } }],
    (body) => {
      const request = only(parseDockerUpdate(body, 'c'));
      seeHost(body, request, []);
      return request;
    },
  ),
  target(
    'docker-volume',
    ['docker/parse-volume-create.ts'],
    [{ Name: 'v', Driver: 'local', DriverOpts: { type: 'none', o: 'bind', device: '/etc' } }],
    (body) => {
      const mount = parseVolumeCreate(body);
      if (isFull(find(body, 'DriverOpts')) && !mount.options) throw new FuzzFinding('what a driver is told is lost');
      return mount;
    },
  ),
  target('docker-commit', ['docker/parse-container-commit.ts'], [{ Cmd: ['a'], User: '0' }], (body) =>
    only(parseContainerCommit(body)),
  ),
  target('docker-service', ['docker/parse-service-create.ts'], [service], (body) => {
    const request = only(parseServiceCreate(body));
    const spec = find(body, 'TaskTemplate', 'ContainerSpec');
    if (isFull(find(spec, 'Mounts')) && request.mounts.length === 0) throw new FuzzFinding('a mount is lost');
    return request;
  }),
  {
    ...target(
      'oci-config',
      ['config/parse-oci-config.ts', 'config/oci-', 'config/engine-mounts.ts'],
      [dockerConfig(), podmanConfig(), containerdConfig(), dockerConfig(privilegedParts)],
      () => undefined,
    ),
    words: [
      ...words,
      ...['"type":"bind"', '"rbind"', '"linux":{', '"CAP_SYS_ADMIN"', '"path":"/proc/1/ns/net"', '"allow":true'],
    ],
    run(bytes) {
      const config = parseStrictJson(bytes, { largeIntegers: 'text' });
      const request = only(parseOciConfig(config, { engine: 'containerd' }));
      const mounts = find(config, 'mounts');
      const binds = (Array.isArray(mounts) ? mounts : []).filter((mount) => find(mount, 'type') === 'bind');
      const seen = request.mounts.filter(({ type }) => type === 'bind').map(({ source }) => source);
      const isIpc = request.namespaces.some(({ kind }) => kind === 'ipc');
      for (const mount of binds) {
        const source = String(find(mount, 'source') ?? '');
        const isUsual =
          /^\/(?:etc\/(?:hosts|resolv\.conf)|usr\/.*)$/.test(source) || (isIpc && source.startsWith('/dev/'));
        if (!isUsual && !seen.includes(source)) throw new FuzzFinding(`a bind of ${source} is lost`);
      }
      const namespaces = find(config, 'linux', 'namespaces');
      const own = (Array.isArray(namespaces) ? namespaces : []).map((each) => find(each, 'type'));
      for (const type of ['pid', 'network', 'ipc', 'uts'])
        if (!own.includes(type) && !request.namespaces.some(({ kind }) => kind === type))
          throw new FuzzFinding(`the ${type} namespace of the host is lost`);
      return request;
    },
  },
  target(
    'oci-process',
    ['config/parse-oci-process.ts'],
    [{ user: { uid: 0, gid: 0 }, args: ['a'], cwd: '/', capabilities: { bounding: ['CAP_SYS_ADMIN'] } }],
    (value) => {
      const request = only(parseOciProcess(value));
      if (
        isFull(find(value, 'capabilities', 'ambient')) &&
        !request.security.privileged &&
        request.security.capabilities?.length === 0
      )
        throw new FuzzFinding('a capability is lost');
      return request;
    },
  ),
];
