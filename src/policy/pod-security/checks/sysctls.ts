import { contextPath, type PodSecurityCheck, podHolder, quoted } from '../pod-security-check.ts';

/** From which minor version on which are taken for safe: of the Pod's own namespaces, and without effect on others. */
const allowedFrom: readonly (readonly [number, readonly string[]])[] = [
  [
    0,
    [
      'kernel.shm_rmid_forced',
      'net.ipv4.ip_local_port_range',
      'net.ipv4.tcp_syncookies',
      'net.ipv4.ping_group_range',
      'net.ipv4.ip_unprivileged_port_start',
    ],
  ],
  [27, ['net.ipv4.ip_local_reserved_ports']],
  [
    29,
    [
      'net.ipv4.tcp_keepalive_time',
      'net.ipv4.tcp_fin_timeout',
      'net.ipv4.tcp_keepalive_intvl',
      'net.ipv4.tcp_keepalive_probes',
    ],
  ],
  [32, ['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']],
  [37, ['net.ipv4.tcp_slow_start_after_idle', 'net.ipv4.tcp_notsent_lowat']],
];

export const sysctls: PodSecurityCheck = {
  id: 'pod-security/sysctls',
  level: 'baseline',
  severity: 'high',
  title: 'A kernel parameter is set that is not known to be safe',
  remedy: 'Leave it out; what the whole node needs is set on the node',
  versions: allowedFrom.map(([from]) => {
    const allowed = new Set(allowedFrom.flatMap(([since, names]) => (since <= from ? names : [])));
    return {
      from,
      find: ({ spec }) =>
        (spec.securityContext?.sysctls ?? [])
          .filter(({ name }) => !allowed.has(name))
          .map(({ name, path }) => ({
            path: path ?? contextPath(podHolder(spec), 'sysctls'),
            subject: 'the Pod',
            evidence: `the Pod sets ${quoted(name)}`,
          })),
    };
  }),
};
