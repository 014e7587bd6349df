import { hasNoAddress, intersectAddresses } from '../../base/index.ts';
import {
  type ConnectionSet,
  hasNoConnection,
  intersectConnections,
  type TrafficModel,
  type TrafficPeers,
  type TrafficSource,
} from '../../model/index.ts';
import type { ReachParty } from '../../segmentation/index.ts';

/** What lets connections pass from one party to another: of both ends, those that allow any of them. */
export function decidingSources(
  { tables }: TrafficModel,
  from: ReachParty,
  to: ReachParty,
  connections: ConnectionSet,
): readonly TrafficSource[] {
  return [
    ...(from.kind === 'class' ? allowing(tables, from.class.outbound, to, connections) : []),
    ...(to.kind === 'class' ? allowing(tables, to.class.inbound, from, connections) : []),
  ];
}

function allowing(
  tables: TrafficModel['tables'],
  table: number | undefined,
  peer: ReachParty,
  connections: ConnectionSet,
): readonly TrafficSource[] {
  const tiers = table === undefined ? [] : (tables[table]?.tiers ?? []);
  return tiers.flatMap(({ decisions }) =>
    decisions
      .filter(
        (decision) =>
          decision.action === 'allow' &&
          hasParty(decision.peers, peer) &&
          !hasNoConnection(intersectConnections(decision.connections, connections)),
      )
      .map(({ source }) => source),
  );
}

function hasParty({ populations, addresses, names }: TrafficPeers, party: ReachParty): boolean {
  if (party.kind === 'name') return names.includes(party.name);
  if (party.kind === 'addresses') return !hasNoAddress(intersectAddresses(addresses, party.addresses));
  return populations.some((population) => population === '*' || party.class.populations.includes(population));
}
