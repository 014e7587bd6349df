import { posix } from 'node:path';
import type { JsonObject } from '../../base/index.ts';
import type { LaunchDevice, LaunchFile, LaunchMount } from '../../model/index.ts';
import { expandReferences } from './expand-references.ts';
import { knownKeys } from './known-keys.ts';
import type { VariableValues } from './known-values.ts';
import {
  below,
  type Other,
  podLimits,
  readFlag,
  readName,
  readObjects,
  readText,
  unknownKeys,
  type Writable,
} from './pod-reading.ts';
import type { PodScope } from './pod-scope.ts';
import { readVolumeFiles } from './volume-files.ts';
import type { MountSource, PodVolume } from './volumes.ts';

export interface ContainerMounts {
  readonly mounts: readonly LaunchMount[];
  readonly files: readonly LaunchFile[];
  readonly devices: readonly LaunchDevice[];
  readonly others: readonly Other[];
}

/** What a container mounts, with the files that come along: ConfigMaps, Secrets, the downward API. */
export function readMounts(
  container: JsonObject,
  path: string,
  scope: PodScope,
  values: VariableValues,
): ContainerMounts {
  const mounts: LaunchMount[] = [];
  const files: LaunchFile[] = [];
  const others: Other[] = [];
  for (const { object, path: at } of readObjects(container, 'volumeMounts', path, podLimits.mounts)) {
    others.push(...unknownKeys(object, at, knownKeys.mount));
    const name = readName(object, at);
    const volume = scope.volumes.get(name);
    // A controller may bring it: nobody here knows what it is.
    if (volume === undefined) others.push({ name: 'volume', path: below(at, 'name'), value: name.slice(0, 200) });
    const target = readText(object, 'mountPath', at) ?? '';
    const expression = readText(object, 'subPathExpr', at);
    const subPath =
      expression === undefined
        ? (readText(object, 'subPath', at) ?? '')
        : expandReferences(expression, values, scope.budget, below(at, 'subPathExpr'));
    mounts.push(readMount(object, at, target, subPath, volume));
    if (volume) files.push(...readVolumeFiles(volume, target, subPath, scope));
  }
  return { mounts, files, devices: readVolumeDevices(container, path, scope, others), others };
}

function readMount(
  object: JsonObject,
  path: string,
  target: string,
  subPath: string,
  volume: PodVolume | undefined,
): LaunchMount {
  const { type, driver, readOnly = false, source, options }: MountSource = volume?.mount ?? { type: 'other' };
  const recursive = readText(object, 'recursiveReadOnly', path);
  const said = readText(object, 'mountPropagation', path);
  const mount: Writable<LaunchMount> = {
    type,
    path,
    target,
    readOnly: readOnly || readFlag(object, 'readOnly', path) === true,
  };
  if (driver !== undefined) mount.driver = driver;
  if (source !== undefined) mount.source = type === 'bind' && subPath !== '' ? posix.join(source, subPath) : source;
  if (said === 'Bidirectional') mount.propagation = 'shared';
  else if (said === 'HostToContainer') mount.propagation = 'slave';
  const isApart = subPath !== '' && type !== 'bind';
  if (options !== undefined || recursive !== undefined || isApart)
    mount.options = {
      ...options,
      ...(recursive === undefined ? {} : { recursiveReadOnly: recursive }),
      ...(isApart ? { subPath } : {}),
    };
  if (volume) mount.kind = volume.kind;
  return mount;
}

/** Block devices of claims. */
function readVolumeDevices(container: JsonObject, path: string, scope: PodScope, others: Other[]): LaunchDevice[] {
  return readObjects(container, 'volumeDevices', path, podLimits.mounts).map(({ object, path: at }) => {
    others.push(...unknownKeys(object, at, knownKeys.volumeDevice));
    const name = readName(object, at);
    const { kind = 'volume', mount } = scope.volumes.get(name) ?? {};
    return { path: at, kind: 'request', device: `${kind}/${mount?.source ?? name}` };
  });
}
