import type { JsonObject } from '../../base/index.ts';
import type { At, LaunchSecurity, LaunchUser } from '../../model/index.ts';
import { containerCapabilities } from './container-capabilities.ts';
import { knownKeys } from './known-keys.ts';
import {
  below,
  type Other,
  readFlag,
  readInteger,
  readObject,
  readText,
  unknownKeys,
  type Writable,
} from './pod-reading.ts';
import type { PodScope } from './pod-scope.ts';

export interface ContainerSecurity {
  readonly user?: At<LaunchUser>;
  readonly security: LaunchSecurity;
  readonly others: readonly Other[];
}

/** A security context and where it stands. */
export interface Context {
  readonly context: JsonObject;
  readonly path: string;
}

const seccompAnnotations = 'seccomp.security.alpha.kubernetes.io/pod';
const containerSeccompAnnotation = 'container.seccomp.security.alpha.kubernetes.io/';
const appArmorAnnotation = 'container.apparmor.security.beta.kubernetes.io/';

/** What a container says of itself, and where it says nothing, what its Pod says (SecurityContext, PodSecurityContext). */
export function readContainerSecurity(
  container: JsonObject,
  path: string,
  name: string,
  scope: PodScope,
): ContainerSecurity {
  const own = { context: readObject(container, 'securityContext', path) ?? {}, path: below(path, 'securityContext') };
  const ofPod = {
    context: readObject(scope.spec, 'securityContext', scope.specPath) ?? {},
    path: below(scope.specPath, 'securityContext'),
  };
  const both = [own, ofPod];
  const others = [...unknownKeys(own.context, own.path, knownKeys.securityContext)];
  const flag = (key: string, { context, path: at }: Context): At<boolean> | undefined => {
    const value = readFlag(context, key, at);
    return value === undefined ? undefined : { value, path: below(at, key) };
  };
  const privileged = flag('privileged', own);
  const capabilities = privileged?.value
    ? [{ value: 'ALL', path: privileged.path }]
    : containerCapabilities(own, others);
  const escalation = flag('allowPrivilegeEscalation', own);
  const seccomp = privileged?.value
    ? ({ value: 'unconfined', path: privileged.path } as const)
    : readSeccomp(both, name, scope, others);
  const apparmor = readAppArmor(own, ofPod, name, scope, others);
  const selinux = readSelinux(both, others);
  const readOnlyRoot = flag('readOnlyRootFilesystem', own);
  const nonRoot = first(both, (context) => flag('runAsNonRoot', context));
  const procMount = readText(own.context, 'procMount', own.path);
  const user = readUser(both, others);
  const security: Writable<LaunchSecurity> = { seccomp };
  if (privileged) security.privileged = privileged;
  if (capabilities) security.capabilities = capabilities;
  if (apparmor) security.apparmor = apparmor;
  if (selinux) security.selinux = selinux;
  if (escalation) security.noNewPrivileges = { value: !escalation.value, path: escalation.path };
  if (readOnlyRoot) security.readOnlyRoot = readOnlyRoot;
  if (procMount !== undefined && procMount !== 'Default')
    security.unmasked = { value: `procMount=${procMount.slice(0, 100)}`, path: below(own.path, 'procMount') };
  if (nonRoot) security.nonRoot = nonRoot;
  return user ? { user, security, others } : { security, others };
}

/** The first who says it. */
function first<Value>(contexts: readonly Context[], read: (context: Context) => Value | undefined): Value | undefined {
  for (const context of contexts) {
    const value = read(context);
    if (value !== undefined) return value;
  }
  return undefined;
}

