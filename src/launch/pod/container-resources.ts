import type { JsonObject } from '../../base/index.ts';
import type { At, LaunchDevice, LaunchResources } from '../../model/index.ts';
import { knownKeys } from './known-keys.ts';
import {
  below,
  describe,
  malformed,
  type Other,
  podLimits,
  readName,
  readObject,
  readObjects,
  readText,
  unknownKeys,
} from './pod-reading.ts';
import type { PodScope } from './pod-scope.ts';
import { ceilQuantity, parseQuantity, type Quantity, quantityToNumber } from './quantity.ts';

export interface ContainerResources {
  readonly resources: LaunchResources;
  /** What is asked of device plug-ins and of dynamic resource allocation. */
  readonly devices: readonly LaunchDevice[];
  readonly others: readonly Other[];
}

/**
 * Limits of a container; where it has none, those of its Pod (`spec.resources`), which hold for all of its containers
 * together. Extended resources (`nvidia.com/gpu`) and claims are devices.
 */
export function readContainerResources(container: JsonObject, path: string, scope: PodScope): ContainerResources {
  const resources = readObject(container, 'resources', path) ?? {};
  const at = below(path, 'resources');
  const others = [...unknownKeys(resources, at, knownKeys.resources)];
  const limits = readQuantities(resources, 'limits', at);
  const requests = readQuantities(resources, 'requests', at);
  const ofPod = readObject(scope.spec, 'resources', scope.specPath) ?? {};
  const shared = readQuantities(ofPod, 'limits', below(scope.specPath, 'resources'));
  const memory = limits.get('memory') ?? shared.get('memory');
  const cpu = limits.get('cpu') ?? shared.get('cpu');
  const extended = new Map([...requests, ...limits]);
  const devices = [...extended].flatMap(([name, { value, path: where }]): LaunchDevice[] =>
    isExtended(name) && value.coefficient > 0n
      ? [{ path: where, kind: 'request', device: `${name}=${ceilQuantity(value)}` }]
      : [],
  );
  for (const { object, path: where } of readObjects(resources, 'claims', at, podLimits.items)) {
    others.push(...unknownKeys(object, where, knownKeys.claim));
    const request = readText(object, 'request', where);
    const name = readName(object, where);
    devices.push({
      path: where,
      kind: 'request',
      device: `claim:${name}${request === undefined ? '' : `/${request}`}`,
    });
  }
  return {
    resources: {
      ...(memory ? { memoryBytes: { value: Number(ceilQuantity(memory.value)), path: memory.path } } : {}),
      ...(cpu ? { cpus: { value: quantityToNumber(cpu.value), path: cpu.path } } : {}),
    },
    devices,
    others,
  };
}

/** Kubernetes' own have no domain, or one of kubernetes.io. */
function isExtended(name: string): boolean {
  const [domain = ''] = name.includes('/') ? name.split('/', 1) : [];
  return domain !== '' && domain !== 'kubernetes.io' && !domain.endsWith('.kubernetes.io');
}

function readQuantities(parent: JsonObject, key: string, path: string): ReadonlyMap<string, At<Quantity>> {
  const entries = Object.entries(readObject(parent, key, path) ?? {});
  if (entries.length > podLimits.quantities) throw malformed(below(path, key), 'has too many entries');
  return new Map(
    entries.flatMap(([name, text]) => {
      if (text === null) return [];
      const at = below(below(path, key), name.slice(0, 100));
      const value = typeof text === 'string' || typeof text === 'number' ? parseQuantity(String(text)) : undefined;
      if (value === undefined) throw malformed(at, `${JSON.stringify(describe(text))} is no quantity`);
      return [[name, { value, path: at }] as const];
    }),
  );
}
