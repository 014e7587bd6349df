import type { LaunchFinding, LaunchRequest, LaunchVerdict } from '../../src/model/index.ts';
import type { AskedLaunch, LaunchDecider, UnreadableLaunch } from '../../src/service/index.ts';

/** A launch service with a handful of rules, that keeps what it was asked. */
export interface LaunchReferee extends LaunchDecider {
  readonly asked: AskedLaunch[];
  readonly refused: UnreadableLaunch[];
}

export interface RefereeRules {
  /** IDs of the images that may start; absent: all. */
  images?: readonly string[];
}

const forbiddenPaths = ['/etc', '/proc', '/var/run', '/run', '/root', '/var/lib/docker', '/dev'];

/** Refuses what section 4A of the field would gain by: rights, the host's namespaces, paths, devices, other images. */
export function createLaunchReferee(rules: RefereeRules = {}): LaunchReferee {
  const asked: AskedLaunch[] = [];
  const refused: UnreadableLaunch[] = [];
  let count = 0;
  return {
    asked,
    refused,
    async decide(launch) {
      asked.push(launch);
      const findings = launch.set.requests.flatMap((request) => judge(request, rules));
      const id = `decision-${++count}`;
      const [first, ...rest] = findings;
      if (!first) return { id, verdict: { outcome: 'allow', findings: [] }, message: '' };
      const verdict: LaunchVerdict = { outcome: 'deny', findings: [first, ...rest] };
      return { id, verdict, message: `${first.rule}: ${first.title} (${first.path}). ${first.remedy}` };
    },
    async refuse(launch) {
      refused.push(launch);
      const id = `refusal-${++count}`;
      return { id, verdict: { outcome: 'undecided', cause: launch.reason, findings: [] }, message: launch.reason };
    },
  };
}

function judge(request: LaunchRequest, rules: RefereeRules): readonly LaunchFinding[] {
  const { security, mounts, namespaces, devices, others, image, action, volumesFrom, cgroupParent, runtime } = request;
  const found = (rule: string, path: string, title: string): LaunchFinding => ({
    rule: `launch/${rule}` as LaunchFinding['rule'],
    severity: 'high',
    subject: request.name ?? '',
    title,
    remedy: 'Leave it away',
    evidence: '',
    path,
    confidence: 'certain',
  });
  return [
    ...(security.privileged?.value ? [found('privileged', security.privileged.path, 'It is privileged')] : []),
    ...(security.capabilities ?? [])
      .filter(({ value }) => ['ALL', 'SYS_ADMIN', 'SYS_PTRACE', 'SYS_MODULE'].includes(value))
      .map(({ value, path }) => found('capability', path, `It has ${value}`)),
    ...[security.seccomp, security.apparmor].flatMap((option) =>
      option?.value === 'unconfined' ? [found('unconfined', option.path, 'It is unconfined')] : [],
    ),
    ...(security.unmasked ? [found('unmasked', security.unmasked.path, 'It sees all of /proc')] : []),
    ...mounts
      .filter(({ resolved }) => resolved !== undefined && isForbidden(resolved))
      .map(({ path, resolved }) => found('host-path', path, `It reaches ${resolved} of the host`)),
    ...namespaces
      .filter(({ mode, kind, target }) => (mode === 'host' || target !== undefined) && kind !== 'cgroup')
      .map(({ path, kind }) => found('namespace', path, `It shares the ${kind} namespace`)),
    ...devices.map(({ path }) => found('device', path, 'It gets a device')),
    ...others.map(({ path, name }) => found('unknown', path, `Nobody can judge ${name}`)),
    ...volumesFrom.map(({ path }) => found('volumes-from', path, 'It takes mounts over')),
    ...(cgroupParent ? [found('cgroup', cgroupParent.path, 'It has another cgroup')] : []),
    ...(runtime ? [found('runtime', runtime.path, 'It has another runtime')] : []),
    ...request.sysctls.map(({ path }) => found('sysctl', path, 'It sets a sysctl')),
    ...(action === 'start' && rules.images && !rules.images.includes(image?.id ?? '')
      ? [found('image', image?.path ?? 'Image', `${image?.value} is not certified`)]
      : []),
  ];
}

function isForbidden(path: string): boolean {
  return path === '/' || forbiddenPaths.some((one) => path === one || path.startsWith(`${one}/`));
}
