import { globMatches, type LaunchMount, type LaunchRequest } from '../../model/index.ts';
import type { LaunchPolicySpec } from '../documents/launch-policy-document.ts';
import {
  classifyHostPath,
  compileHostPath,
  formatHostPath,
  type HostPath,
  isAtOrBelow,
  namesEngineSocket,
} from './host-path.ts';
import { chosen, type LaunchRule, type LaunchRuleFinding, shown } from './launch-rule.ts';

/** A part of the host that a mount brings in, as asked and, where somebody could look, as it is behind symlinks. */
interface HostMount {
  readonly mount: LaunchMount;
  readonly text: string;
  readonly asked?: HostPath;
  readonly resolved?: HostPath;
}

function hostMountsOf({ mounts }: LaunchRequest): readonly HostMount[] {
  const found: HostMount[] = [];
  for (const mount of mounts) {
    const text = mount.type === 'volume' ? deviceOf(mount) : mount.source;
    if (text === undefined || mount.type === 'tmpfs' || mount.type === 'image') continue;
    const asked = compileHostPath(text);
    const resolved = mount.resolved === undefined ? undefined : compileHostPath(mount.resolved);
    if (!asked && !resolved && mount.type !== 'bind') continue;
    found.push({ mount, text, ...(asked ? { asked } : {}), ...(resolved ? { resolved } : {}) });
  }
  return found;
}

