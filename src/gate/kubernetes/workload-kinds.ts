import { asArray, asObject, asString, type JsonObject } from '../../base/index.ts';

/** A kind of object that makes Pods. */
export interface WorkloadKind {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly kind: string;
  /** Where the PodSpec is in it. */
  readonly podSpec: readonly string[];
  /** The server takes no other Pod template once it is there. */
  readonly immutable?: true;
}

const template = ['spec', 'template', 'spec'];

/** Every kind of Kubernetes' own API with a PodSpec (k8s.io/api core/v1, apps/v1, batch/v1). */
export const workloadKinds: readonly WorkloadKind[] = [
  { group: '', version: 'v1', resource: 'pods', kind: 'Pod', podSpec: ['spec'] },
  { group: '', version: 'v1', resource: 'podtemplates', kind: 'PodTemplate', podSpec: ['template', 'spec'] },
  { group: '', version: 'v1', resource: 'replicationcontrollers', kind: 'ReplicationController', podSpec: template },
  { group: 'apps', version: 'v1', resource: 'deployments', kind: 'Deployment', podSpec: template },
  { group: 'apps', version: 'v1', resource: 'replicasets', kind: 'ReplicaSet', podSpec: template },
  { group: 'apps', version: 'v1', resource: 'statefulsets', kind: 'StatefulSet', podSpec: template },
  { group: 'apps', version: 'v1', resource: 'daemonsets', kind: 'DaemonSet', podSpec: template },
  { group: 'batch', version: 'v1', resource: 'jobs', kind: 'Job', podSpec: template },
  {
    group: 'batch',
    version: 'v1',
    resource: 'cronjobs',
    kind: 'CronJob',
    podSpec: ['spec', 'jobTemplate', ...template],
  },
];

const byResource = new Map(workloadKinds.map((kind) => [`${kind.group}/${kind.version}/${kind.resource}`, kind]));

export function workloadKindOf(group: string, version: string, resource: string): WorkloadKind | undefined {
  return byResource.get(`${group}/${version}/${resource}`);
}

/** An image that an object names, and where. */
export interface NamedImage {
  readonly text: string;
  readonly steps: readonly (string | number)[];
  /** What tells it from others of the object whatever their order is. */
  readonly owner: string;
}

const containerLists = ['initContainers', 'containers', 'ephemeralContainers'];

export function podSpecOf(object: JsonObject, kind: WorkloadKind): JsonObject | undefined {
  let at: JsonObject | undefined = object;
  for (const step of kind.podSpec) at = at && asObject(at[step]);
  return at;
}

/** Every image that a workload names: of containers of each sort, and of volumes. */
export function imagesOf(object: JsonObject, kind: WorkloadKind): readonly NamedImage[] {
  const spec = podSpecOf(object, kind);
  if (!spec) return [];
  const images: NamedImage[] = [];
  for (const list of containerLists) {
    for (const [index, item] of (asArray(spec[list]) ?? []).entries()) {
      const container = asObject(item);
      const text = asString(container?.image);
      // An empty one is filled in by whoever owns the template; it is judged when it is.
      if (!text) continue;
      images.push({ text, steps: [...kind.podSpec, list, index, 'image'], owner: `${list}/${container?.name}` });
    }
  }
  for (const [index, item] of (asArray(spec.volumes) ?? []).entries()) {
    const volume = asObject(item);
    const text = asString(asObject(volume?.image)?.reference);
    if (!text) continue;
    images.push({
      text,
      steps: [...kind.podSpec, 'volumes', index, 'image', 'reference'],
      owner: `volumes/${volume?.name}`,
    });
  }
  return images;
}

/** `spec.containers[0].image`, as a person names it. */
export function formatSteps(steps: readonly (string | number)[]): string {
  return steps.reduce<string>((path, step) => {
    if (typeof step === 'number') return `${path}[${step}]`;
    return path === '' ? step : `${path}.${step}`;
  }, '');
}
