/** Every check of the Pod Security Standards, by Kubernetes' own ID; docs/reference/rules.md has a row for each. */
export const podSecurityRuleIds = [
  'pod-security/allow-privilege-escalation',
  'pod-security/app-armor-profile',
  'pod-security/capabilities-baseline',
  'pod-security/capabilities-restricted',
  'pod-security/host-namespaces',
  'pod-security/host-path-volumes',
  'pod-security/host-ports',
  'pod-security/host-probes-and-host-lifecycle',
  'pod-security/privileged',
  'pod-security/proc-mount',
  'pod-security/proc-mount-restricted',
  'pod-security/restricted-volumes',
  'pod-security/run-as-non-root',
  'pod-security/run-as-user',
  'pod-security/se-linux-options',
  'pod-security/seccomp-profile-baseline',
  'pod-security/seccomp-profile-restricted',
  'pod-security/sysctls',
  'pod-security/windows-host-process',
] as const;
export type PodSecurityRuleId = (typeof podSecurityRuleIds)[number];

/** Levels of the Pod Security Standards, from the widest. */
export const podSecurityLevels = ['privileged', 'baseline', 'restricted'] as const;
export type PodSecurityLevel = (typeof podSecurityLevels)[number];
