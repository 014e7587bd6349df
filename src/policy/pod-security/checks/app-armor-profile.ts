import {
  contextPath,
  holdersOf,
  type PodSecurityCheck,
  type PodSecurityOffence,
  quoted,
} from '../pod-security-check.ts';

const annotationPrefix = 'container.apparmor.security.beta.kubernetes.io/';

/** Annotations count whether or not there is a container of that name, as in Kubernetes. */
export const appArmorProfile: PodSecurityCheck = {
  id: 'pod-security/app-armor-profile',
  level: 'baseline',
  severity: 'high',
  title: 'AppArmor is switched off, or set to what is no profile',
  remedy: 'Leave the AppArmor profile out, or set its type to RuntimeDefault',
  versions: [
    {
      from: 0,
      find({ annotations, annotationsPath, spec }) {
        const fields = holdersOf(spec).flatMap((holder): PodSecurityOffence[] => {
          const type = holder.securityContext?.appArmorProfile?.type;
          if (type === undefined || type === 'RuntimeDefault' || type === 'Localhost') return [];
          return [
            {
              path: contextPath(holder, 'appArmorProfile.type'),
              subject: holder.subject,
              evidence: `${holder.subject} sets the AppArmor profile ${quoted(type)}`,
            },
          ];
        });
        const told = Object.entries(annotations).flatMap(([name, value]): PodSecurityOffence[] => {
          if (!name.startsWith(annotationPrefix)) return [];
          if (value === '' || value === 'runtime/default' || value.startsWith('localhost/')) return [];
          const subject = `container ${quoted(name.slice(annotationPrefix.length))}`;
          const evidence = `the annotation ${name.slice(0, 200)} is ${quoted(value)}`;
          return [{ path: `${annotationsPath}[${quoted(name)}]`, subject, evidence }];
        });
        return [...fields, ...told];
      },
    },
  ],
};
