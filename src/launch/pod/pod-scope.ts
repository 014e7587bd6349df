import type { JsonObject } from '../../base/index.ts';
import type { ClusterObjects } from './cluster-objects.ts';
import type { Other, PodBudget } from './pod-reading.ts';
import type { PodVolume } from './volumes.ts';

/** What all containers of a Pod have in common. */
export interface PodScope {
  /** Kind of what was asked. */
  readonly kind: string | undefined;
  /** Where the Pod or the template stands: empty, `spec.template`. */
  readonly path: string;
  readonly metadata: PodMetadata;
  readonly spec: JsonObject;
  readonly specPath: string;
  readonly volumes: ReadonlyMap<string, PodVolume>;
  readonly objects: ClusterObjects;
  readonly budget: PodBudget;
  /** Of the Pod itself, the same for each container. */
  readonly others: readonly Other[];
}

export interface PodMetadata {
  readonly path: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Objects are looked up where a Pod that names no namespace goes. */
export function namespaceOf({ namespace }: PodMetadata): string {
  return namespace ?? 'default';
}
