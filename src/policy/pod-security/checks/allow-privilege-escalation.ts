import type { PodSecuritySpec } from '../../../model/index.ts';
import {
  containerHolders,
  contextPath,
  isWindows,
  type PodSecurityCheck,
  type PodSecurityOffence,
} from '../pod-security-check.ts';

export const allowPrivilegeEscalation: PodSecurityCheck = {
  id: 'pod-security/allow-privilege-escalation',
  level: 'restricted',
  severity: 'medium',
  title: 'A process may gain rights that its parent has not',
  remedy: 'Set allowPrivilegeEscalation to false',
  versions: [
    { from: 8, find },
    { from: 25, find: (pod) => (isWindows(pod) ? [] : find(pod)) },
  ],
};

function find({ spec }: PodSecuritySpec): readonly PodSecurityOffence[] {
  return containerHolders(spec)
    .filter(({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false)
    .map((holder) => ({
      path: contextPath(holder, 'allowPrivilegeEscalation'),
      subject: holder.subject,
      evidence: `${holder.subject} does not set allowPrivilegeEscalation=false`,
    }));
}
