import { describe, expect, it } from 'vitest';
import {
  type PodSecurityContainer,
  type PodSecurityContext,
  type PodSecurityPodSpec,
  type PodSecuritySpec,
  podSecurityRuleIds,
} from '../../model/index.ts';
import { PolicyError } from '../policy-error.ts';
import { checksOf, judgePodSecurity } from './judge-pod-security.ts';
import { podSecurityChecks } from './pod-security-checks.ts';

type ContainerParts = Partial<PodSecurityContainer>;

const container = (name: string, path: string, parts: ContainerParts): PodSecurityContainer => ({
  name,
  path,
  ports: [],
  probeHosts: [],
  ...parts,
});

/** A Pod that keeps to restricted of every version, but for what a case changes. */
function podOf(
  spec: Partial<PodSecurityPodSpec> = {},
  of: ContainerParts = {},
  annotations: Readonly<Record<string, string>> = {},
): PodSecuritySpec {
  const strict = { allowPrivilegeEscalation: false, capabilities: { add: [], drop: ['ALL'] } };
  const context = { ...strict, ...of.securityContext };
  return {
    annotations,
    annotationsPath: 'metadata.annotations',
    spec: {
      path: 'spec',
      initContainers: [container('before', 'spec.initContainers[0]', { securityContext: strict })],
      containers: [container('web', 'spec.containers[0]', { ...of, securityContext: context })],
      ephemeralContainers: [],
      volumes: [],
      ...spec,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' }, ...spec.securityContext },
    },
  };
}

const withContext = (securityContext: PodSecurityContext) => podOf({}, { securityContext });
const withPodContext = (securityContext: PodSecurityContext) => podOf({ securityContext });
const withVolume = (...kinds: string[]) => podOf({ volumes: [{ name: 'data', kinds, path: 'spec.volumes[0]' }] });
const sysctl = (name: string) => withPodContext({ sysctls: [{ name, path: 'spec.securityContext.sysctls[0].name' }] });

const told = (pod: PodSecuritySpec, level: 'baseline' | 'restricted', version: string) =>
  judgePodSecurity(pod, level, version)
    .map(({ rule, path }) => `${rule.slice('pod-security/'.length)} ${path}`)
    .join(', ');

const own = 'spec.containers[0].securityContext';
const ofPod = 'spec.securityContext';

/** What, the Pod, the level, the last version that lets it pass (`-`: none), the first that does not, what that says. */
type Border = readonly [
  what: string,
  pod: PodSecuritySpec,
  level: 'baseline' | 'restricted',
  passes: string,
  fails: string,
  finding: string,
];

