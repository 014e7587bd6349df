import { type AddressSet, addressesOf, noAddresses, parseAddress, parseCidr } from '../../base/index.ts';
import type { TrafficProtocol, TrafficRemark } from '../../model/index.ts';
import {
  type ClusterPolicy,
  type PolicyPort,
  type PolicyRule,
  readBlock,
  readNamespacedPods,
  readPortNumber,
  readProtocol,
} from './cluster-policy.ts';
import { everyLabel, type LabelSelector, type Labels, readLabelSelector, selectorHolds } from './label-selector.ts';
import type { ManifestDocument } from './manifest-documents.ts';
import { ManifestField } from './manifest-field.ts';
import type { PodSelection } from './pod-index.ts';

/** What rules about nodes are told by. */
export interface ClusterNode {
  readonly labels: Labels;
  readonly addresses: AddressSet;
}

interface Context {
  readonly nodes: readonly ClusterNode[];
  readonly remarks: TrafficRemark[];
}

/**
 * An AdminNetworkPolicy or BaselineAdminNetworkPolicy (policy.networking.k8s.io/v1alpha1), or a ClusterNetworkPolicy (v1alpha2,
 * v1beta1) of either tier. Throws SegmentationError `bad-rules`, also for fields that are not known, as of earlier drafts.
 */
export function readAdminPolicy(
  document: ManifestDocument,
  nodes: readonly ClusterNode[],
  remarks: TrafficRemark[],
): ClusterPolicy {
  const top = ManifestField.of(document);
  const spec = top.field('spec').only('tier', 'priority', 'subject', 'ingress', 'egress');
  const isCluster = document.kind === 'ClusterNetworkPolicy';
  const isBaseline = isCluster
    ? spec.field('tier').need(spec.field('tier').oneOf(['Admin', 'Baseline'])) === 'Baseline'
    : document.kind === 'BaselineAdminNetworkPolicy';
  const hasPriority = isCluster || !isBaseline;
  const context = { nodes, remarks };
  const rules = (name: 'ingress' | 'egress') => {
    const items = spec.field(name).items() ?? [];
    return items.map((rule) => readRule(rule, name === 'ingress' ? 'from' : 'to', isCluster, context));
  };
  const inbound = rules('ingress');
  const outbound = rules('egress');
  return {
    tier: isBaseline ? 'baseline' : 'admin',
    priority: hasPriority ? spec.field('priority').need(spec.field('priority').whole(0, 1000)) : 0,
    name: top.field('metadata').field('name').text() ?? '',
    subject: readSubject(spec.field('subject')),
    ...(inbound.length > 0 ? { inbound } : {}),
    ...(outbound.length > 0 ? { outbound } : {}),
    source: top.source(),
  };
}

function readSubject(field: ManifestField): PodSelection {
  return readPods(field) ?? field.fail('must have namespaces or pods');
}

function readPods(field: ManifestField): PodSelection | undefined {
  if (field.names().filter((name) => field.has(name)).length > 1) field.fail('must have one of its fields alone');
  const namespaces = readLabelSelector(field.field('namespaces'));
  if (namespaces !== undefined) return { namespaces, pods: everyLabel };
  return field.has('pods') ? readNamespacedPods(field.field('pods')) : undefined;
}

const actions = { Allow: 'allow', Accept: 'allow', Deny: 'deny', Pass: 'pass' } as const;

function readRule(rule: ManifestField, side: 'from' | 'to', isCluster: boolean, context: Context): PolicyRule {
  const words = isCluster ? (['Accept', 'Deny', 'Pass'] as const) : (['Allow', 'Deny', 'Pass'] as const);
  rule.only('name', 'action', side, isCluster ? 'protocols' : 'ports');
  const action = actions[rule.field('action').need(rule.field('action').oneOf(words))];
  const peers = rule.field(side).items() ?? [];
  if (peers.length === 0) rule.field(side).fail('must have an item');
  const pods: PodSelection[] = [];
  const blocks: AddressSet[] = [];
  const names: string[] = [];
  for (const peer of peers) {
    const selection = readPods(peer);
    if (selection !== undefined) pods.push(selection);
    else if (side === 'to' && peer.has('networks'))
      for (const network of peer.field('networks').items() ?? []) blocks.push(readBlock(network));
    else if (side === 'to' && peer.has('nodes')) blocks.push(nodeAddresses(peer, context));
    else if (side === 'to' && peer.has('domainNames'))
      for (const name of peer.field('domainNames').items() ?? []) names.push(readName(name));
    else peer.fail('must have namespaces or pods, or of egress networks, nodes or domainNames');
  }
  const ports = (rule.field(isCluster ? 'protocols' : 'ports').items() ?? []).map(
    isCluster ? readClusterPort : readAdminPort,
  );
  return {
    action,
    pods,
    addresses: blocks.length > 0 ? addressesOf(blocks) : noAddresses,
    names,
    ...(ports.length > 0 ? { ports } : {}),
    source: rule.source(),
  };
}

function readName(field: ManifestField): string {
  return field.need(field.text()).toLowerCase().replace(/\.$/, '');
}

function nodeAddresses(peer: ManifestField, { nodes, remarks }: Context): AddressSet {
  const selector = readLabelSelector(peer.field('nodes')) as LabelSelector;
  const selected = nodes.filter(({ labels }) => selectorHolds(selector, labels));
  if (selected.length === 0)
    remarks.push({
      kind: 'unsupported',
      source: peer.source(),
      message: 'no Node among the files is of this selector: what the rule says of nodes is not looked at',
    });
  return addressesOf(selected.map(({ addresses }) => addresses));
}

function readAdminPort(field: ManifestField): PolicyPort {
  field.only('portNumber', 'portRange', 'namedPort');
  const number = field.field('portNumber');
  const range = field.field('portRange');
  if (!number.isAbsent) {
    const port = readPortNumber(number.field('port'));
    return { protocol: readProtocol(number.field('protocol')), first: port, last: port };
  }
  if (!range.isAbsent) return { protocol: readProtocol(range.field('protocol')), ...readRange(range) };
  const name = field.field('namedPort');
  return { name: name.need(name.text()) };
}

function readRange(range: ManifestField): { readonly first: number; readonly last: number } {
  const first = readPortNumber(range.field('start'));
  const last = readPortNumber(range.field('end'));
  if (last < first) range.fail('must not end before it begins');
  return { first, last };
}

function readClusterPort(field: ManifestField): PolicyPort {
  field.only('tcp', 'udp', 'sctp', 'destinationNamedPort');
  for (const protocol of ['tcp', 'udp', 'sctp'] as const satisfies readonly TrafficProtocol[]) {
    if (!field.has(protocol)) continue;
    const port = field.field(protocol).only('destinationPort').field('destinationPort').only('number', 'range');
    if (port.isAbsent) return { protocol, first: 0, last: 65_535 };
    if (port.has('range')) return { protocol, ...readRange(port.field('range')) };
    const number = readPortNumber(port.field('number'));
    return { protocol, first: number, last: number };
  }
  const name = field.field('destinationNamedPort');
  return { name: name.need(name.text()) };
}

export function readNode(document: ManifestDocument): ClusterNode {
  const top = ManifestField.of(document);
  const addresses: AddressSet[] = [];
  for (const item of top.field('status').field('addresses').items() ?? []) {
    // Names of hosts stand among them.
    const text = item.field('address').text() ?? '';
    const set = parseAddress(text) === undefined ? undefined : parseCidr(text);
    if (set !== undefined) addresses.push(set);
  }
  return { labels: top.field('metadata').field('labels').texts(), addresses: addressesOf(addresses) };
}
