import {
  engineCapabilities,
  type LaunchMount,
  type LaunchRequest,
  type LaunchSecurity,
  type PodSecurityContext,
  type PodSecurityPodSpec,
  type PodSecuritySpec,
} from '../../model/index.ts';

const namespaceFields = { network: 'hostNetwork', pid: 'hostPID', ipc: 'hostIPC', user: 'hostUsers' } as const;

/**
 * The Pod that a launch of another form would be: a service of compose, a container of Docker, a config.json. Paths are those of
 * that form. The engine's own seccomp profile counts as RuntimeDefault; a user by number other than 0 as runAsUser and
 * runAsNonRoot, one by name as neither, since nobody knows its number. A published port is one of the host. Of a Pod the
 * LaunchSet has the exact one.
 */
export function compilePodSecurity(request: LaunchRequest): PodSecuritySpec {
  const paths: Record<string, string> = {};
  const spec: Record<string, true> = {};
  for (const { kind, mode, path } of request.namespaces) {
    if (mode !== 'host' || kind === 'uts' || kind === 'cgroup') continue;
    spec[namespaceFields[kind]] = true;
    paths[namespaceFields[kind]] = path;
  }
  const sysctls = request.sysctls.map(({ name, path }) => ({ name, path }));
  const container = {
    name: request.name ?? '',
    path: request.path,
    securityContext: compileContext(request),
    ports: request.ports
      .filter(({ host }) => host !== undefined)
      .map(({ host, path }) => ({ path, ...hostPort(host) })),
    probeHosts: [],
  };
  return {
    annotations: {},
    annotationsPath: '',
    spec: {
      path: request.path,
      paths,
      ...(spec as Pick<PodSecurityPodSpec, 'hostNetwork' | 'hostPID' | 'hostIPC' | 'hostUsers'>),
      ...(sysctls.length > 0 ? { securityContext: { sysctls } } : {}),
      containers: request.role === 'container' ? [container] : [],
      initContainers: request.role === 'init' ? [container] : [],
      ephemeralContainers: request.role === 'ephemeral' ? [container] : [],
      volumes: [
        ...request.mounts.map((mount) => ({
          name: mount.source ?? mount.target,
          kinds: [volumeKind(mount)],
          path: mount.path,
        })),
        // A Pod gets at a device of the host by its path; what a driver is asked for is a resource there.
        ...request.devices
          .filter(({ kind }) => kind !== 'request')
          .map(({ device, path }) => ({ name: device, kinds: ['hostPath'], path })),
        ...request.volumesFrom.map(({ value, path }) => ({ name: value, kinds: ['other'], path })),
      ],
    },
  };
}

/** 0 is any port that is free, and a port of the host nonetheless; Kubernetes takes 0 for none. */
function hostPort(host: number | undefined): { readonly hostPort?: number } {
  return host === undefined ? {} : { hostPort: host === 0 ? -1 : host };
}

function compileContext({ path, security, user }: LaunchRequest): PodSecurityContext {
  const paths: Record<string, string> = {};
  // Where a field is not said, the container itself is where it would stand.
  for (const field of ['allowPrivilegeEscalation', 'runAsNonRoot', 'capabilities.drop', 'seccompProfile.type'])
    paths[field] = path;
  const at = <Value>(place: { readonly path: string } | undefined, field: string, value: Value): Value => {
    if (place) paths[field] = place.path;
    return value;
  };
  const uid = user?.value.uid;
  const nonRoot = security.nonRoot?.value ?? (uid !== undefined && uid !== 0 ? true : undefined);
  const capabilities = security.capabilities && at(security.capabilities[0], 'capabilities.add', splitSet(security));
  if (security.capabilities?.[0]) paths['capabilities.drop'] = security.capabilities[0].path;
  return {
    paths,
    ...(security.privileged ? { privileged: at(security.privileged, 'privileged', security.privileged.value) } : {}),
    ...(security.noNewPrivileges
      ? {
          allowPrivilegeEscalation: at(
            security.noNewPrivileges,
            'allowPrivilegeEscalation',
            !security.noNewPrivileges.value,
          ),
        }
      : {}),
    ...(nonRoot === undefined ? {} : { runAsNonRoot: at(security.nonRoot ?? user, 'runAsNonRoot', nonRoot) }),
    ...(uid === undefined ? {} : { runAsUser: at(user, 'runAsUser', uid) }),
    ...(security.unmasked ? { procMount: at(security.unmasked, 'procMount', 'Unmasked') } : {}),
    ...(capabilities ? { capabilities } : {}),
    seccompProfile: at(security.seccomp, 'seccompProfile.type', {
      type: seccompTypes[security.seccomp?.value ?? 'default'],
    }),
    ...(security.apparmor
      ? {
          appArmorProfile: at(security.apparmor, 'appArmorProfile.type', {
            type: appArmorType(security.apparmor.value),
          }),
        }
      : {}),
    ...(security.selinux
      ? { seLinuxOptions: at(security.selinux, 'seLinuxOptions', selinuxOptions(security.selinux.value)) }
      : {}),
  };
}

const seccompTypes = { default: 'RuntimeDefault', profile: 'Localhost', unconfined: 'Unconfined' } as const;

function appArmorType(profile: string): string {
  return profile === 'unconfined' ? 'Unconfined' : profile === 'default' ? 'RuntimeDefault' : 'Localhost';
}

/** To switch labels off is what the type of super-privileged containers does. */
function selinuxOptions(label: string): NonNullable<PodSecurityContext['seLinuxOptions']> {
  if (label === 'disable') return { type: 'spc_t' };
  const [user = '', role = '', type = ''] = label.split(':', 4);
  return { user, role, type };
}

/** The whole set as what a Pod would say: what it adds to the default, or, of a small one, ALL dropped and the rest added. */
function splitSet({ capabilities = [] }: LaunchSecurity): NonNullable<PodSecurityContext['capabilities']> {
  const set = new Set(capabilities.map(({ value }) => value));
  const missing = engineCapabilities.filter((name) => !set.has(name) && !set.has('ALL'));
  if (missing.includes('NET_RAW')) return { drop: ['ALL'], add: [...set] };
  return { drop: missing, add: [...set].filter((name) => !(engineCapabilities as readonly string[]).includes(name)) };
}

function volumeKind({ type, kind, driver, options = {} }: LaunchMount): string {
  if (kind !== undefined) return kind;
  switch (type) {
    case 'bind':
      return 'hostPath';
    case 'tmpfs':
      return 'emptyDir';
    case 'config':
      return 'configMap';
    case 'secret':
    case 'image':
      return type;
    case 'volume':
      return volumeKindOf(driver, options);
    default:
      return 'other';
  }
}

/** A volume of the driver `local` with options is a mount of whatever they say. */
function volumeKindOf(driver: string | undefined, options: Readonly<Record<string, string>>): string {
  const { device = '', o = '', type = '' } = options;
  if (driver !== undefined && driver !== '' && driver !== 'local') return 'flexVolume';
  if (type === 'tmpfs') return 'emptyDir';
  if (type.startsWith('nfs')) return 'nfs';
  if (device.startsWith('/') || o.split(',').some((word) => word === 'bind' || word === 'rbind')) return 'hostPath';
  return device === '' && type === '' && o === '' ? 'persistentVolumeClaim' : 'other';
}