const borders: readonly Border[] = [
  ['privileged', withContext({ privileged: true }), 'baseline', '-', '1.0', `privileged ${own}.privileged`],
  ['host network', podOf({ hostNetwork: true }), 'baseline', '-', '1.0', 'host-namespaces spec.hostNetwork'],
  ['host processes', podOf({ hostPID: true }), 'baseline', '-', '1.0', 'host-namespaces spec.hostPID'],
  ['host IPC', podOf({ hostIPC: true }), 'baseline', '-', '1.0', 'host-namespaces spec.hostIPC'],
  ['a hostPath volume', withVolume('hostPath'), 'baseline', '-', '1.0', 'host-path-volumes spec.volumes[0]'],
  ['a hostPath volume', withVolume('hostPath'), 'restricted', '-', '1.0', 'restricted-volumes spec.volumes[0]'],
  ['an nfs volume', withVolume('nfs'), 'restricted', '-', '1.0', 'restricted-volumes spec.volumes[0]'],
  [
    'a volume of two kinds',
    withVolume('emptyDir', 'nfs'),
    'restricted',
    '-',
    '1.0',
    'restricted-volumes spec.volumes[0]',
  ],
  ['a kind nobody knows', withVolume('teleport'), 'restricted', '-', '1.37', 'restricted-volumes spec.volumes[0]'],
  [
    'a host port',
    podOf({}, { ports: [{ hostPort: 80, path: 'spec.containers[0].ports[0].hostPort' }] }),
    'baseline',
    '-',
    '1.0',
    'host-ports spec.containers[0].ports[0].hostPort',
  ],
  [
    'a probe of a host',
    podOf({}, { probeHosts: [{ host: '127.0.0.1', path: 'spec.containers[0].livenessProbe.httpGet.host' }] }),
    'baseline',
    '1.33',
    '1.34',
    'host-probes-and-host-lifecycle spec.containers[0].livenessProbe.httpGet.host',
  ],
  [
    'a capability beyond the default',
    withContext({ capabilities: { add: ['NET_RAW'], drop: ['ALL'] } }),
    'baseline',
    '-',
    '1.0',
    `capabilities-baseline ${own}.capabilities.add`,
  ],
  [
    'a capability in another case',
    withContext({ capabilities: { add: ['chown'], drop: [] } }),
    'baseline',
    '-',
    '1.0',
    `capabilities-baseline ${own}.capabilities.add`,
  ],
  [
    'a capability beyond the default',
    withContext({ capabilities: { add: ['NET_RAW'], drop: ['ALL'] } }),
    'restricted',
    '-',
    '1.21',
    `capabilities-baseline ${own}.capabilities.add`,
  ],
  [
    'a default capability',
    withContext({ capabilities: { add: ['CHOWN'], drop: ['ALL'] } }),
    'restricted',
    '1.21',
    '1.22',
    `capabilities-restricted ${own}.capabilities.add`,
  ],
  [
    'capabilities that are kept',
    withContext({ capabilities: { add: [], drop: ['all'] } }),
    'restricted',
    '1.21',
    '1.22',
    `capabilities-restricted ${own}.capabilities.drop`,
  ],
  [
    'escalation',
    withContext({ allowPrivilegeEscalation: true }),
    'restricted',
    '1.7',
    '1.8',
    `allow-privilege-escalation ${own}.allowPrivilegeEscalation`,
  ],
  ['unmasked /proc', withContext({ procMount: 'Unmasked' }), 'baseline', '-', '1.0', `proc-mount ${own}.procMount`],
  ['unmasked /proc', withContext({ procMount: 'Unmasked' }), 'restricted', '-', '1.34', `proc-mount ${own}.procMount`],
  [
    'unmasked /proc',
    withContext({ procMount: 'Unmasked' }),
    'restricted',
    '-',
    '1.35',
    `proc-mount-restricted ${own}.procMount`,
  ],
  [
    'root allowed',
    withContext({ runAsNonRoot: false }),
    'restricted',
    '-',
    '1.0',
    `run-as-non-root ${own}.runAsNonRoot`,
  ],
  ['root', withPodContext({ runAsUser: 0 }), 'restricted', '1.22', '1.23', `run-as-user ${ofPod}.runAsUser`],
  [
    'an SELinux type',
    withPodContext({ seLinuxOptions: { type: 'spc_t' } }),
    'baseline',
    '-',
    '1.0',
    `se-linux-options ${ofPod}.seLinuxOptions`,
  ],
  [
    'an SELinux user',
    withContext({ seLinuxOptions: { user: 'system_u' } }),
    'baseline',
    '-',
    '1.37',
    `se-linux-options ${own}.seLinuxOptions`,
  ],
  [
    'an SELinux role',
    withContext({ seLinuxOptions: { role: 'system_r' } }),
    'baseline',
    '-',
    '1.0',
    `se-linux-options ${own}.seLinuxOptions`,
  ],
  [
    'an annotation on seccomp',
    podOf({}, {}, { 'container.seccomp.security.alpha.kubernetes.io/web': 'unconfined' }),
    'baseline',
    '-',
    '1.18',
    'seccomp-profile-baseline metadata.annotations["container.seccomp.security.alpha.kubernetes.io/web"]',
  ],
  [
    'no filter of system calls',
    withContext({ seccompProfile: { type: 'Unconfined' } }),
    'baseline',
    '1.18',
    '1.19',
    `seccomp-profile-baseline ${own}.seccompProfile.type`,
  ],
  [
    'a profile without a type',
    withPodContext({ seccompProfile: { type: '' } }),
    'restricted',
    '1.18',
    '1.19',
    `seccomp-profile-restricted ${ofPod}.seccompProfile.type`,
  ],
  [
    'AppArmor switched off',
    withPodContext({ appArmorProfile: { type: 'Unconfined' } }),
    'baseline',
    '-',
    '1.0',
    `app-armor-profile ${ofPod}.appArmorProfile.type`,
  ],
  [
    'AppArmor switched off by an annotation',
    podOf({}, {}, { 'container.apparmor.security.beta.kubernetes.io/nobody': 'unconfined' }),
    'baseline',
    '-',
    '1.37',
    'app-armor-profile metadata.annotations["container.apparmor.security.beta.kubernetes.io/nobody"]',
  ],
  ['a sysctl', sysctl('kernel.msgmax'), 'baseline', '-', '1.37', `sysctls ${ofPod}.sysctls[0].name`],
  [
    'a process of a Windows host',
    withContext({ windowsOptions: { hostProcess: true } }),
    'baseline',
    '-',
    '1.0',
    `windows-host-process ${own}.windowsOptions.hostProcess`,
  ],
];

