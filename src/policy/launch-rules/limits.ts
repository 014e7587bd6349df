import { parseSize } from '../../base/index.ts';
import { type At, globMatches } from '../../model/index.ts';
import { isInRanges } from '../number-range.ts';
import { chosen, type LaunchRule, type LaunchRuleFinding, passes, shown } from './launch-rule.ts';

/** Those that Kubernetes calls safe (Pod Security Standards, baseline, v1.32). */
const safeSysctls = (
  'kernel.shm_rmid_forced net.ipv4.ip_local_port_range net.ipv4.ip_unprivileged_port_start net.ipv4.tcp_syncookies ' +
  'net.ipv4.ping_group_range net.ipv4.ip_local_reserved_ports net.ipv4.tcp_keepalive_time net.ipv4.tcp_fin_timeout ' +
  'net.ipv4.tcp_keepalive_intvl net.ipv4.tcp_keepalive_probes net.ipv4.tcp_rmem net.ipv4.tcp_wmem'
).split(' ');

export const sysctl: LaunchRule = {
  id: 'launch/sysctl',
  title: 'It sets a parameter of the kernel',
  remedy: 'Leave it out, or have it listed in the policy',
  evaluate({ request }, { sysctls: allowed }) {
    const findings = request.sysctls.flatMap(({ name, path }) => {
      // Runtimes take slashes for dots.
      const plain = name.replaceAll('/', '.');
      const isAllowed = (allowed ?? safeSysctls).some((pattern) => globMatches(pattern, plain, '.'));
      if (isAllowed) return [];
      const observed = allowed ? {} : { observed: true as const };
      return [{ severity: 'medium' as const, path, subject: shown(plain), evidence: 'not on the list', ...observed }];
    });
    return { findings };
  },
};

export const resource: LaunchRule = {
  id: 'launch/resource',
  title: 'It may use more of the host than is allowed',
  remedy: 'Give it limits of memory, processors and processes',
  evaluate({ request }, { resources: settings = {} }) {
    if (request.action === 'exec') return passes;
    const { require = [], maxMemory, maxCpus, maxPids } = settings;
    const { memoryBytes, cpus, pids } = request.resources;
    const findings: LaunchRuleFinding[] = [];
    const judge = (subject: 'memory' | 'cpus' | 'pids', limit: At<number> | undefined, most: number | undefined) => {
      const isLimited = limit !== undefined && limit.value > 0;
      // An update that says nothing of a limit leaves it as it is.
      if (!isLimited && limit === undefined && request.action === 'update') return;
      const path = limit?.path ?? request.path;
      if (!isLimited) {
        if (require.includes(subject) || most !== undefined)
          findings.push({ severity: 'medium', path, subject, evidence: 'it has no limit' });
      } else if (most !== undefined && limit.value > most)
        findings.push({ severity: 'medium', path, subject, evidence: `${limit.value}, and ${most} is the most` });
    };
    judge('memory', memoryBytes, maxMemory === undefined ? undefined : (parseSize(maxMemory) ?? 0));
    judge('cpus', cpus, maxCpus);
    judge('pids', pids, maxPids);
    return { findings };
  },
};

export const port: LaunchRule = {
  id: 'launch/port',
  title: 'It is published where it may not be',
  remedy: 'Publish it on an allowed port and address, such as 127.0.0.1:8080:80',
  evaluate({ request }, { ports: settings = {} }) {
    const { host: allowed, addresses } = settings;
    const findings: LaunchRuleFinding[] = [];
    for (const { path, host, hostAddress, protocol } of request.ports) {
      if (host === undefined) continue;
      const subject = `${host}/${protocol}`;
      if (allowed && !isInRanges(allowed, host))
        findings.push({
          severity: 'medium',
          path,
          subject,
          evidence: host === 0 ? 'any free port of the host' : `port ${host} of the host is not on the list`,
        });
      const address = isAnyAddress(hostAddress) ? '*' : (hostAddress ?? '*');
      if (addresses && !addresses.includes(address))
        findings.push({
          severity: 'medium',
          path,
          subject,
          evidence:
            address === '*' ? 'on all addresses of the host' : `the address ${shown(address)} is not on the list`,
        });
    }
    return { findings };
  },
};

function isAnyAddress(address: string | undefined): boolean {
  return address === undefined || /^(?:|\*|\[?[0:]*\]?|0+(?:\.0+){0,3})$/.test(address);
}

export const runtime: LaunchRule = {
  id: 'launch/runtime',
  title: 'It is run by another runtime than the default',
  remedy: 'Leave the runtime out, or name one that the policy lists',
  evaluate({ request }, { runtimes: allowed }) {
    const { runtime: asked } = request;
    if (!asked || allowed?.some((pattern) => globMatches(pattern, asked.value))) return passes;
    const isPath = asked.value.includes('/');
    return {
      findings: [
        {
          severity: isPath ? 'critical' : 'medium',
          path: asked.path,
          subject: shown(asked.value),
          evidence: isPath ? 'a program of the host that runs as root' : 'another runtime',
          ...(allowed || isPath ? {} : { observed: true }),
        },
      ],
    };
  },
};

export const cgroupParent: LaunchRule = {
  id: 'launch/cgroup-parent',
  title: 'It chooses its own cgroup',
  remedy: 'Leave the cgroup to the engine',
  evaluate({ request }, { cgroupParent: choice = 'observe' }) {
    const { cgroupParent: asked } = request;
    if (!asked || asked.value === '') return passes;
    const subject = shown(asked.value);
    return {
      findings: chosen(choice, [
        { severity: 'medium', path: asked.path, subject, evidence: 'another than the engine would choose' },
      ]),
    };
  },
};
