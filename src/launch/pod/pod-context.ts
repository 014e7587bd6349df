import type { JsonObject } from '../../base/index.ts';
import type { LaunchRequest } from '../../model/index.ts';
import { knownKeys } from './known-keys.ts';
import {
  below,
  malformed,
  type Other,
  podLimits,
  readInteger,
  readList,
  readName,
  readObject,
  readObjects,
  readText,
  unknownKeys,
} from './pod-reading.ts';

export interface PodContext {
  readonly groups: LaunchRequest['groups'];
  readonly sysctls: LaunchRequest['sysctls'];
  readonly others: readonly Other[];
}

/** What the security context of a Pod says of all of its containers alone. */
export function readPodContext(spec: JsonObject, specPath: string): PodContext {
  const context = readObject(spec, 'securityContext', specPath) ?? {};
  const path = below(specPath, 'securityContext');
  const others = [...unknownKeys(context, path, knownKeys.podSecurityContext)];
  const groups = readList(context, 'supplementalGroups', path, podLimits.items).map((group, index) => {
    const at = `${below(path, 'supplementalGroups')}[${index}]`;
    if (!Number.isSafeInteger(group)) throw malformed(at, 'must be a whole number');
    return { value: String(group), path: at };
  });
  const fsGroup = readInteger(context, 'fsGroup', path);
  const sysctls = readObjects(context, 'sysctls', path, podLimits.items).map(({ object, path: at }) => {
    others.push(...unknownKeys(object, at, knownKeys.sysctl));
    return { name: readName(object, at), value: readText(object, 'value', at) ?? '', path: at };
  });
  return {
    groups: fsGroup === undefined ? groups : [...groups, { value: String(fsGroup), path: below(path, 'fsGroup') }],
    sysctls,
    others,
  };
}
