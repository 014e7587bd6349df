import type { ConnectionExplanation, ExplainConnectionQuery, FlowView, GroupEdge } from '../../api/wire.ts';
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
  const seen = refused.map(({ peer }) => peer);
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

/** The question how what was refused fares; undefined where an end has no name that can be asked about. */
export function endsOf({ container, direction, peer, protocol, port }: FlowView): ExplainConnectionQuery | undefined {
  const other = peer.container?.id ?? peer.address;
  if (other === null) return undefined;
  const [from, to] = direction === 'outbound' ? [container.id, other] : [other, container.id];
  return { from, to, protocol, port };
}

/**
 * Which ends have a rule for it already. Undefined where the end that refuses it has one: that is a deny list, and nothing
 * that a group says would change it.
 */
export function rulesThere(
  answer: Pick<ConnectionExplanation, 'refusedBy' | 'outbound' | 'inbound'> | undefined,
): { readonly outbound: boolean; readonly inbound: boolean } | undefined {
  if (answer === undefined) return { outbound: false, inbound: false };
  const { refusedBy, outbound, inbound } = answer;
  if (refusedBy !== null && answer[refusedBy] !== null) return undefined;
  return { outbound: outbound !== null, inbound: inbound !== null };
}

/** As narrow as what was seen: names that were asked for, and single addresses rather than the range that they are of. */
function peersOf(id: string, seen: readonly FlowView['peer'][], direction: RuleToAdd['direction']): readonly string[] {
  if (id.startsWith('group:')) return [`group: ${JSON.stringify(nodeName(id))}`];
  if (id.startsWith('host:')) return direction === 'outbound' ? ['service: host'] : [];
  const service = /^addresses:(?!elsewhere$)([a-z][a-z-]*)$/.exec(id)?.[1];
  if (service !== undefined) return direction === 'outbound' ? [`service: ${service}`] : [];
  if (id.startsWith('name:') && direction === 'outbound') return [`name: ${JSON.stringify(nodeName(id))}`];
  const peers = seen.flatMap(({ name, address }) => {
    if (name !== null && direction === 'outbound') return [`name: ${JSON.stringify(name)}`];
    return address === null ? [] : [`cidr: ${address}/${address.includes(':') ? 128 : 32}`];
  });
  return [...new Set(peers)].toSorted().slice(0, 20);
}
