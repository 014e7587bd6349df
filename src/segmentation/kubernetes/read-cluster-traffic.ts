import type { TrafficModel, TrafficRemark } from '../../model/index.ts';
import { readAdminPolicy, readNode } from './admin-policy.ts';
import { type ClusterPods, isWorkload, readClusterPods, workloadKinds, writtenTwice } from './cluster-pods.ts';
import type { ClusterPolicy } from './cluster-policy.ts';
import { compileCluster, ingressControllerId } from './compile-cluster.ts';
import { ingressKinds, readIngressBackends } from './ingress-backends.ts';
import type { Labels } from './label-selector.ts';
import { type ManifestDocument, type ManifestFile, readManifestDocuments } from './manifest-documents.ts';
import { describeObject, ManifestField, readUnlessTemplate } from './manifest-field.ts';
import { readNetworkPolicy } from './network-policy.ts';
import { PodIndex } from './pod-index.ts';

const nameLabel = 'kubernetes.io/metadata.name';
const controllerNamespace = 'ingress-controller-ns';
const policyGroup = 'policy.networking.k8s.io';
const adminVersions: Readonly<Record<string, readonly string[]>> = {
  AdminNetworkPolicy: ['v1alpha1'],
  BaselineAdminNetworkPolicy: ['v1alpha1'],
  ClusterNetworkPolicy: ['v1alpha2', 'v1beta1'],
};
/** They decide on traffic too, and are not read: said, so that nobody takes them for looked at. */
const foreignPolicies = new Set([
  'CiliumNetworkPolicy',
  'CiliumClusterwideNetworkPolicy',
  'GlobalNetworkPolicy',
  'MultiNetworkPolicy',
  'EgressFirewall',
  'UserDefinedNetwork',
  'ClusterUserDefinedNetwork',
  'AuthorizationPolicy',
]);
const wanted = new Set([
  ...workloadKinds,
  ...Object.keys(ingressKinds),
  ...Object.keys(adminVersions),
  ...foreignPolicies,
  'Namespace',
  'Node',
  'Service',
  'NetworkPolicy',
]);

/**
 * Who may talk to whom in a cluster, by its manifests: workloads are endpoints, and NetworkPolicy (networking.k8s.io/v1),
 * AdminNetworkPolicy, BaselineAdminNetworkPolicy and ClusterNetworkPolicy (policy.networking.k8s.io) are their tables. What
 * Ingress, Route and the Gateway API lead in comes from `{ingress-controller}`. Blocks are of addresses outside the cluster.
 * Kinds that say nothing of this are passed over. Throws SegmentationError `bad-rules` with file and line.
 */
export function readClusterTraffic(files: readonly ManifestFile[]): {
  readonly model: TrafficModel;
  readonly remarks: readonly TrafficRemark[];
} {
  const read = readManifestDocuments(files, (kind) => wanted.has(kind));
  const remarks = [...read.remarks];
  const sorted = sortDocuments(read.documents, remarks);
  const workloads = readClusterPods(sorted.workloads, remarks);
  const leadsIn = sorted.ingresses.length > 0;
  const pods = leadsIn ? [...workloads, ingressController] : workloads;
  const index = new PodIndex(pods, readNamespaces(sorted.namespaces, pods));
  const policies = readPolicies(sorted, remarks);
  for (const { subject, source } of policies)
    if (index.select(subject).length === 0) remarks.push({ kind: 'no-members', source, message: 'it selects no Pods' });
  const backends = leadsIn ? readIngressBackends(sorted.ingresses, sorted.services, index, remarks) : undefined;
  return { model: compileCluster({ index, policies, backends }), remarks };
}

const ingressController: ClusterPods = {
  id: ingressControllerId,
  namespace: controllerNamespace,
  labels: new Map(),
  ports: [],
};

interface SortedDocuments {
  readonly workloads: ManifestDocument[];
  readonly namespaces: ManifestDocument[];
  readonly nodes: ManifestDocument[];
  readonly services: ManifestDocument[];
  readonly ingresses: ManifestDocument[];
  readonly networkPolicies: ManifestDocument[];
  readonly adminPolicies: ManifestDocument[];
}

