import { createHash } from 'node:crypto';
import {
  type AddressSet,
  allAddresses,
  formatCidrs,
  formatRanges,
  hasNoAddress,
  includesAddress,
  parseAddress,
  subtractAddresses,
} from '../../base/index.ts';
import type { FlowEnd, NamedService } from '../../model/index.ts';

/** What stands for containers that no group has, where there is no default group. No group can be called so. */
export const noGroup = '(no group)';

/** A place of the map of groups. */
export type TrafficNode =
  | { readonly kind: 'group'; readonly id: string; readonly name: string }
  | {
      readonly kind: 'addresses';
      readonly id: string;
      readonly name: string;
      readonly addresses: AddressSet;
      /** Where they are others from host to host. */
      readonly byHost?: ReadonlyMap<string, AddressSet>;
    }
  | { readonly kind: 'name'; readonly id: string; readonly name: string }
  | { readonly kind: 'host'; readonly id: string; readonly name: string };

export type AddressNode = Extract<TrafficNode, { readonly kind: 'addresses' }>;

/** Where what was tried has no other place: addresses that nothing lets pass. */
export const elsewhere: TrafficNode = {
  kind: 'addresses',
  id: 'addresses:elsewhere',
  name: 'elsewhere',
  addresses: allAddresses,
};

export function groupNode(group: string): TrafficNode {
  return { kind: 'group', id: `group:${group}`, name: group };
}

export function groupNodes(groups: readonly string[]): readonly TrafficNode[] {
  return groups.length === 0 ? [groupNode(noGroup)] : groups.map(groupNode);
}

const longestId = 200;
const blocksNamed = 3;

export function addressNode(addresses: AddressSet): AddressNode {
  const all = formatRanges(addresses);
  const few = all.length <= 16 ? formatCidrs(addresses).join(',') : '';
  const id =
    few !== '' && few.length <= longestId ? few : createHash('sha256').update(all.join(',')).digest('hex').slice(0, 24);
  return { kind: 'addresses', id: `addresses:${id}`, name: describeAddresses(addresses), addresses };
}

/** Where a named service of a host is. */
export function serviceNode(service: NamedService, addresses: AddressSet): AddressNode {
  return { kind: 'addresses', id: `addresses:${service}`, name: `service ${service}`, addresses };
}

/** For a person: blocks where they are few, else how it compares to everything. */
export function describeAddresses(addresses: AddressSet): string {
  const missing = subtractAddresses(allAddresses, addresses);
  if (hasNoAddress(missing)) return 'anywhere';
  const blocks = formatCidrs(addresses);
  if (blocks.length <= blocksNamed) return blocks.join(', ');
  if (isMost(addresses)) {
    const holes = formatRanges(missing);
    return holes.length <= blocksNamed ? `anywhere but ${holes.join(', ')}` : `anywhere but ${holes.length} ranges`;
  }
  return `${blocks.slice(0, blocksNamed).join(', ')} and ${blocks.length - blocksNamed} more`;
}

/** More than half of either version. */
function isMost({ v4, v6 }: AddressSet): boolean {
  return (
    v4.reduce((sum, { from, end }) => sum + end - from, 0) > 2 ** 31 ||
    v6.reduce((sum, { from, end }) => sum + end - from, 0n) > 1n << 127n
  );
}

export function nameNode(name: string): TrafficNode {
  return { kind: 'name', id: `name:${name}`, name };
}

export function hostNode(host: string): TrafficNode {
  return { kind: 'host', id: `host:${host}`, name: host };
}

export function edgeId(from: { readonly id: string }, to: { readonly id: string }): string {
  return `${from.id}>${to.id}`;
}

/** Whether what was seen at one end of a flow belongs to a node; `host` is where it was seen. */
export function nodeHas(node: TrafficNode, end: FlowEnd, host: string): boolean {
  switch (node.kind) {
    case 'group':
      return (
        end.kind === 'groups' && (end.groups.includes(node.name) || (end.groups.length === 0 && node.name === noGroup))
      );
    case 'host':
      return end.kind === 'host' && node.name === host;
    case 'name':
      return end.kind === 'address' && end.name !== undefined && nameHas(node.name, end.name);
    default: {
      if (end.kind !== 'address') return false;
      const address = parseAddress(end.address);
      return address !== undefined && includesAddress(node.byHost?.get(host) ?? node.addresses, address);
    }
  }
}

/** `*.example.com` has all names below `example.com`. */
function nameHas(said: string, name: string): boolean {
  return said === name || (said.startsWith('*.') && name.endsWith(said.slice(1)));
}
