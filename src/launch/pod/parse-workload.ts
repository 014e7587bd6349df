import { asObject, type JsonObject } from '../../base/index.ts';
import type { LaunchSet } from '../../model/index.ts';
import { type PodOptions, readTemplate } from './parse-pod.ts';
import { below, foldKey, malformed, podLimits, readName, readObject, readObjects, readText } from './pod-reading.ts';
import type { PodVolume } from './volumes.ts';

/** Where kinds of Kubernetes have their template; any other kind that has one at `spec.template` is read like them. */
const templatePaths: ReadonlyMap<string, readonly string[]> = new Map([
  ['Pod', []],
  ['PodTemplate', ['template']],
  ['CronJob', ['spec', 'jobTemplate', 'spec', 'template']],
]);

/**
 * Reads whatever embeds the template of a Pod: Pod, PodTemplate, Deployment, ReplicaSet, ReplicationController, StatefulSet,
 * DaemonSet, Job, CronJob, a List of one of them, and any other kind with `spec.template.spec.containers`. Paths begin at the
 * object that was asked. Throws LaunchError where there is no template, or a List has more than one: that is several sets,
 * see parseWorkloads.
 */
export function parseWorkload(value: unknown, options: PodOptions = {}): LaunchSet {
  const sets = parseWorkloads(value, options);
  if (sets.length > 1) throw malformed('items', `holds ${sets.length} workloads, which are asked for one at a time`);
  return sets[0] ?? { form: 'pod', requests: [] };
}

/** The same, with a set for each item of a List. */
export function parseWorkloads(value: unknown, options: PodOptions = {}): readonly LaunchSet[] {
  const object = asObject(value);
  if (object === undefined) throw malformed('', 'a workload is an object');
  if (!isList(object)) return [readWorkload(object, '', options)];
  return readObjects(object, 'items', '', podLimits.containers).map(({ object: item, path }) => {
    if (isList(item)) throw malformed(path, 'is a List within a List');
    return readWorkload(item, path, options);
  });
}

/** Whether a kind is known to run containers, or has the template of a Pod where such kinds have it. */
export function embedsPod(object: JsonObject): boolean {
  const kind = readText(object, 'kind', '') ?? '';
  return knownWorkloads.has(kind) || templateOf(object, '', kind) !== undefined;
}

const knownWorkloads: ReadonlySet<string> = new Set([
  'Pod',
  'PodTemplate',
  'Deployment',
  'ReplicaSet',
  'ReplicationController',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
]);

/** PodList, DeploymentList and so on are Lists as well. */
function isList(object: JsonObject): boolean {
  const kind = readText(object, 'kind', '') ?? '';
  return kind.endsWith('List') && Array.isArray(object.items);
}

function readWorkload(object: JsonObject, path: string, options: PodOptions): LaunchSet {
  const kind = readText(object, 'kind', path) ?? '';
  const found = templateOf(object, path, kind);
  if (found === undefined)
    throw malformed(path === '' ? 'kind' : below(path, 'kind'), 'embeds no Pod that can be read');
  const metadata = readObject(object, 'metadata', path) ?? {};
  const at = below(path, 'metadata');
  const name = readText(metadata, 'name', at);
  const namespace = readText(metadata, 'namespace', at);
  return readTemplate(
    {
      ...found,
      kind,
      ...(name === undefined ? {} : { name }),
      ...(namespace === undefined ? {} : { namespace }),
      claims: readClaims(object, path),
    },
    options,
  );
}

function templateOf(
  object: JsonObject,
  path: string,
  kind: string,
): { readonly template: JsonObject; readonly path: string } | undefined {
  let template: JsonObject | undefined = object;
  let at = path;
  for (const key of templatePaths.get(kind) ?? ['spec', 'template']) {
    if (template) refuseVariants(template, at, key);
    template = template && readObject(template, key, at);
    at = below(at, key);
  }
  if (template === undefined) return undefined;
  const spec = readObject(template, 'spec', at);
  return knownWorkloads.has(kind) || Array.isArray(spec?.containers) ? { template, path: at } : undefined;
}

/** Kubernetes passes over `Template`; who reads it as `template` sees another Pod. */
function refuseVariants(object: JsonObject, path: string, key: string): void {
  for (const other of Object.keys(object))
    if (other !== key && other.length <= 2 * key.length && foldKey(other) === foldKey(key))
      throw malformed(below(path, other), `is not ${key}: keys are told apart by case`);
}

/** Of a StatefulSet: each is a volume of its Pods. */
function readClaims(object: JsonObject, path: string): readonly PodVolume[] {
  const spec = readObject(object, 'spec', path);
  if (spec === undefined || !Array.isArray(spec.volumeClaimTemplates)) return [];
  return readObjects(spec, 'volumeClaimTemplates', below(path, 'spec'), podLimits.volumes).map(
    ({ object: claim, path: at }) => ({
      name: readName(readObject(claim, 'metadata', at) ?? {}, below(at, 'metadata')),
      path: at,
      kind: 'persistentVolumeClaim',
      source: {},
      sourcePath: at,
      mount: { type: 'volume' as const },
    }),
  );
}
