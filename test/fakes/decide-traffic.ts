import { type AddressSet, includesAddress, parseAddress } from '../../src/base/index.ts';
import {
  type ConnectionSet,
  hasNoConnection,
  intersectConnections,
  type TrafficModel,
  type TrafficTable,
} from '../../src/model/index.ts';

/**
 * One connection through a model, word for word as model/traffic.ts says and as slow as that is: for tests of what makes
 * models. `peer` is an index of an endpoint, an address outside, or a name.
 */
export function tableLets(
  model: TrafficModel,
  table: TrafficTable,
  peer: number | string,
  connection: ConnectionSet,
): boolean {
  for (const tier of table.tiers) {
    const decision = tier.decisions.find(
      ({ peers, connections }) =>
        !hasNoConnection(intersectConnections(connections, connection)) &&
        (typeof peer === 'number'
          ? peers.populations.some((name) => model.populations.get(name)?.includes(peer))
          : includes(peers.addresses, peer) || peers.names.includes(peer)),
    );
    if (decision?.action === 'allow') return true;
    if (decision?.action === 'deny') return false;
    if (!decision && tier.otherwise !== 'next') return tier.otherwise === 'allow';
  }
  throw new TypeError('the last tier of a table says next');
}

function includes(addresses: AddressSet, peer: string): boolean {
  const address = parseAddress(peer);
  return address !== undefined && includesAddress(addresses, address);
}

/** Whether a connection between two endpoints passes, by their names. */
export function connects(model: TrafficModel, from: string, to: string, connection: ConnectionSet): boolean {
  const [source, destination] = [indexOf(model, from), indexOf(model, to)];
  const outbound = model.tables[model.endpoints[source]?.outbound ?? -1] as TrafficTable;
  const inbound = model.tables[model.endpoints[destination]?.inbound ?? -1] as TrafficTable;
  return tableLets(model, outbound, destination, connection) && tableLets(model, inbound, source, connection);
}

/** Whether an endpoint, by its name, is let out to an address or a name. */
export function letsOut(model: TrafficModel, from: string, to: string, connection: ConnectionSet): boolean {
  const table = model.tables[model.endpoints[indexOf(model, from)]?.outbound ?? -1] as TrafficTable;
  return tableLets(model, table, to, connection);
}

/** Whether an address is let in to an endpoint, by its name. */
export function letsIn(model: TrafficModel, from: string, to: string, connection: ConnectionSet): boolean {
  const table = model.tables[model.endpoints[indexOf(model, to)]?.inbound ?? -1] as TrafficTable;
  return tableLets(model, table, from, connection);
}

function indexOf(model: TrafficModel, name: string): number {
  const index = model.endpoints.findIndex((endpoint) => endpoint.name === name);
  if (index < 0) throw new TypeError(`no endpoint is called ${name}`);
  return index;
}