/** An option of a volume by its name, in whatever case. */
function optionOf(mount: LaunchMount, name: string): string | undefined {
  return Object.entries(mount.options ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
}

function deviceOf(mount: LaunchMount): string | undefined {
  const device = optionOf(mount, 'device');
  return device?.startsWith('/') ? device : undefined;
}

function subjectOf({ asked, resolved, text }: HostMount): string {
  const path = resolved ?? asked;
  return shown(path ? formatHostPath(path) : text);
}

function evidenceOf(host: HostMount): string {
  const { mount, text } = host;
  const leads = subjectOf(host) === text ? '' : `, which is ${subjectOf(host)}`;
  return `${shown(text)}${leads}, is mounted at ${shown(mount.target)}, ${mount.readOnly ? 'read-only' : 'writable'}`;
}

/** The worst of what was asked and what it is. */
function kindOf({ asked, resolved, mount, text }: HostMount): 'engine' | 'system' | 'other' {
  const kinds = [asked, resolved].flatMap((path) => (path ? [classifyHostPath(path, mount.readOnly)] : []));
  if (mount.isEngine || namesEngineSocket(text) || kinds.includes('engine')) return 'engine';
  return kinds.includes('system') ? 'system' : 'other';
}

export const engineSocket: LaunchRule = {
  id: 'launch/engine-socket',
  title: 'It could command the container engine, and with that the host',
  remedy:
    'Do not mount it. Where a program needs to know of containers, give it a proxy that lets it read and nothing else',
  evaluate({ request }, { engineSockets = 'refuse' }) {
    if (engineSockets === 'allow') return { findings: [] };
    const hosts = hostMountsOf(request);
    const findings = hosts
      .filter((host) => kindOf(host) === 'engine')
      .map((host) => ({
        severity: 'critical' as const,
        path: host.mount.path,
        subject: subjectOf(host),
        evidence: evidenceOf(host),
      }));
    const open = hosts.find(({ asked, resolved, text }) => !asked && !resolved && text.split('/').includes('..'));
    return {
      findings: chosen(engineSockets, findings),
      ...(open && engineSockets === 'refuse'
        ? { undecided: `nobody knows where ${shown(open.text)} at ${open.mount.path} leads` }
        : {}),
    };
  },
};

type AllowedPath = NonNullable<LaunchPolicySpec['hostPaths']>[number];

/** By what it is behind symlinks where that is known; a path with `..` may lead anywhere otherwise. */
function isAllowed({ asked, resolved, mount }: HostMount, allowed: readonly AllowedPath[]): boolean {
  const path = resolved ?? asked;
  if (!path || path.throughProcess || (!resolved && path.climbs)) return false;
  return allowed.some(({ path: text, readOnly = false }) => {
    const place = compileHostPath(text);
    if (!place || place.parts.length === 0 || place.climbs) return false;
    return isAtOrBelow(path.parts, place.parts) && (!readOnly || mount.readOnly);
  });
}

/** File systems that are the kernel itself, wherever they are mounted; engines' own mounts of them are told by no parser. */
const kernelFileSystems = new Set(
  'proc sysfs cgroup cgroup2 devtmpfs debugfs tracefs securityfs configfs efivarfs bpf pstore overlay'.split(' '),
);

export const hostPath: LaunchRule = {
  id: 'launch/host-path',
  title: 'It gets a path of the host',
  remedy: 'Use a volume, or have the path listed in the policy, read-only where that is enough',
  evaluate({ request }, { hostPaths }) {
    const findings: LaunchRuleFinding[] = [];
    const causes: string[] = [];
    for (const { type, kind = '', path, target, readOnly } of request.mounts) {
      if (type !== 'other' || !kernelFileSystems.has(kind)) continue;
      const evidence = `a file system of the kernel, ${kind}, is mounted at ${shown(target)}`;
      findings.push({ severity: readOnly ? 'high' : 'critical', path, subject: kind, evidence });
    }
    for (const host of hostMountsOf(request)) {
      const kind = kindOf(host);
      // What is an engine's is a matter of another rule, and no list of paths lets it in.
      if (kind === 'engine' || isAllowed(host, hostPaths ?? [])) continue;
      if (hostPaths && !host.asked && !host.resolved) {
        causes.push(`nobody knows where ${shown(host.text)} at ${host.mount.path} is`);
        continue;
      }
      const isBad = kind === 'system';
      findings.push({
        severity: isBad ? (host.mount.readOnly ? 'high' : 'critical') : 'medium',
        path: host.mount.path,
        subject: subjectOf(host),
        evidence: evidenceOf(host),
        ...(isBad || hostPaths ? {} : { observed: true as const }),
      });
    }
    return { findings, ...(causes.length > 0 ? { undecided: causes.slice(0, 5).join('; ') } : {}) };
  },
};

export const volumeDriver: LaunchRule = {
  id: 'launch/volume-driver',
  title: 'A volume is something else than the name says',
  remedy: 'Make the volume without driver options, or mount the path openly so that it is judged as what it is',
  evaluate({ request }, { volumes = {} }) {
    const { disguised = 'refuse', drivers } = volumes;
    const found: LaunchRuleFinding[] = [];
    const others: LaunchRuleFinding[] = [];
    for (const mount of request.mounts) {
      if (mount.type !== 'volume') continue;
      const subject = shown(mount.source ?? mount.target);
      const flags = (optionOf(mount, 'o') ?? '').toLowerCase().split(/[,\s]+/);
      const device = deviceOf(mount);
      const isBind = flags.some((flag) => /^r?bind$|^(?:lower|upper|work)dir=/.test(flag));
      if (device !== undefined || isBind)
        found.push({
          severity: 'critical',
          path: mount.path,
          subject,
          evidence: `its options mount ${device === undefined ? 'another part of the host' : shown(device)}`,
        });
      const { driver = 'local' } = mount;
      if (drivers && driver !== 'local' && !drivers.some((pattern) => globMatches(pattern, driver)))
        others.push({ severity: 'high', path: mount.path, subject, evidence: `its driver is ${shown(driver)}` });
    }
    return { findings: [...chosen(disguised, found), ...others] };
  },
};

export const volumesFrom: LaunchRule = {
  id: 'launch/volumes-from',
  title: 'It gets the mounts of another container',
  remedy: 'Name the volumes that it needs, each by itself',
  evaluate({ request }, { volumesFrom: choice = 'observe' }) {
    const findings = request.volumesFrom.map(({ value, path }) => ({
      severity: 'medium' as const,
      path,
      subject: shown(value),
      evidence: `all that is mounted in ${shown(value)}`,
    }));
    return { findings: chosen(choice, findings) };
  },
};

export const propagation: LaunchRule = {
  id: 'launch/propagation',
  title: 'Mounts are passed on between it and the host',
  remedy: 'Leave the propagation out; it is private then',
  evaluate({ request }, { propagation: choice = 'observe' }) {
    const findings = request.mounts
      .filter((mount) => mount.propagation !== undefined)
      .map((mount) => ({
        severity: mount.propagation === 'shared' ? ('high' as const) : ('low' as const),
        path: mount.path,
        subject: shown(mount.source ?? mount.target),
        evidence: `${mount.propagation}: ${mount.propagation === 'shared' ? 'what is mounted in it is mounted on the host' : 'what is mounted on the host is mounted in it'}`,
      }));
    return { findings: chosen(choice, findings) };
  },
};
