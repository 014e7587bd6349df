import type { PodSecurityCheck } from '../pod-security-check.ts';
import { findProcMounts } from './proc-mount.ts';

/** Restricted holds on to what the baseline lets go for Pods in a user namespace. */
export const procMountRestricted: PodSecurityCheck = {
  id: 'pod-security/proc-mount-restricted',
  level: 'restricted',
  severity: 'high',
  title: 'Paths of /proc are not hidden that otherwise are',
  remedy: 'Leave procMount out',
  versions: [{ from: 35, overrides: ['pod-security/proc-mount'], find: findProcMounts }],
};
