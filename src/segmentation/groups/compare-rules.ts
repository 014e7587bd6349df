import { hasNoAddress, intersectAddresses, subtractAddresses } from '../../base/index.ts';
import {
  type ConnectionSet,
  hasNoConnection,
  intersectConnections,
  type NamedService,
  subtractConnections,
  type TrafficPeers,
  type TrafficRule,
} from '../../model/index.ts';
import { plainPeers, servicesOf } from './group-tables.ts';

export interface ComparedRule extends TrafficPeers {
  readonly path: string;
  readonly services: readonly NamedService[];
  readonly connections: ConnectionSet;
}

export function comparedRule(rule: TrafficRule, known: ReadonlySet<string>, isOutbound: boolean): ComparedRule {
  const { path, connections } = rule;
  return { path, connections, services: servicesOf(rule), ...plainPeers(rule, known, isOutbound) };
}

/** Whether a rule lets all that another does, by what they say: whoever may be in a group. One that says nobody is covered by none. */
export function covers(wide: ComparedRule, narrow: ComparedRule): boolean {
  if (saysNobody(narrow)) return false;
  const hasAll = wide.populations.includes('*');
  return (
    hasNoConnection(subtractConnections(narrow.connections, wide.connections)) &&
    narrow.populations.every((name) => hasAll || wide.populations.includes(name)) &&
    narrow.services.every((service) => wide.services.includes(service)) &&
    narrow.names.every((name) => wide.names.some((pattern) => nameCovers(pattern, name))) &&
    hasNoAddress(subtractAddresses(narrow.addresses, wide.addresses))
  );
}

/** Whether there is something that both let. */
export function sharesWith(a: ComparedRule, b: ComparedRule): boolean {
  if (hasNoConnection(intersectConnections(a.connections, b.connections))) return false;
  const isAll = (rule: ComparedRule) => rule.populations.includes('*');
  return (
    a.populations.some((name) => isAll(b) || b.populations.includes(name)) ||
    (isAll(a) && b.populations.length > 0) ||
    a.services.some((service) => b.services.includes(service)) ||
    a.names.some((name) => b.names.some((other) => nameCovers(name, other) || nameCovers(other, name))) ||
    !hasNoAddress(intersectAddresses(a.addresses, b.addresses))
  );
}

function saysNobody({ populations, services, names, addresses }: ComparedRule): boolean {
  return populations.length === 0 && services.length === 0 && names.length === 0 && hasNoAddress(addresses);
}

/** `*.a.example` is every name below `a.example`. */
function nameCovers(pattern: string, name: string): boolean {
  return pattern === name || (pattern.startsWith('*.') && name.replace(/^\*/, '').endsWith(pattern.slice(1)));
}
