import { type AddressSet, addressesOf, allAddresses, noAddresses, subtractAddresses } from '../../base/index.ts';
import { namespaceOf } from './cluster-pods.ts';
import {
  type ClusterPolicy,
  type PolicyPort,
  type PolicyRule,
  readBlock,
  readPortNumber,
  readProtocol,
} from './cluster-policy.ts';
import { everyLabel, readLabelSelector } from './label-selector.ts';
import type { ManifestDocument } from './manifest-documents.ts';
import { ManifestField } from './manifest-field.ts';
import type { PodSelection } from './pod-index.ts';

const types = ['Ingress', 'Egress'] as const;
type PolicyType = (typeof types)[number];
const wholeCluster: PodSelection = { namespaces: everyLabel, pods: everyLabel };

/** A NetworkPolicy of networking.k8s.io/v1, by the words of its API. Throws SegmentationError `bad-rules`. */
export function readNetworkPolicy(document: ManifestDocument): ClusterPolicy {
  const top = ManifestField.of(document);
  const spec = top.field('spec').only('podSelector', 'policyTypes', 'ingress', 'egress');
  const namespace = namespaceOf(top);
  const written = spec
    .field('policyTypes')
    .items()
    ?.map((type) => type.need(type.oneOf(types)));
  // Where none is said: Ingress always, Egress where there are rules of it.
  const implied: readonly PolicyType[] = (spec.field('egress').items() ?? []).length > 0 ? types : ['Ingress'];
  const policyTypes = written !== undefined && written.length > 0 ? written : implied;
  return {
    tier: 'application',
    priority: 0,
    name: `${namespace}/${top.field('metadata').field('name').text() ?? ''}`,
    subject: { namespaces: { name: namespace }, pods: readLabelSelector(spec.field('podSelector')) ?? everyLabel },
    ...(policyTypes.includes('Ingress') ? { inbound: readRules(spec.field('ingress'), 'from', namespace) } : {}),
    ...(policyTypes.includes('Egress') ? { outbound: readRules(spec.field('egress'), 'to', namespace) } : {}),
    source: top.source(),
  };
}

function readRules(field: ManifestField, side: 'from' | 'to', namespace: string): readonly PolicyRule[] {
  return (field.items() ?? []).map((rule) => {
    // A rule without anything, `-`, is null and stands for `{}`.
    rule.only(side, 'ports');
    const ports = rule.field('ports').items() ?? [];
    const peers = rule.field(side).items() ?? [];
    const common = {
      action: 'allow' as const,
      names: [],
      ...(ports.length > 0 ? { ports: ports.map(readPort) } : {}),
      source: rule.source(),
    };
    if (peers.length === 0) return { ...common, pods: [wholeCluster], addresses: allAddresses };
    const pods: PodSelection[] = [];
    const blocks: AddressSet[] = [];
    for (const peer of peers) {
      if (peer.has('ipBlock')) blocks.push(readIpBlock(peer));
      else pods.push(readPeer(peer, namespace));
    }
    return { ...common, pods, addresses: blocks.length > 0 ? addressesOf(blocks) : noAddresses };
  });
}

function readPeer(peer: ManifestField, namespace: string): PodSelection {
  peer.only('podSelector', 'namespaceSelector', 'ipBlock');
  const namespaces = readLabelSelector(peer.field('namespaceSelector'));
  const pods = readLabelSelector(peer.field('podSelector'));
  if (namespaces === undefined && pods === undefined)
    peer.fail('must have a podSelector, a namespaceSelector or an ipBlock');
  return { namespaces: namespaces ?? { name: namespace }, pods: pods ?? everyLabel };
}

function readIpBlock(peer: ManifestField): AddressSet {
  if (peer.has('podSelector') || peer.has('namespaceSelector')) peer.fail('must not have selectors beside an ipBlock');
  const block = peer.field('ipBlock').only('cidr', 'except');
  const except = (block.field('except').items() ?? []).map(readBlock);
  return subtractAddresses(readBlock(block.field('cidr')), addressesOf(except));
}

function readPort(field: ManifestField): PolicyPort {
  field.only('port', 'endPort', 'protocol');
  const protocol = readProtocol(field.field('protocol'));
  const port = field.field('port');
  const endPort = field.field('endPort');
  if (port.isAbsent) {
    if (!endPort.isAbsent) endPort.fail('needs a port to begin at');
    return { protocol, first: 0, last: 65_535 };
  }
  if (typeof port.value === 'string') {
    if (!endPort.isAbsent) endPort.fail('needs a port that is a number');
    if (port.value === '') port.fail('must not be empty');
    return { protocol, name: port.value };
  }
  const first = readPortNumber(port);
  const last = endPort.isAbsent ? first : readPortNumber(endPort);
  if (last < first) endPort.fail('must not be less than the port');
  return { protocol, first, last };
}
