import { hasNoAddress, noAddresses } from '../../base/index.ts';
import {
  allConnections,
  type ConnectionSet,
  connectionsTo,
  hasNoConnection,
  noConnections,
  type TrafficDecision,
  type TrafficEndpoint,
  type TrafficModel,
  type TrafficTable,
  type TrafficTier,
  unionConnections,
} from '../../model/index.ts';
import type { ContainerPort } from './cluster-pods.ts';
import type { ClusterPolicy, PolicyPort, PolicyRule } from './cluster-policy.ts';
import type { IngressBackend } from './ingress-backends.ts';
import type { PodIndex } from './pod-index.ts';
import { type SelectedPolicies, selectPolicies } from './select-policies.ts';

type Direction = 'inbound' | 'outbound';

/** Who leads what comes into the cluster to its Pods, as np-guard's netpol-analyzer calls it. */
export const ingressControllerId = '{ingress-controller}';
const tierNames = {
  admin: 'AdminNetworkPolicy',
  application: 'NetworkPolicy',
  baseline: 'BaselineAdminNetworkPolicy',
} as const;

export interface ClusterRules {
  readonly index: PodIndex;
  /** Of all tiers, in the order in which they are asked. */
  readonly policies: readonly ClusterPolicy[];
  /** Undefined: the cluster has nothing that leads in. */
  readonly backends: readonly IngressBackend[] | undefined;
}

/** The model of a cluster. Pods that the same policies select, and that call their ports the same, share a table. Pure. */
export function compileCluster({ index, policies, backends }: ClusterRules): TrafficModel {
  const compiler = new ClusterCompiler(index, policies);
  const endpoints: TrafficEndpoint[] = index.pods.map(({ id }, at) => {
    const isController = id === ingressControllerId;
    const outbound = isController ? compiler.controllerTable(at, backends ?? []) : compiler.tableOf('outbound', at);
    const inbound = isController ? compiler.unreachedTable() : compiler.tableOf('inbound', at);
    return { id, name: id, addresses: [], groups: [], outbound, inbound, mode: 'enforce' };
  });
  return { endpoints, populations: compiler.populations, tables: compiler.tables };
}

class ClusterCompiler {
  readonly populations = new Map<string, readonly number[]>();
  readonly tables: TrafficTable[] = [];
  private readonly index: PodIndex;
  private readonly selected: Readonly<Record<Direction, SelectedPolicies>>;
  private readonly known = new Map<string, number>();
  /** By class of Pods: what its inbound rules call ports. */
  private readonly names = new Map<number, readonly string[]>();
  private readonly decisions = new Map<PolicyRule, Map<string, readonly TrafficDecision[]>>();

  constructor(index: PodIndex, policies: readonly ClusterPolicy[]) {
    this.index = index;
    this.populations.set('*', [...index.pods.keys()]);
    this.selected = {
      inbound: selectPolicies('inbound', index, policies),
      outbound: selectPolicies('outbound', index, policies),
    };
  }

  tableOf(direction: Direction, at: number): number {
    const { classes, policiesOf } = this.selected[direction];
    const policies = policiesOf(classes[at] ?? 0);
    const ports = this.index.pods[at]?.ports ?? [];
    // Only where the Pods are the destination do rules depend on what they call their ports.
    const names = direction === 'inbound' ? this.inboundNames(classes[at] ?? 0, policies) : [];
    const resolved = names.map((name) => formatPorts(ports.filter((port) => port.name === name)));
    return this.share(`${direction} ${classes[at]} ${JSON.stringify(resolved)}`, () => ({
      direction,
      tiers: this.tiersOf(direction, policies, ports),
    }));
  }

  private inboundNames(of: number, policies: readonly ClusterPolicy[]): readonly string[] {
    const known = this.names.get(of) ?? portNames(policies.flatMap(({ inbound }) => inbound ?? []));
    this.names.set(of, known);
    return known;
  }

  /** A controller reaches the Pods of its backends, where the policies of the cluster let it. */
  controllerTable(at: number, backends: readonly IngressBackend[]): number {
    const decisions = backends.map(({ pods, ports, source }): TrafficDecision => {
      const name = `pods ${this.index.pods[pods]?.id}`;
      this.populations.set(name, [pods]);
      const connections = ports.map((port) => connectionsTo('tcp', port, port)).reduce(unionConnections, noConnections);
      return { action: 'pass', peers: { populations: [name], addresses: noAddresses, names: [] }, connections, source };
    });
    const { classes, policiesOf } = this.selected.outbound;
    const policies = policiesOf(classes[at] ?? 0);
    const first: TrafficTier = { name: 'Ingress', decisions, otherwise: 'deny' };
    const tiers = this.tiersOf('outbound', policies, []);
    return this.share('controller', () => ({ direction: 'outbound', tiers: [first, ...tiers] }));
  }

  unreachedTable(): number {
    const tier: TrafficTier = { name: 'Ingress', decisions: [], otherwise: 'deny' };
    return this.share('unreached', () => ({ direction: 'inbound', tiers: [tier] }));
  }

  private share(key: string, table: () => TrafficTable): number {
    const known = this.known.get(key);
    if (known !== undefined) return known;
    this.known.set(key, this.tables.length);
    return this.tables.push(table()) - 1;
  }

