import type { AddressSet } from '../base/index.ts';
import type { ConnectionSet } from './connection-set.ts';

/**
 * Who may talk to whom, from wherever it was read: groups on a host, policies of a cluster, rules of a cloud. Each of these
 * compiles to it (pure), and everything that asks (reachability, what-if, rulesets, differences) asks it alone.
 *
 * A connection from A to B passes where the outbound table of A and the inbound table of B both let it. What is outside has
 * no table and stops nothing.
 */
export interface TrafficModel {
  readonly endpoints: readonly TrafficEndpoint[];
  /** Ascending indices into `endpoints`, by a name that peers use. `*` is always there and has all. */
  readonly populations: ReadonlyMap<string, readonly number[]>;
  readonly tables: readonly TrafficTable[];
}

/** What rules hold for: a container, or all Pods of a workload. Endpoints with the same tables share them. */
export interface TrafficEndpoint {
  /** Unique: `docker:<container ID>`, `namespace/name[Deployment]`. */
  readonly id: string;
  readonly name: string;
  readonly addresses: readonly string[];
  /** Names of the groups that have it; empty for those of clusters. */
  readonly groups: readonly string[];
  /** Indices into `tables`. */
  readonly outbound: number;
  readonly inbound: number;
  /** `observe`: what its tables refuse is counted and passes. */
  readonly mode: 'enforce' | 'observe';
}

export interface TrafficTable {
  readonly direction: 'inbound' | 'outbound';
  /** Asked in order. The last does not say `next`. */
  readonly tiers: readonly TrafficTier[];
}

/** The first decision that fits decides; where it says `pass`, or none fits and `otherwise` is `next`, the next tier is asked. */
export interface TrafficTier {
  /** For a person: `deny lists`, `groups`, `AdminNetworkPolicy`. */
  readonly name: string;
  readonly decisions: readonly TrafficDecision[];
  readonly otherwise: 'next' | 'allow' | 'deny';
}

export interface TrafficDecision {
  readonly action: 'allow' | 'deny' | 'pass';
  readonly peers: TrafficPeers;
  readonly connections: ConnectionSet;
  readonly source: TrafficSource;
}

/** A union. Addresses are of what is no endpoint: one that an endpoint has never fits by them. */
export interface TrafficPeers {
  readonly populations: readonly string[];
  readonly addresses: AddressSet;
  /** DNS names, as of TrafficPeer: addresses that they led to, for as long as the answer holds. */
  readonly names: readonly string[];
}

/** What somebody wrote that decides. */
export interface TrafficSource {
  /** `SecurityGroup shop-web`, `NetworkPolicy shop/default-deny`, `aws_security_group.web`. */
  readonly document: string;
  /** `inbound[0]`. */
  readonly path: string;
  /** File and line, where it was read from one. */
  readonly at?: string;
}

/** What the reading of rules could not take over, or what is odd about them; never left out in silence. */
export interface TrafficRemark {
  readonly kind: 'unsupported' | 'overlap' | 'shadowed' | 'unknown-group' | 'no-members' | 'broad' | 'out-of-reach';
  readonly source: TrafficSource;
  /** For a person. */
  readonly message: string;
}

/** Who can reach whom. */
export interface TrafficEdge {
  readonly from: TrafficParty;
  readonly to: TrafficParty;
  readonly connections: ConnectionSet;
}

/** An endpoint of the model, addresses outside that all fare alike, or a name. */
export type TrafficParty =
  | { readonly kind: 'endpoint'; readonly endpoint: TrafficEndpoint }
  | { readonly kind: 'addresses'; readonly addresses: AddressSet }
  | { readonly kind: 'name'; readonly name: string };
