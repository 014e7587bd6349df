import { describe, expect, it } from 'vitest';
import { allConnections, connectionsTo, noConnections, unionConnections } from './connection-set.ts';
import { describeConnections, describePort } from './describe-connections.ts';

describe('describeConnections', () => {
  it.each([
    [allConnections, 'all'],
    [noConnections, 'none'],
    [connectionsTo('udp'), 'udp'],
    [connectionsTo('icmp', 8, 8), 'icmp 8'],
    [
      [connectionsTo('tcp', 80, 80), connectionsTo('tcp', 443, 445), connectionsTo('udp', 53, 53)].reduce(
        unionConnections,
      ),
      'tcp 80,443-445 udp 53',
    ],
  ])('spells what answers say', (set, text) => expect(describeConnections(set)).toBe(text));
});

describe('describePort', () => {
  it('has types of ICMP', () => {
    expect(describePort({ protocol: 'tcp', port: 443 })).toBe('tcp 443');
    expect(describePort({ protocol: 'icmp', port: 8 })).toBe('icmp type 8');
  });
});
