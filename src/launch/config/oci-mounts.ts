import { posix } from 'node:path';
import type { LaunchMount, LaunchNamespace } from '../../model/index.ts';
import type { BodyReader } from '../body-reader.ts';
import { type EngineFacts, EngineMounts } from './engine-mounts.ts';

export interface OciMounts {
  readonly mounts: readonly LaunchMount[];
  /** File systems of the kernel that can be written and should not. */
  readonly writable: readonly string[];
  /** Folders of the engine, as its own mounts show them. */
  readonly roots: readonly string[];
}

/** What engines mount into every container, by target and type. */
const usual: ReadonlyMap<string, readonly string[]> = new Map([
  ['/proc', ['proc']],
  ['/dev', ['tmpfs']],
  ['/dev/pts', ['devpts']],
  ['/dev/mqueue', ['mqueue']],
  ['/dev/shm', ['tmpfs']],
  ['/run', ['tmpfs']],
  ['/sys', ['sysfs']],
  ['/sys/fs/cgroup', ['cgroup', 'cgroup2']],
]);

/**
 * The mounts that were asked (config.md "Mounts"): without those that the engine makes by itself, and with volumes by their
 * names where it is known which folder is a volume.
 */
export function readOciMounts(
  config: BodyReader,
  namespaces: readonly LaunchNamespace[],
  facts: Pick<EngineFacts, 'id' | 'engine' | 'sandbox'>,
): OciMounts {
  const asked = config.objects('mounts').map(readMount);
  const sharing = new Map(namespaces.map(({ kind, mode }) => [kind, mode]));
  const engine = new EngineMounts(asked, {
    ...facts,
    rootPath: config.object('root')?.text('path')?.value ?? '',
    sharesNetwork: sharing.get('network') === 'shared',
  });
  const hasUsers = config
    .object('linux')
    ?.objects('namespaces')
    .some((each) => each.text('type')?.value === 'user');
  const writable: string[] = [];
  const mounts = asked.flatMap(({ path, isBind, type, target, source, readOnly, propagation }): LaunchMount[] => {
    const mount = { path, target, readOnly, ...(propagation === undefined ? {} : { propagation }) };
    if (isBind) {
      const known = engine.recognize({ target, source, readOnly });
      if (known === 'own') return [];
      // Whoever shares the host's IPC namespace is given its memory by this.
      if (sharing.has('ipc') && source === target && (target === '/dev/shm' || target === '/dev/mqueue')) return [];
      // The kernel mounts no sysfs for who has a user namespace and not the network's.
      if (hasUsers && sharing.has('network') && source === target && target === '/sys' && readOnly) return [];
      return [{ ...mount, type: 'bind', source, ...known }];
    }
    if (usual.get(target)?.includes(type) === true) {
      if (target.startsWith('/sys') && !readOnly) writable.push(target);
      return [];
    }
    if (type === 'tmpfs') return [{ ...mount, type: 'tmpfs' }];
    return [{ ...mount, type: 'other', kind: type, ...(source === '' ? {} : { source }) }];
  });
  return { mounts, writable, roots: engine.roots };
}

function readMount(mount: BodyReader) {
  const options = mount.texts('options').map(({ value }) => value);
  const type = mount.text('type')?.value ?? '';
  const target = mount.text('destination')?.value ?? '';
  return {
    path: mount.path,
    type,
    // Runtimes look at the options, whatever the type is.
    isBind: type === 'bind' || options.includes('bind') || options.includes('rbind'),
    target: posix.normalize(`/${target}`).replace(/(?<=.)\/$/, ''),
    source: mount.text('source')?.value ?? '',
    readOnly: readsOnly(options),
    propagation: propagationOf(options),
  };
}

/** The last one counts. */
function readsOnly(options: readonly string[]): boolean {
  const last = options.findLast((option) => ['ro', 'rro', 'rw', 'rrw'].includes(option));
  return last === 'ro' || last === 'rro';
}

function propagationOf(options: readonly string[]): LaunchMount['propagation'] {
  const last = options.findLast((option) => /^r?(?:private|shared|slave|unbindable)$/.test(option))?.replace(/^r/, '');
  return last === 'shared' || last === 'slave' ? last : undefined;
}
