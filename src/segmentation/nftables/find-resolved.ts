import { addressesOf, hasNoAddress, parseCidr, spansInclude, subtractAddresses } from '../../base/index.ts';
import type { HostNetwork, TrafficModel } from '../../model/index.ts';

/** Which outbound tables are of containers that ask our resolver: those with rules by name, or that name `dns`. */
export function findResolved(model: TrafficModel, network: HostNetwork): (table: number) => boolean {
  const servers = addressesOf(
    (network.services.get('dns') ?? []).flatMap(({ addresses }) => parseCidr(addresses) ?? []),
  );
  const known = new Map<number, boolean>();
  const asks = (index: number): boolean =>
    (model.tables[index]?.tiers ?? []).some(({ decisions }) =>
      decisions.some(({ action, peers, connections }) => {
        if (action !== 'allow') return false;
        if (peers.names.length > 0) return true;
        const asksDns = spansInclude(connections.udp, 53) || spansInclude(connections.tcp, 53);
        if (!asksDns || hasNoAddress(peers.addresses)) return false;
        return hasNoAddress(subtractAddresses(peers.addresses, servers));
      }),
    );
  return (index) => {
    const answer = known.get(index) ?? asks(index);
    known.set(index, answer);
    return answer;
  };
}