describe('judgePodSecurity', () => {
  it.each(borders)('%s is refused from a version on', (_, pod, level, passes, fails, finding) => {
    if (passes !== '-') expect(told(pod, level, passes)).toBe('');
    expect(told(pod, level, fails)).toBe(finding);
  });

  it.each<
    readonly [what: string, pod: PodSecuritySpec, level: 'baseline' | 'restricted', fails: string, passes: string]
  >([
    ['reserved ports', sysctl('net.ipv4.ip_local_reserved_ports'), 'baseline', '1.26', '1.27'],
    ['keep-alive', sysctl('net.ipv4.tcp_keepalive_probes'), 'baseline', '1.28', '1.29'],
    ['buffers', sysctl('net.ipv4.tcp_wmem'), 'restricted', '1.31', '1.32'],
    ['slow start', sysctl('net.ipv4.tcp_slow_start_after_idle'), 'baseline', '1.36', '1.37'],
    [
      'an engine in a container',
      withPodContext({ seLinuxOptions: { type: 'container_engine_t' } }),
      'baseline',
      '1.30',
      '1.31',
    ],
    ['an annotation', podOf({}, {}, { 'seccomp.security.alpha.kubernetes.io/pod': 'x' }), 'baseline', '1.18', '1.19'],
    [
      '/proc in a user namespace',
      podOf({ hostUsers: false }, { securityContext: { procMount: 'Unmasked' } }),
      'baseline',
      '1.34',
      '1.35',
    ],
    [
      'root in a user namespace',
      podOf({ hostUsers: false, securityContext: { runAsUser: 0 } }),
      'restricted',
      '1.34',
      '1.35',
    ],
    [
      'no word on root in a user namespace',
      podOf({ hostUsers: false, securityContext: { runAsNonRoot: false } }),
      'restricted',
      '1.34',
      '1.35',
    ],
    [
      'Windows, which has no capabilities',
      podOf(
        { os: 'windows' },
        { securityContext: { allowPrivilegeEscalation: true, capabilities: { add: [], drop: [] } } },
      ),
      'restricted',
      '1.24',
      '1.25',
    ],
  ])('%s passes from a version on', (_, pod, level, fails, passes) => {
    expect(told(pod, level, fails)).not.toBe('');
    expect(told(pod, level, passes)).toBe('');
  });

  it.each<readonly [what: string, pod: PodSecuritySpec]>([
    ['what keeps to all', podOf()],
    ['the one capability', withContext({ capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] } })],
    ['volumes of the cluster', withVolume('emptyDir')],
    ['volumes of images', withVolume('image')],
    ['a port of 0', podOf({}, { ports: [{ hostPort: 0, path: 'p' }] })],
    ['an empty host', podOf({}, { probeHosts: [{ host: '', path: 'p' }] })],
    ['a profile of the node', withContext({ seccompProfile: { type: 'Localhost' } })],
    ['an empty annotation', podOf({}, {}, { 'container.apparmor.security.beta.kubernetes.io/web': '' })],
    ['a profile by annotation', podOf({}, {}, { 'container.apparmor.security.beta.kubernetes.io/web': 'localhost/x' })],
    ['what only looks like a map', podOf({}, {}, JSON.parse('{"__proto__":"unconfined"}') as Record<string, string>)],
  ])('%s passes restricted of every version', (_, pod) => {
    for (let minor = 0; minor <= 38; minor++) expect(told(pod, 'restricted', `1.${minor}`)).toBe('');
    expect(told(pod, 'restricted', 'latest')).toBe('');
  });

  it('tells containers that say nothing where their Pod does not either', () => {
    const { spec, ...rest } = podOf();
    const silent = { ...rest, spec: { ...spec, securityContext: {} } };
    expect(told(silent, 'restricted', '1.30').split(', ')).toEqual([
      'run-as-non-root spec.initContainers[0].securityContext.runAsNonRoot',
      'run-as-non-root spec.containers[0].securityContext.runAsNonRoot',
      'seccomp-profile-restricted spec.initContainers[0].securityContext.seccompProfile.type',
      'seccomp-profile-restricted spec.containers[0].securityContext.seccompProfile.type',
    ]);
  });

  it('sees containers of every kind', () => {
    const bad = (name: string, list: string) =>
      container(name, `spec.${list}[0]`, { securityContext: { privileged: true } });
    const pod = podOf({
      initContainers: [bad('a', 'initContainers')],
      containers: [bad('b', 'containers')],
      ephemeralContainers: [bad('c', 'ephemeralContainers')],
    });
    expect(judgePodSecurity(pod, 'baseline', 'latest').map(({ subject }) => subject)).toEqual([
      'container "a"',
      'container "b"',
      'container "c"',
    ]);
  });

  it('asks for nothing where all is allowed', () => {
    expect(judgePodSecurity(withContext({ privileged: true }), 'privileged', 'latest')).toEqual([]);
  });

  it.each(['', '1', '2.0', '1.x', 'v', '1.01', 'newest'])('never lets %j pass for a version', (version) => {
    expect(() => judgePodSecurity(podOf(), 'baseline', version)).toThrow(PolicyError);
  });
});

describe('the checks', () => {
  it('are those that have an ID, each once, with rising versions', () => {
    expect(podSecurityChecks.map(({ id }) => id).sort()).toEqual([...podSecurityRuleIds].sort());
    for (const { versions } of podSecurityChecks)
      expect(versions.map(({ from }) => from)).toEqual(
        [...new Set(versions.map(({ from }) => from))].sort((a, b) => a - b),
      );
  });

  it('of restricted ask whatever those of the baseline ask, unless they say so', () => {
    for (let minor = 0; minor <= 37; minor++) {
      const restricted = checksOf('restricted', minor);
      const overridden = restricted.flatMap(({ asked }) => asked.overrides ?? []);
      const missing = checksOf('baseline', minor).filter(
        ({ check }) => !restricted.some((each) => each.check === check),
      );
      expect(missing.map(({ check }) => check.id).sort()).toEqual([...overridden].sort());
    }
  });
});
