import { type PodSecurityCheck, podPath } from '../pod-security-check.ts';

export const hostNamespaces: PodSecurityCheck = {
  id: 'pod-security/host-namespaces',
  level: 'baseline',
  severity: 'high',
  title: 'Namespaces of the host are shared',
  remedy: 'Leave hostNetwork, hostPID and hostIPC out',
  versions: [
    {
      from: 0,
      find: ({ spec }) =>
        (['hostNetwork', 'hostPID', 'hostIPC'] as const)
          .filter((field) => spec[field] === true)
          .map((field) => ({
            path: podPath(spec, field),
            subject: 'the Pod',
            evidence: `the Pod asks for ${field}=true`,
          })),
    },
  ],
};