function sortDocuments(documents: readonly ManifestDocument[], remarks: TrafficRemark[]): SortedDocuments {
  const sorted: SortedDocuments = {
    workloads: [],
    namespaces: [],
    nodes: [],
    services: [],
    ingresses: [],
    networkPolicies: [],
    adminPolicies: [],
  };
  for (const document of documents) {
    const top = ManifestField.of(document);
    if (!isNamed(top)) {
      if (document.isTemplate) {
        remarks.push({ kind: 'unsupported', source: top.source(), message: 'a template is not read: render it first' });
        continue;
      }
      top.field('metadata').field('name').fail('must be there');
    }
    const list = listOf(document, sorted);
    if (list !== undefined) list.push(document);
    else if (isPolicy(document))
      remarks.push({
        kind: 'unsupported',
        source: top.source(),
        message: `${document.group} ${document.kind} is not read`,
      });
  }
  return sorted;
}

/** Whether its names make sense, and are not what a template has yet to fill in. */
function isNamed(top: ManifestField): boolean {
  const metadata = top.field('metadata');
  const named = (field: ManifestField) =>
    field.isAbsent || (typeof field.value === 'string' && !field.value.includes('{{'));
  return metadata.has('name') && named(metadata.field('name')) && named(metadata.field('namespace'));
}

function isPolicy({ kind, group }: ManifestDocument): boolean {
  return (
    foreignPolicies.has(kind) ||
    kind === 'NetworkPolicy' ||
    Object.hasOwn(adminVersions, kind) ||
    // An older version of a kind that is read.
    (Object.hasOwn(ingressKinds, kind) && group === 'extensions')
  );
}

function listOf(document: ManifestDocument, sorted: SortedDocuments): ManifestDocument[] | undefined {
  const { kind, group, version } = document;
  if (isWorkload(document)) return sorted.workloads;
  if (kind === 'NetworkPolicy')
    return group === 'networking.k8s.io' && version === 'v1' ? sorted.networkPolicies : undefined;
  if (Object.hasOwn(adminVersions, kind))
    return group === policyGroup && adminVersions[kind]?.includes(version) ? sorted.adminPolicies : undefined;
  if (Object.hasOwn(ingressKinds, kind))
    return group === ingressKinds[kind] && (kind !== 'Ingress' || version === 'v1') ? sorted.ingresses : undefined;
  if (group !== '') return undefined;
  if (kind === 'Namespace') return sorted.namespaces;
  if (kind === 'Node') return sorted.nodes;
  return kind === 'Service' ? sorted.services : undefined;
}

function readNamespaces(
  documents: readonly ManifestDocument[],
  pods: readonly ClusterPods[],
): ReadonlyMap<string, Labels> {
  const namespaces = new Map<string, Labels>();
  // A namespace without a document has the label of its name alone, which every one has.
  for (const { namespace } of pods)
    if (!namespaces.has(namespace)) namespaces.set(namespace, new Map([[nameLabel, namespace]]));
  for (const document of documents) {
    const metadata = ManifestField.of(document).field('metadata');
    const name = metadata.field('name').text() ?? '';
    namespaces.set(name, new Map([...metadata.field('labels').texts(), [nameLabel, name]]));
  }
  return namespaces;
}

/** In the order in which they are asked. */
function readPolicies(sorted: SortedDocuments, remarks: TrafficRemark[]): readonly ClusterPolicy[] {
  const nodes = sorted.nodes.flatMap(
    (document) => readUnlessTemplate(document, remarks, () => readNode(document)) ?? [],
  );
  const policies = new Map<string, ClusterPolicy>();
  for (const document of [...sorted.networkPolicies, ...sorted.adminPolicies]) {
    const name = describeObject(document);
    if (policies.has(name)) remarks.push(writtenTwice(ManifestField.of(document)));
    const policy = readUnlessTemplate(document, remarks, () =>
      document.kind === 'NetworkPolicy' ? readNetworkPolicy(document) : readAdminPolicy(document, nodes, remarks),
    );
    if (policy !== undefined) policies.set(name, policy);
  }
  const tiers = ['admin', 'application', 'baseline'];
  const ordered = [...policies.values()].sort(
    (a, b) =>
      tiers.indexOf(a.tier) - tiers.indexOf(b.tier) ||
      a.priority - b.priority ||
      (a.source.document < b.source.document ? -1 : 1),
  );
  for (const [at, policy] of ordered.entries()) {
    const before = ordered[at - 1];
    if (policy.tier !== 'application' && before?.tier === policy.tier && before.priority === policy.priority)
      remarks.push({
        kind: 'overlap',
        source: policy.source,
        message: `${before.source.document} has the same priority: which comes first is up to the network; here that one does`,
      });
  }
  return ordered;
}
