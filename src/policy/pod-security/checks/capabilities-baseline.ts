import { containerHolders, contextPath, type PodSecurityCheck, quotedList } from '../pod-security-check.ts';

/** What engines give by default, without NET_RAW. Names are compared as they stand, as Kubernetes does. */
const allowed: ReadonlySet<string> = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

export const capabilitiesBaseline: PodSecurityCheck = {
  id: 'pod-security/capabilities-baseline',
  level: 'baseline',
  severity: 'high',
  title: 'Capabilities are added that engines do not give by default',
  remedy: 'Add none, or only those that engines give anyway',
  versions: [
    {
      from: 0,
      find: ({ spec }) =>
        containerHolders(spec).flatMap((holder) => {
          const added = (holder.securityContext?.capabilities?.add ?? []).filter((name) => !allowed.has(name));
          if (added.length === 0) return [];
          return {
            path: contextPath(holder, 'capabilities.add'),
            subject: holder.subject,
            evidence: `${holder.subject} adds ${quotedList(added)}`,
          };
        }),
    },
  ],
};
