import type { Severity } from '../../model/index.ts';
import { chosen, type LaunchRule, type LaunchRuleFinding, passes, shown } from './launch-rule.ts';

export const privileged: LaunchRule = {
  id: 'launch/privileged',
  title: 'It is root on the host',
  remedy: 'Leave "privileged" out, and add the one capability or device that it needs',
  evaluate({ request }, { privileged: choice = 'refuse' }) {
    const { privileged: asked } = request.security;
    if (!asked?.value) return passes;
    return {
      findings: chosen(choice, [
        {
          severity: 'critical',
          path: asked.path,
          subject: 'privileged',
          evidence: 'all capabilities, devices and paths',
        },
      ]),
    };
  },
};

/** What Docker, Podman and containerd give where nothing is said (moby, oci/caps/defaults.go). */
const engineDefaults = new Set(
  (
    'CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL ' +
    'AUDIT_WRITE'
  ).split(' '),
);

/** As good as root on the host, by what a process can do with it alone (capabilities(7)). */
const dangerous = new Map<string, Severity>([
  ...'ALL SYS_ADMIN SYS_MODULE SYS_PTRACE SYS_RAWIO DAC_READ_SEARCH BPF MAC_ADMIN MAC_OVERRIDE'
    .split(' ')
    .map((name) => [name, 'critical'] as const),
  ...'SYS_BOOT SYS_TIME SYSLOG PERFMON CHECKPOINT_RESTORE AUDIT_CONTROL AUDIT_READ LINUX_IMMUTABLE'
    .split(' ')
    .map((name) => [name, 'high'] as const),
]);

export const capability: LaunchRule = {
  id: 'launch/capability',
  title: 'It has a capability that is not allowed',
  remedy: 'Drop ALL, and add what the program needs and the policy allows',
  evaluate({ request }, { capabilities: settings = {} }) {
    const { allow, defaults = 'allow' } = settings;
    const asked = request.security.capabilities;
    // Of a privileged container another rule says so.
    if (request.security.privileged?.value === true || request.action === 'update') return passes;
    if (!asked) {
      // An exec has those of its container.
      if (request.action === 'exec' || defaults === 'allow') return passes;
      const extra = [...engineDefaults].filter((name) => !allow?.includes(name));
      return {
        findings:
          extra.length === 0
            ? []
            : [
                {
                  severity: 'medium',
                  path: request.path,
                  subject: 'default set',
                  evidence: `it keeps ${extra.join(', ')}`,
                },
              ],
      };
    }
    const findings: LaunchRuleFinding[] = [];
    for (const { value, path } of asked) {
      const name = value.toUpperCase().replace(/^CAP_/, '');
      if (allow?.some((each) => each === name || each === 'ALL') || (defaults === 'allow' && engineDefaults.has(name)))
        continue;
      const severity = dangerous.get(name);
      // Without a list it is only what is dangerous that is refused.
      const isObserved = !allow && severity === undefined && !engineDefaults.has(name);
      findings.push({
        severity: severity ?? 'medium',
        path,
        subject: shown(name),
        evidence: severity === 'critical' ? 'as good as root on the host' : 'beyond what is allowed',
        ...(isObserved ? { observed: true } : {}),
      });
    }
    return { findings };
  },
};

export const noNewPrivileges: LaunchRule = {
  id: 'launch/no-new-privileges',
  title: 'Programs in it may gain privileges',
  remedy: 'Say no-new-privileges:true, or allowPrivilegeEscalation: false',
  evaluate({ request }, { noNewPrivileges: demand = 'ignore' }) {
    const { noNewPrivileges: asked } = request.security;
    if (demand === 'ignore' || request.action !== 'start' || asked?.value === true) return passes;
    return {
      findings: [
        {
          severity: 'medium',
          path: asked?.path ?? request.path,
          subject: 'no-new-privileges',
          evidence: 'it is not set',
        },
      ],
    };
  },
};

export const readOnlyRoot: LaunchRule = {
  id: 'launch/read-only-root',
  title: 'Its root file system can be written',
  remedy: 'Make it read-only, and mount a tmpfs or a volume where it writes',
  evaluate({ request }, { readOnlyRoot: demand = 'ignore' }) {
    const { readOnlyRoot: asked } = request.security;
    if (demand === 'ignore' || request.action !== 'start' || asked?.value === true) return passes;
    return {
      findings: [
        { severity: 'low', path: asked?.path ?? request.path, subject: 'root file system', evidence: 'it is writable' },
      ],
    };
  },
};

export const maskedPaths: LaunchRule = {
  id: 'launch/masked-paths',
  title: 'It sees parts of /proc and /sys that engines hide',
  remedy: 'Leave the paths hidden and read-only that engines hide by themselves',
  evaluate({ request }, { maskedPaths: choice = 'refuse' }) {
    const { unmasked } = request.security;
    if (!unmasked) return passes;
    return {
      findings: chosen(choice, [
        { severity: 'high', path: unmasked.path, subject: 'masked paths', evidence: shown(unmasked.value) },
      ]),
    };
  },
};
