import type { JsonMap, JsonValue } from '../../src/launch/index.ts';

/** As engines write them: of dockerd 20.10, podman 4.3 and `ctr run` of containerd 1.6, with what tests look at. */
export const containerId = 'c0ffee'.repeat(10) + 'abcd';
export const dockerCapabilities = [
  ...['CHOWN', 'DAC_OVERRIDE', 'FSETID', 'FOWNER', 'MKNOD', 'NET_RAW', 'SETGID', 'SETUID', 'SETFCAP', 'SETPCAP'],
  ...['NET_BIND_SERVICE', 'SYS_CHROOT', 'KILL', 'AUDIT_WRITE'],
].map((name) => `CAP_${name}`);
const podmanCapabilities = dockerCapabilities.filter((name) => !/MKNOD|NET_RAW|AUDIT_WRITE/.test(name));
export const allCapabilities = [
  ...dockerCapabilities,
  ...['DAC_READ_SEARCH', 'LINUX_IMMUTABLE', 'NET_BROADCAST', 'NET_ADMIN', 'IPC_LOCK', 'IPC_OWNER', 'SYS_MODULE'],
  ...['SYS_RAWIO', 'SYS_PTRACE', 'SYS_PACCT', 'SYS_ADMIN', 'SYS_BOOT', 'SYS_NICE', 'SYS_RESOURCE', 'SYS_TIME'],
  ...['SYS_TTY_CONFIG', 'LEASE', 'AUDIT_CONTROL', 'MAC_OVERRIDE', 'MAC_ADMIN', 'SYSLOG', 'WAKE_ALARM'],
].map((name) => (name.startsWith('CAP_') ? name : `CAP_${name}`));

const nosuid = ['nosuid', 'noexec', 'nodev'];
const mount = (destination: string, type: string, source: string, options: readonly string[]): JsonMap => ({
  destination,
  type,
  source,
  options,
});
export const bind = (source: string, destination: string, ...options: string[]): JsonMap =>
  mount(destination, 'bind', source, ['rbind', ...options]);

