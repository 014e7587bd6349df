import type { LaunchSecurity } from '../../model/index.ts';
import type { BodyReader } from '../body-reader.ts';
import { quoteName } from '../json-value.ts';
import { LaunchError } from '../launch-error.ts';
import { isPermissiveSeccomp, parseProfile } from '../seccomp-profile.ts';

/** Privileges of swarm's ContainerSpec. Throws LaunchError for a mode that is none. */
export function readPrivileges(privileges: BodyReader | undefined): LaunchSecurity {
  if (!privileges) return {};
  const noNewPrivileges = privileges.flag('NoNewPrivileges');
  return {
    ...readSelinux(privileges.object('SELinuxContext')),
    ...readSeccomp(privileges.object('Seccomp')),
    ...readApparmor(privileges.object('AppArmor')),
    ...(noNewPrivileges ? { noNewPrivileges } : {}),
  };
}

function readSelinux(context: BodyReader | undefined): LaunchSecurity {
  if (!context) return {};
  if (context.flag('Disable')) return { selinux: { value: 'disable', path: context.at('Disable') } };
  const parts = ['User', 'Role', 'Type', 'Level'].map((key) => context.text(key)?.value ?? '');
  return parts.every((part) => part === '') ? {} : { selinux: { value: parts.join(':'), path: context.path } };
}

function readSeccomp(options: BodyReader | undefined): LaunchSecurity {
  const mode = options?.text('Mode')?.value ?? 'default';
  if (!options || mode === 'default') return {};
  const path = options.at('Mode');
  if (mode === 'unconfined') return { seccomp: { value: 'unconfined', path } };
  if (mode !== 'custom') throw new LaunchError('bad-launch', path, `${quoteName(mode)} is no mode of seccomp`);
  const profile = parseProfile(Buffer.from(options.text('Profile')?.value ?? '', 'base64'));
  return { seccomp: { value: profile && isPermissiveSeccomp(profile) ? 'unconfined' : 'profile', path } };
}

function readApparmor(options: BodyReader | undefined): LaunchSecurity {
  const mode = options?.text('Mode');
  if (!mode || mode.value === 'default') return {};
  if (mode.value !== 'disabled')
    throw new LaunchError('bad-launch', mode.path, `${quoteName(mode.value)} is no mode of AppArmor`);
  return { apparmor: { value: 'unconfined', path: mode.path } };
}
