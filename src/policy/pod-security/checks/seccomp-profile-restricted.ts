import type { PodSecuritySpec } from '../../../model/index.ts';
import {
  containerHolders,
  contextPath,
  isWindows,
  type PodSecurityCheck,
  type PodSecurityOffence,
} from '../pod-security-check.ts';
import { filters, findRefusedSeccomp } from './seccomp-profile-baseline.ts';

const overrides = ['pod-security/seccomp-profile-baseline'] as const;

export const seccompProfileRestricted: PodSecurityCheck = {
  id: 'pod-security/seccomp-profile-restricted',
  level: 'restricted',
  severity: 'medium',
  title: 'No seccomp profile is asked for',
  remedy: 'Set the type of the seccomp profile to RuntimeDefault, for the Pod or for each container',
  versions: [
    { from: 19, overrides, find },
    { from: 25, overrides, find: (pod) => (isWindows(pod) ? [] : find(pod)) },
  ],
};

/** Who asks for none is told; only where nobody does, who does not ask. */
function find(pod: PodSecuritySpec): readonly PodSecurityOffence[] {
  const refused = findRefusedSeccomp(pod);
  const ofPod = pod.spec.securityContext?.seccompProfile;
  if (refused.length > 0 || (ofPod && filters(ofPod.type))) return refused;
  return containerHolders(pod.spec)
    .filter(({ securityContext }) => securityContext?.seccompProfile === undefined)
    .map((holder) => ({
      path: contextPath(holder, 'seccompProfile.type'),
      subject: holder.subject,
      evidence: `neither the Pod nor ${holder.subject} sets a seccomp profile`,
    }));
}
