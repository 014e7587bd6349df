import { includesAddress, parseAddress, parseCidr } from '../../src/base/index.ts';

type Written = Readonly<Record<string, unknown>>;
export interface OracleLabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}
export interface OraclePod {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly { readonly name: string; readonly containerPort: number; readonly protocol: string }[];
}
export interface OracleCluster {
  readonly namespaces: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly pods: readonly OraclePod[];
  /** NetworkPolicy, AdminNetworkPolicy, BaselineAdminNetworkPolicy, as they are applied. */
  readonly policies: readonly { readonly kind: string; readonly metadata: Written; readonly spec: Written }[];
}
export type OracleEnd = OraclePod | string;

interface Connection {
  readonly protocol: string;
  readonly port: number;
}
interface PodsPeer {
  readonly namespaceSelector?: OracleLabelSelector;
  readonly podSelector?: OracleLabelSelector;
}
interface PolicyPeer extends PodsPeer {
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}
interface PolicyPort {
  readonly protocol?: string;
  readonly port?: number | string;
  readonly endPort?: number;
}
interface AdminPeer {
  readonly namespaces?: OracleLabelSelector;
  readonly pods?: PodsPeer;
  readonly networks?: readonly string[];
}
interface AdminPort {
  readonly portNumber?: { readonly protocol: string; readonly port: number };
  readonly portRange?: { readonly protocol: string; readonly start: number; readonly end: number };
  readonly namedPort?: string;
}
interface AdminRule {
  readonly action: string;
  readonly from?: readonly AdminPeer[];
  readonly to?: readonly AdminPeer[];
  readonly ports?: readonly AdminPort[];
}

/** Whether one connection passes, as the API says it: policy by policy, rule by rule, and nothing for speed. */
export function connects(cluster: OracleCluster, from: OracleEnd, to: OracleEnd, connection: Connection): boolean {
  return (
    (typeof from === 'string' || lets(cluster, 'egress', from, to, connection)) &&
    (typeof to === 'string' || lets(cluster, 'ingress', to, from, connection))
  );
}

type Direction = 'ingress' | 'egress';

function lets(cluster: OracleCluster, way: Direction, self: OraclePod, peer: OracleEnd, at: Connection): boolean {
  const receiver = way === 'ingress' ? self : peer;
  const of = (kind: string) => cluster.policies.filter((policy) => policy.kind === kind);
  const decide = (spec: Written): string | undefined => {
    if (!isSubject(cluster, spec['subject'] as AdminPeer, self)) return undefined;
    const rules = (spec[way] ?? []) as readonly AdminRule[];
    return rules.find(
      (rule) =>
        (rule.from ?? rule.to ?? []).some((one) => isAdminPeer(cluster, one, peer)) &&
        (rule.ports === undefined || rule.ports.some((port) => isAdminPort(port, receiver, at))),
    )?.action;
  };
  const priority = ({ spec }: { spec: Written }) => Number(spec['priority']);
  for (const { spec } of of('AdminNetworkPolicy').sort((a, b) => priority(a) - priority(b))) {
    const action = decide(spec);
    if (action === 'Pass') break;
    if (action !== undefined) return action === 'Allow';
  }
  const own = of('NetworkPolicy').filter(
    ({ metadata, spec }) =>
      metadata['namespace'] === self.namespace &&
      holds(spec['podSelector'] as OracleLabelSelector, self.labels) &&
      typesOf(spec).includes(way === 'ingress' ? 'Ingress' : 'Egress'),
  );
  if (own.length > 0)
    return own.some(({ metadata, spec }) =>
      ((spec[way] ?? []) as readonly Written[]).some((rule) => {
        const peers = (rule['from'] ?? rule['to'] ?? []) as readonly PolicyPeer[];
        const ports = (rule['ports'] ?? []) as readonly PolicyPort[];
        return (
          (peers.length === 0 || peers.some((one) => isPeer(cluster, String(metadata['namespace']), one, peer))) &&
          (ports.length === 0 || ports.some((port) => isPort(port, receiver, at)))
        );
      }),
    );
  for (const { spec } of of('BaselineAdminNetworkPolicy')) {
    const action = decide(spec);
    if (action !== undefined) return action === 'Allow';
  }
  return true;
}

