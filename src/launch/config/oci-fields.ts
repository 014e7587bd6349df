import { type Fields, fieldsOf, harmless, listOf, mapOf, objectOf, other, read } from '../body-shape.ts';

const limit = 'a limit or weight of its own';
const foreign = other('any');

/** Rlimits reach no further than the process that has them, but for those that let it go before others on the host. */
const withoutPriority = (value: unknown): boolean =>
  Array.isArray(value) && !value.some((item) => /^RLIMIT_(?:RTPRIO|NICE)$/.test(String(item?.type)));
/** What kubelet gives Pods is above -1000, which alone takes a process from the killer. */
const canBeKilled = (value: unknown): boolean => typeof value === 'number' && value > -1000;
const isPlainSystem = (value: unknown): boolean => JSON.stringify(value) === '{"domain":"LINUX"}';
const isBestEffort = (value: unknown): boolean =>
  ['IOPRIO_CLASS_BE', 'IOPRIO_CLASS_IDLE'].includes(String((value as { class?: unknown } | null)?.class));
const staysInside = (value: unknown): boolean => /^r?(?:private|slave|unbindable)$/.test(String(value));
const isControllers = (value: unknown): boolean =>
  Object.keys(value as object).every((key) => /^(?:cpu|cpuset|io|memory|pids|hugetlb|rdma|misc)\./.test(key));

const ids = listOf(
  objectOf(fieldsOf({ containerID: read('integer'), hostID: read('integer'), size: read('integer') })),
);

/** Process of the OCI runtime specification 1.0 to 1.3 (config.md "Process"), also what `runc exec --process` takes. */
export const processFields: Fields = fieldsOf({
  terminal: harmless('flag', 'what the client sees of it'),
  consoleSize: harmless('any', 'what the client sees of it'),
  user: read(
    objectOf(
      fieldsOf({
        uid: read('integer'),
        gid: read('integer'),
        umask: harmless('integer', 'permissions of its own files'),
        additionalGids: read(listOf('integer')),
        username: other('text'),
      }),
    ),
  ),
  args: read(listOf('text')),
  commandLine: other('text'),
  env: read(listOf('text')),
  cwd: read('text'),
  capabilities: read(
    objectOf(
      fieldsOf({
        bounding: read(listOf('text')),
        effective: read(listOf('text')),
        inheritable: read(listOf('text')),
        permitted: read(listOf('text')),
        ambient: read(listOf('text')),
      }),
    ),
  ),
  rlimits: other(
    listOf(objectOf(fieldsOf({ type: read('text'), hard: read('digits'), soft: read('digits') }))),
    withoutPriority,
  ),
  noNewPrivileges: read('flag'),
  apparmorProfile: read('text'),
  oomScoreAdj: other('integer', canBeKilled),
  scheduler: other('any'),
  selinuxLabel: read('text'),
  ioPriority: other('any', isBestEffort),
  execCPUAffinity: harmless('any', limit),
});

const hook = listOf(
  objectOf(
    fieldsOf({ path: read('text'), args: read(listOf('text')), env: read(listOf('text')), timeout: read('integer') }),
  ),
);

const resourceFields = fieldsOf({
  devices: read(
    listOf(
      objectOf(
        fieldsOf({
          allow: read('flag'),
          type: read('text'),
          major: read('integer'),
          minor: read('integer'),
          access: read('text'),
        }),
      ),
    ),
  ),
  memory: read(
    objectOf(
      fieldsOf({
        limit: read('digits'),
        reservation: harmless('digits', limit),
        swap: harmless('digits', limit),
        kernel: harmless('digits', limit),
        kernelTCP: harmless('digits', limit),
        swappiness: harmless('digits', limit),
        disableOOMKiller: other('flag'),
        useHierarchy: harmless('flag', limit),
        checkBeforeUpdate: harmless('flag', limit),
      }),
    ),
  ),
  cpu: read(
    objectOf(
      fieldsOf({
        shares: harmless('digits', limit),
        quota: read('digits'),
        burst: harmless('digits', limit),
        period: read('digits'),
        realtimeRuntime: other('digits'),
        realtimePeriod: other('digits'),
        cpus: harmless('text', limit),
        mems: harmless('text', limit),
        idle: harmless('digits', limit),
      }),
    ),
  ),
  pids: read(objectOf(fieldsOf({ limit: read('digits') }))),
  blockIO: harmless('any', limit),
  hugepageLimits: harmless('any', limit),
  network: other('any'),
  rdma: harmless('any', limit),
  unified: other(mapOf('text'), isControllers),
});

const linuxFields = fieldsOf({
  uidMappings: read(ids),
  gidMappings: read(ids),
  sysctl: read(mapOf('text')),
  resources: read(objectOf(resourceFields)),
  cgroupsPath: read('text'),
  namespaces: read(listOf(objectOf(fieldsOf({ type: read('text'), path: read('text') })))),
  devices: read(
    listOf(
      objectOf(
        fieldsOf({
          path: read('text'),
          type: read('text'),
          major: read('integer'),
          minor: read('integer'),
          fileMode: harmless('integer', 'permissions in the container'),
          uid: harmless('integer', 'its owner in the container'),
          gid: harmless('integer', 'its owner in the container'),
        }),
      ),
    ),
  ),
  seccomp: read(
    objectOf(
      fieldsOf({
        defaultAction: read('text'),
        defaultErrnoRet: harmless('digits', 'which error it is'),
        architectures: harmless(listOf('text'), 'which system calls are meant'),
        flags: harmless(listOf('text'), 'how the filter is loaded'),
        // Whoever listens there decides.
        listenerPath: other('text'),
        listenerMetadata: other('text'),
        syscalls: read('any'),
      }),
    ),
  ),
  rootfsPropagation: other('text', staysInside),
  maskedPaths: read(listOf('text')),
  readonlyPaths: read(listOf('text')),
  mountLabel: harmless('text', 'who else may use its files'),
  intelRdt: other('any'),
  memoryPolicy: other('any'),
  netDevices: other('any'),
  personality: other('any', isPlainSystem),
  timeOffsets: other('any'),
});

/** config.json of the OCI runtime specification 1.0 to 1.3 (specs-go/config.go). */
export const configFields: Fields = fieldsOf({
  ociVersion: read('text'),
  process: read(objectOf(processFields)),
  root: read(objectOf(fieldsOf({ path: read('text'), readonly: read('flag') }))),
  hostname: harmless('text', 'a name in its own namespace'),
  domainname: harmless('text', 'a name in its own namespace'),
  mounts: read(
    listOf(
      objectOf(
        fieldsOf({
          destination: read('text'),
          type: read('text'),
          source: read('text'),
          options: read(listOf('text')),
          uidMappings: harmless(ids, 'who owns its files in the container'),
          gidMappings: harmless(ids, 'who owns its files in the container'),
        }),
      ),
    ),
  ),
  hooks: read(
    objectOf(
      fieldsOf({
        prestart: read(hook),
        createRuntime: read(hook),
        createContainer: read(hook),
        startContainer: read(hook),
        poststart: read(hook),
        poststop: read(hook),
      }),
    ),
  ),
  annotations: read(mapOf('text')),
  linux: read(objectOf(linuxFields)),
  solaris: foreign,
  windows: foreign,
  vm: foreign,
  zos: foreign,
  freebsd: foreign,
});
