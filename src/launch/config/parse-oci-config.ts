import type { LaunchImage, LaunchRequest, LaunchResources, LaunchSecurity, LaunchSet } from '../../model/index.ts';
import { BodyReader } from '../body-reader.ts';
import { checkBody, othersOf } from '../body-shape.ts';
import { blankRequest } from '../docker/blank-request.ts';
import { parseDockerImage } from '../docker/docker-image.ts';
import { type JsonValue, quoteName } from '../json-value.ts';
import { LaunchError } from '../launch-error.ts';
import { unmaskedPaths } from '../masked-paths.ts';
import { isPermissiveSeccomp } from '../seccomp-profile.ts';
import { hasAllDevices, readDevices } from './oci-devices.ts';
import { configFields } from './oci-fields.ts';
import { readAnnotations, readHooks } from './oci-hooks.ts';
import { readOciMounts } from './oci-mounts.ts';
import { hostUserOf, readNamespaces } from './oci-namespaces.ts';
import type { OciOptions } from './oci-options.ts';
import { hasAllCapabilities, readCapabilities, readConfinement, readProcess } from './oci-process.ts';

/**
 * What the config.json of a bundle starts (OCI runtime specification 1.0 to 1.3): the last word on a container, after image
 * and engine have had theirs. What an engine does by itself is left out; whatever is left was asked for. Throws LaunchError.
 */
export function parseOciConfig(value: JsonValue, options: OciOptions = {}): LaunchSet {
  const map = checkBody(value, configFields);
  const config = new BodyReader(map, '');
  const version = config.text('ociVersion')?.value ?? '';
  if (!/^1\.\d+\.\d+/.test(version))
    throw new LaunchError('bad-launch', 'ociVersion', `${quoteName(version)} is no version that is known`);
  const process = config.object('process');
  const linux = config.object('linux');
  if (!process || !linux) throw new LaunchError('bad-launch', process ? 'linux' : 'process', 'it is missing');
  const id = options.id ?? idOf(linux.text('cgroupsPath')?.value ?? '');
  const { namespaces, others } = readNamespaces(linux, options);
  const annotated = readWorkload(config, options);
  const { engine } = options;
  const { mounts, writable, roots } = readOciMounts(config, namespaces, {
    ...(engine === undefined ? {} : { engine }),
    // Whoever calls containerd chooses the ID.
    ...(id === undefined || engine === 'containerd' ? {} : { id }),
    ...(annotated.sandbox === undefined ? {} : { sandbox: annotated.sandbox }),
  });
  const { security, devices } = readSecurity(config, process, linux, writable);
  const cgroupParent = linux.text('cgroupsPath');
  const request: LaunchRequest = {
    ...blankRequest('config', 'start'),
    ...readProcess(process),
    ...annotated.request,
    user: readHostUser(readProcess(process).user, linux, options),
    mounts,
    security,
    namespaces,
    devices,
    sysctls: linux.pairs('sysctl').filter(({ name, value: setting }) => !isUsualSysctl(name, setting)),
    resources: readLimits(linux),
    ...(cgroupParent && !usualParent.test(cgroupParent.value) ? { cgroupParent } : {}),
    others: [
      ...others,
      ...readRoot(config, roots),
      ...readHooks(config.object('hooks'), id),
      ...readAnnotations(config),
      ...othersOf(map, configFields),
    ],
  };
  return { form: 'config', requests: [request] };
}

/** `/docker/ID`, `system.slice:docker:ID`, `/libpod_parent/libpod-ID`. */
function idOf(cgroupsPath: string): string | undefined {
  return /(?:^|[/:-])([0-9a-f]{64})(?:\.scope)?$/.exec(cgroupsPath)?.[1];
}

const usualParent =
  /^(?:\/(?:docker|libpod_parent|default|k8s\.io|nerdctl|moby)\/[^/]+|(?:system|machine|user)\.slice:[a-z-]+:[^/:]+|\/?kubepods[^:]*(?::[a-z-]+:)?[^:]*)$/;

const usualSysctls: ReadonlyMap<string, RegExp> = new Map([
  ['net.ipv4.ip_unprivileged_port_start', /^0$/],
  ['net.ipv4.ping_group_range', /^0[ \t]+\d+$/],
]);

/** Those that dockerd, containerd and podman set by themselves. */
function isUsualSysctl(name: string, value: string): boolean {
  return usualSysctls.get(name)?.test(value) === true;
}

/** What only a storage driver's folder is called; any other root was named by somebody. */
const engineRoot =
  /^(?!.*\/\.\.(?:\/|$))(?:[^/]+$|\/.*\/(?:overlay2?|overlayfs|fuse-overlayfs|vfs|aufs|btrfs|zfs|devicemapper|native|stargz|nydus|io\.containerd\.[\w.-]+)\/)/;

