import { describe, expect, it } from 'vitest';
import { noAddresses } from '../../base/index.ts';
import {
  allConnections,
  connectionsTo,
  equalConnections,
  hasNoConnection,
  type TrafficDecision,
  type TrafficTable,
  type TrafficTier,
  unionConnections,
} from '../../model/index.ts';
import { answerAt, decideConnections } from './decide-connections.ts';

const decision = (action: TrafficDecision['action'], first?: number, last?: number): TrafficDecision => ({
  action,
  peers: { populations: ['*'], addresses: noAddresses, names: [] },
  connections: first === undefined ? allConnections : connectionsTo('tcp', first, last ?? first),
  source: { document: 'rule', path: action },
});
const tier = (otherwise: TrafficTier['otherwise'], ...decisions: TrafficDecision[]): TrafficTier => ({
  name: 'tier',
  decisions,
  otherwise,
});
const table = (...tiers: TrafficTier[]): TrafficTable => ({ direction: 'inbound', tiers });
const all = ({ tiers }: TrafficTable) => tiers.flatMap(({ decisions }) => decisions).map((_, index) => index);

describe('decideConnections', () => {
  it.each([
    ['no tier', table(), []],
    ['the first that fits', table(tier('deny', decision('deny', 80), decision('allow', 80, 81))), [[81, 81]]],
    [
      'a pass on to the next tier',
      table(tier('deny', decision('pass', 1, 9)), tier('deny', decision('allow', 5, 20))),
      [[5, 9]],
    ],
    [
      'a pass beyond what follows it',
      table(tier('allow', decision('pass', 1), decision('allow', 1))),
      [
        [0, 0],
        [2, 65_535],
      ],
    ],
    ['a pass of the last tier', table(tier('deny', decision('pass'))), []],
    ['next of the last tier', table(tier('next', decision('allow', 7))), [[7, 7]]],
    [
      'what is allowed otherwise',
      table(tier('allow', decision('deny', 22))),
      [
        [0, 21],
        [23, 65_535],
      ],
    ],
  ])('knows %s', (_, asked, ports) => {
    const tcp = decideConnections(asked, all(asked)).allowed.tcp;
    expect(tcp).toEqual(ports.map(([from = 0, last = 0]) => ({ from, end: last + 1 })));
  });

  it('leaves out decisions that do not fit', () => {
    const asked = table(tier('next', decision('deny')), tier('deny', decision('allow', 80), decision('allow', 443)));
    expect(equalConnections(decideConnections(asked, [2]).allowed, connectionsTo('tcp', 443, 443))).toBe(true);
    expect(hasNoConnection(decideConnections(asked, [0, 1, 2]).allowed)).toBe(true);
    const both = unionConnections(connectionsTo('tcp', 80, 80), connectionsTo('tcp', 443, 443));
    expect(equalConnections(decideConnections(asked, [1, 2]).allowed, both)).toBe(true);
  });
});

describe('answerAt', () => {
  const asked = table(tier('deny', decision('allow', 80, 90)));
  const verdict = decideConnections(asked, [0]);

  it.each([
    [79, 'deny'],
    [80, 'allow'],
    [90, 'allow'],
    [91, 'deny'],
    [65_535, 'deny'],
    [65_536, undefined],
    [-1, undefined],
    [80.5, undefined],
    [Number.NaN, undefined],
  ])('of port %d is %s', (port, action) => {
    expect(answerAt(verdict, 'tcp', port)?.action).toBe(action);
  });

  it('knows of ICMP its types alone', () => {
    expect(answerAt(verdict, 'icmp', 255)?.action).toBe('deny');
    expect(answerAt(verdict, 'icmp', 256)).toBeUndefined();
  });
});
