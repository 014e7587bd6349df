import { containersOf, type PodSecurityCheck, quoted } from '../pod-security-check.ts';

export const hostProbesAndHostLifecycle: PodSecurityCheck = {
  id: 'pod-security/host-probes-and-host-lifecycle',
  level: 'baseline',
  severity: 'medium',
  title: 'A probe or lifecycle hook speaks to another host than its Pod',
  remedy: 'Leave host out: the kubelet then asks the Pod itself',
  versions: [
    {
      from: 34,
      find: ({ spec }) =>
        containersOf(spec).flatMap(({ name, probeHosts }) =>
          probeHosts
            .filter(({ host }) => host !== '')
            .map(({ host, path }) => ({
              path,
              subject: `container ${quoted(name)}`,
              evidence: `container ${quoted(name)} lets the kubelet speak to ${quoted(host)}`,
            })),
        ),
    },
  ],
};
