import { describe, expect, it } from 'vitest';
import {
  allConnections,
  connectionsTo,
  equalConnections,
  hasNoConnection,
  intersectConnections,
  noConnections,
  subtractConnections,
  unionConnections,
} from './connection-set.ts';

describe('sets of connections', () => {
  it('hold the protocols apart', () => {
    const both = unionConnections(connectionsTo('tcp', 80, 90), connectionsTo('udp', 53));
    expect(intersectConnections(both, connectionsTo('tcp', 53, 85))).toEqual(connectionsTo('tcp', 80, 85));
    expect(hasNoConnection(intersectConnections(both, connectionsTo('sctp')))).toBe(true);
  });

  it('are whole where nothing is taken away', () => {
    const protocols = (['tcp', 'udp', 'sctp', 'icmp'] as const).map((protocol) => connectionsTo(protocol));
    expect(equalConnections(protocols.reduce(unionConnections, noConnections), allConnections)).toBe(true);
    expect(subtractConnections(allConnections, allConnections)).toEqual(noConnections);
    expect(equalConnections(subtractConnections(allConnections, connectionsTo('icmp', 8, 8)), allConnections)).toBe(
      false,
    );
  });

  it('end at the last type of ICMP', () => {
    expect(connectionsTo('icmp', 8, 9999)).toEqual({ ...noConnections, icmp: [{ from: 8, end: 256 }] });
  });
});
