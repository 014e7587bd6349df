import type { PodSecuritySpec } from '../../../model/index.ts';
import {
  contextPath,
  holdersOf,
  type PodSecurityCheck,
  type PodSecurityOffence,
  quoted,
} from '../pod-security-check.ts';

const types = ['', 'container_t', 'container_init_t', 'container_kvm_t'];

export const seLinuxOptions: PodSecurityCheck = {
  id: 'pod-security/se-linux-options',
  level: 'baseline',
  severity: 'high',
  title: 'An SELinux type, user or role is asked for that containers do not have',
  remedy: 'Leave user and role out, and the type or one of the types for containers',
  versions: [
    { from: 0, find: (pod) => find(pod, types) },
    { from: 31, find: (pod) => find(pod, [...types, 'container_engine_t']) },
  ],
};

function find({ spec }: PodSecuritySpec, allowed: readonly string[]): readonly PodSecurityOffence[] {
  return holdersOf(spec).flatMap((holder) => {
    const { type = '', user = '', role = '' } = holder.securityContext?.seLinuxOptions ?? {};
    const bad = [
      ...(allowed.includes(type) ? [] : [`the type ${quoted(type)}`]),
      ...(user === '' ? [] : [`the user ${quoted(user)}`]),
      ...(role === '' ? [] : [`the role ${quoted(role)}`]),
    ];
    if (bad.length === 0) return [];
    return {
      path: contextPath(holder, 'seLinuxOptions'),
      subject: holder.subject,
      evidence: `${holder.subject} sets ${bad.join(', ')}`,
    };
  });
}
