import { type PodSecurityCheck, quoted, quotedList } from '../pod-security-check.ts';

const allowed: ReadonlySet<string> = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

/**
 * Kubernetes takes a volume of two kinds for allowed where one of them is, since it never gets to see such a volume; here
 * each kind must be allowed.
 */
export const restrictedVolumes: PodSecurityCheck = {
  id: 'pod-security/restricted-volumes',
  level: 'restricted',
  severity: 'medium',
  title: 'A volume is of a kind that the cluster does not look after itself',
  remedy: 'Use a PersistentVolumeClaim, or what the cluster itself holds',
  versions: [
    {
      from: 0,
      overrides: ['pod-security/host-path-volumes'],
      find: ({ spec }) =>
        spec.volumes.flatMap(({ name, kinds, path }) => {
          const refused = kinds.filter((kind) => !allowed.has(kind));
          if (refused.length === 0) return [];
          const subject = `volume ${quoted(name)}`;
          return { path, subject, evidence: `${subject} is of the kind ${quotedList(refused)}` };
        }),
    },
  ],
};
