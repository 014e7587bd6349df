import type { FlowView, GroupEdge } from '../../api/wire.ts';
import type { RuleToAdd } from './add-rule.ts';
import { groupOf, nodeName } from './group-words.ts';

/** A rule, and the group whose document lacks it. */
export interface NeededRule {
  readonly group: string;
  readonly rule: RuleToAdd;
}

/**
 * The rules that would let pass what was refused of an edge: one at each end that is a group, since a connection needs the
 * word of both. `has` says which of them let it already.
 */
export function neededRules(
  { from, to }: Pick<GroupEdge, 'from' | 'to'>,
  flows: readonly Pick<FlowView, 'outcome' | 'protocol' | 'port' | 'peer'>[],
  has: { readonly outbound: boolean; readonly inbound: boolean },
): readonly NeededRule[] {
  const refused = flows.filter(({ outcome }) => outcome !== 'allowed');
  const ports = [...new Set(refused.map(({ protocol, port }) => `${protocol}/${port}`))].toSorted();
  const seen = [...new Set(refused.flatMap(({ peer }) => (peer.address === null ? [] : peer.address)))].toSorted();
  if (ports.length === 0) return [];
  const rules: NeededRule[] = [];
  const [source, destination] = [groupOf(from), groupOf(to)];
  const [toPeers, fromPeers] = [peersOf(to, seen, 'outbound'), peersOf(from, seen, 'inbound')];
  if (source !== undefined && !has.outbound && toPeers.length > 0) {
    rules.push({ group: source, rule: { direction: 'outbound', peers: toPeers, ports } });
  }
  if (destination !== undefined && !has.inbound && fromPeers.length > 0) {
    rules.push({ group: destination, rule: { direction: 'inbound', peers: fromPeers, ports } });
  }
  return rules;
}

/** As narrow as what was seen: single addresses rather than the range that they are of. */
function peersOf(id: string, seen: readonly string[], direction: RuleToAdd['direction']): readonly string[] {
  if (id.startsWith('group:')) return [`group: ${JSON.stringify(nodeName(id))}`];
  if (id.startsWith('host:')) return direction === 'outbound' ? ['service: host'] : [];
  if (id.startsWith('name:') && direction === 'outbound') return [`name: ${JSON.stringify(nodeName(id))}`];
  return seen.slice(0, 20).map((address) => `cidr: ${address}/${address.includes(':') ? 128 : 32}`);
}
