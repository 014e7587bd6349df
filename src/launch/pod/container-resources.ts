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
  const ofPod = readObject(scope.spec, 'resources', scope.specPath);
  const shared = ofPod ? readQuantities(ofPod, 'limits', below(scope.specPath, 'resources')) : noQuantities;
  const memory = limits.get('memory') ?? shared.get('memory');
  const cpu = limits.get('cpu') ?? shared.get('cpu');
  const devices: LaunchDevice[] = [];
  const add = (name: string, { value, path: where }: At<Quantity>) => {
    if (isExtended(name) && value.coefficient > 0n)
      devices.push({ path: where, kind: 'request', device: `${name}=${ceilQuantity(value)}` });
  };
  // What is requested stands first, and the limit counts.
  for (const [name, requested] of requests) add(name, limits.get(name) ?? requested);
  for (const [name, limit] of limits) if (!requests.has(name)) add(name, limit);
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
  if (!name.includes('/')) return false;
  const [domain = ''] = name.split('/', 1);
  return domain !== '' && domain !== 'kubernetes.io' && !domain.endsWith('.kubernetes.io');
}

const noQuantities: ReadonlyMap<string, At<Quantity>> = new Map();

function readQuantities(parent: JsonObject, key: string, path: string): ReadonlyMap<string, At<Quantity>> {
  const object = readObject(parent, key, path);
  if (object === undefined) return noQuantities;
  const names = Object.keys(object);
  const place = below(path, key);
  if (names.length > podLimits.quantities) throw malformed(place, 'has too many entries');
  const quantities = new Map<string, At<Quantity>>();
  for (const name of names) {
    const text = object[name];
    if (text === null) continue;
    const at = below(place, name.slice(0, 100));
    const value = typeof text === 'string' || typeof text === 'number' ? parseQuantity(String(text)) : undefined;
    if (value === undefined) throw malformed(at, `${JSON.stringify(describe(text))} is no quantity`);
    quantities.set(name, { value, path: at });
  }
  return quantities;
}
