import {
  type At,
  engineCapabilities,
  type LaunchRequest,
  type LaunchSecurity,
  type LaunchUser,
} from '../../model/index.ts';
import type { BodyReader } from '../body-reader.ts';
import { parseCapability, podmanCapabilities } from '../docker-defaults.ts';

/** The program, as it will run: image and engine have had their say, so that nothing of the image's own is left to add. */
export function readProcess(process: BodyReader): Partial<LaunchRequest> {
  const cwd = process.text('cwd');
  const user = process.object('user');
  return {
    entrypoint: [],
    command: process.texts('args'),
    environment: process.texts('env').map(({ value, path }) => {
      const at = value.indexOf('=');
      return at < 0 ? { name: value, path } : { name: value.slice(0, at), path, value: value.slice(at + 1) };
    }),
    ...(cwd ? { workingDirectory: cwd } : {}),
    user: { value: readUser(user), path: process.at('user') },
    groups: readGroups(user),
  };
}

function readUser(user: BodyReader | undefined): LaunchUser {
  const uid = user?.number('uid')?.value ?? 0;
  const gid = user?.number('gid')?.value ?? 0;
  return { text: `${uid}:${gid}`, uid, gid };
}

/** Without its own group, which engines list again. */
function readGroups(user: BodyReader | undefined): readonly At<string>[] {
  const listed = user?.raw('additionalGids');
  if (!user || !Array.isArray(listed)) return [];
  return listed.flatMap((gid: unknown, index) =>
    gid === (user.raw('gid') ?? 0) ? [] : [{ value: String(gid), path: `${user.at('additionalGids')}[${index}]` }],
  );
}

/** Those of all five sets together, without the default set of an engine where it is just that. Throws LaunchError. */
export function readCapabilities(process: BodyReader): readonly At<string>[] | undefined {
  const sets = process.object('capabilities');
  const found = new Map<string, At<string>>();
  for (const name of ['bounding', 'effective', 'permitted', 'inheritable', 'ambient'])
    for (const text of sets?.texts(name) ?? []) {
      const capability = parseCapability(text);
      if (!found.has(capability.value)) found.set(capability.value, capability);
    }
  const isDefault = [engineCapabilities, podmanCapabilities].some(
    (defaults) => defaults.length === found.size && defaults.every((each) => found.has(each)),
  );
  // Without any set, a process keeps none.
  return isDefault ? undefined : [...found.values()];
}

const fewestOfAll = 25;

/** All that the kernel has; how many those are differs from host to host. */
export function hasAllCapabilities(capabilities: readonly At<string>[] | undefined): boolean {
  return (
    (capabilities?.length ?? 0) >= fewestOfAll && capabilities?.some(({ value }) => value === 'SYS_ADMIN') === true
  );
}

const engineProfiles =
  /^(?:docker-default|containers-default-[\w.+-]+|cri-containerd\.apparmor\.d|crio-default|nerdctl-default)$/;

/** Where a process or a container says what confines it: labels, and whether it may gain privileges. */
export function readConfinement(process: BodyReader): LaunchSecurity {
  const noNewPrivileges = process.flag('noNewPrivileges');
  const apparmor = process.text('apparmorProfile');
  const selinux = process.text('selinuxLabel');
  return {
    ...(noNewPrivileges ? { noNewPrivileges } : {}),
    ...(apparmor && !engineProfiles.test(apparmor.value) ? { apparmor } : {}),
    ...(selinux && !/:container(?:_t|_init_t):/.test(selinux.value) ? { selinux } : {}),
  };
}
