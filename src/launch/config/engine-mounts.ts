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

/** What else of a config.json tells where an engine keeps things. */
export interface EngineFacts {
  /** The container's ID, where the engine chose it. */
  readonly id?: string;
  readonly engine?: OciOptions['engine'];
  /** Of kubelet's engines: the ID of the Pod's sandbox. */
  readonly sandbox?: string;
  readonly rootPath: string;
  /** Whoever shares the network of another container is given its files of names. */
  readonly sharesNetwork: boolean;
}

/** What only storage drivers call their folders; Docker's users cannot choose the root. */
const driverFolder =
  /^(\/.*)\/(?:rootfs\/overlayfs|overlay2|overlay|fuse-overlayfs|vfs\/dir|btrfs\/subvolumes|zfs\/graph)\/[^/]+/;
const sharedFiles = ['/etc/resolv.conf', '/etc/hosts', '/etc/hostname'];

/**
 * Tells mounts of the engine from those that were asked. A folder counts as the engine's where it lies in one that is
 * named by the container's own ID, which nobody knew before the engine chose it; that also shows where its volumes are.
 */
export class EngineMounts {
  /** Where the engine keeps its volumes and containers. */
  readonly roots: readonly string[];
  private readonly facts: EngineFacts;

  constructor(mounts: readonly AskedMount[], facts: EngineFacts) {
    this.facts = facts;
    const roots = new Set(mounts.flatMap(({ source }) => ownFolder(source, facts.id)?.root ?? []));
    const ofDriver = facts.engine === 'docker' ? driverFolder.exec(facts.rootPath)?.[1] : undefined;
    if (ofDriver !== undefined) roots.add(ofDriver);
    // An engine has one or two; each is tried for each mount.
    this.roots = [...roots].slice(0, 4);
  }

  /** Undefined where a bind mount is one that was asked. */
  recognize(mount: AskedMount): EngineMount | undefined {
    const { target, source, readOnly } = mount;
    if (posix.normalize(source) !== source) return undefined;
    const own = ownFolder(source, this.facts.id);
    if (own) {
      if (ownTargets.get(target) === own.rest.replace(/^mounts\//, '')) return 'own';
      return { type: target.startsWith('/run/secrets/') ? 'secret' : 'config', source: own.rest };
    }
    if (initTargets.has(target) && readOnly && initProgram.test(source)) return 'own';
    const isCopied = target === '/etc/hosts' || target === '/etc/resolv.conf';
    if (isCopied && readOnly && source === target) return 'own';
    return (
      this.recognizeBelowRoot(mount) ??
      (this.facts.engine === 'cri' ? recognizeKubelet(target, source, this.facts.sandbox) : undefined)
    );
  }

  private recognizeBelowRoot({ target, source }: AskedMount): EngineMount | undefined {
    const root = this.roots.find((each) => source.startsWith(`${each}/`));
    if (root === undefined) return undefined;
    const rest = source.slice(root.length + 1);
    const [, name] = /^volumes\/([a-zA-Z0-9][\w.-]*)\/_data$/.exec(rest) ?? [];
    if (name !== undefined) return { type: 'volume', source: name };
    if (!this.facts.sharesNetwork || !sharedFiles.includes(target)) return undefined;
    const [, other = ''] = /^(?:[a-z0-9]+-)?containers\/([0-9a-f]{64})\//.exec(rest) ?? [];
    return ownFolder(source, other)?.rest === ownTargets.get(target) ? 'own' : undefined;
  }
}

/** `ROOT/containers/ID/` of dockerd, `ROOT/DRIVER-containers/ID/userdata/` of podman. */
function ownFolder(source: string, id = ''): { readonly root: string; readonly rest: string } | undefined {
  const at = id === '' ? -1 : source.indexOf(`/${id}/`);
  const [, root, driver] = at < 0 ? [] : (/^(\/.*)\/(?:([a-z0-9]+)-)?containers$/.exec(source.slice(0, at)) ?? []);
  if (root === undefined || posix.normalize(source) !== source) return undefined;
  const rest = source.slice(at + id.length + 2);
  if (driver === undefined) return { root, rest };
  return rest.startsWith('userdata/') ? { root, rest: rest.slice('userdata/'.length) } : undefined;
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
