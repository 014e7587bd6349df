import type { JsonObject } from '../../base/index.ts';
import type { LaunchMount } from '../../model/index.ts';
import { knownKeys, volumeKinds, volumeSourceKeys } from './known-keys.ts';
import {
  below,
  malformed,
  type Other,
  podLimits,
  readFlag,
  readName,
  readObject,
  readObjects,
  readText,
  unknownKeys,
} from './pod-reading.ts';

/** A volume of a Pod: a name, and one source. */
export interface PodVolume {
  readonly name: string;
  readonly path: string;
  /** As Kubernetes calls it; `emptyDir` where nothing is said. */
  readonly kind: string;
  readonly source: JsonObject;
  readonly sourcePath: string;
  /** What it is to a container that mounts it, before what the mount itself says. */
  readonly mount: MountSource;
}

export interface PodVolumes {
  readonly volumes: ReadonlyMap<string, PodVolume>;
  readonly others: readonly Other[];
}

const volumeKeys: ReadonlySet<string> = new Set(['name', ...volumeKinds]);

/** Throws LaunchError where two have one name, or one has two sources: engines would differ in which they take. */
export function readVolumes(spec: JsonObject, path: string): PodVolumes {
  const volumes = new Map<string, PodVolume>();
  const others: Other[] = [];
  for (const { object, path: at } of readObjects(spec, 'volumes', path, podLimits.volumes)) {
    const name = readName(object, at);
    if (volumes.has(name))
      throw malformed(below(at, 'name'), `there is another volume ${JSON.stringify(name.slice(0, 100))}`);
    others.push(...unknownKeys(object, at, volumeKeys));
    const kinds = Object.keys(object).filter((key) => key !== 'name' && object[key] !== null);
    if (kinds.length > 1) throw malformed(at, `has ${kinds.length} sources, and a volume has one`);
    const [kind = 'emptyDir'] = kinds;
    const source = kinds.length === 0 || !volumeKinds.has(kind) ? {} : (readObject(object, kind, at) ?? {});
    const sourceKeys = volumeSourceKeys.get(kind);
    if (sourceKeys) others.push(...unknownKeys(source, below(at, kind), sourceKeys));
    const sourcePath = below(at, kind.slice(0, 100));
    if (kind === 'projected')
      for (const projection of readObjects(source, 'sources', sourcePath, podLimits.items))
        others.push(...unknownKeys(projection.object, projection.path, knownKeys.projection));
    const mount = mountSource(kind, source, sourcePath);
    volumes.set(name, { name, path: at, kind: kind.slice(0, 100), source, sourcePath, mount });
  }
  return { volumes, others };
}

export type MountSource = Pick<LaunchMount, 'type'> &
  Partial<Pick<LaunchMount, 'source' | 'readOnly' | 'driver' | 'options'>>;

function mountSource(kind: string, source: JsonObject, sourcePath: string): MountSource {
  const text = (key: string) => readText(source, key, sourcePath);
  const named = (value: string | undefined) => (value === undefined ? {} : { source: value });
  const options = (...keys: readonly string[]) => {
    const found = keys.flatMap((key) => {
      const value = text(key);
      return value === undefined ? [] : [[key, value] as const];
    });
    return found.length === 0 ? {} : { options: Object.fromEntries(found) };
  };
  const readOnly = readFlag(source, 'readOnly', sourcePath) === true ? { readOnly: true } : {};
  switch (kind) {
    case 'hostPath':
      return { type: 'bind', ...named(text('path') ?? ''), ...options('type') };
    case 'emptyDir':
      return { type: text('medium') === 'Memory' ? 'tmpfs' : 'volume', ...options('medium') };
    case 'configMap':
      return { type: 'config', ...named(text('name')), readOnly: true };
    case 'secret':
      return { type: 'secret', ...named(text('secretName')), readOnly: true };
    case 'downwardAPI':
      return { type: 'config', readOnly: true };
    case 'projected':
      return { type: holdsSecrets(source, sourcePath) ? 'secret' : 'config', readOnly: true };
    case 'image':
      return { type: 'image', ...named(text('reference')), readOnly: true };
    case 'persistentVolumeClaim':
      return { type: 'volume', ...named(text('claimName')), ...readOnly };
    case 'ephemeral':
      return { type: 'volume' };
    case 'nfs':
      return { type: 'other', source: `${text('server') ?? ''}:${text('path') ?? ''}`, ...readOnly };
    case 'csi':
    case 'flexVolume':
      return { type: 'other', driver: text('driver') ?? '', ...readOnly };
    default:
      return { type: 'other', ...readOnly };
  }
}

function holdsSecrets(source: JsonObject, path: string): boolean {
  return readObjects(source, 'sources', path, podLimits.items).some(({ object, path: at }) =>
    ['secret', 'serviceAccountToken', 'podCertificate'].some((key) => readObject(object, key, at) !== undefined),
  );
}
