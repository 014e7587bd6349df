import type { PodSecuritySpec } from '../../../model/index.ts';
import {
  containerHolders,
  contextPath,
  hasUserNamespace,
  type PodSecurityCheck,
  type PodSecurityOffence,
  quoted,
} from '../pod-security-check.ts';

export const procMount: PodSecurityCheck = {
  id: 'pod-security/proc-mount',
  level: 'baseline',
  severity: 'high',
  title: 'Paths of /proc are not hidden that otherwise are',
  remedy: 'Leave procMount out, or give the Pod a user namespace: hostUsers: false',
  versions: [
    { from: 0, find: findProcMounts },
    { from: 35, find: (pod) => (hasUserNamespace(pod) ? [] : findProcMounts(pod)) },
  ],
};

export function findProcMounts({ spec }: PodSecuritySpec): readonly PodSecurityOffence[] {
  return containerHolders(spec).flatMap((holder) => {
    const value = holder.securityContext?.procMount;
    if (value === undefined || value === 'Default') return [];
    return {
      path: contextPath(holder, 'procMount'),
      subject: holder.subject,
      evidence: `${holder.subject} sets procMount to ${quoted(value)}`,
    };
  });
}