const kernelMounts = [
  mount('/proc', 'proc', 'proc', nosuid),
  mount('/dev', 'tmpfs', 'tmpfs', ['nosuid', 'strictatime', 'mode=755', 'size=65536k']),
  mount('/dev/pts', 'devpts', 'devpts', ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5']),
  mount('/sys', 'sysfs', 'sysfs', [...nosuid, 'ro']),
  mount('/sys/fs/cgroup', 'cgroup', 'cgroup', ['ro', ...nosuid]),
  mount('/dev/mqueue', 'mqueue', 'mqueue', nosuid),
];
const shm = mount('/dev/shm', 'tmpfs', 'shm', [...nosuid, 'mode=1777', 'size=67108864']);
const masks = {
  maskedPaths: [
    ...['/proc/asound', '/proc/acpi', '/proc/kcore', '/proc/keys', '/proc/latency_stats', '/proc/timer_list'],
    ...['/proc/timer_stats', '/proc/sched_debug', '/proc/scsi', '/sys/firmware'],
  ],
  readonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
};
const seccomp: JsonMap = {
  defaultAction: 'SCMP_ACT_ERRNO',
  architectures: ['SCMP_ARCH_X86_64'],
  syscalls: [
    { names: ['read', 'write'], action: 'SCMP_ACT_ALLOW' },
    { names: ['personality'], action: 'SCMP_ACT_ALLOW', args: [{ index: 0, value: 8, op: 'SCMP_CMP_EQ' }] },
  ],
};
const rule = (type: string, major: number, minor: number): JsonMap => ({
  allow: true,
  type,
  major,
  minor,
  access: 'rwm',
});
export const denyAll: JsonMap = { allow: false, access: 'rwm' };
const capabilitiesOf = (names: readonly string[]): JsonMap => ({ bounding: names, effective: names, permitted: names });
const namespacesOf = (...types: string[]): readonly JsonMap[] => types.map((type) => ({ type }));
const process = {
  user: { uid: 0, gid: 0, additionalGids: [0] },
  args: ['sleep', '100'],
  env: ['PATH=/usr/bin', 'HOSTNAME=c0ffee'],
  cwd: '/',
  capabilities: capabilitiesOf(dockerCapabilities),
  oomScoreAdj: 0,
};

export interface OciParts {
  readonly process?: JsonMap;
  readonly linux?: JsonMap;
  readonly mounts?: readonly JsonMap[];
  readonly [key: string]: JsonValue | undefined;
}

/** A config.json with some of its parts replaced, and mounts put behind its own. */
function compose(base: JsonMap, parts: OciParts): JsonMap {
  const { process: ofProcess, linux, mounts = [], ...rest } = parts;
  return JSON.parse(
    JSON.stringify({
      ...base,
      process: { ...(base.process as JsonMap), ...ofProcess },
      linux: { ...(base.linux as JsonMap), ...linux },
      mounts: [...(base.mounts as readonly JsonMap[]), ...mounts],
      ...rest,
    }),
  );
}

export const dockerRoot = '/var/lib/docker';
const dockerFile = (name: string): string => `${dockerRoot}/containers/${containerId}/${name}`;

export function dockerConfig(parts: OciParts = {}): JsonMap {
  const base = {
    ociVersion: '1.0.2-dev',
    process,
    root: { path: `${dockerRoot}/overlay2/1a2b/merged` },
    hostname: 'c0ffee',
    mounts: [
      ...kernelMounts,
      shm,
      bind(dockerFile('resolv.conf'), '/etc/resolv.conf', 'rprivate'),
      bind(dockerFile('hostname'), '/etc/hostname', 'rprivate'),
      bind(dockerFile('hosts'), '/etc/hosts', 'rprivate'),
    ],
    hooks: {
      prestart: [
        {
          path: '/proc/4321/exe',
          args: ['libnetwork-setkey', '-exec-root=/var/run/docker', containerId, '3f644b52a7d9'],
        },
      ],
    },
    linux: {
      sysctl: { 'net.ipv4.ip_unprivileged_port_start': '0', 'net.ipv4.ping_group_range': '0 2147483647' },
      resources: {
        devices: [
          denyAll,
          ...[5, 3, 9, 8].map((minor) => rule('c', 1, minor)),
          rule('c', 5, 0),
          rule('c', 5, 1),
          { allow: false, type: 'c', major: 10, minor: 229, access: 'rwm' },
        ],
        memory: { disableOOMKiller: false },
        cpu: { shares: 0 },
        blockIO: { weight: 0 },
      },
      cgroupsPath: `/docker/${containerId}`,
      namespaces: namespacesOf('mount', 'network', 'uts', 'pid', 'ipc'),
      seccomp,
      ...masks,
    },
  };
  return compose(base, parts);
}

export const podmanRoot = '/var/lib/containers/storage';
const podmanFile = (name: string): string =>
  `/run/containers/storage/overlay-containers/${containerId}/userdata/${name}`;

export function podmanConfig(parts: OciParts = {}): JsonMap {
  const base = {
    ociVersion: '1.0.2-dev',
    process: {
      ...process,
      user: { uid: 0, gid: 0, umask: 18 },
      capabilities: capabilitiesOf(podmanCapabilities),
      rlimits: [{ type: 'RLIMIT_NOFILE', hard: 1024, soft: 1024 }],
    },
    root: { path: `${podmanRoot}/overlay/1a2b/merged` },
    hostname: 'c0ffee',
    mounts: [
      ...kernelMounts,
      ...['hosts', 'hostname'].map((name) => mount(`/etc/${name}`, 'bind', podmanFile(name), ['bind', 'rprivate'])),
      mount('/run/.containerenv', 'bind', podmanFile('.containerenv'), ['bind', 'rprivate']),
      mount('/dev/shm', 'bind', `${podmanRoot}/overlay-containers/${containerId}/userdata/shm`, ['bind', ...nosuid]),
    ],
    annotations: {
      'io.container.manager': 'libpod',
      'io.kubernetes.cri-o.TTY': 'false',
      'io.podman.annotations.privileged': 'FALSE',
      'org.opencontainers.image.stopSignal': '15',
    },
    linux: {
      sysctl: { 'net.ipv4.ping_group_range': '0 0' },
      resources: { devices: [denyAll], pids: { limit: 2048 } },
      cgroupsPath: `/libpod_parent/libpod-${containerId}`,
      namespaces: namespacesOf('pid', 'network', 'ipc', 'uts', 'mount'),
      seccomp,
      ...masks,
    },
  };
  return compose(base, parts);
}

/** Of `ctr run`, which has no seccomp profile unless it is asked for one. */
export function containerdConfig(parts: OciParts = {}): JsonMap {
  const base = {
    ociVersion: '1.0.2-dev',
    process: { ...process, user: { uid: 0, gid: 0 }, noNewPrivileges: true },
    root: { path: 'rootfs' },
    mounts: [...kernelMounts, shm, mount('/run', 'tmpfs', 'tmpfs', ['nosuid', 'strictatime', 'mode=755'])],
    linux: {
      resources: {
        devices: [
          denyAll,
          rule('c', 1, 3),
          rule('c', 1, 7),
          { allow: true, type: 'c', major: 136, access: 'rwm' },
          rule('c', 5, 2),
        ],
        cpu: { shares: 1024 },
      },
      cgroupsPath: '/default/web',
      namespaces: namespacesOf('pid', 'ipc', 'uts', 'mount', 'network'),
      ...masks,
    },
  };
  return compose(base, parts);
}

/** What `--privileged` makes of one. */
export const privilegedParts: OciParts = {
  process: { capabilities: capabilitiesOf(allCapabilities) },
  linux: {
    resources: { devices: [{ allow: true, access: 'rwm' }] },
    devices: [{ path: '/dev/vda', type: 'b', major: 254, minor: 0, fileMode: 384, uid: 0, gid: 0 }],
    seccomp: null,
    maskedPaths: null,
    readonlyPaths: null,
  },
};