function readUser(contexts: readonly Context[], others: Other[]): At<LaunchUser> | undefined {
  const number = (key: string) =>
    first(contexts, ({ context, path }) => {
      const value = readInteger(context, key, path);
      return value === undefined ? undefined : { value, path: below(path, key) };
    });
  const windows = first(contexts, ({ context, path }) => {
    const options = readObject(context, 'windowsOptions', path);
    if (options === undefined) return undefined;
    const at = below(path, 'windowsOptions');
    others.push(...unknownKeys(options, at, knownKeys.windowsOptions));
    if (readFlag(options, 'hostProcess', at) === true)
      others.push({ name: 'windowsOptions.hostProcess', path: below(at, 'hostProcess'), value: 'true' });
    const value = readText(options, 'runAsUserName', at);
    return value === undefined ? undefined : { value: { text: value }, path: below(at, 'runAsUserName') };
  });
  const uid = number('runAsUser');
  const gid = number('runAsGroup');
  if (uid === undefined && gid === undefined) return windows;
  return {
    path: (uid ?? gid)?.path ?? '',
    value: {
      text: `${uid?.value ?? ''}${gid ? `:${gid.value}` : ''}`,
      ...(uid ? { uid: uid.value } : {}),
      ...(gid ? { gid: gid.value } : {}),
    },
  };
}

const seccompTypes = { RuntimeDefault: 'default', Localhost: 'profile', Unconfined: 'unconfined' } as const;

/**
 * Without a profile there is none. The annotations that came before the field count where they take the profile away; that
 * they give one is not believed, since from 1.27 on nothing reads them.
 */
function readSeccomp(
  contexts: readonly [Context, Context] | readonly Context[],
  name: string,
  { metadata }: PodScope,
  others: Other[],
): NonNullable<LaunchSecurity['seccomp']> {
  const said = first(contexts, ({ context, path }) => {
    const profile = readObject(context, 'seccompProfile', path);
    if (profile === undefined) return undefined;
    const at = below(path, 'seccompProfile');
    others.push(...unknownKeys(profile, at, knownKeys.profile));
    const type = readText(profile, 'type', at) ?? '';
    const value = Object.hasOwn(seccompTypes, type) ? seccompTypes[type as keyof typeof seccompTypes] : 'unconfined';
    return { value, path: below(at, 'type') };
  });
  if (said) return said;
  for (const key of [`${containerSeccompAnnotation}${name}`, seccompAnnotations])
    if (Object.hasOwn(metadata.annotations, key))
      return { value: 'unconfined', path: `${below(metadata.path, 'annotations')}[${JSON.stringify(key)}]` };
  return { value: 'unconfined', path: below(contexts[0]?.path ?? '', 'seccompProfile') };
}

/** The container's own field, then its annotation, then the Pod's field (kubernetes/pkg/security/apparmor). */
function readAppArmor(
  own: Context,
  ofPod: Context,
  name: string,
  { metadata }: PodScope,
  others: Other[],
): At<string> | undefined {
  const field = ({ context, path }: Context) => {
    const profile = readObject(context, 'appArmorProfile', path);
    if (profile === undefined) return undefined;
    const at = below(path, 'appArmorProfile');
    others.push(...unknownKeys(profile, at, knownKeys.profile));
    const type = readText(profile, 'type', at) ?? '';
    if (type === 'RuntimeDefault') return { value: 'default', path: below(at, 'type') };
    if (type === 'Localhost')
      return { value: readText(profile, 'localhostProfile', at) ?? '', path: below(at, 'localhostProfile') };
    return { value: 'unconfined', path: below(at, 'type') };
  };
  const said = field(own);
  if (said) return said;
  const key = `${appArmorAnnotation}${name}`;
  const told = Object.hasOwn(metadata.annotations, key) ? metadata.annotations[key] : undefined;
  if (told === undefined || told === '') return field(ofPod);
  const value = told === 'runtime/default' ? 'default' : told.startsWith('localhost/') ? told.slice(10) : 'unconfined';
  return { value, path: `${below(metadata.path, 'annotations')}[${JSON.stringify(key)}]` };
}

function readSelinux(contexts: readonly Context[], others: Other[]): At<string> | undefined {
  return first(contexts, ({ context, path }) => {
    const options = readObject(context, 'seLinuxOptions', path);
    if (options === undefined) return undefined;
    const at = below(path, 'seLinuxOptions');
    others.push(...unknownKeys(options, at, knownKeys.seLinuxOptions));
    const parts = ['user', 'role', 'type', 'level'].map((key) => readText(options, key, at) ?? '');
    return parts.every((part) => part === '') ? undefined : { value: parts.join(':'), path: at };
  });
}
