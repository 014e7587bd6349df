import { asObject, type JsonObject } from '../../base/index.ts';
import type { LaunchMount, LaunchRequest, LaunchSet } from '../../model/index.ts';
import { LaunchError } from '../launch-error.ts';
import { type ClusterObjects, indexClusterObjects } from './cluster-objects.ts';
import { formatFieldMap } from './field-value.ts';
import { knownKeys } from './known-keys.ts';
import { parseContainer } from './parse-container.ts';
import { readPodContext } from './pod-context.ts';
import {
  below,
  freshBudget,
  malformed,
  podLimits,
  readObject,
  readObjects,
  readText,
  readTextMap,
  unknownKeys,
} from './pod-reading.ts';
import type { PodMetadata, PodScope } from './pod-scope.ts';
import { readPodSecurity } from './pod-security.ts';
import { type PodVolume, readVolumes } from './volumes.ts';

export interface PodOptions {
  /** ConfigMaps and Secrets that whoever asks has read: what a Pod takes from them is filled in. */
  readonly objects?: ClusterObjects;
}

/**
 * Reads a Pod (core/v1) of any version of Kubernetes: a request for each of its containers, and the Pod as the Pod Security
 * Standards see it. What is not known stands among `others` of each container that it concerns. Throws LaunchError that
 * names the path.
 */
export function parsePod(value: unknown, options: PodOptions = {}): LaunchSet {
  const pod = asObject(value);
  if (pod === undefined) throw malformed('', 'a Pod is an object');
  const kind = readText(pod, 'kind', '');
  if (kind !== undefined && kind !== 'Pod') throw malformed('kind', 'is not Pod');
  return readTemplate({ template: pod, path: '', kind: 'Pod' }, options);
}

/** Where a Pod is told of: the object that has its `metadata` and `spec`. */
export interface PodTemplate {
  readonly template: JsonObject;
  readonly path: string;
  readonly kind: string;
  /** Of what embeds the template, where its own metadata has none. */
  readonly name?: string;
  readonly namespace?: string;
  /** Volumes that the controller makes for each Pod: templates of claims. */
  readonly claims?: readonly PodVolume[];
}

export function readTemplate(of: PodTemplate, { objects = indexClusterObjects([]) }: PodOptions): LaunchSet {
  const { template, path, kind } = of;
  const spec = readObject(template, 'spec', path);
  if (spec === undefined) throw malformed(below(path, 'spec'), 'is missing');
  const specPath = below(path, 'spec');
  const { volumes, others } = readVolumes(spec, specPath);
  const claims = (of.claims ?? []).map((claim) => [claim.name, claim] as const);
  const context = readPodContext(spec, specPath);
  const metadataPath = below(path, 'metadata');
  const metadata = readObject(template, 'metadata', path) ?? {};
  const shared = [
    ...unknownKeys(template, path, knownKeys.pod),
    ...unknownKeys(metadata, metadataPath, knownKeys.metadata),
    ...unknownKeys(spec, specPath, knownKeys.podSpec),
    ...context.others,
    ...others,
  ];
  // Each container bears them.
  if (shared.length > podLimits.allUnknown)
    throw new LaunchError('launch-limit', specPath, 'has too many fields that Kubernetes does not know');
  const scope: PodScope = {
    kind,
    path,
    metadata: readMetadata(metadata, metadataPath, of),
    spec,
    specPath,
    volumes: new Map([...volumes, ...claims]),
    volumeFiles: new Map(),
    probeHosts: new Map(),
    sysctls: context.sysctls,
    groups: context.groups,
    objects,
    budget: freshBudget(),
    others: shared,
  };
  const containers = {
    init: readObjects(spec, 'initContainers', specPath, podLimits.containers),
    container: readObjects(spec, 'containers', specPath, podLimits.containers),
    ephemeral: readObjects(spec, 'ephemeralContainers', specPath, podLimits.containers),
  };
  const all = (['init', 'container', 'ephemeral'] as const).flatMap((role) =>
    containers[role].map((container) => ({ ...container, role })),
  );
  if (all.length > podLimits.containers)
    throw new LaunchError(
      'launch-limit',
      specPath,
      `has ${all.length} containers, and ${podLimits.containers} is the most`,
    );
  const requests = all.map(({ object, path: at, role }) => parseContainer(object, at, role, scope));
  const named = new Set<string | undefined>();
  for (const { name, path: at } of requests) {
    if (named.has(name)) throw malformed(below(at, 'name'), 'another container has the same name');
    named.add(name);
  }
  return {
    form: 'pod',
    requests: withUnmountedImages(requests, [...volumes.values()]),
    pod: readPodSecurity(scope, containers),
  };
}

function readMetadata(metadata: JsonObject, path: string, of: PodTemplate): PodMetadata {
  const name = readText(metadata, 'name', path) ?? of.name ?? readText(metadata, 'generateName', path);
  const namespace = readText(metadata, 'namespace', path) ?? of.namespace;
  const labels = readTextMap(metadata, 'labels', path);
  const annotations = readTextMap(metadata, 'annotations', path);
  return {
    path,
    ...(name === undefined || name === '' ? {} : { name }),
    ...(namespace === undefined || namespace === '' ? {} : { namespace }),
    labels,
    annotations,
    labelLines: once(() => formatFieldMap(labels)),
    annotationLines: once(() => formatFieldMap(annotations)),
  };
}

/** Few ask, and who asks may ask for each of thousands of variables. */
function once(make: () => string): () => string {
  let made: string | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** The kubelet pulls the image of a volume whether or not a container mounts it: the first one answers for it. */
function withUnmountedImages(
  requests: readonly LaunchRequest[],
  volumes: readonly PodVolume[],
): readonly LaunchRequest[] {
  const [first, ...rest] = requests;
  const images = volumes.filter(({ kind }) => kind === 'image');
  if (first === undefined || images.length === 0) return requests;
  const mounted = new Set(requests.flatMap(({ mounts }) => mounts.flatMap(({ source }) => source ?? [])));
  const missing = images.flatMap((volume): LaunchMount[] => {
    const { source = '' } = volume.mount;
    if (mounted.has(source)) return [];
    return [
      { type: 'image', path: below(volume.sourcePath, 'reference'), target: '', source, readOnly: true, kind: 'image' },
    ];
  });
  return [{ ...first, mounts: [...first.mounts, ...missing] }, ...rest];
}
