import type { PodSecuritySpec } from '../../../model/index.ts';
import {
  containersOf,
  contextPath,
  holdersOf,
  type PodSecurityCheck,
  type PodSecurityOffence,
  quoted,
} from '../pod-security-check.ts';

const podAnnotation = 'seccomp.security.alpha.kubernetes.io/pod';
const containerAnnotation = 'container.seccomp.security.alpha.kubernetes.io/';

export const seccompProfileBaseline: PodSecurityCheck = {
  id: 'pod-security/seccomp-profile-baseline',
  level: 'baseline',
  severity: 'high',
  title: 'System calls are not filtered',
  remedy: 'Leave the seccomp profile out, or set its type to RuntimeDefault',
  versions: [
    { from: 0, find: findAnnotations },
    { from: 19, find: findRefusedSeccomp },
  ],
};

/** Whether a type of seccomp profile filters anything. */
export function filters(type: string): boolean {
  return type === 'RuntimeDefault' || type === 'Localhost';
}

export function findRefusedSeccomp({ spec }: PodSecuritySpec): readonly PodSecurityOffence[] {
  return holdersOf(spec).flatMap((holder) => {
    const type = holder.securityContext?.seccompProfile?.type;
    if (type === undefined || filters(type)) return [];
    return {
      path: contextPath(holder, 'seccompProfile.type'),
      subject: holder.subject,
      evidence: `${holder.subject} sets the seccomp profile ${quoted(type)}`,
    };
  });
}

/** Before there was a field, annotations said it. */
function findAnnotations({ annotations, annotationsPath, spec }: PodSecuritySpec): readonly PodSecurityOffence[] {
  const names = [podAnnotation, ...containersOf(spec).map(({ name }) => `${containerAnnotation}${name}`)];
  return [...new Set(names)].flatMap((name) => {
    const value = Object.hasOwn(annotations, name) ? annotations[name] : undefined;
    if (value === undefined || ['runtime/default', 'docker/default'].includes(value)) return [];
    if (value.startsWith('localhost/')) return [];
    return {
      path: `${annotationsPath}[${quoted(name)}]`,
      subject: 'the Pod',
      evidence: `the annotation ${name.slice(0, 200)} is ${quoted(value)}`,
    };
  });
}
