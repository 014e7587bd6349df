import type { TrafficProtocol, TrafficRemark } from '../../model/index.ts';
import type { Labels } from './label-selector.ts';
import type { ManifestDocument } from './manifest-documents.ts';
import { ManifestField, readUnlessTemplate } from './manifest-field.ts';

/** All Pods of a workload: what policies select. */
export interface ClusterPods {
  /** `shop/web[Deployment]`. */
  readonly id: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly ports: readonly ContainerPort[];
}

export interface ContainerPort {
  readonly name?: string;
  readonly protocol: TrafficProtocol;
  readonly port: number;
}

/** How the template of Pods is reached in each kind of workload. */
const templates: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  ReplicationController: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
  VirtualMachine: ['spec', 'template'],
  Pod: [],
};
const groups = new Set(['', 'apps', 'extensions', 'batch', 'kubevirt.io']);
const protocols = ['TCP', 'UDP', 'SCTP'] as const;

export function isWorkload({ kind, group }: ManifestDocument): boolean {
  return Object.hasOwn(templates, kind) && groups.has(group);
}
export const workloadKinds: readonly string[] = Object.keys(templates);

/**
 * The workloads of a cluster. Pods, and workloads that another has made, are part of their owner where that was written too;
 * where it was not, Pods with the same owner are one workload of its name, with the labels that all of them have.
 */
export function readClusterPods(
  documents: readonly ManifestDocument[],
  remarks: TrafficRemark[],
): readonly ClusterPods[] {
  const written = new Map<string, ManifestField>();
  for (const document of documents) {
    const top = ManifestField.of(document);
    const id = idOf(namespaceOf(top), top.field('metadata').field('name').text() ?? '', document.kind);
    if (written.has(id)) remarks.push(writtenTwice(top));
    written.set(id, top);
  }
  const pods = new Map<string, ClusterPods>();
  const owned = new Map<string, ManifestField[]>();
  for (const [id, top] of written) {
    const owner = ownerOf(top);
    // What a workload makes is of its template.
    if (owner !== undefined && written.has(owner) && !ownsItself(id, written)) continue;
    if (owner !== undefined && !written.has(owner) && top.document.kind === 'Pod') {
      const siblings = owned.get(owner);
      if (siblings === undefined) owned.set(owner, [top]);
      else siblings.push(top);
    } else {
      const read = readUnlessTemplate(top.document, remarks, () => readPods(id, top, remarks));
      if (read !== undefined) pods.set(id, read);
    }
  }
  for (const [owner, siblings] of owned) {
    const joined = joinPods(owner, siblings, remarks);
    if (joined !== undefined) pods.set(owner, joined);
  }
  return [...pods.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

export function namespaceOf(top: ManifestField): string {
  return top.field('metadata').field('namespace').text() || 'default';
}

export function writtenTwice(top: ManifestField): TrafficRemark {
  return { kind: 'overlap', source: top.source(), message: 'it is written twice: the later is taken' };
}

function idOf(namespace: string, name: string, kind: string): string {
  return `${namespace}/${name}[${kind}]`;
}

function ownerOf(top: ManifestField): string | undefined {
  for (const reference of top.field('metadata').field('ownerReferences').items() ?? []) {
    if (reference.field('controller').value !== true) continue;
    const kind = reference.field('kind').text() ?? '';
    // Pods of a node itself are their own.
    return kind === 'Node' ? undefined : idOf(namespaceOf(top), reference.field('name').text() ?? '', kind);
  }
  return undefined;
}

/** Owners that go round in a ring: nobody made them, and each is its own. */
function ownsItself(id: string, written: ReadonlyMap<string, ManifestField>): boolean {
  const seen = new Set<string>();
  for (let at: string | undefined = id; at !== undefined && !seen.has(at); ) {
    seen.add(at);
    const top = written.get(at);
    at = top === undefined ? undefined : ownerOf(top);
    if (at === id) return true;
  }
  return false;
}

function readPods(id: string, top: ManifestField, remarks: TrafficRemark[]): ClusterPods {
  const { kind } = top.document;
  const template = (templates[kind] ?? []).reduce((field, step) => field.field(step), top);
  if (template.isAbsent)
    remarks.push({
      kind: 'unsupported',
      source: top.source(),
      message: 'it has no template of Pods: it is taken for one without labels',
    });
  if (template.field('spec').field('hostNetwork').value === true)
    remarks.push({
      kind: 'out-of-reach',
      source: top.source(),
      message:
        'its Pods are in the network of their nodes, where policies do not hold: what is listed for it is not refused',
    });
  const containers = [
    ...(template.field('spec').field('containers').items() ?? []),
    // Sidecars run beside the others.
    ...(template.field('spec').field('initContainers').items() ?? []).filter(
      (container) => container.field('restartPolicy').value === 'Always',
    ),
  ];
  return {
    id,
    namespace: namespaceOf(top),
    labels: template.field('metadata').field('labels').texts(),
    ports: containers.flatMap((container) => (container.field('ports').items() ?? []).flatMap(readContainerPort)),
  };
}

/** A port without its number says nothing. */
function readContainerPort(field: ManifestField): readonly ContainerPort[] {
  const port = field.field('containerPort').whole(0, 65_535);
  if (!port) return [];
  const name = field.field('name').text();
  return [
    {
      ...(name ? { name } : {}),
      protocol: (field.field('protocol').oneOf(protocols) ?? 'TCP').toLowerCase() as TrafficProtocol,
      port,
    },
  ];
}

/** Written by controllers, and other for each Pod. */
const ofOnePod = new Set([
  'pod-template-hash',
  'controller-revision-hash',
  'pod-template-generation',
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
  'batch.kubernetes.io/job-completion-index',
]);

function joinPods(id: string, siblings: readonly ManifestField[], remarks: TrafficRemark[]): ClusterPods | undefined {
  const all = siblings.flatMap(
    (pod) => readUnlessTemplate(pod.document, remarks, () => readPods(id, pod, remarks)) ?? [],
  );
  const [first, ...more] = all;
  if (first === undefined) return undefined;
  const labels = new Map(first.labels);
  const differing = new Set<string>();
  for (const other of more) {
    for (const key of other.labels.keys()) if (!first.labels.has(key)) differing.add(key);
    for (const [key, value] of first.labels) if (other.labels.get(key) !== value) differing.add(key);
  }
  for (const key of differing) labels.delete(key);
  const named = [...differing].filter((key) => !ofOnePod.has(key));
  const [top] = siblings;
  if (named.length > 0 && top !== undefined)
    remarks.push({
      kind: 'unsupported',
      source: top.source(),
      message: `Pods of ${id} differ in the labels ${named.sort().slice(0, 10).join(', ')}: they are taken for one without them`,
    });
  const ports = new Map(
    all.flatMap((pod) => pod.ports).map((port) => [`${port.name}/${port.protocol}/${port.port}`, port]),
  );
  return { ...first, labels, ports: [...ports.values()] };
}
