import { includesAddress, parseAddress, type Spans } from '../../base/index.ts';
import {
  allConnections,
  equalConnections,
  type TrafficDecision,
  type TrafficModel,
  type TrafficPeers,
  type TrafficProtocol,
  type TrafficTable,
  trafficProtocols,
} from '../../model/index.ts';
import type { NamedParty } from './find-parties.ts';
import { nameFits } from './name-fits.ts';

/** Rules that let something like what is refused. */
export interface NearRules {
  /** Lets the same peer, over other ports: of all such, the nearest port. */
  readonly otherConnections?: TrafficDecision;
  /** Lets the same port, for other peers: of all such, the nearest address, or else the first. */
  readonly otherPeers?: TrafficDecision;
}

/** Undefined where no rule is near. Takes time in proportion to the table. */
export function nearRules(
  model: TrafficModel,
  table: TrafficTable,
  peer: NamedParty,
  protocol: TrafficProtocol,
  port: number,
): NearRules | undefined {
  const index = peer.kind === 'endpoint' ? model.endpoints.indexOf(peer.endpoint) : -1;
  const has = (peers: TrafficPeers): boolean => {
    if (peer.kind === 'endpoint')
      return peers.populations.some((name) => name === '*' || model.populations.get(name)?.includes(index));
    const { name } = peer;
    if (name !== undefined && peers.names.some((said) => nameFits(said, name))) return true;
    const address = peer.kind === 'address' ? parseAddress(peer.address) : undefined;
    return address !== undefined && includesAddress(peers.addresses, address);
  };
  const allowing = table.tiers.flatMap(({ decisions }) => decisions.filter(({ action }) => action === 'allow'));
  const otherConnections = least(
    allowing.filter(({ peers }) => has(peers)),
    ({ connections }) => {
      const distance = distanceTo(connections[protocol], port);
      // Another protocol is farther than any port.
      return distance ?? (trafficProtocols.some((other) => connections[other].length > 0) ? 2 ** 16 : undefined);
    },
  );
  const otherPeers = least(
    allowing.filter(({ connections, peers }) => distanceTo(connections[protocol], port) === 0 && !has(peers)),
    // A rule that lets everything was not written for this port: it comes last.
    ({ peers, connections }) =>
      distanceToPeer(peers, peer) + (equalConnections(connections, allConnections) ? 2 ** 131 : 0),
  );
  if (otherConnections === undefined && otherPeers === undefined) return undefined;
  return {
    ...(otherConnections === undefined ? {} : { otherConnections }),
    ...(otherPeers === undefined ? {} : { otherPeers }),
  };
}

/** How far the address is from those of the rule; all that is no address of the same version is farther. */
function distanceToPeer({ addresses, populations, names }: TrafficPeers, peer: NamedParty): number {
  const isOfKind = { endpoint: populations.length > 0, name: names.length > 0, address: false }[peer.kind];
  if (isOfKind) return 0;
  const address = peer.kind === 'address' ? parseAddress(peer.address) : undefined;
  if (address === undefined) return 2 ** 130;
  const distance =
    address.family === 4 ? distanceTo(addresses.v4, address.value) : distanceTo(addresses.v6, address.value);
  return distance ?? 2 ** 130;
}

/** To the nearest point of the set; undefined where it is empty. Rounded where it is beyond 2^53. */
function distanceTo<Point extends number | bigint>(spans: Spans<Point>, point: Point): number | undefined {
  let nearest: number | undefined;
  for (const { from, end } of spans) {
    const distance = point < from ? Number(from) - Number(point) : point < end ? 0 : Number(point) - Number(end) + 1;
    if (nearest === undefined || distance < nearest) nearest = distance;
  }
  return nearest;
}

/** The first of those with the least number; those without are left out. */
function least<Item>(items: readonly Item[], numberOf: (item: Item) => number | undefined): Item | undefined {
  let found: Item | undefined;
  let lowest = Number.POSITIVE_INFINITY;
  for (const item of items) {
    const number = numberOf(item);
    if (number === undefined || number >= lowest) continue;
    found = item;
    lowest = number;
  }
  return found;
}
