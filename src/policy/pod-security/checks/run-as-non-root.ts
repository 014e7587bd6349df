import type { PodSecuritySpec } from '../../../model/index.ts';
import {
  containerHolders,
  contextPath,
  hasUserNamespace,
  type PodSecurityCheck,
  type PodSecurityOffence,
  podHolder,
} from '../pod-security-check.ts';

export const runAsNonRoot: PodSecurityCheck = {
  id: 'pod-security/run-as-non-root',
  level: 'restricted',
  severity: 'medium',
  title: 'It may run as root',
  remedy: 'Set runAsNonRoot to true, for the Pod or for each container',
  versions: [
    { from: 0, find },
    { from: 35, find: (pod) => (hasUserNamespace(pod) ? [] : find(pod)) },
  ],
};

/** Who says false is told; only where nobody does, who does not say true. */
function find({ spec }: PodSecuritySpec): readonly PodSecurityOffence[] {
  const pod = podHolder(spec);
  const containers = containerHolders(spec);
  const said = [pod, ...containers].filter(({ securityContext }) => securityContext?.runAsNonRoot === false);
  if (said.length > 0)
    return said.map((holder) => ({
      path: contextPath(holder, 'runAsNonRoot'),
      subject: holder.subject,
      evidence: `${holder.subject} sets runAsNonRoot=false`,
    }));
  if (pod.securityContext?.runAsNonRoot === true) return [];
  return containers
    .filter(({ securityContext }) => securityContext?.runAsNonRoot === undefined)
    .map((holder) => ({
      path: contextPath(holder, 'runAsNonRoot'),
      subject: holder.subject,
      evidence: `neither the Pod nor ${holder.subject} sets runAsNonRoot=true`,
    }));
}
