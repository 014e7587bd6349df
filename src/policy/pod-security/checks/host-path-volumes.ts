import { type PodSecurityCheck, quoted } from '../pod-security-check.ts';

export const hostPathVolumes: PodSecurityCheck = {
  id: 'pod-security/host-path-volumes',
  level: 'baseline',
  severity: 'high',
  title: 'A volume is a directory or file of the host',
  remedy: 'Use a PersistentVolumeClaim, a ConfigMap or an emptyDir',
  versions: [
    {
      from: 0,
      find: ({ spec }) =>
        spec.volumes
          .filter(({ kinds }) => kinds.includes('hostPath'))
          .map(({ name, path }) => ({
            path,
            subject: `volume ${quoted(name)}`,
            evidence: `volume ${quoted(name)} is of the kind hostPath`,
          })),
    },
  ],
};
