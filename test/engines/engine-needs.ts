import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

interface EngineNeed {
  /** All of them, on PATH or where Debian hides them. */
  readonly programs: readonly string[];
  /** What is no program. */
  readonly files?: readonly string[];
  readonly packages: readonly string[];
  readonly asRoot: boolean;
}

/** What each real part of a test needs; scripts/test.ts installs from it. */
export const engineNeeds = {
  dockerd: {
    programs: ['dockerd', 'docker', 'containerd', 'ctr', 'runc'],
    packages: ['docker.io', 'containerd', 'runc'],
    asRoot: true,
  },
  podman: {
    programs: ['podman', 'conmon', 'runc', 'netavark'],
    packages: ['podman', 'conmon', 'runc', 'netavark', 'aardvark-dns'],
    asRoot: true,
  },
  rootless: {
    programs: ['podman', 'newuidmap', 'useradd', 'setpriv'],
    packages: ['podman', 'uidmap', 'slirp4netns', 'fuse-overlayfs', 'passwd', 'util-linux'],
    asRoot: true,
  },
  systemd: {
    programs: ['systemd-analyze', 'unshare', 'nsenter'],
    packages: ['systemd', 'util-linux'],
    asRoot: true,
  },
  crun: { programs: ['crun', 'unshare'], packages: ['crun', 'util-linux'], asRoot: true },
  registry: { programs: ['docker-registry', 'openssl'], packages: ['docker-registry', 'openssl'], asRoot: false },
  postgres: { programs: ['initdb'], packages: ['postgresql'], asRoot: false },
  clamav: { programs: ['clamd'], packages: ['clamav-daemon'], asRoot: false },
  chromium: { programs: ['chromium'], packages: ['chromium'], asRoot: false },
  busybox: { programs: ['busybox'], packages: ['busybox-static'], asRoot: false },
  nftables: {
    programs: ['nft', 'ip', 'bridge', 'conntrack', 'busybox', 'setpriv', 'bash'],
    packages: ['nftables', 'iproute2', 'conntrack', 'busybox-static', 'util-linux', 'bash'],
    asRoot: true,
  },
  skopeo: { programs: ['skopeo'], packages: ['skopeo'], asRoot: false },
  gpg: { programs: ['gpg', 'gpg-agent', 'gpgv'], packages: ['gpg', 'gpg-agent', 'gpgv'], asRoot: false },
  umoci: { programs: ['umoci'], packages: ['umoci'], asRoot: false },
  python: {
    programs: ['python3'],
    files: ['/usr/lib/python3/dist-packages/packaging/version.py'],
    packages: ['python3', 'python3-packaging'],
    asRoot: false,
  },
  rpm: { programs: ['rpm', 'rpmspec'], packages: ['rpm'], asRoot: false },
  debian: { programs: ['dpkg', 'apt-get', 'debootstrap'], packages: ['dpkg', 'apt', 'debootstrap'], asRoot: true },
} as const satisfies Record<string, EngineNeed>;

export type EngineName = keyof typeof engineNeeds;

/** Why a test with these parts cannot run here, in one sentence; undefined where it can. */
export function whyMissing(...names: readonly EngineName[]): string | undefined {
  for (const name of names) {
    const { programs, files = [], packages, asRoot }: EngineNeed = engineNeeds[name];
    const missing = [
      ...programs.filter((program) => findProgram(program) === undefined),
      ...files.filter((file) => !existsSync(file)),
    ];
    if (missing.length > 0) return `${missing.join(', ')} not installed: apt-get install ${packages.join(' ')}`;
    if (asRoot && process.getuid?.() !== 0) return `${name} can only be started by root`;
  }
  return undefined;
}

/** Where a program lies: PATH, and the directories in which Debian keeps daemons and versioned servers. */
export function findProgram(name: string): string | undefined {
  const directories = [
    ...(process.env.PATH ?? '').split(delimiter),
    ...['/usr/sbin', '/sbin', '/usr/lib/podman'],
    ...postgresDirectories(),
  ];
  return directories.map((directory) => join(directory, name)).find(isProgram);
}

function postgresDirectories(): readonly string[] {
  const versions = '/usr/lib/postgresql';
  if (!existsSync(versions)) return [];
  const newestFirst = readdirSync(versions).sort((a, b) => Number(b) - Number(a));
  return newestFirst.map((version) => join(versions, version, 'bin'));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
