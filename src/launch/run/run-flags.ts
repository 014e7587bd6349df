import type { LaunchDraft } from '../launch-draft.ts';
import { type FlagUse, readers } from './flag-readers.ts';

export interface RunFlag {
  readonly name: string;
  /** False: it is true or false, and takes a value behind `=` only. */
  readonly takesValue: boolean;
  readonly isList: boolean;
  /** How it is read; what has no reader is listed among `others`. */
  readonly read?: (draft: LaunchDraft, use: FlagUse) => void;
}

/** Other names of flags. */
const aliases: ReadonlyMap<string, string> = new Map(
  Object.entries({
    a: 'attach',
    c: 'cpu-shares',
    d: 'detach',
    e: 'env',
    h: 'hostname',
    i: 'interactive',
    l: 'label',
    m: 'memory',
    p: 'publish',
    P: 'publish-all',
    q: 'quiet',
    t: 'tty',
    u: 'user',
    v: 'volume',
    w: 'workdir',
    net: 'network',
    'net-alias': 'network-alias',
    'dns-opt': 'dns-option',
    healthcheck: 'health-cmd',
  }),
);

/** Of docker 20 to 29 (docker/cli container/opts.go, run.go, create.go) and podman 3 to 5 (podman-run(1)). */
const switches =
  'detach disable-content-trust env-host help http-proxy init interactive no-healthcheck no-hostname no-hosts oom-kill-disable passwd privileged publish-all quiet read-only read-only-tmpfs replace rm rmi rootfs sig-proxy tls-verify tty unsetenv-all use-api-socket';
const single =
  'arch authfile blkio-weight cert-dir cgroup-parent cgroupns cgroups cidfile conmon-pidfile cpu-count cpu-percent cpu-period cpu-quota cpu-rt-period cpu-rt-runtime cpu-shares cpus cpuset-cpus cpuset-mems creds decryption-key detach-keys domainname entrypoint gpus group-entry health-cmd health-interval health-log-destination health-max-log-count health-max-log-size health-on-failure health-retries health-start-interval health-start-period health-startup-cmd health-startup-interval health-startup-retries health-startup-success health-startup-timeout health-timeout hostname hosts-file image-volume init-ctr init-path io-maxbandwidth io-maxiops ip ip6 ipc isolation kernel-memory log-driver mac-address memory memory-reservation memory-swap memory-swappiness name oom-score-adj os passwd-entry personality pid pidfile pids-limit platform pod pod-id-file preserve-fds pull rdt-class restart retry retry-delay runtime sdnotify seccomp-policy shm-size shm-size-systemd stop-signal stop-timeout subgidname subuidname systemd timeout tz umask user userns uts variant volume-driver workdir';
const lists =
  'add-host annotation attach blkio-weight-device cap-add cap-drop cgroup-conf chrootdirs device device-cgroup-rule device-read-bps device-read-iops device-write-bps device-write-iops dns dns-option dns-search env env-file env-merge expose gidmap group-add hostuser label label-file link link-local-ip log-opt mount network network-alias preserve-fd publish requires secret security-opt storage-opt sysctl tmpfs uidmap ulimit unsetenv volume volumes-from';

function table(names: string, takesValue: boolean, isList: boolean): [string, RunFlag][] {
  return names.split(' ').map((name) => {
    const read = readers.get(name);
    return [name, { name, takesValue, isList, ...(read ? { read } : {}) }];
  });
}

const flags: ReadonlyMap<string, RunFlag> = new Map([
  ...table(switches, false, false),
  ...table(single, true, false),
  ...table(lists, true, true),
]);

const execNames = new Set(
  'detach detach-keys env env-file help interactive preserve-fd preserve-fds privileged tty user workdir cidfile'.split(
    ' ',
  ),
);

/** The flag of `--NAME` or `-N`; of exec only those that it has. */
export function findFlag(name: string, verb: 'run' | 'exec'): RunFlag | undefined {
  const isShort = name.length === 1;
  const long = isShort ? aliases.get(name) : (aliases.get(name) ?? name);
  if (long === undefined || (verb === 'exec' && !execNames.has(long))) return undefined;
  return flags.get(long);
}

/** The name that is most like another one: by how many letters must be changed, at most a third of them. */
export function nearestFlag(name: string, verb: 'run' | 'exec'): string | undefined {
  if (name.length > 40) return undefined;
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const known of verb === 'exec' ? execNames : flags.keys()) {
    const distance = editDistance(name, known);
    if (distance < bestDistance) {
      best = known;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const change = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
