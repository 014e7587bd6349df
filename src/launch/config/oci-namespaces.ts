import type { LaunchNamespace, LaunchRequest } from '../../model/index.ts';
import type { BodyReader } from '../body-reader.ts';
import type { OciOptions } from './oci-options.ts';

const kinds: ReadonlyMap<string, LaunchNamespace['kind']> = new Map([
  ['pid', 'pid'],
  ['network', 'network'],
  ['ipc', 'ipc'],
  ['uts', 'uts'],
  ['user', 'user'],
  ['cgroup', 'cgroup'],
]);
/** Of the first process, or of the engine that calls the runtime. */
const ofHost = /^\/proc\/(?:1|self|thread-self)\/ns\/\w+$/;
/** Made by an engine for this container or Pod alone; docker calls that of the host `default`. */
const madeForIt =
  /^(?:\/var)?\/run\/(?:user\/\d+\/)?(?:docker\/netns\/[0-9a-f]{12}|netns\/(?:netns|cni)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/**
 * The namespaces that are not its own (config-linux.md "Namespaces"): one that is missing is that of who calls the runtime.
 * No engine gives a user namespace by itself, and none a cgroup namespace on cgroups 1: those are missed only where that is known.
 */
export function readNamespaces(linux: BodyReader, options: OciOptions): Pick<LaunchRequest, 'namespaces' | 'others'> {
  const namespaces: LaunchNamespace[] = [];
  const others: LaunchRequest['others'][number][] = [];
  const seen = new Set<string>();
  for (const entry of linux.objects('namespaces')) {
    const type = entry.text('type')?.value ?? '';
    const kind = kinds.get(type);
    const target = entry.text('path');
    seen.add(type);
    if (!target) continue;
    if (kind === undefined) others.push({ name: `namespace ${type.slice(0, 40)}`, ...target });
    else if (ofHost.test(target.value)) namespaces.push({ kind, path: target.path, mode: 'host' });
    else if (kind !== 'network' || !madeForIt.test(target.value))
      namespaces.push({ kind, path: target.path, mode: 'shared', target: target.value });
  }
  const path = linux.at('namespaces');
  const expected = ['pid', 'network', 'ipc', 'uts', ...(options.cgroups === 2 ? ['cgroup'] : [])];
  for (const type of expected)
    if (!seen.has(type)) namespaces.push({ kind: kinds.get(type) ?? 'pid', path, mode: 'host' });
  if (!seen.has('mount')) others.push({ name: 'namespace mount', value: 'host', path });
  return { namespaces, others };
}

/**
 * Which user of the host a user of the container is: undefined where it is the same. Throws nothing: whoever is not mapped
 * is nobody.
 */
export function hostUserOf(linux: BodyReader, uid: number): number | undefined {
  for (const mapping of linux.objects('uidMappings')) {
    const [container, host, size] = ['containerID', 'hostID', 'size'].map((key) => mapping.number(key)?.value ?? 0);
    const offset = uid - (container ?? 0);
    if (offset >= 0 && offset < (size ?? 0)) return (host ?? 0) + offset === uid ? undefined : (host ?? 0) + offset;
  }
  return undefined;
}
