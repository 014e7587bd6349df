import { type At, engineCapabilities } from '../model/index.ts';
import { quoteName } from './json-value.ts';
import { LaunchError } from './launch-error.ts';

export { parseBind, parseMountText, type ReadMount } from './mount-text.ts';
export { parsePort } from './port-text.ts';
export { parseSecurityOptions, type ReadSecurityOptions } from './security-options.ts';
export { parseBoolean, parseDevice, parseDockerUser, parseSize } from './value-text.ts';

/** The same of podman (containers-common, containers.conf `default_capabilities`). */
export const podmanCapabilities: readonly string[] = engineCapabilities.filter(
  (name) => !['AUDIT_WRITE', 'MKNOD', 'NET_RAW'].includes(name),
);

/** Those that Linux has besides (capabilities(7), as of Linux 6.x: 41 in all). */
const furtherCapabilities: readonly string[] = [
  'AUDIT_CONTROL',
  'AUDIT_READ',
  'BLOCK_SUSPEND',
  'BPF',
  'CHECKPOINT_RESTORE',
  'DAC_READ_SEARCH',
  'IPC_LOCK',
  'IPC_OWNER',
  'LEASE',
  'LINUX_IMMUTABLE',
  'MAC_ADMIN',
  'MAC_OVERRIDE',
  'NET_ADMIN',
  'NET_BROADCAST',
  'PERFMON',
  'SYSLOG',
  'SYS_ADMIN',
  'SYS_BOOT',
  'SYS_MODULE',
  'SYS_NICE',
  'SYS_PACCT',
  'SYS_PTRACE',
  'SYS_RAWIO',
  'SYS_RESOURCE',
  'SYS_TIME',
  'SYS_TTY_CONFIG',
  'WAKE_ALARM',
];

export const linuxCapabilities: ReadonlySet<string> = new Set([...engineCapabilities, ...furtherCapabilities]);

/**
 * The whole set that a container gets by what is added and dropped, as moby decides it (oci/caps TweakCapabilities): `ALL`
 * added wins over `ALL` dropped, and what is added by its name over the same name dropped. Undefined where neither says
 * anything: the engine's default. `path` is where those stand that come by default. Throws LaunchError for a name that is none.
 */
export function compileCapabilities(
  add: readonly At<string>[],
  drop: readonly At<string>[],
  path: string,
  defaults: readonly string[] = engineCapabilities,
): readonly At<string>[] | undefined {
  if (add.length === 0 && drop.length === 0) return undefined;
  const added = add.map(parseCapability);
  const dropped = new Set(drop.map((each) => parseCapability(each).value));
  const all = added.find(({ value }) => value === 'ALL');
  if (all) {
    const left = [...linuxCapabilities].filter((name) => !dropped.has(name));
    if (left.length === linuxCapabilities.size) return [all];
    return left.map((value) => ({ value, path: all.path }));
  }
  const basis = dropped.has('ALL') ? [] : defaults.filter((name) => !dropped.has(name));
  const set = new Map(basis.map((value) => [value, { value, path }]));
  for (const capability of added) set.set(capability.value, capability);
  return [...set.values()];
}

/** Upper case, without `CAP_`, as engines read it. Throws LaunchError where there is none of that name. */
export function parseCapability({ value, path }: At<string>): At<string> {
  const name = value.toUpperCase().replace(/^CAP_/, '');
  if (name === 'ALL' && value.length === 3) return { value: name, path };
  if (!linuxCapabilities.has(name))
    throw new LaunchError('bad-launch', path, `${quoteName(value)} is no capability of Linux`);
  return { value: name, path };
}
