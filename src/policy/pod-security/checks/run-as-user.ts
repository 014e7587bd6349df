import type { PodSecuritySpec } from '../../../model/index.ts';
import {
  contextPath,
  hasUserNamespace,
  holdersOf,
  type PodSecurityCheck,
  type PodSecurityOffence,
} from '../pod-security-check.ts';

export const runAsUser: PodSecurityCheck = {
  id: 'pod-security/run-as-user',
  level: 'restricted',
  severity: 'medium',
  title: 'It is told to run as root',
  remedy: 'Set runAsUser to another number than 0, or leave it out',
  versions: [
    { from: 23, find },
    { from: 35, find: (pod) => (hasUserNamespace(pod) ? [] : find(pod)) },
  ],
};

function find({ spec }: PodSecuritySpec): readonly PodSecurityOffence[] {
  return holdersOf(spec)
    .filter(({ securityContext }) => securityContext?.runAsUser === 0)
    .map((holder) => ({
      path: contextPath(holder, 'runAsUser'),
      subject: holder.subject,
      evidence: `${holder.subject} sets runAsUser=0`,
    }));
}
