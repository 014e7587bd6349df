import type { AddressSet } from '../base/index.ts';
import type { ConnectionSet } from './connection-set.ts';

/**
 * Places that rules name by what they are: their addresses and ports are those of each host, cluster or cloud. All of them
 * but `dns` and `registry` are *protected*: refused to every container unless a rule names them, whatever blocks it allows.
 */
export const namedServices = [
  'dns',
  'registry',
  'metadata',
  'host',
  'engine-api',
  'kubelet',
  'kubernetes-api',
  'etcd',
  'portwarden',
] as const;
export type NamedService = (typeof namedServices)[number];
export const protectedServices: readonly NamedService[] = namedServices.filter(
  (service) => service !== 'dns' && service !== 'registry',
);

/** Whom a rule speaks of. Blocks are of addresses outside: containers are reached by group, whatever their addresses. */
export type TrafficPeer =
  | { readonly kind: 'any' }
  | { readonly kind: 'group'; readonly group: string }
  | { readonly kind: 'addresses'; readonly addresses: AddressSet }
  /** Outbound alone: `api.example.com`, or `*.example.com` for all names below it; lower case, no dot at the end. */
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'service'; readonly service: NamedService };

export interface TrafficRule {
  /** Where it stands in its group: `inbound[0]`. */
  readonly path: string;
  readonly peers: readonly TrafficPeer[];
  readonly connections: ConnectionSet;
  readonly description?: string;
}

/** All that is said must fit. Globs are of glob.ts; labels are exact, `*` any value. */
export interface MemberSelector {
  readonly host?: string;
  readonly engine?: 'docker' | 'podman';
  /** Of Kubernetes. */
  readonly namespace?: string;
  readonly name?: string;
  /** `registry.example/shop/*`, without tag and digest. */
  readonly image?: string;
  /** Compose project and service. */
  readonly project?: string;
  readonly service?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Who may talk to its members, and to whom they may; what is not listed is refused. A connection needs both its ends. */
export interface SecurityGroup {
  readonly name: string;
  /** `observe`: what would be refused is counted and let pass, for containers that no group in mode enforce has. */
  readonly mode: 'enforce' | 'observe';
  /** Its members are all that no other group has. */
  readonly isDefault: boolean;
  readonly members: readonly MemberSelector[];
  readonly inbound: readonly TrafficRule[];
  readonly outbound: readonly TrafficRule[];
}

/** Addresses that no container may reach, and that may reach none, whatever groups allow. */
export interface DenyList {
  readonly name: string;
  readonly addresses: AddressSet;
}
