import { describe, expect, it } from 'vitest';
import { allConnections, connectionsTo, noConnections, unionConnections } from '../../model/index.ts';
import { compileConnections } from './connection-matches.ts';

const union = (...sets: readonly (typeof noConnections)[]) => sets.reduce(unionConnections, noConnections);

describe('connections as expressions', () => {
  it.each([
    ['none', noConnections, 4, [], {}],
    ['a port', connectionsTo('tcp', 80, 80), 4, ['tcp dport 80'], {}],
    ['a range', connectionsTo('sctp', 1, 9), 6, ['sctp dport 1-9'], {}],
    ['a whole protocol', connectionsTo('udp'), 4, ['meta l4proto udp'], {}],
    ['port 0 to the last', connectionsTo('tcp', 0, 65_535), 4, ['meta l4proto tcp'], {}],
    [
      'ports of one protocol',
      union(connectionsTo('tcp', 80, 80), connectionsTo('tcp', 443, 444)),
      4,
      ['tcp dport @p_80_443-444'],
      { 'p_80_443-444': ['80', '443-444'] },
    ],
    [
      'equal ports of two protocols',
      union(connectionsTo('tcp', 53, 53), connectionsTo('udp', 53, 53)),
      4,
      ['meta l4proto @l4_tcp_udp th dport 53'],
      { l4_tcp_udp: ['tcp', 'udp'] },
    ],
    [
      'all, of version 4',
      allConnections,
      4,
      ['meta l4proto @l4_tcp_udp_sctp_icmp'],
      { l4_tcp_udp_sctp_icmp: ['tcp', 'udp', 'sctp', 'icmp'] },
    ],
    [
      'all, of version 6',
      allConnections,
      6,
      ['meta l4proto @l4_tcp_udp_sctp_ipv6-icmp'],
      { 'l4_tcp_udp_sctp_ipv6-icmp': ['tcp', 'udp', 'sctp', 'ipv6-icmp'] },
    ],
    ['a type of version 4', connectionsTo('icmp', 8, 8), 4, ['icmp type echo-request'], {}],
    ['the same type of version 6, where it is another', connectionsTo('icmp', 8, 8), 6, ['icmpv6 type 8'], {}],
    [
      'types',
      union(connectionsTo('icmp', 0, 0), connectionsTo('icmp', 8, 8)),
      4,
      ['icmp type @i4_0_8'],
      { i4_0_8: ['echo-reply', 'echo-request'] },
    ],
  ] as const)('%s', (_, set, version, matches, sets) => {
    const made: Record<string, readonly string[]> = {};
    const found = compileConnections(set, version, {
      constant: (name, __, elements) => {
        made[name] = elements;
      },
    });
    expect(found).toEqual(matches);
    expect(made).toEqual(sets);
  });
});
