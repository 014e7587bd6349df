import type {
  LaunchDevice,
  LaunchNamespace,
  LaunchRequest,
  LaunchResources,
  LaunchSecurity,
} from '../../model/index.ts';
import type { BodyReader } from '../body-reader.ts';
import { compileCapabilities } from '../docker-defaults.ts';
import { unmaskedPaths } from '../masked-paths.ts';
import { parseNamespace } from '../namespace-text.ts';
import { isPermissiveSeccomp, parseProfile } from '../seccomp-profile.ts';
import { parseSecurityOptions } from '../security-options.ts';
import { readMounts } from './read-mounts.ts';

/** What a HostConfig asks for; ports are read apart, with those that the image exposes. Throws LaunchError. */
export function readHostConfig(host: BodyReader): Partial<LaunchRequest> & Pick<LaunchRequest, 'mounts' | 'others'> {
  const { mounts, others } = readMounts(host);
  const options = readSecurityOptions(host);
  const shared = readNamespaces(host);
  const runtime = host.text('Runtime');
  return {
    mounts,
    security: { ...options.security, ...readSecurity(host, options.security) },
    namespaces: shared.namespaces,
    groups: host.texts('GroupAdd'),
    sysctls: host.pairs('Sysctls'),
    volumesFrom: host.texts('VolumesFrom'),
    ...(runtime ? { runtime } : {}),
    ...readResources(host),
    others: [...others, ...options.others, ...shared.others],
  };
}

function readSecurity(host: BodyReader, asked: Partial<LaunchSecurity>): Partial<LaunchSecurity> {
  const privileged = host.flag('Privileged');
  const readOnlyRoot = host.flag('ReadonlyRootfs');
  const [add = [], drop = []] = [host.words('CapAdd'), host.words('CapDrop')];
  const capabilities = compileCapabilities(add, drop, host.at(drop.length > 0 ? 'CapDrop' : 'CapAdd'));
  // Null is the engine's own list, an empty one hides nothing.
  const lists = ['MaskedPaths', 'ReadonlyPaths'].map((key) =>
    host.raw(key) === undefined ? undefined : host.texts(key).map(({ value }) => value),
  );
  const unmasked = unmaskedPaths(lists[0], lists[1]);
  const path = host.at(lists[0] && unmaskedPaths(lists[0], undefined).length > 0 ? 'MaskedPaths' : 'ReadonlyPaths');
  return {
    ...(privileged ? { privileged } : {}),
    ...(readOnlyRoot ? { readOnlyRoot } : {}),
    ...(capabilities ? { capabilities } : {}),
    ...(unmasked.length > 0 && !asked.unmasked ? { unmasked: { value: unmasked.join(' '), path } } : {}),
  };
}

/** As `--security-opt` has them; clients send a seccomp profile whole, and one that refuses nothing is none. */
function readSecurityOptions(host: BodyReader): ReturnType<typeof parseSecurityOptions> {
  const texts = host.texts('SecurityOpt');
  const read = parseSecurityOptions(texts);
  const { seccomp } = read.security;
  if (seccomp?.value !== 'profile') return read;
  const text = texts.find(({ path }) => path === seccomp.path)?.value.replace(/^seccomp[=:]/, '') ?? '';
  const profile = parseProfile(text);
  if (!profile || !isPermissiveSeccomp(profile)) return read;
  return { ...read, security: { ...read.security, seccomp: { ...seccomp, value: 'unconfined' } } };
}

const modes: readonly (readonly [string, LaunchNamespace['kind']])[] = [
  ['PidMode', 'pid'],
  ['NetworkMode', 'network'],
  ['IpcMode', 'ipc'],
  ['UTSMode', 'uts'],
  ['UsernsMode', 'user'],
  ['CgroupnsMode', 'cgroup'],
  ['Cgroup', 'cgroup'],
];

function readNamespaces(host: BodyReader): Pick<LaunchRequest, 'namespaces' | 'others'> {
  const namespaces: LaunchNamespace[] = [];
  const others: LaunchRequest['others'][number][] = [];
  for (const [key, kind] of modes) {
    const text = host.text(key);
    if (!text) continue;
    const namespace = parseNamespace(kind, text.value, text.path);
    if (namespace === 'unknown') others.push({ name: key, ...text });
    else if (namespace) namespaces.push(namespace);
  }
  return { namespaces, others };
}

/** What Resources ask for, of a HostConfig or of an update. */
export function readResources(host: BodyReader): Partial<LaunchRequest> {
  const cgroupParent = host.text('CgroupParent');
  return { resources: readLimits(host), devices: readDevices(host), ...(cgroupParent ? { cgroupParent } : {}) };
}

const periodOfKernel = 100_000;

function readLimits(host: BodyReader): LaunchResources {
  const memory = host.number('Memory');
  const pids = host.number('PidsLimit');
  const nano = host.number('NanoCpus');
  const quota = host.number('CpuQuota');
  const period = host.number('CpuPeriod')?.value ?? periodOfKernel;
  const cores = nano
    ? { value: nano.value / 1e9, path: nano.path }
    : quota && { value: quota.value / period, path: quota.path };
  return {
    // Below zero is none.
    ...(memory && memory.value > 0 ? { memoryBytes: memory } : {}),
    ...(cores && cores.value > 0 ? { cpus: cores } : {}),
    ...(pids && pids.value > 0 ? { pids } : {}),
  };
}

function readDevices(host: BodyReader): readonly LaunchDevice[] {
  const mapped = host.objects('Devices').map((device): LaunchDevice => {
    const permissions = device.text('CgroupPermissions')?.value;
    return {
      path: device.path,
      device: device.text('PathOnHost')?.value ?? '',
      kind: 'path',
      ...(permissions === undefined ? {} : { permissions }),
    };
  });
  const rules = host.texts('DeviceCgroupRules').map(({ value, path }): LaunchDevice => {
    const permissions = /^[abc] \S+ ([rwm]{1,3})$/.exec(value)?.[1];
    return { path, device: value, kind: 'cgroup-rule', ...(permissions === undefined ? {} : { permissions }) };
  });
  const requested = host.objects('DeviceRequests').map((request): LaunchDevice => {
    const capabilities = request.raw('Capabilities');
    const named = Array.isArray(capabilities) ? capabilities.flat().join(',') : '';
    const ids = request.texts('DeviceIDs').map(({ value }) => value);
    const count = request.number('Count')?.value ?? 0;
    const which = ids.length > 0 ? ids.join(',') : count < 0 ? 'all' : `${count}`;
    return { path: request.path, device: `${request.text('Driver')?.value ?? named}=${which}`, kind: 'request' };
  });
  return [...mapped, ...rules, ...requested];
}
