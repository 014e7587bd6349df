import type { JsonObject } from '../../base/index.ts';
import type {
  LaunchPort,
  PodSecurityContainer,
  PodSecurityContext,
  PodSecurityPodSpec,
  PodSecuritySpec,
} from '../../model/index.ts';
import {
  below,
  podLimits,
  readFlag,
  readInteger,
  readName,
  readObject,
  readObjects,
  readText,
  readTexts,
  type Writable,
} from './pod-reading.ts';
import type { PodScope } from './pod-scope.ts';

/** The containers of a Pod with where each stands, as parsePod found them. */
export interface PodContainers {
  readonly [role: string]: readonly { readonly object: JsonObject; readonly path: string }[];
}

/** A Pod as the Pod Security Standards see it: as it stands, nothing inherited, nothing filled in but emptyDir. */
export function readPodSecurity(
  scope: PodScope,
  containers: Readonly<Record<'container' | 'init' | 'ephemeral', PodContainers[string]>>,
): PodSecuritySpec {
  const { metadata, spec, specPath, volumes } = scope;
  const os = readObject(spec, 'os', specPath);
  const osName = os && readText(os, 'name', below(specPath, 'os'));
  const context = readContext(spec, specPath);
  const read = ({ object, path }: PodContainers[string][number]) => readContainer(object, path, scope);
  return {
    annotations: metadata.annotations,
    annotationsPath: below(metadata.path, 'annotations'),
    spec: {
      path: specPath,
      ...(osName === undefined ? {} : { os: osName }),
      ...readHostFlags(spec, specPath),
      ...(context ? { securityContext: context } : {}),
      containers: containers.container.map(read),
      initContainers: containers.init.map(read),
      ephemeralContainers: containers.ephemeral.map(read),
      volumes: [...volumes.values()].map(({ name, kind, path }) => ({ name, kinds: [kind], path: below(path, kind) })),
    },
  };
}

const hostFlags = ['hostNetwork', 'hostPID', 'hostIPC', 'hostUsers'] as const;

function readHostFlags(
  spec: JsonObject,
  path: string,
): Pick<PodSecurityPodSpec, 'hostNetwork' | 'hostPID' | 'hostIPC' | 'hostUsers'> {
  const flags: { hostNetwork?: boolean; hostPID?: boolean; hostIPC?: boolean; hostUsers?: boolean } = {};
  for (const key of hostFlags) {
    const value = readFlag(spec, key, path);
    if (value !== undefined) flags[key] = value;
  }
  return flags;
}

function readContainer(container: JsonObject, path: string, { probeHosts }: PodScope): PodSecurityContainer {
  const context = readContext(container, path);
  return {
    name: readName(container, path),
    path,
    ...(context ? { securityContext: context } : {}),
    ports: readObjects(container, 'ports', path, podLimits.items).map(({ object, path: at }) => {
      const hostPort: LaunchPort['host'] = readInteger(object, 'hostPort', at);
      return { path: below(at, 'hostPort'), ...(hostPort === undefined ? {} : { hostPort }) };
    }),
    probeHosts: probeHosts.get(path) ?? [],
  };
}

function readContext(parent: JsonObject, parentPath: string): PodSecurityContext | undefined {
  const context = readObject(parent, 'securityContext', parentPath);
  if (context === undefined) return undefined;
  const path = below(parentPath, 'securityContext');
  const typed = (key: string) => {
    const profile = readObject(context, key, path);
    return profile && { type: readText(profile, 'type', below(path, key)) ?? '' };
  };
  const capabilities = readObject(context, 'capabilities', path);
  const capability = (key: string) =>
    capabilities ? readTexts(capabilities, key, below(path, 'capabilities')).map(({ value }) => value) : [];
  const selinux = readObject(context, 'seLinuxOptions', path);
  const label = (key: string) => selinux && readText(selinux, key, below(path, 'seLinuxOptions'));
  const windows = readObject(context, 'windowsOptions', path);
  const hostProcess = windows && readFlag(windows, 'hostProcess', below(path, 'windowsOptions'));
  const sysctls = readObjects(context, 'sysctls', path, podLimits.items).map(({ object, path: at }) => ({
    name: readText(object, 'name', at) ?? '',
    path: below(at, 'name'),
  }));
  const read: Writable<PodSecurityContext> = {};
  const put = <Key extends keyof PodSecurityContext>(key: Key, value: PodSecurityContext[Key] | undefined) => {
    if (value !== undefined) read[key] = value;
  };
  put('privileged', readFlag(context, 'privileged', path));
  put('allowPrivilegeEscalation', readFlag(context, 'allowPrivilegeEscalation', path));
  put('runAsNonRoot', readFlag(context, 'runAsNonRoot', path));
  put('runAsUser', readInteger(context, 'runAsUser', path));
  put('procMount', readText(context, 'procMount', path));
  put('capabilities', capabilities && { add: capability('add'), drop: capability('drop') });
  put('seccompProfile', typed('seccompProfile'));
  put('appArmorProfile', typed('appArmorProfile'));
  put(
    'seLinuxOptions',
    selinux && { ...said('type', label('type')), ...said('user', label('user')), ...said('role', label('role')) },
  );
  put('windowsOptions', windows && said('hostProcess', hostProcess));
  put('sysctls', sysctls.length === 0 ? undefined : sysctls);
  return read;
}

function said<Key extends string, Value>(key: Key, value: Value | undefined): { readonly [Name in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [Name in Key]: Value });
}
