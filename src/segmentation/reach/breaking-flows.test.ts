import { describe, expect, it } from 'vitest';
import { noAddresses, parseCidr } from '../../base/index.ts';
import { connectionsTo, type Flow, type TrafficModel } from '../../model/index.ts';
import { breakingFlows } from './breaking-flows.ts';

const at = 1_767_225_600_000;
const nobody = { populations: [], addresses: noAddresses, names: [] };
const source = { document: 'SecurityGroup web', path: 'outbound[0]' };
const web = { engine: 'docker', containerId: 'a1', name: 'web', groups: [] } as const;
const db = { engine: 'docker', containerId: 'b2', name: 'db', groups: [] } as const;

/** The web may call the database, a block and a name; the database may call nobody, and lets all in. */
const model = (mode: 'enforce' | 'observe' = 'enforce'): TrafficModel => ({
  endpoints: [web, db].map(({ containerId, name }, index) => ({
    id: `docker:${containerId}`,
    name,
    addresses: [`172.18.0.${index + 2}`],
    groups: [],
    outbound: index,
    inbound: 2,
    mode,
  })),
  populations: new Map([
    ['*', [0, 1]],
    ['db', [1]],
  ]),
  tables: [
    {
      direction: 'outbound',
      tiers: [
        {
          name: 'deny lists',
          otherwise: 'next',
          decisions: [
            {
              action: 'deny',
              peers: { ...nobody, addresses: parseCidr('10.0.9.0/24') ?? noAddresses },
              connections: connectionsTo('tcp'),
              source: { document: 'AddressList feed', path: 'spec' },
            },
          ],
        },
        {
          name: 'groups',
          otherwise: 'deny',
          decisions: [
            {
              action: 'allow',
              peers: {
                populations: ['db'],
                addresses: parseCidr('10.0.0.0/16') ?? noAddresses,
                names: ['*.example.com'],
              },
              connections: connectionsTo('tcp', 443, 5432),
              source,
            },
          ],
        },
      ],
    },
    { direction: 'outbound', tiers: [{ name: 'groups', decisions: [], otherwise: 'deny' }] },
    { direction: 'inbound', tiers: [{ name: 'groups', decisions: [], otherwise: 'allow' }] },
  ],
});

const flow = (change: Partial<Flow>): Flow => ({
  host: 'harbor',
  container: web,
  direction: 'outbound',
  peer: { kind: 'container', ...db },
  protocol: 'tcp',
  port: 5432,
  outcome: 'allowed',
  first: at,
  last: at,
  attempts: 1,
  ...change,
});

describe('breakingFlows', () => {
  it.each([
    ['what a rule lets', {}, undefined],
    ['another port', { port: 22 }, { refusedBy: 'outbound' }],
    ['the way back', { direction: 'inbound' }, { refusedBy: 'outbound' }],
    ['a block', { peer: { kind: 'address', address: '10.0.0.1' } }, undefined],
    [
      'a listed address',
      { peer: { kind: 'address', address: '10.0.9.1' } },
      { refusedBy: 'outbound', source: { document: 'AddressList feed', path: 'spec' } },
    ],
    ['an address by its name', { peer: { kind: 'address', address: '192.0.2.1', name: 'api.example.com' } }, undefined],
    [
      'an address by another name',
      { peer: { kind: 'address', address: '192.0.2.1', name: 'example.com' } },
      { refusedBy: 'outbound' },
    ],
    ['from outside', { direction: 'inbound', peer: { kind: 'address', address: '192.0.2.1' } }, undefined],
    ['what was refused already', { port: 22, outcome: 'refused' }, undefined],
    ['what was observed', { port: 22, outcome: 'observed' }, { refusedBy: 'outbound' }],
    ['a container made anew', { container: { ...web, containerId: 'c3' }, port: 22 }, { refusedBy: 'outbound' }],
  ] satisfies [string, Partial<Flow>, object | undefined][])('judges %s', (_, change, expected) => {
    const recorded = flow(change);
    expect(breakingFlows(model(), [recorded])).toEqual({
      breaking: expected === undefined ? [] : [{ flow: recorded, ...expected }],
      unjudged: [],
    });
  });

  it.each<[string, Partial<Flow>]>([
    ['of a container that is gone', { container: { ...web, containerId: 'c3', name: 'gone' } }],
    ['with one', { peer: { kind: 'container', ...db, containerId: 'c3', name: 'gone' } }],
    ['with the host', { peer: { kind: 'host' } }],
    ['with others', { peer: { kind: 'others' } }],
  ])('leaves a flow %s unjudged', (_, change) => {
    const recorded = flow({ port: 22, ...change });
    expect(breakingFlows(model(), [recorded])).toEqual({ breaking: [], unjudged: [recorded] });
  });

  it('does not guess which of two containers of a name is meant', () => {
    const two = { ...model(), endpoints: model().endpoints.map((endpoint) => ({ ...endpoint, name: 'web' })) };
    const recorded = flow({ container: { ...web, containerId: 'c3' }, port: 22 });
    expect(breakingFlows(two, [recorded]).unjudged).toEqual([recorded]);
  });

  it('knows the host where its addresses are given', () => {
    const hostAddresses = new Map([['harbor', ['172.18.0.1']]]);
    const recorded = flow({ peer: { kind: 'host' }, port: 443 });
    expect(breakingFlows(model(), [recorded], { hostAddresses }).breaking).toEqual([
      { flow: recorded, refusedBy: 'outbound' },
    ]);
  });

  it('takes what observes for refusing nothing, unless it is asked as if it enforced', () => {
    const recorded = flow({ port: 22 });
    expect(breakingFlows(model('observe'), [recorded]).breaking).toEqual([]);
    expect(breakingFlows(model('observe'), [recorded], { asIf: 'enforced' }).breaking).toHaveLength(1);
  });
});
