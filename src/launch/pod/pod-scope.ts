import type { JsonObject } from '../../base/index.ts';
import type { LaunchFile, LaunchRequest } from '../../model/index.ts';
import type { ClusterObjects } from './cluster-objects.ts';
import type { ContainerScripts } from './container-scripts.ts';
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
  /** By name of a volume, as soon as a container has mounted it. */
  readonly volumeFiles: Map<string, readonly VolumeFile[]>;
  /** By path of a container, as soon as it is read: hosts that the kubelet is told to speak to. */
  readonly probeHosts: Map<string, ContainerScripts['hosts']>;
  readonly sysctls: LaunchRequest['sysctls'];
  readonly groups: LaunchRequest['groups'];
  readonly objects: ClusterObjects;
  readonly budget: PodBudget;
  /** Of the Pod itself, the same for each container. */
  readonly others: readonly Other[];
}

/** A file within a volume; `name` is empty where it is the volume as a whole, whose files nobody here knows. */
export type VolumeFile = Omit<LaunchFile, 'target'> & { readonly name: string };

export interface PodMetadata {
  readonly path: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** As files of the downward API have them. */
  readonly labelLines: () => string;
  readonly annotationLines: () => string;
}

/** Objects are looked up where a Pod that names no namespace goes. */
export function namespaceOf({ namespace }: PodMetadata): string {
  return namespace ?? 'default';
}
