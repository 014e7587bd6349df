import { asObject, asString, type JsonObject } from '../../base/index.ts';
import { type ClusterObjects, LaunchError, parseWorkload } from '../../launch/index.ts';
import type { LaunchSet } from '../../model/index.ts';
import type { AdmissionQuestion } from './admission-question.ts';
import type { AdmissionRequest } from './admission-review.ts';
import { readConnect } from './connect-launch.ts';
import { podSpecOf, type WorkloadKind, workloadKindOf } from './workload-kinds.ts';

/** The workload of a review in which Pods are made or changed; `undefined` where there is none. */
export function workloadOf({ operation, resource, subResource }: AdmissionRequest): WorkloadKind | undefined {
  if (operation !== 'CREATE' && operation !== 'UPDATE') return undefined;
  const workload = workloadKindOf(resource.group, resource.version, resource.resource);
  if (!workload || subResource === '') return workload;
  // The object that comes with them is the whole Pod or workload.
  const whole = workload.kind === 'Pod' ? ['ephemeralcontainers', 'resize', 'status'] : ['status'];
  return whole.includes(subResource) ? workload : undefined;
}

/** Whether the workload is other than before in anything that may be judged, before any of it is read. */
export function isUnchanged(request: AdmissionRequest, workload: WorkloadKind): boolean {
  const { operation, object, oldObject } = request;
  if (operation !== 'UPDATE' || !object || !oldObject) return false;
  return sameJson(judgedPart(object, workload), judgedPart(oldObject, workload));
}

/**
 * What a review asks. An update is judged by what it changes: a Pod by the containers that are other than before, what has a
 * template by all of it. That an object is being deleted, or who owns it, excuses nothing (CVE-2023-34091).
 */
export function readQuestion(request: AdmissionRequest, objects: ClusterObjects): AdmissionQuestion {
  if (request.operation === 'DELETE') return { kind: 'pass' };
  if (request.operation === 'CONNECT') return readConnect(request);
  const workload = workloadOf(request);
  if (!workload) return readOther(request);
  const { object, oldObject, kind } = request;
  if (!object) return { kind: 'refuse', reason: 'request.object is missing' };
  if (kind.kind !== workload.kind)
    return { kind: 'refuse', reason: `request.kind: ${quote(kind.kind)} is not ${workload.kind}` };
  const mismatch = identityMismatch(object, request, workload);
  if (mismatch) return { kind: 'refuse', reason: mismatch };
  if (request.operation === 'UPDATE') {
    // Without what was there before there is nothing to hold it against: all of it is judged.
    if (isUnchanged(request, workload)) return { kind: 'pass' };
  }
  try {
    const set = parseWorkload(inNamespace(object, request, workload), { objects });
    if (set.requests.length === 0) return { kind: 'refuse', reason: 'it holds no container' };
    const before =
      oldObject && request.operation === 'UPDATE' ? parseBefore(oldObject, request, workload, objects) : undefined;
    const changed = before ? whatChanged(set, before, workload) : set;
    return changed ? { kind: 'judge', set: changed, workload } : { kind: 'pass' };
  } catch (error) {
    if (error instanceof LaunchError) return { kind: 'refuse', reason: error.message };
    throw error;
  }
}

/** Undefined: nothing. */
function whatChanged(set: LaunchSet, before: LaunchSet, workload: WorkloadKind): LaunchSet | undefined {
  if (sameJson(set, before)) return undefined;
  // A template starts all of its containers anew.
  if (workload.kind !== 'Pod' || !sameJson(podLevel(set), podLevel(before))) return set;
  const known = new Set(before.requests.map((request) => JSON.stringify({ ...request, path: '' })));
  const requests = set.requests.filter((request) => !known.has(JSON.stringify({ ...request, path: '' })));
  return requests.length === 0 ? set : { ...set, requests };
}

/** What the containers of a Pod have in common. */
function podLevel({ pod }: LaunchSet): unknown {
  if (!pod) return undefined;
  const { containers: _c, initContainers: _i, ephemeralContainers: _e, ...spec } = pod.spec;
  return { ...spec, annotations: judgedAnnotations(pod.annotations) };
}

/** What was there before it was judged may be such that it cannot be read. */
function parseBefore(old: JsonObject, request: AdmissionRequest, workload: WorkloadKind, objects: ClusterObjects) {
  try {
    return parseWorkload(inNamespace(old, request, workload), { objects });
  } catch (error) {
    if (error instanceof LaunchError) return undefined;
    throw error;
  }
}

