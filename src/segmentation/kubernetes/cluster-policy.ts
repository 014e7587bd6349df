import { type AddressSet, parseCidr } from '../../base/index.ts';
import type { TrafficProtocol, TrafficSource } from '../../model/index.ts';
import { type LabelSelector, readLabelSelector, selectorOf } from './label-selector.ts';
import type { ManifestField } from './manifest-field.ts';
import type { PodSelection } from './pod-index.ts';

/** A policy of any kind, read. The Pods of its subject have its rules, in the directions that it speaks of. */
export interface ClusterPolicy {
  readonly tier: 'admin' | 'application' | 'baseline';
  /** Within its tier, the lowest first; of the same, by name. */
  readonly priority: number;
  readonly name: string;
  readonly subject: PodSelection;
  readonly inbound?: readonly PolicyRule[];
  readonly outbound?: readonly PolicyRule[];
  readonly source: TrafficSource;
}

export interface PolicyRule {
  readonly action: 'allow' | 'deny' | 'pass';
  readonly pods: readonly PodSelection[];
  readonly addresses: AddressSet;
  readonly names: readonly string[];
  /** Undefined: all of all protocols. */
  readonly ports?: readonly PolicyPort[];
  readonly source: TrafficSource;
}

export type PolicyPort =
  | { readonly protocol: TrafficProtocol; readonly first: number; readonly last: number }
  /** What the containers of the destination call so; of any protocol where none is said. */
  | { readonly protocol?: TrafficProtocol; readonly name: string };

const protocols = ['TCP', 'UDP', 'SCTP'] as const;

/** TCP where none is said. */
export function readProtocol(field: ManifestField): TrafficProtocol {
  return (field.oneOf(protocols) ?? 'TCP').toLowerCase() as TrafficProtocol;
}

export function readPortNumber(field: ManifestField): number {
  return field.need(field.whole(1, 65_535));
}

/** A block of addresses, as the API takes them: what stands beyond the prefix counts for nothing (validation.IsValidCIDR). */
export function readBlock(field: ManifestField): AddressSet {
  const text = field.need(field.text());
  if (!text.includes('/')) return field.fail('must be a block such as 10.0.0.0/8');
  return parseCidr(text) ?? parseLooseCidr(text) ?? field.fail('must be a block such as 10.0.0.0/8 or fd00::/8');
}

/** `10.0.0.1/8` is 10.0.0.0/8. */
export function parseLooseCidr(text: string): AddressSet | undefined {
  const [address = '', prefix = ''] = text.split('/');
  if (!/^\d{1,3}$/.test(prefix) || text.split('/').length !== 2) return undefined;
  const one = parseCidr(address);
  if (one === undefined) return undefined;
  const [v4] = one.v4;
  const [v6] = one.v6;
  if (v4 !== undefined && Number(prefix) <= 32) {
    const size = 2 ** (32 - Number(prefix));
    const from = v4.from - (v4.from % size);
    return { v4: [{ from, end: from + size }], v6: [] };
  }
  if (v6 !== undefined && Number(prefix) <= 128) {
    const size = 1n << BigInt(128 - Number(prefix));
    const from = v6.from - (v6.from % size);
    return { v4: [], v6: [{ from, end: from + size }] };
  }
  return undefined;
}

/** Selects by two selectors, each of which may be absent or empty: all. */
export function readNamespacedPods(field: ManifestField): PodSelection {
  field.only('namespaceSelector', 'podSelector');
  return {
    namespaces: readLabelSelector(field.field('namespaceSelector')) ?? everything,
    pods: readLabelSelector(field.field('podSelector')) ?? everything,
  };
}

const everything: LabelSelector = selectorOf([]);
