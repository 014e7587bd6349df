import { includesAddress, spansInclude } from '../../src/base/index.ts';
import type { TrafficEdge, TrafficParty, TrafficProtocol } from '../../src/model/index.ts';
import type { OracleParty } from './traffic-oracle.ts';

/** Endpoints are the same where their IDs are. */
export function isSameParty(party: TrafficParty, asked: OracleParty): boolean {
  if (party.kind === 'endpoint') return asked.kind === 'endpoint' && asked.endpoint.id === party.endpoint.id;
  if (party.kind === 'name') return asked.kind === 'name' && asked.name === party.name;
  return asked.kind === 'address' && includesAddress(party.addresses, asked.address);
}

export function edgesBetween(
  edges: readonly TrafficEdge[],
  from: OracleParty,
  to: OracleParty,
): readonly TrafficEdge[] {
  return edges.filter((edge) => isSameParty(edge.from, from) && isSameParty(edge.to, to));
}

export function edgesLet(edges: readonly TrafficEdge[], protocol: TrafficProtocol, port: number): boolean {
  return edges.some(({ connections }) => spansInclude(connections[protocol], port));
}
