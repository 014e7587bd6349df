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
import { isPermissiveSeccomp, parseProfile } from '../seccomp-profile.ts';
import { parseSecurityOptions } from '../security-options.ts';
import { readMounts } from './read-mounts.ts';

/** What a HostConfig asks for; ports are read apart, with those that the image exposes. Throws LaunchError. */
export function readHostConfig(host: BodyReader): Partial<LaunchRequest> & Pick<LaunchRequest, 'mounts' | 'others'> {
  const { mounts, others } = readMounts(host);
  const options = readSecurityOptions(host);
  const modes = readNamespaces(host);
  const runtime = host.text('Runtime');
  return {
    mounts,
    security: { ...options.security, ...readSecurity(host, options.security) },
    namespaces: modes.namespaces,
    groups: host.texts('GroupAdd'),
    sysctls: host.pairs('Sysctls'),
    volumesFrom: host.texts('VolumesFrom'),
    ...(runtime ? { runtime } : {}),
    ...readResources(host),
    others: [...others, ...options.others, ...modes.others],
  };
}

function readSecurity(host: BodyReader, asked: Partial<LaunchSecurity>): Partial<LaunchSecurity> {
  const privileged = host.flag('Privileged');
  const readOnlyRoot = host.flag('ReadonlyRootfs');
  const capabilities = compileCapabilities(host.words('CapAdd') ?? [], host.words('CapDrop') ?? [], host.at('CapDrop'));
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

const ownModes: Readonly<Record<LaunchNamespace['kind'], readonly string[]>> = {
  pid: ['', 'private'],
  ipc: ['', 'none', 'private', 'shareable'],
  uts: ['', 'private'],
  user: ['', 'private'],
  cgroup: ['', 'private'],
  network: [],
};

function readNamespaces(host: BodyReader): Pick<LaunchRequest, 'namespaces' | 'others'> {
  const namespaces: LaunchNamespace[] = [];
  const others: LaunchRequest['others'][number][] = [];
  const look = (key: string, kind: LaunchNamespace['kind']): void => {
    const { value: mode, path } = host.text(key) ?? { value: '', path: host.at(key) };
    const namespace = parseMode(mode, kind, path);
    if (namespace) namespaces.push(namespace);
    // Any other network mode is the name of a network.
    else if (kind !== 'network' && !ownModes[kind].includes(mode)) others.push({ name: key, value: mode, path });
  };
  look('PidMode', 'pid');
  look('NetworkMode', 'network');
  look('IpcMode', 'ipc');
  look('UTSMode', 'uts');
  look('UsernsMode', 'user');
  look('CgroupnsMode', 'cgroup');
  look('Cgroup', 'cgroup');
  return { namespaces, others };
}

/** `host`, `container:NAME`, and `ns:PATH` of podman; undefined where it is none of them. */
export function parseMode(mode: string, kind: LaunchNamespace['kind'], path: string): LaunchNamespace | undefined {
  if (mode === 'host') return { kind, path, mode: 'host' };
  const [, target] = /^(?:container|ns|pod):([\s\S]*)$/.exec(mode) ?? [];
  return target === undefined ? undefined : { kind, path, mode: 'shared', target };
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