function typesOf(spec: Written): readonly string[] {
  if (spec['policyTypes'] !== undefined) return spec['policyTypes'] as readonly string[];
  return ((spec['egress'] ?? []) as readonly unknown[]).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
}

function isPeer(cluster: OracleCluster, own: string, { ipBlock, ...pods }: PolicyPeer, peer: OracleEnd): boolean {
  if (typeof peer === 'string')
    return ipBlock !== undefined && isIn(ipBlock.cidr, peer) && !(ipBlock.except ?? []).some((one) => isIn(one, peer));
  if (ipBlock !== undefined) return false;
  if (pods.namespaceSelector === undefined && peer.namespace !== own) return false;
  return arePods(cluster, pods, peer);
}

function arePods(cluster: OracleCluster, { namespaceSelector, podSelector }: PodsPeer, pod: OraclePod): boolean {
  return holds(namespaceSelector, labelsOf(cluster, pod.namespace)) && holds(podSelector, pod.labels);
}

function labelsOf(cluster: OracleCluster, namespace: string): Readonly<Record<string, string>> {
  return { ...cluster.namespaces[namespace], 'kubernetes.io/metadata.name': namespace };
}

function isSubject(cluster: OracleCluster, { namespaces, pods }: AdminPeer, pod: OraclePod): boolean {
  return pods === undefined ? holds(namespaces, labelsOf(cluster, pod.namespace)) : arePods(cluster, pods, pod);
}

function isAdminPeer(cluster: OracleCluster, peer: AdminPeer, end: OracleEnd): boolean {
  if (typeof end === 'string') return (peer.networks ?? []).some((one) => isIn(one, end));
  return peer.networks === undefined && isSubject(cluster, peer, end);
}

function isPort(
  { protocol = 'TCP', port, endPort }: PolicyPort,
  receiver: OracleEnd,
  { protocol: asked, port: number }: Connection,
): boolean {
  if (protocol !== asked) return false;
  if (port === undefined) return true;
  if (typeof port === 'number') return port <= number && number <= (endPort ?? port);
  return isNamed(port, receiver, { protocol: asked, port: number });
}

function isAdminPort({ portNumber, portRange, namedPort }: AdminPort, receiver: OracleEnd, at: Connection): boolean {
  if (portNumber !== undefined) return portNumber.protocol === at.protocol && portNumber.port === at.port;
  if (portRange !== undefined)
    return portRange.protocol === at.protocol && portRange.start <= at.port && at.port <= portRange.end;
  return isNamed(namedPort ?? '', receiver, at);
}

function isNamed(name: string, receiver: OracleEnd, { protocol, port }: Connection): boolean {
  if (typeof receiver === 'string') return false;
  return receiver.ports.some((one) => one.name === name && one.protocol === protocol && one.containerPort === port);
}

function isIn(cidr: string, text: string): boolean {
  const [block, address] = [parseCidr(cidr), parseAddress(text)];
  return block !== undefined && address !== undefined && includesAddress(block, address);
}

/** Absent and empty select all. */
function holds(selector: OracleLabelSelector | undefined, labels: Readonly<Record<string, string>>): boolean {
  const has = (key: string) => Object.hasOwn(labels, key);
  const equal = Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => has(key) && labels[key] === value);
  return (
    equal &&
    (selector?.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
      if (operator === 'Exists') return has(key);
      if (operator === 'DoesNotExist') return !has(key);
      const isAmong = has(key) && values.includes(labels[key] ?? '');
      return operator === 'In' ? isAmong : !isAmong;
    })
  );
}
