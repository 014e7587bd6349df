import { allAddresses, equalAddresses, hasNoAddress, intersectAddresses, subtractAddresses } from '../../base/index.ts';
import {
  type ConnectionSet,
  hasNoConnection,
  intersectConnections,
  noConnections,
  subtractConnections,
  type TrafficModel,
  type TrafficPeers,
  type TrafficSource,
  type TrafficTable,
  unionConnections,
} from '../../model/index.ts';
import type { ReachClassEdge, ReachParty } from './expand-reach.ts';
import { nameFits } from './name-fits.ts';

/**
 * The rules that let an edge pass: of both ends, those that decide some of its connections. Empty where no rule does, since
 * nothing is enforced or what no rule speaks of passes. Of a range of addresses, rules that decide for a part of it.
 */
export function edgeSources(model: TrafficModel, { from, to, connections }: ReachClassEdge): readonly TrafficSource[] {
  const sourcesOf = (party: ReachParty, direction: 'outbound' | 'inbound', peer: ReachParty) => {
    const number = party.kind === 'class' ? party.class[direction] : undefined;
    const table = number === undefined ? undefined : model.tables[number];
    return table === undefined ? [] : allowingSources(table, peer, connections);
  };
  return [...sourcesOf(from, 'outbound', to), ...sourcesOf(to, 'inbound', from)];
}

function allowingSources(table: TrafficTable, peer: ReachParty, connections: ConnectionSet): readonly TrafficSource[] {
  const found: TrafficSource[] = [];
  let asked = connections;
  for (const { decisions, otherwise } of table.tiers) {
    let passed = noConnections;
    for (const { action, peers, connections: spoken, source } of decisions) {
      const met = intersectConnections(asked, spoken);
      const fit = hasNoConnection(met) ? 'no' : fitOf(peers, peer);
      if (fit === 'no') continue;
      if (action === 'allow') found.push(source);
      if (action === 'pass') passed = unionConnections(passed, met);
      if (fit === 'whole') asked = subtractConnections(asked, spoken);
    }
    asked = otherwise === 'next' ? unionConnections(asked, passed) : passed;
  }
  return found;
}

/** `part`: of a range of addresses, some. */
function fitOf({ populations, addresses, names }: TrafficPeers, party: ReachParty): 'no' | 'part' | 'whole' {
  switch (party.kind) {
    case 'class':
      return populations.some((one) => one === '*' || party.class.populations.includes(one)) ? 'whole' : 'no';
    case 'name':
      return equalAddresses(addresses, allAddresses) || names.some((said) => nameFits(said, party.name))
        ? 'whole'
        : 'no';
    case 'addresses':
      if (hasNoAddress(intersectAddresses(addresses, party.addresses))) return 'no';
      return hasNoAddress(subtractAddresses(party.addresses, addresses)) ? 'whole' : 'part';
  }
}
