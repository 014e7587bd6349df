import { containersOf, type PodSecurityCheck, quoted } from '../pod-security-check.ts';

export const hostPorts: PodSecurityCheck = {
  id: 'pod-security/host-ports',
  level: 'baseline',
  severity: 'medium',
  title: 'A port of the host is taken',
  remedy: 'Publish it by a Service',
  versions: [
    {
      from: 0,
      find: ({ spec }) =>
        containersOf(spec).flatMap(({ name, ports }) =>
          ports
            .filter(({ hostPort }) => hostPort !== undefined && hostPort !== 0)
            .map(({ hostPort, path }) => ({
              path,
              subject: `container ${quoted(name)}`,
              evidence: `container ${quoted(name)} takes port ${hostPort} of the host`,
            })),
        ),
    },
  ],
};
