import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MadeContainer, type MadeGroup, makeTraffic } from '../../../test/fakes/traffic.ts';
import { allConnections, connectionsTo, unionConnections } from '../../model/index.ts';
import { compileRuleset } from './compile-ruleset.ts';
import type { Ruleset } from './ruleset.ts';

const web: MadeContainer = {
  name: 'web',
  bridge: 'br0',
  port: 'veth1',
  mac: '02:42:0a:00:00:02',
  v4: '10.0.0.2',
  v6: 'fd00::2',
};
const db: MadeContainer = { name: 'db', bridge: 'br0', port: 'veth2', mac: '02:42:0A:00:00:03', v4: '10.0.0.3' };
const https = connectionsTo('tcp', 443, 443);
const shop: Readonly<Record<string, MadeGroup>> = {
  'shop-web': {
    members: ['web'],
    outbound: [
      { peers: ['169.254.169.254/32'], connections: allConnections, action: 'deny' },
      { peers: ['group:shop-db'], connections: connectionsTo('tcp', 5432, 5432) },
      { peers: ['192.0.2.0/24', '198.51.100.0/24', 'name:api.example'], connections: https },
    ],
    inbound: [{ peers: ['any'], connections: unionConnections(connectionsTo('tcp', 80, 80), https) }],
  },
  'shop-db': {
    members: ['db'],
    mode: 'observe',
    inbound: [{ peers: ['group:shop-web'], connections: connectionsTo('tcp', 5432, 5432) }],
  },
};
const services = new Map([['host', [{ addresses: '10.0.0.1/32' }, { addresses: '192.0.2.1/32' }]]] as const);

describe('a ruleset', () => {
  it('of two containers reads like this', () => {
    const { text } = compileRuleset({ ...makeTraffic([web, db], shop, services), resolver: { port: 5353 } });
    const golden = new URL('fixtures/two-containers.nft', import.meta.url);
    expect(text).toBe(readFileSync(golden, 'utf8'));
  });

  it('is the same whatever the order of its input', () => {
    const { model, containers, network } = makeTraffic([web, db], shop, services);
    const { text } = compileRuleset({ model, containers, network });
    const last = model.endpoints.length - 1;
    const turned = {
      endpoints: [...model.endpoints].reverse(),
      populations: new Map(
        [...model.populations]
          .reverse()
          .map(([name, indices]) => [name, indices.map((index) => last - index).reverse()]),
      ),
      tables: model.tables,
    };
    expect(compileRuleset({ model: turned, containers: [...containers].reverse(), network }).text).toBe(text);
  });

  it('has the same chain for equal rules, so that groups that are alike cost once', () => {
    const rules = { outbound: [{ peers: ['192.0.2.0/24'], connections: https }] };
    const one = compileRuleset(makeTraffic([web, db], { a: { members: ['web', 'db'], ...rules } }));
    const two = compileRuleset(
      makeTraffic([web, db], { a: { members: ['web'], ...rules }, b: { members: ['db'], ...rules } }),
    );
    expect(two.text).toBe(one.text);
  });

  it.each([
    ['the name of a port', { port: 'a"; drop' }],
    ['the name of a bridge', { bridge: 'br0" }' }],
    ['a hardware address', { mac: '02:42:0a:00:00:02 }' }],
    ['a hardware address of many', { mac: '01:00:5e:00:00:01' }],
    ['an address', { v4: '10.0.0.2; flush ruleset' }],
  ])('says nothing of what is none: %s', (_, change) => {
    const { text } = compileRuleset(makeTraffic([{ ...web, ...change }], shop));
    for (const value of Object.values(change)) expect(text).not.toContain(value);
    expect(text).not.toContain('flush ruleset');
  });

  it('has names of groups, whatever they hold, as names of sets that nobody shares', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 2, maxLength: 5 }), (names) => {
        const groups = Object.fromEntries(
          names.map((name, index): [string, MadeGroup] => [
            `group ${name}`,
            {
              members: index === 0 ? ['web'] : [],
              outbound: names.map((peer) => ({ peers: [`group:group ${peer}`], connections: https })),
            },
          ]),
        );
        const sets = setsOf(compileRuleset(makeTraffic([web], groups))).filter((name) => name.startsWith('g4_'));
        expect(sets).toHaveLength(names.length);
        for (const set of sets) expect(set).toMatch(/^g4_[a-z0-9_.-]+$/);
      }),
    );
  });

  it('closes an address that two endpoints have', () => {
    const twin = { ...db, v4: web.v4 };
    const { text } = compileRuleset(makeTraffic([web, twin], shop));
    expect(text).not.toMatch(/10\.0\.0\.2 : goto/);
    expect(text).toMatch(/fd00::2 : goto/);
  });

  it('leaves out endpoints that are elsewhere, and containers that no endpoint stands for', () => {
    const { model, containers, network } = makeTraffic([web, db], shop);
    const { text } = compileRuleset({ model, containers: containers.slice(0, 1), network });
    expect(text).not.toContain('10.0.0.3');
    const nobody = compileRuleset({ model: { ...model, endpoints: [] }, containers, network });
    expect(nobody.text).not.toContain('veth1');
  });
});

describe('tiers', () => {
  it('go on with the next where one says so, in a chain of its own', () => {
    const made = makeTraffic([web], { a: { members: ['web'] } });
    const decision = (action: 'allow' | 'deny' | 'pass', port: number) => ({
      action,
      peers: { populations: ['*'], addresses: { v4: [], v6: [] }, names: [] },
      connections: connectionsTo('tcp', port, port),
      source: { document: 'AdminNetworkPolicy first', path: '' },
    });
    const outbound = {
      direction: 'outbound' as const,
      tiers: [
        {
          name: 'admin',
          decisions: [decision('deny', 1), decision('pass', 2), decision('allow', 3)],
          otherwise: 'next' as const,
        },
        { name: 'groups', decisions: [decision('allow', 2)], otherwise: 'deny' as const },
        { name: 'never asked', decisions: [decision('allow', 9)], otherwise: 'allow' as const },
      ],
    };
    const tables = [outbound, ...made.model.tables.slice(1)];
    const chains = compileRuleset({ ...made, model: { ...made.model, tables } }).tables[0]?.chains ?? new Map();
    const next = [...chains].find(([, { rules }]) => rules[0] === 'tcp dport 2 return');
    expect(next?.[1].rules).toEqual(['tcp dport 2 return', 'goto refuse_sender']);
    const first = [...chains.values()].find(({ rules }) => rules[0] === 'tcp dport 1 goto refuse_sender');
    expect(first?.rules).toEqual([
      'tcp dport 1 goto refuse_sender',
      `tcp dport 2 goto ${next?.[0]}`,
      'tcp dport 3 return',
      `goto ${next?.[0]}`,
    ]);
  });
});

function setsOf(ruleset: Ruleset): readonly string[] {
  return ruleset.tables.flatMap(({ sets }) => [...sets.keys()]);
}