  private tiersOf(
    direction: Direction,
    policies: readonly ClusterPolicy[],
    ports: readonly ContainerPort[],
  ): readonly TrafficTier[] {
    const decide = (tier: ClusterPolicy['tier']) =>
      policies
        .filter((policy) => policy.tier === tier)
        .flatMap((policy) => policy[direction] ?? [])
        .flatMap((rule) => this.decisionsOf(rule, direction, ports));
    const tiers: TrafficTier[] = [];
    const has = (tier: ClusterPolicy['tier']) => policies.some((policy) => policy.tier === tier);
    if (has('admin')) tiers.push({ name: tierNames.admin, decisions: decide('admin'), otherwise: 'next' });
    // A NetworkPolicy that selects Pods decides for them: nothing gets past it to the baseline.
    if (has('application'))
      return [...tiers, { name: tierNames.application, decisions: decide('application'), otherwise: 'deny' }];
    if (has('baseline')) tiers.push({ name: tierNames.baseline, decisions: decide('baseline'), otherwise: 'next' });
    return [...tiers, { name: 'no policy', decisions: [], otherwise: 'allow' }];
  }

  private decisionsOf(
    rule: PolicyRule,
    direction: Direction,
    ports: readonly ContainerPort[],
  ): readonly TrafficDecision[] {
    const names = portNames([rule]);
    const key =
      direction === 'inbound' && names.length > 0 ? formatPorts(ports.filter(({ name }) => name !== undefined)) : '';
    const known = this.decisions.get(rule) ?? new Map<string, readonly TrafficDecision[]>();
    this.decisions.set(rule, known);
    const found = known.get(key) ?? this.compileRule(rule, direction, ports);
    known.set(key, found);
    return found;
  }

  private compileRule(
    rule: PolicyRule,
    direction: Direction,
    ports: readonly ContainerPort[],
  ): readonly TrafficDecision[] {
    const { action, addresses, names, source } = rule;
    const populations = this.populationsOf(rule);
    const decisions: TrafficDecision[] = [];
    const add = (peers: TrafficDecision['peers'], connections: ConnectionSet) => {
      const isEmpty = peers.populations.length === 0 && peers.names.length === 0 && hasNoAddress(peers.addresses);
      if (!isEmpty && !hasNoConnection(connections)) decisions.push({ action, peers, connections, source });
    };
    const inbound = direction === 'inbound' ? ports : [];
    add({ populations, addresses, names }, connectionsOf(rule.ports, inbound));
    if (direction === 'outbound' && portNames([rule]).length > 0) {
      // What a name of a port says is known of Pods alone, and other for each that names its ports otherwise.
      for (const [written, { pods, connections }] of this.namedPorts(rule)) {
        const name = `${populations.join(' ')} with ${written}`;
        this.populations.set(name, pods);
        add({ populations: [name], addresses: noAddresses, names: [] }, connections);
      }
    }
    return decisions;
  }

  private populationsOf(rule: PolicyRule): readonly string[] {
    const names: string[] = [];
    for (const selection of rule.pods) {
      const pods = this.index.select(selection);
      if (pods.length === 0) continue;
      const name = this.index.nameOf(selection);
      this.populations.set(name, pods);
      names.push(name);
    }
    return names;
  }

  private namedPorts(rule: PolicyRule): ReadonlyMap<string, { pods: number[]; connections: ConnectionSet }> {
    const wanted = (rule.ports ?? []).filter((port) => 'name' in port);
    const byPorts = new Map<string, { pods: number[]; connections: ConnectionSet }>();
    const destinations = new Set(rule.pods.flatMap((selection) => this.index.select(selection)));
    for (const at of [...destinations].sort((a, b) => a - b)) {
      const declared = (this.index.pods[at]?.ports ?? []).filter((port) => wanted.some((one) => isNamed(port, one)));
      if (declared.length === 0) continue;
      const key = formatPorts(declared);
      const known = byPorts.get(key);
      if (known !== undefined) known.pods.push(at);
      else byPorts.set(key, { pods: [at], connections: connectionsOf(wanted, declared) });
    }
    return byPorts;
  }
}

function connectionsOf(ports: readonly PolicyPort[] | undefined, declared: readonly ContainerPort[]): ConnectionSet {
  if (ports === undefined) return allConnections;
  const sets = ports.flatMap((port) => {
    if (!('name' in port)) return [connectionsTo(port.protocol, port.first, port.last)];
    return declared.filter((one) => isNamed(one, port)).map((one) => connectionsTo(one.protocol, one.port, one.port));
  });
  return sets.reduce(unionConnections, noConnections);
}

function isNamed(declared: ContainerPort, { name, protocol }: Extract<PolicyPort, { name: string }>): boolean {
  return declared.name === name && (protocol === undefined || declared.protocol === protocol);
}

function portNames(rules: readonly PolicyRule[]): readonly string[] {
  const names = rules.flatMap(({ ports }) => ports ?? []).flatMap((port) => ('name' in port ? [port.name] : []));
  return [...new Set(names)].sort();
}

function formatPorts(ports: readonly ContainerPort[]): string {
  return [...new Set(ports.map(({ name, protocol, port }) => `${name} ${protocol} ${port}`))].sort().join(', ');
}
