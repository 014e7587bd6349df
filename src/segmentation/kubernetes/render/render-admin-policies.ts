import { formatCidrs, hasNoAddress } from '../../../base/index.ts';
import {
  allConnections,
  type ConnectionSet,
  type DenyList,
  equalConnections,
  type NamedService,
  portProtocols,
  protectedServices,
} from '../../../model/index.ts';
import type { ClusterPlace } from './cluster-services.ts';
import type { PodPeers } from './select-pods.ts';
import { writeSelector } from './write-selector.ts';

/** Which API of policies for the whole cluster it has: v1alpha1 with one baseline, or v1alpha2. */
export type AdminKind = 'AdminNetworkPolicy' | 'ClusterNetworkPolicy';

export interface AdminRules {
  readonly kind: AdminKind;
  /** Of the first policy; the others follow it. */
  readonly priority: number;
  readonly denyLists: readonly DenyList[];
  readonly places: readonly ClusterPlace[];
  /** Services that a rule of some group names: nobody is refused these before its rules are asked. */
  readonly named: ReadonlySet<NamedService>;
  /** Whose Pods are closed where no NetworkPolicy selects them. */
  readonly closed: readonly PodPeers[];
}

export interface AdminPolicies {
  readonly objects: readonly object[];
  /** Whether all addresses of deny lists found a place. */
  readonly hasAllDenied: boolean;
  /** Whether all that is to be closed is. */
  readonly hasAllClosed: boolean;
}

/** What each takes at most, of rules, of peers in a rule, and of blocks in a peer. */
const bounds: Readonly<Record<AdminKind, { readonly rules: number; readonly peers: number; readonly blocks: number }>> =
  {
    AdminNetworkPolicy: { rules: 100, peers: 100, blocks: 25 },
    ClusterNetworkPolicy: { rules: 25, peers: 25, blocks: 25 },
  };
const mostPolicies = 20;

/** What holds before NetworkPolicies, and where there is none. They know addresses of destinations alone. */
export function renderAdminPolicies(input: AdminRules): AdminPolicies {
  const { kind, priority, denyLists, places, named, closed } = input;
  const { rules: mostRules, peers: mostPeers, blocks: mostBlocks } = bounds[kind];
  const refusals = [
    ...denyLists.map(({ name, addresses }) => ({ name, addresses, connections: allConnections })),
    ...places
      .filter(({ service }) => protectedServices.includes(service) && !named.has(service))
      .map(({ service, ...place }) => ({ name: service, ...place })),
  ];
  const rules = refusals.flatMap(({ name, addresses, connections }) => {
    if (hasNoAddress(addresses)) return [];
    const peers = chunksOf(formatCidrs(addresses), mostBlocks).map((networks) => ({ networks }));
    return chunksOf(peers, mostPeers).map((to) => ({ name, action: 'Deny', to, ...portsOf(kind, connections) }));
  });
  const policies = chunksOf(rules, mostRules);
  const admin = policies
    .slice(0, mostPolicies)
    .map((egress, index) =>
      writePolicy(kind, `portwarden-${index + 1}`, 'Admin', priority + index, { subject: { namespaces: {} }, egress }),
    );
  const everywhere = { networks: ['0.0.0.0/0', '::/0'] };
  const baseline = closed.slice(0, kind === 'AdminNetworkPolicy' ? 1 : mostPolicies).map((pods, index) =>
    writePolicy(kind, index === 0 ? 'default' : `portwarden-default-${index + 1}`, 'Baseline', priority + index, {
      subject: { pods: { namespaceSelector: writeSelector(pods.namespaces), podSelector: writeSelector(pods.pods) } },
      ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }],
      egress: [{ action: 'Deny', to: [{ namespaces: {} }, everywhere] }],
    }),
  );
  return {
    objects: [...admin, ...baseline],
    hasAllDenied: policies.length <= mostPolicies,
    hasAllClosed: baseline.length === closed.length,
  };
}

function writePolicy(
  kind: AdminKind,
  name: string,
  tier: 'Admin' | 'Baseline',
  priority: number,
  spec: object,
): object {
  const metadata = { name, labels: { 'app.kubernetes.io/managed-by': 'portwarden' } };
  const group = 'policy.networking.k8s.io';
  if (kind === 'ClusterNetworkPolicy')
    return { apiVersion: `${group}/v1alpha2`, kind, metadata, spec: { tier, priority, ...spec } };
  return tier === 'Admin'
    ? { apiVersion: `${group}/v1alpha1`, kind, metadata, spec: { priority, ...spec } }
    : { apiVersion: `${group}/v1alpha1`, kind: 'BaselineAdminNetworkPolicy', metadata, spec };
}

function portsOf(kind: AdminKind, connections: ConnectionSet): object {
  if (equalConnections(connections, allConnections)) return {};
  const ports = portProtocols.flatMap((protocol) =>
    connections[protocol].map(({ from, end }) => {
      const [start, last] = [Math.max(from, 1), end - 1];
      if (kind === 'ClusterNetworkPolicy')
        return {
          [protocol]: { destinationPort: start === last ? { number: start } : { range: { start, end: last } } },
        };
      const name = protocol.toUpperCase();
      return start === last
        ? { portNumber: { protocol: name, port: start } }
        : { portRange: { protocol: name, start, end: last } };
    }),
  );
  return kind === 'ClusterNetworkPolicy' ? { protocols: ports } : { ports };
}

function chunksOf<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
}