/**
 * The namespace is that of the request, whatever the object and its template say: Kubernetes ignores what a template says
 * about it, and a policy that spares another namespace must not be reached by it.
 */
function inNamespace(object: JsonObject, request: AdmissionRequest, workload: WorkloadKind): JsonObject {
  const { namespace } = request;
  const metadata = asObject(object.metadata) ?? {};
  const name = asString(metadata.name) || request.name || asString(metadata.generateName) || '';
  const at = workload.podSpec.slice(0, -1);
  const moved = at.length === 0 ? object : withTemplateIn(object, at, namespace);
  return { ...moved, metadata: { ...metadata, name, namespace } };
}

function withTemplateIn(object: JsonObject, [step = '', ...rest]: readonly string[], namespace: string): JsonObject {
  const inner = asObject(object[step]);
  // Left as it is for the parser to refuse.
  if (!inner) return object;
  if (rest.length > 0) return { ...object, [step]: withTemplateIn(inner, rest, namespace) };
  const metadata = inner.metadata === undefined || inner.metadata === null ? {} : asObject(inner.metadata);
  return metadata ? { ...object, [step]: { ...inner, metadata: { ...metadata, namespace } } } : object;
}

function identityMismatch(object: JsonObject, request: AdmissionRequest, workload: WorkloadKind): string | undefined {
  const apiVersion = workload.group === '' ? workload.version : `${workload.group}/${workload.version}`;
  if (object.kind !== workload.kind || object.apiVersion !== apiVersion) {
    return `request.object is not the ${apiVersion} ${workload.kind} that request.kind says`;
  }
  const namespace = asObject(object.metadata)?.namespace;
  if (namespace !== undefined && namespace !== '' && namespace !== request.namespace) {
    return 'metadata.namespace is not the namespace of the request';
  }
  return request.namespace === '' ? 'request.namespace is missing' : undefined;
}

const harmlessSubResources: ReadonlySet<string> = new Set(['pods/eviction', 'pods/log']);

function readOther({ resource, subResource, object }: AdmissionRequest): AdmissionQuestion {
  const path = `${resource.resource}/${subResource}`;
  if (resource.group === '' && harmlessSubResources.has(path)) return { kind: 'pass' };
  if (subResource === 'scale' && workloadKindOf(resource.group, resource.version, resource.resource))
    return { kind: 'pass' };
  if (resource.group === '' && (path === 'pods/binding' || path === 'bindings/')) {
    // They are copied to the Pod (kubernetes/pkg/registry/core/pod/storage, assignPod).
    const annotations = asObject(asObject(object?.metadata)?.annotations) ?? {};
    const [judged] = Object.keys(judgedAnnotations(annotations));
    if (judged === undefined) return { kind: 'pass' };
    return { kind: 'refuse', reason: `metadata.annotations: a binding must not set ${quote(judged)}` };
  }
  const group = resource.group === '' ? '' : `.${resource.group}`;
  return {
    kind: 'refuse',
    reason: `${resource.resource}${group}${subResource === '' ? '' : `/${subResource}`} is nothing that this gate can judge: take it out of the webhook's rules`,
  };
}

/** Of the fields of an object those that any rule could look at. */
function judgedPart(object: JsonObject, workload: WorkloadKind): unknown {
  const template = templateOf(object, workload);
  const metadata = asObject(template?.metadata) ?? {};
  const outer = asObject(object.metadata) ?? {};
  return [
    podSpecOf(object, workload),
    metadata.labels,
    judgedAnnotations(asObject(metadata.annotations) ?? {}),
    outer.labels,
    outer.name,
  ];
}

function templateOf(object: JsonObject, { podSpec }: WorkloadKind): JsonObject | undefined {
  let at: JsonObject | undefined = object;
  for (const step of podSpec.slice(0, -1)) at = at && asObject(at[step]);
  return at;
}

/** Annotations that stand for fields of a Pod: AppArmor and seccomp before their fields were there. */
function judgedAnnotations(annotations: JsonObject): JsonObject {
  const entries = Object.entries(annotations).filter(([key]) =>
    /^(?:container\.)?(?:apparmor|seccomp|security)\.(?:security\.)?(?:alpha|beta)\.kubernetes\.io\//.test(key),
  );
  return Object.fromEntries(entries);
}

/** Equal as JSON, whatever the order of keys. */
export function sameJson(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, at) => sameJson(item, right[at]));
  }
  const [a, b] = [asObject(left), asObject(right)];
  if (!a || !b) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
  );
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
