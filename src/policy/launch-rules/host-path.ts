/** A path of the host without what makes two ways of writing it differ. */
export interface HostPath {
  readonly parts: readonly string[];
  /** It has `..`, and where a part before it is a symlink it leads elsewhere than is told here. */
  readonly climbs: boolean;
  /** It goes through the root of a process, `/proc/1/root`, which is the root of the host or of another container. */
  readonly throughProcess: boolean;
}

/**
 * Reads an absolute path: no empty parts, no `.`, `..` taken as text, `/var/run` as what it is on every system of today.
 * Undefined for what is not absolute. Total, linear.
 */
export function compileHostPath(text: string): HostPath | undefined {
  if (!text.startsWith('/')) return undefined;
  let parts: string[] = [];
  let climbs = false;
  for (const part of text.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      climbs = true;
      parts.pop();
    } else parts.push(part);
  }
  let from = 0;
  while (parts[from] === 'proc') {
    // proc(5): /proc/PID/root, /proc/PID/task/TID/root.
    const root = parts[from + 2] === 'task' ? from + 4 : from + 2;
    if (parts[root] !== 'root') break;
    from = root + 1;
  }
  parts = parts.slice(from);
  if (parts[0] === 'var' && parts[1] === 'run') parts.shift();
  return { parts, climbs, throughProcess: from > 0 };
}

export function formatHostPath({ parts }: HostPath): string {
  return `/${parts.join('/')}`;
}

/** Whether a path is the other or below it, by its parts: `/srv/data2` is not below `/srv/data`. */
export function isAtOrBelow(parts: readonly string[], place: readonly string[]): boolean {
  return parts.length >= place.length && place.every((part, index) => part === '*' || part === parts[index]);
}

function isAbove(parts: readonly string[], place: readonly string[]): boolean {
  return parts.length < place.length && parts.every((part, index) => place[index] === '*' || part === place[index]);
}

/** By their first part, which is never `*`: most paths have none of them near. */
type Places = ReadonlyMap<string | undefined, readonly (readonly string[])[]>;

const places = (lines: string): Places =>
  Map.groupBy(
    lines
      .trim()
      .split(/\s+/)
      .map((line) => line.split('/').slice(1)),
    ([first]) => first,
  );

function isAtOrBelowAny(parts: readonly string[], all: Places): boolean {
  return all.get(parts[0])?.some((place) => isAtOrBelow(parts, place)) === true;
}

function isNearAny(parts: readonly string[], all: Places): boolean {
  return all.get(parts[0])?.some((place) => isAtOrBelow(parts, place) || isAbove(parts, place)) === true;
}

/** By these whoever writes to them commands an engine, and with that the host. Lower case. */
const engineSocketNames = new Set([
  'docker.sock',
  'containerd.sock',
  'containerd.sock.ttrpc',
  'podman.sock',
  'crio.sock',
  'cri-dockerd.sock',
  'dockershim.sock',
  'buildkitd.sock',
  'docker_engine',
]);

/** What engines, kubelet and Portwarden keep: everything at, below and above these. Lower case. */
const enginePlaces = places(`
  /run/docker.sock /run/docker /run/containerd /run/podman /run/crio /run/runc /run/cri-dockerd.sock /run/dockershim.sock
  /run/buildkit /run/k3s /run/portwarden /run/user/*/docker.sock /run/user/*/docker /run/user/*/podman
  /run/user/*/containerd /var/lib/docker /var/lib/containerd /var/lib/containers /var/lib/crio /var/lib/kubelet
  /var/lib/rancher /var/lib/portwarden /etc/docker /etc/containerd /etc/containers /etc/crio /etc/portwarden
  /etc/kubernetes
`);
/** The same of engines without root, where a directory above is a home like any other. */
const homeEnginePlaces = places(`
  /home/*/.docker/run /home/*/.local/share/docker /home/*/.local/share/containers /home/*/.local/share/containerd
`);

/** What no container has to do with, however it is mounted. */
const systemPlaces = places(`
  /proc /sys /dev /boot /root /run/systemd /run/dbus /etc/shadow /etc/shadow- /etc/gshadow /etc/gshadow- /etc/ssh
  /etc/sudoers /etc/sudoers.d /etc/ssl/private /etc/pki/tls/private /etc/pam.d /var/spool/cron
`);
/** What may be read, and not written. */
const readablePlaces = places('/etc /usr /bin /sbin /lib /lib32 /lib64 /libx32 /var/spool /var/log');

/** What a path of the host is; case does not matter, since there are file systems to which it does not. */
export function classifyHostPath(path: HostPath, readOnly: boolean): 'engine' | 'system' | 'other' {
  const parts = path.parts.map((part) => part.toLowerCase());
  if (parts.length === 0 || engineSocketNames.has(parts.at(-1) ?? '')) return 'engine';
  if (isNearAny(parts, enginePlaces) || isAtOrBelowAny(parts, homeEnginePlaces)) return 'engine';
  if (path.throughProcess) return 'system';
  if (isNearAny(parts, systemPlaces)) return 'system';
  return !readOnly && isAtOrBelowAny(parts, readablePlaces) ? 'system' : 'other';
}

/** Whether a text that is no absolute path ends in the name of an engine's socket: `~/.docker/run/docker.sock`. */
export function namesEngineSocket(text: string): boolean {
  return engineSocketNames.has(text.split(/[/\\]/).filter(Boolean).at(-1)?.toLowerCase() ?? '');
}
