import { posix } from 'node:path';
import type { LaunchMount } from '../../model/index.ts';
import type { OciOptions } from './oci-options.ts';

/** A mount as config.json has it. */
export interface AskedMount {
  readonly target: string;
  readonly source: string;
  readonly readOnly: boolean;
}

/** What a bind mount is that the engine made by itself: nothing to tell, or what was asked that led to it. */
export type EngineMount = 'own' | Pick<LaunchMount, 'type' | 'source' | 'kind'>;

const ownTargets: ReadonlyMap<string, string> = new Map([
  ['/etc/resolv.conf', 'resolv.conf'],
  ['/etc/hostname', 'hostname'],
  ['/etc/hosts', 'hosts'],
  ['/etc/passwd', 'passwd'],
  ['/etc/group', 'group'],
  ['/dev/shm', 'shm'],
  ['/run/.containerenv', '.containerenv'],
]);
const initTargets = new Set(['/sbin/docker-init', '/run/podman-init', '/dev/init']);
const initProgram =
  /^\/usr\/(?:local\/)?(?:s?bin|libexec|lib)\/(?:[\w-]+\/)*(?:docker-init|tini|tini-static|catatonit)$/;

/**
 * Tells mounts of the engine from those that were asked. A folder counts as the engine's where it lies in one that is
 * named by the container's own ID, which nobody knew before the engine chose it; that also shows where its volumes are.
 */
export class EngineMounts {
  private readonly id: string | undefined;
  private readonly isCri: boolean;
  private readonly sandbox: string | undefined;
  private readonly roots: ReadonlySet<string>;

  constructor(mounts: readonly AskedMount[], id: string | undefined, options: OciOptions, sandbox?: string) {
    this.id = options.engine === 'containerd' ? undefined : id;
    this.isCri = options.engine === 'cri';
    this.sandbox = sandbox;
    this.roots = new Set(mounts.flatMap((mount) => this.ownFolder(mount)?.root ?? []));
  }

  /** Undefined where a bind mount is one that was asked. */
  recognize(mount: AskedMount): EngineMount | undefined {
    const { target, source, readOnly } = mount;
    if (posix.normalize(source) !== source) return undefined;
    const own = this.ownFolder(mount);
    if (own) {
      if (ownTargets.get(target) === own.rest.replace(/^mounts\//, '')) return 'own';
      return { type: target.startsWith('/run/secrets/') ? 'secret' : 'config', source: own.rest };
    }
    if (initTargets.has(target) && readOnly && initProgram.test(source)) return 'own';
    const copied = target === '/etc/hosts' || target === '/etc/resolv.conf';
    if (copied && readOnly && source === target) return 'own';
    for (const root of this.roots) {
      const [, name] = source.startsWith(`${root}/volumes/`)
        ? (/^([a-zA-Z0-9][\w.-]*)\/_data$/.exec(source.slice(root.length + 9)) ?? [])
        : [];
      if (name !== undefined) return { type: 'volume', source: name };
    }
    return this.isCri ? recognizeKubelet(target, source, this.sandbox) : undefined;
  }

  /** `ROOT/containers/ID/` of dockerd, `ROOT/DRIVER-containers/ID/userdata/` of podman. */
  private ownFolder({ source }: AskedMount): { readonly root: string; readonly rest: string } | undefined {
    if (this.id === undefined) return undefined;
    const at = source.indexOf(`/${this.id}/`);
    const [, root, driver] = at < 0 ? [] : (/^(\/.*)\/(?:([a-z0-9]+)-)?containers$/.exec(source.slice(0, at)) ?? []);
    if (root === undefined || posix.normalize(source) !== source) return undefined;
    const rest = source.slice(at + this.id.length + 2);
    if (driver === undefined) return { root, rest };
    return rest.startsWith('userdata/') ? { root, rest: rest.slice('userdata/'.length) } : undefined;
  }
}

const podFolder = /^\/var\/lib\/kubelet\/pods\/[0-9a-f-]{36}\/(.+)$/;
const kindsOfVolumes: ReadonlyMap<string, LaunchMount['type']> = new Map([
  ['secret', 'secret'],
  ['projected', 'secret'],
  ['configmap', 'config'],
  ['downward-api', 'config'],
]);

function recognizeKubelet(target: string, source: string, sandbox: string | undefined): EngineMount | undefined {
  const rest = podFolder.exec(source)?.[1];
  if (rest === undefined) {
    const isSandbox = sandbox !== undefined && source.includes(`/sandboxes/${sandbox}/`);
    return isSandbox && ownTargets.get(target) === posix.basename(source) ? 'own' : undefined;
  }
  if (rest === 'etc-hosts' && target === '/etc/hosts') return 'own';
  if (rest.startsWith('containers/') && target === '/dev/termination-log') return 'own';
  const [, kind, name] = /^volumes\/kubernetes\.io~([\w-]+)\/([^/]+)(?:\/.*)?$/.exec(rest) ?? [];
  if (kind === undefined || name === undefined) return undefined;
  return { type: kindsOfVolumes.get(kind) ?? 'volume', source: name, kind };
}