/** Where it is known where the engine keeps things, the root must be there too. */
function readRoot(config: BodyReader, roots: readonly string[]): LaunchRequest['others'] {
  const path = config.object('root')?.text('path');
  if (!path) return [{ name: 'root', value: '', path: 'root' }];
  const isBelow =
    roots.length === 0 || !path.value.startsWith('/') || roots.some((each) => path.value.startsWith(`${each}/`));
  const isOwn = isBelow && engineRoot.test(path.value) && path.value !== '..' && path.value !== '.';
  return isOwn ? [] : [{ name: 'root', ...path }];
}

function readHostUser(user: LaunchRequest['user'], linux: BodyReader, { rootless }: OciOptions): LaunchRequest['user'] {
  const uid = user?.value.uid ?? 0;
  const mapped = user && hostUserOf(linux, uid);
  const hostUid = (mapped ?? uid) === 0 ? (rootless ?? mapped) : mapped;
  return user && hostUid !== undefined ? { ...user, value: { ...user.value, hostUid } } : user;
}

function readSecurity(
  config: BodyReader,
  process: BodyReader,
  linux: BodyReader,
  writable: readonly string[],
): Pick<LaunchRequest, 'security' | 'devices'> {
  const capabilities = readCapabilities(process);
  const devices = readDevices(linux);
  const seccomp = linux.object('seccomp');
  const isUnconfined = !seccomp || isPermissiveSeccomp(seccomp.map);
  const lists = ['maskedPaths', 'readonlyPaths'].map((key) => linux.texts(key).map(({ value }) => value));
  const unmasked = [...unmaskedPaths(lists[0], lists[1]), ...writable];
  const readOnlyRoot = config.object('root')?.flag('readonly');
  const confinement = readConfinement(process);
  const base: LaunchSecurity = { ...confinement, ...(readOnlyRoot ? { readOnlyRoot } : {}) };
  const isPodmans = config.pairs('annotations').some(isPrivilegedPodman);
  // Each of them by itself may be asked for; all of them together are what --privileged means.
  const isPrivileged =
    hasAllCapabilities(capabilities) && hasAllDevices(devices) && isUnconfined && lists[0]?.length === 0;
  if (isPrivileged || isPodmans)
    return {
      security: { ...base, privileged: { value: true, path: isPrivileged ? 'linux' : 'annotations' } },
      devices: [],
    };
  return {
    security: {
      ...base,
      ...(capabilities ? { capabilities } : {}),
      seccomp: { value: isUnconfined ? 'unconfined' : 'profile', path: linux.at('seccomp') },
      ...(unmasked.length > 0 ? { unmasked: { value: unmasked.join(' '), path: linux.at('maskedPaths') } } : {}),
    },
    devices,
  };
}

function isPrivilegedPodman({ name, value }: { readonly name: string; readonly value: string }): boolean {
  return name === 'io.podman.annotations.privileged' && value.toUpperCase() === 'TRUE';
}

const periodOfKernel = 100_000;

function readLimits(linux: BodyReader): LaunchResources {
  const resources = linux.object('resources');
  const memory = resources?.object('memory')?.number('limit');
  const cpu = resources?.object('cpu');
  const quota = cpu?.number('quota');
  const period = cpu?.number('period')?.value ?? periodOfKernel;
  const pids = resources?.object('pids')?.number('limit');
  return {
    ...(memory && memory.value > 0 ? { memoryBytes: memory } : {}),
    ...(quota && quota.value > 0 && period > 0 ? { cpus: { value: quota.value / period, path: quota.path } } : {}),
    ...(pids && pids.value > 0 ? { pids } : {}),
  };
}

/** Of whom it is: what the gate knows goes before annotations, and only those of kubelet's engines are believed. */
function readWorkload(config: BodyReader, options: OciOptions) {
  const annotations = new Map(config.pairs('annotations').map((each) => [each.name, each]));
  const said = (...names: string[]) =>
    options.engine === 'cri'
      ? names.map((name) => annotations.get(name)).find((each) => each !== undefined)
      : undefined;
  const pod = said('io.kubernetes.cri.sandbox-name', 'io.kubernetes.pod.name')?.value;
  const namespace = said('io.kubernetes.cri.sandbox-namespace', 'io.kubernetes.pod.namespace')?.value;
  const named = said('io.kubernetes.cri.image-name', 'io.kubernetes.cri-o.ImageName', 'io.kubernetes.cri-o.Image');
  const name = options.name ?? said('io.kubernetes.cri.container-name', 'io.kubernetes.container.name')?.value;
  const unknown: LaunchImage = { value: '', path: '', problem: 'a config.json does not say of which image it is' };
  const request: Pick<LaunchRequest, 'workload' | 'name' | 'image'> = {
    ...(name === undefined ? {} : { name }),
    image: options.image ?? (named ? parseDockerImage(named.value, named.path) : unknown),
    workload: {
      ...(pod === undefined ? {} : { kind: 'Pod', name: pod }),
      ...(namespace === undefined ? {} : { namespace }),
      labels: options.labels ?? {},
    },
  };
  return { request, sandbox: said('io.kubernetes.cri.sandbox-id', 'io.kubernetes.cri-o.SandboxID')?.value };
}
