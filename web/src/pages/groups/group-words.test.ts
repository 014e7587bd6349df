import { describe, expect, it } from 'vitest';
import { readTrafficSearch } from '../traffic/traffic-words.ts';
import {
  describeAttempts,
  describePeer,
  describePort,
  describeRecordings,
  groupOf,
  groupOfDocument,
  nameNodes,
  nodeName,
} from './group-words.ts';
import { readGroupsSearch } from './groups-search.ts';

describe('words about traffic', () => {
  it.each([
    ['group:shop-web', 'shop-web', 'shop-web'],
    ['addresses:2001:db8::/32', '2001:db8::/32', undefined],
    ['name:*.example.com', '*.example.com', undefined],
    ['host:server-1', 'server-1', undefined],
  ])('of the node %s: %s', (id, name, group) => {
    expect(nodeName(id)).toBe(name);
    expect(groupOf(id)).toBe(group);
  });

  it('calls nodes as the server does, where it says', () => {
    const nameOf = nameNodes([{ id: 'addresses:1f2e', name: 'anywhere but 10.0.0.0/8' }]);
    expect(nameOf('addresses:1f2e')).toBe('anywhere but 10.0.0.0/8');
    expect(nameOf('group:shop-web')).toBe('shop-web');
  });

  it.each([
    [{ allowed: 0, refused: 0, observed: 0 }, 'never seen'],
    [{ allowed: 1200, refused: 0, observed: 0 }, '1,200 passed'],
    [{ allowed: 1, refused: 2, observed: 3 }, '1 passed, 2 refused, 3 passed that would be refused'],
  ])('of the attempts %j: %s', (attempts, words) => expect(describeAttempts(attempts)).toBe(words));

  it('of peers and ports', () => {
    const peer = { container: null, address: null, name: null };
    expect(describePeer({ ...peer, kind: 'host' })).toBe('the host');
    expect(describePeer({ ...peer, kind: 'others' })).toBe('other addresses');
    expect(describePeer({ ...peer, kind: 'address', address: '203.0.113.7' })).toBe('203.0.113.7');
    expect(describePeer({ ...peer, kind: 'address', address: '203.0.113.7', name: 'a.example' })).toBe(
      'a.example (203.0.113.7)',
    );
    expect(describePort({ protocol: 'tcp', port: 443 })).toBe('tcp 443');
    expect(describePort({ protocol: 'icmp', port: 8 })).toBe('icmp type 8');
    expect(groupOfDocument('SecurityGroup shop-web')).toBe('shop-web');
    expect(groupOfDocument('NetworkPolicy shop/web')).toBeUndefined();
  });

  it.each([
    [[], 'Nothing was recorded yet.'],
    [[['2026-01-01T00:00:00Z', '2026-01-01T05:30:00Z']], 'Recorded for 5 hours on 1 host.'],
    [
      [
        ['2026-01-01T00:00:00Z', '2026-01-10T00:00:00Z'],
        ['2026-01-06T00:00:00Z', '2026-01-10T00:00:00Z'],
      ],
      'Recorded for 4 days to 9 days on 2 hosts.',
    ],
  ])('of recordings: %#', (spans, words) => {
    expect(describeRecordings(spans.map(([from = '', to = '']) => ({ from, to })))).toBe(words);
  });
});

describe('what stands in the address', () => {
  it('is taken where it is known', () => {
    expect(
      readGroupsSearch({ view: 'list', mode: 'observe', only: 'refused', days: '7', focus: 'group:a' }),
    ).toMatchObject({
      ...{ view: 'list', mode: 'observe', only: 'refused', days: '7', focus: 'group:a', project: undefined },
    });
    const odd = {
      view: 'map',
      mode: 'x',
      only: '1',
      days: '8',
      show: 'x',
      outcome: 'deny',
      new: 'false',
      kind: 'other',
    };
    for (const value of [...Object.values(readGroupsSearch(odd)), ...Object.values(readTrafficSearch(odd))]) {
      expect(value).toBeUndefined();
    }
    expect(readTrafficSearch({ show: 'events', kind: 'listed', new: 'true' })).toMatchObject({
      show: 'events',
      kind: 'listed',
      new: 'true',
    });
  });
});
