import { type Address, allAddresses, equalAddresses, formatAddress, includesAddress } from '../../src/base/index.ts';
import type {
  TrafficDecision,
  TrafficEndpoint,
  TrafficModel,
  TrafficPeers,
  TrafficProtocol,
  TrafficTable,
} from '../../src/model/index.ts';

/** Somebody who talks, or is talked to, in the plainest form. */
export type OracleParty =
  | { readonly kind: 'endpoint'; readonly endpoint: TrafficEndpoint }
  /** Outside; `name` is what was asked for to get it. */
  | { readonly kind: 'address'; readonly address: Address; readonly name?: string }
  | { readonly kind: 'name'; readonly name: string };

export interface OracleAnswer {
  readonly action: 'allow' | 'deny';
  readonly decision?: TrafficDecision;
}

/** Asks a table about one port and one peer: the meaning of a table, as its comments say it, and nothing for speed. */
export function askTable(
  model: TrafficModel,
  table: TrafficTable,
  peer: OracleParty,
  protocol: TrafficProtocol,
  port: number,
): OracleAnswer {
  for (const tier of table.tiers) {
    const decision = tier.decisions.find(
      ({ peers, connections }) =>
        hasPeer(model, peers, peer) && connections[protocol].some(({ from, end }) => from <= port && port < end),
    );
    if (decision !== undefined && decision.action !== 'pass') return { action: decision.action, decision };
    if (decision === undefined && tier.otherwise !== 'next') return { action: tier.otherwise };
  }
  return { action: 'deny' };
}

export interface OracleJudgement {
  readonly outbound?: OracleAnswer;
  readonly inbound?: OracleAnswer;
  /** If every endpoint enforced. */
  readonly enforced: boolean;
  /** With those that observe. */
  readonly today: boolean;
}

export function askModel(
  model: TrafficModel,
  from: OracleParty,
  to: OracleParty,
  protocol: TrafficProtocol,
  port: number,
): OracleJudgement {
  const ask = (self: OracleParty, peer: OracleParty, direction: 'outbound' | 'inbound'): OracleAnswer | undefined => {
    const table = self.kind === 'endpoint' ? model.tables[self.endpoint[direction]] : undefined;
    return table === undefined ? undefined : askTable(model, table, peer, protocol, port);
  };
  const outbound = ask(from, to, 'outbound');
  const inbound = ask(to, from, 'inbound');
  const observes = (party: OracleParty): boolean => party.kind === 'endpoint' && party.endpoint.mode === 'observe';
  const lets = (answer: OracleAnswer | undefined): boolean => answer === undefined || answer.action === 'allow';
  return {
    ...(outbound === undefined ? {} : { outbound }),
    ...(inbound === undefined ? {} : { inbound }),
    enforced: lets(outbound) && lets(inbound),
    today: (lets(outbound) || observes(from)) && (lets(inbound) || observes(to)),
  };
}

/** Undefined where the address is an endpoint's. */
export function outsideParty(model: TrafficModel, address: Address, name?: string): OracleParty | undefined {
  const text = formatAddress(address);
  if (model.endpoints.some(({ addresses }) => addresses.includes(text))) return undefined;
  return { kind: 'address', address, ...(name === undefined ? {} : { name }) };
}

function hasPeer(model: TrafficModel, peers: TrafficPeers, party: OracleParty): boolean {
  if (party.kind === 'endpoint')
    return peers.populations.some((population) =>
      model.populations.get(population)?.includes(model.endpoints.indexOf(party.endpoint)),
    );
  const { name } = party;
  if (name !== undefined && peers.names.some((said) => isBelow(said, name))) return true;
  return party.kind === 'address'
    ? includesAddress(peers.addresses, party.address)
    : equalAddresses(peers.addresses, allAddresses);
}

function isBelow(said: string, name: string): boolean {
  if (!said.startsWith('*.')) return said === name;
  const [end, labels] = [said.slice(2).split('.'), name.split('.')];
  return said === name || (labels.length > end.length && labels.slice(-end.length).join('.') === end.join('.'));
}
