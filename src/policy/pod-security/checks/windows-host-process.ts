import { contextPath, holdersOf, type PodSecurityCheck } from '../pod-security-check.ts';

export const windowsHostProcess: PodSecurityCheck = {
  id: 'pod-security/windows-host-process',
  level: 'baseline',
  severity: 'critical',
  title: 'A container of Windows runs as a process of the host',
  remedy: 'Leave windowsOptions.hostProcess out',
  versions: [
    {
      from: 0,
      find: ({ spec }) =>
        holdersOf(spec)
          .filter(({ securityContext }) => securityContext?.windowsOptions?.hostProcess === true)
          .map((holder) => ({
            path: contextPath(holder, 'windowsOptions.hostProcess'),
            subject: holder.subject,
            evidence: `${holder.subject} asks for hostProcess=true`,
          })),
    },
  ],
};
