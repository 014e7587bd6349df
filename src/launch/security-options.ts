import type { At, LaunchRequest, LaunchSecurity } from '../model/index.ts';
import { LaunchError } from './launch-error.ts';
import { parseBoolean } from './value-text.ts';

export interface ReadSecurityOptions {
  readonly security: Partial<LaunchSecurity>;
  /** Those that are not known, or have no place in LaunchSecurity. */
  readonly others: LaunchRequest['others'];
}

/**
 * What `--security-opt` says, as moby (daemon parseSecurityOpt), docker's client (`systempaths`) and podman (`mask`, `unmask`,
 * `proc-opts`) read it: split at the first `=`, at the first `:` where there is none; the last one counts. Throws LaunchError.
 */
export function parseSecurityOptions(options: readonly At<string>[]): ReadSecurityOptions {
  const security: { -readonly [Key in keyof LaunchSecurity]: LaunchSecurity[Key] } = {};
  const others: LaunchRequest['others'][number][] = [];
  const labels: At<string>[] = [];
  for (const { value: option, path } of options) {
    const at = option.includes('=') ? option.indexOf('=') : option.indexOf(':');
    const key = at < 0 ? option : option.slice(0, at);
    const value = at < 0 ? '' : option.slice(at + 1);
    if (key === '') throw new LaunchError('bad-launch', path, 'a security option has no name');
    if (key === 'no-new-privileges') security.noNewPrivileges = { value: at < 0 || parseBoolean(value, path), path };
    else if (option === 'disable') labels.push({ value: 'disable', path });
    else if (key === 'seccomp' && at > 0) security.seccomp = { value: seccompOf(value), path };
    else if (key === 'apparmor' && at > 0) security.apparmor = { value: apparmorOf(value), path };
    else if (key === 'label' && at > 0) labels.push({ value, path });
    else if (key === 'systempaths' && value === 'unconfined') security.unmasked = { value: 'ALL', path };
    else if (key === 'unmask' && at > 0) security.unmasked = { value, path };
    else others.push({ name: `security-opt ${key.slice(0, 60)}`, value, path });
  }
  const selinux = compileLabel(labels, others);
  if (selinux) security.selinux = selinux;
  return { security, others };
}

function seccompOf(value: string): 'default' | 'profile' | 'unconfined' {
  if (value === 'unconfined') return 'unconfined';
  return value === 'builtin' || value === '' ? 'default' : 'profile';
}

function apparmorOf(value: string): string {
  return value === '' || value === 'docker-default' ? 'default' : value;
}

const labelParts = ['user', 'role', 'type', 'level'];

function compileLabel(
  labels: readonly At<string>[],
  others: LaunchRequest['others'][number][],
): At<string> | undefined {
  const disabled = labels.find(({ value }) => value === 'disable');
  if (disabled) return disabled;
  const parts = ['', '', '', ''];
  let path: string | undefined;
  for (const label of labels) {
    const [key = ''] = label.value.split(':', 1);
    const index = labelParts.indexOf(key);
    if (index < 0 || key.length === label.value.length)
      others.push({ name: 'security-opt label', value: label.value, path: label.path });
    else {
      parts[index] = label.value.slice(key.length + 1);
      path ??= label.path;
    }
  }
  return path === undefined ? undefined : { value: parts.join(':'), path };
}
