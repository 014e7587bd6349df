import { containerHolders, contextPath, type PodSecurityCheck } from '../pod-security-check.ts';

export const privileged: PodSecurityCheck = {
  id: 'pod-security/privileged',
  level: 'baseline',
  severity: 'critical',
  title: 'A container is privileged',
  remedy: 'Leave privileged out, and add the capabilities that it needs',
  versions: [
    {
      from: 0,
      find: ({ spec }) =>
        containerHolders(spec)
          .filter(({ securityContext }) => securityContext?.privileged === true)
          .map((holder) => ({
            path: contextPath(holder, 'privileged'),
            subject: holder.subject,
            evidence: `${holder.subject} asks for privileged=true`,
          })),
    },
  ],
};
