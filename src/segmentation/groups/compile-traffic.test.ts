import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connects, letsIn, letsOut } from '../../../test/fakes/decide-traffic.ts';
import {
  any,
  composeContainer,
  hostNetwork,
  networkedContainer,
  securityGroup,
  tcp,
  toBlock,
  toGroup,
  toName,
  toService,
  trafficRules,
} from '../../../test/fakes/networked-containers.ts';
import { parseCidr } from '../../base/index.ts';
import { connectionsTo, type NamedService, namedServices, type SecurityGroup } from '../../model/index.ts';
import { explainConnection } from '../reach/explain-connection.ts';
import { compileTraffic, type TrafficInput } from './compile-traffic.ts';

const proxy = composeContainer(1, 'shop', 'proxy');
const web = composeContainer(2, 'shop', 'web');
const db = composeContainer(3, 'shop', 'db');
const stranger = networkedContainer(4, { name: 'stranger' });
const dns = connectionsTo('udp', 53, 53);
const services = {
  dns: [
    { addresses: '10.0.0.53', protocol: 'udp', ports: [53, 53] },
    { addresses: '10.0.0.53', protocol: 'tcp', ports: [53, 53] },
  ],
  metadata: [{ addresses: '169.254.169.254' }, { addresses: 'fd00:ec2::254' }],
  host: [{ addresses: '172.18.0.1' }, { addresses: '10.0.0.9' }],
  'engine-api': [{ addresses: '10.0.0.9', protocol: 'tcp', ports: [2375, 2376] }],
} as const;
const shop = [
  securityGroup('proxy', {
    members: [{ service: 'proxy' }],
    inbound: trafficRules('inbound', [[any], tcp(443)]),
    outbound: trafficRules('outbound', [[toGroup('web')], tcp(8080)]),
  }),
  securityGroup('web', {
    members: [{ service: 'web' }],
    inbound: trafficRules('inbound', [[toGroup('proxy')], tcp(8080)], [[toBlock('10.0.0.0/8')]]),
    outbound: trafficRules(
      'outbound',
      [[toGroup('db')], tcp(5432)],
      [[toName('api.example'), toService('dns')]],
      [[toBlock('192.0.2.0/24'), toBlock('172.18.0.0/16')], tcp(443)],
    ),
  }),
  securityGroup('db', {
    members: [{ service: 'db' }],
    inbound: trafficRules('inbound', [[toGroup('web')], tcp(5432)]),
  }),
];
const input: TrafficInput = {
  groups: shop,
  denyLists: [],
  containers: [proxy, web, db, stranger],
  network: hostNetwork(services),
};
const modelOf = (more: Partial<TrafficInput> = {}) => compileTraffic({ ...input, ...more }).model;
/** A model of web alone, with one outbound rule. */
const webWith = (outbound: SecurityGroup['outbound'], more: Partial<TrafficInput> = {}) =>
  modelOf({ groups: [securityGroup('web', { members: [{ service: 'web' }], outbound })], containers: [web], ...more });

describe('a model of groups', () => {
  const model = modelOf();

  it.each([
    ['the proxy reaches the application', 'shop-proxy-1', 'shop-web-1', tcp(8080), true],
    ['on no other port', 'shop-proxy-1', 'shop-web-1', tcp(8081), false],
    ['over no other protocol', 'shop-proxy-1', 'shop-web-1', connectionsTo('udp', 8080, 8080), false],
    ['not the other way', 'shop-web-1', 'shop-proxy-1', tcp(8080), false],
    ['the application reaches the database', 'shop-web-1', 'shop-db-1', tcp(5432), true],
    ['the proxy does not', 'shop-proxy-1', 'shop-db-1', tcp(5432), false],
    ['one end alone is not enough: outbound', 'shop-web-1', 'shop-proxy-1', tcp(443), false],
    ['a block is no container', 'shop-web-1', 'stranger', tcp(443), false],
    ['nobody lets what is in no group', 'stranger', 'shop-proxy-1', tcp(443), false],
  ])('%s', (_, from, to, connection, passes) => expect(connects(model, from, to, connection)).toBe(passes));

  it('lets out by name, by block and to services, on their ports', () => {
    expect(letsOut(model, 'shop-web-1', 'api.example', tcp(443))).toBe(true);
    expect(letsOut(model, 'shop-web-1', '192.0.2.7', tcp(443))).toBe(true);
    expect(letsOut(model, 'shop-web-1', '192.0.2.7', tcp(80))).toBe(false);
    expect(letsOut(model, 'shop-web-1', '10.0.0.53', dns)).toBe(true);
    expect(letsOut(model, 'shop-web-1', '10.0.0.53', tcp(53))).toBe(true);
    expect(letsOut(model, 'shop-web-1', '10.0.0.53', tcp(443))).toBe(false);
    expect(letsOut(model, 'shop-db-1', '10.0.0.53', dns)).toBe(false);
  });

  it('lets in from blocks, the host included', () => {
    expect(letsIn(model, '10.0.0.9', 'shop-web-1', tcp(80))).toBe(true);
    expect(letsIn(model, '192.0.2.1', 'shop-web-1', tcp(80))).toBe(false);
  });

  it('says who is in which group, in one order', () => {
    expect(model.endpoints.map(({ id, name, groups, mode }) => [id, name, groups, mode])).toEqual([
      [`docker:${proxy.containerId}`, 'shop-proxy-1', ['proxy'], 'enforce'],
      [`docker:${web.containerId}`, 'shop-web-1', ['web'], 'enforce'],
      [`docker:${db.containerId}`, 'shop-db-1', ['db'], 'enforce'],
      [`docker:${stranger.containerId}`, 'stranger', [], 'observe'],
    ]);
    expect([...model.populations]).toEqual([
      ['*', [0, 1, 2, 3]],
      ['db', [2]],
      ['proxy', [0]],
      ['web', [1]],
    ]);
    expect(model.endpoints[0]?.addresses).toEqual(['172.18.1.1', 'fd00:18::0001']);
  });

  it('has two tables for each set of groups', () => {
    const { tables, endpoints } = modelOf({ containers: [web, { ...web, containerId: 'f'.repeat(64) }, db] });
    expect(tables.map(({ direction }) => direction)).toEqual(['outbound', 'inbound', 'outbound', 'inbound']);
    expect(endpoints.map(({ outbound, inbound }) => [outbound, inbound])).toEqual([
      [2, 3],
      [0, 1],
      [2, 3],
    ]);
    expect(tables.every(({ tiers }) => tiers.at(-1)?.otherwise === 'deny')).toBe(true);
  });
});

describe('a container in several groups', () => {
  const groups = [
    securityGroup('a', {
      mode: 'observe',
      members: [{ service: 'web' }],
      outbound: trafficRules('outbound', [[toBlock('192.0.2.0/24')]]),
    }),
    securityGroup('b', {
      members: [{ project: 'shop' }],
      outbound: trafficRules('outbound', [[toBlock('198.51.100.0/24')]]),
    }),
  ];
  const model = modelOf({ groups, containers: [web, db] });
  it('may do what any of them lets', () => {
    expect(letsOut(model, 'shop-web-1', '192.0.2.1', tcp(1))).toBe(true);
    expect(letsOut(model, 'shop-web-1', '198.51.100.1', tcp(1))).toBe(true);
    expect(letsOut(model, 'shop-db-1', '192.0.2.1', tcp(1))).toBe(false);
  });
  it('is enforced where any of them is', () =>
    expect(model.endpoints.map(({ mode }) => mode)).toEqual(['enforce', 'enforce']));
  it('is observed where all of them are', () =>
    expect(modelOf({ groups: groups.slice(0, 1), containers: [web] }).endpoints[0]?.mode).toBe('observe'));
});

describe('what no group has', () => {
  it('is in the default group', () => {
    const rest = securityGroup('rest', {
      isDefault: true,
      outbound: trafficRules('outbound', [[toBlock('192.0.2.0/24')]]),
    });
    const model = modelOf({ groups: [...shop, rest] });
    expect(model.endpoints[3]).toMatchObject({ groups: ['rest'], mode: 'enforce' });
    expect(letsOut(model, 'stranger', '192.0.2.1', tcp(1))).toBe(true);
    expect(model.populations.get('rest')).toEqual([3]);
  });
  it('is observed and let nowhere where there is none', () => {
    expect(letsOut(modelOf(), 'stranger', '192.0.2.1', tcp(1))).toBe(false);
    expect(letsIn(modelOf(), '192.0.2.1', 'stranger', tcp(1))).toBe(false);
  });
});

describe('a protected service', () => {
  const isReached = (outbound: SecurityGroup['outbound'], address: string, connection = tcp(80)) =>
    letsOut(webWith(outbound), 'shop-web-1', address, connection);

  it.each([
    ['any', trafficRules('outbound', [[any]])],
    ['all addresses', trafficRules('outbound', [[toBlock('0.0.0.0/0'), toBlock('::/0')]])],
    ['its own address', trafficRules('outbound', [[toBlock('169.254.169.254'), toBlock('fd00:ec2::254')]])],
    ['another service', trafficRules('outbound', [[toService('dns'), toService('host')]])],
  ])('is not reached by a rule of %s', (_, outbound) => {
    expect(isReached(outbound, '169.254.169.254')).toBe(false);
    expect(isReached(outbound, 'fd00:ec2::254')).toBe(false);
  });

  it('is reached by a rule that names it, on its ports', () => {
    const named = trafficRules('outbound', [[toService('metadata')], tcp(80)]);
    expect(isReached(named, '169.254.169.254')).toBe(true);
    expect(isReached(named, 'fd00:ec2::254')).toBe(true);
    expect(isReached(named, '169.254.169.254', tcp(443))).toBe(false);
    expect(isReached([...named, ...trafficRules('outbound', [[any]])], '169.254.169.254', tcp(443))).toBe(false);
  });

  it('is not reached by who may reach the host that it is on', () => {
    const host = trafficRules('outbound', [[toService('host')]]);
    expect(isReached(host, '10.0.0.9', tcp(22))).toBe(true);
    expect(isReached(host, '10.0.0.9', tcp(2375))).toBe(false);
    const engine = trafficRules('outbound', [[toService('engine-api')]]);
    expect(isReached(engine, '10.0.0.9', tcp(2376))).toBe(true);
    expect(isReached(engine, '10.0.0.9', tcp(22))).toBe(false);
  });

  it('lets names be asked where the resolver is on the host', () => {
    const network = hostNetwork({ ...services, dns: [{ addresses: '172.18.0.1', protocol: 'udp', ports: [53, 53] }] });
    const model = webWith(trafficRules('outbound', [[toService('dns')]]), { network });
    expect(letsOut(model, 'shop-web-1', '172.18.0.1', dns)).toBe(true);
    expect(letsOut(model, 'shop-web-1', '172.18.0.1', tcp(22))).toBe(false);
  });

  it.each([
    ['any and a name', [[any], [toName('api.example')]], false],
    ['any alone', [[any]], true],
    ['a name and its block', [[toName('api.example')], [toBlock('1.1.1.1')]], true],
    ['a name and a wider block', [[toName('api.example')], [toBlock('1.0.0.0/8')]], false],
    ['a name of a resolver', [[toName('api.example')], [toName('dns.google')]], false],
  ] as const)('of public resolvers is reached by a rule of %s: %s', (_, rules, isReachedNow) => {
    const model = webWith(trafficRules('outbound', ...rules.map((peers) => [[...peers]] as const)));
    expect(letsOut(model, 'shop-web-1', '1.1.1.1', tcp(443))).toBe(isReachedNow);
    expect(letsOut(model, 'shop-web-1', '198.51.100.1', tcp(443))).toBe(rules[0][0] === any);
  });

  it('of public resolvers is reached as another group of the container says', () => {
    const of = (name: string, rule: Parameters<typeof trafficRules>[1]) =>
      securityGroup(name, { members: [{ service: 'web' }], outbound: trafficRules('outbound', rule) });
    const groups = [of('naming', [[toName('api.example')]]), of('open', [[any], tcp(443)])];
    for (const port of [443, 853])
      expect(letsOut(modelOf({ groups }), 'shop-web-1', '1.1.1.1', tcp(port))).toBe(port === 443);
  });

  it('is told as what refuses', () => {
    const model = webWith(trafficRules('outbound', [[any]], [[toName('api.example')]]));
    const [endpoint] = model.endpoints;
    if (endpoint === undefined) throw new Error('no endpoint');
    const to = { kind: 'address', address: '9.9.9.9' } as const;
    const found = explainConnection(model, { from: { kind: 'endpoint', endpoint }, to, protocol: 'tcp', port: 443 });
    expect(found.outbound?.message).toContain('by public resolvers (refused where rules say names)');
  });

  it.each(namedServices)('is one for every name of it but two: %s', (service: NamedService) => {
    const model = webWith(trafficRules('outbound', [[any]]), {
      network: hostNetwork({ [service]: [{ addresses: '10.1.1.1/32' }] }),
    });
    expect(letsOut(model, 'shop-web-1', '10.1.1.1', tcp(80))).toBe(service === 'dns' || service === 'registry');
  });

  it('is protected where it runs in a container too, and reached by its name', () => {
    const network = hostNetwork({ portwarden: [{ addresses: '172.18.1.3', protocol: 'tcp', ports: [7080, 7080] }] });
    const containers = [web, db];
    const inbound = trafficRules('inbound', [[any]]);
    const open = (outbound: SecurityGroup['outbound']) =>
      modelOf({
        groups: [securityGroup('all', { members: [{ project: 'shop' }], inbound, outbound })],
        containers,
        network,
      });
    const byAny = open(trafficRules('outbound', [[any]]));
    expect(connects(byAny, 'shop-web-1', 'shop-db-1', tcp(7080))).toBe(false);
    expect(connects(byAny, 'shop-web-1', 'shop-db-1', tcp(80))).toBe(true);
    const byName = open(trafficRules('outbound', [[toService('portwarden')]]));
    expect(connects(byName, 'shop-web-1', 'shop-db-1', tcp(7080))).toBe(true);
    expect(connects(byName, 'shop-web-1', 'shop-db-1', tcp(80))).toBe(false);
  });

  it('does not make services of the containers in its block', () => {
    const network = hostNetwork({ 'kubernetes-api': [{ addresses: '172.18.0.0/16' }] });
    const model = modelOf({ network });
    expect(connects(model, 'shop-web-1', 'shop-db-1', tcp(5432))).toBe(true);
  });

  it('may be let in without its own ports', () => {
    const group = securityGroup('web', {
      members: [{}],
      inbound: trafficRules('inbound', [[toService('engine-api')], tcp(80)]),
    });
    const model = modelOf({ groups: [group] });
    expect(letsIn(model, '10.0.0.9', 'shop-web-1', tcp(80))).toBe(true);
    expect(letsIn(model, '10.0.0.8', 'shop-web-1', tcp(80))).toBe(false);
  });
});

describe('a deny list', () => {
  const denyLists = [{ name: 'bad', addresses: parseCidr('192.0.2.0/28') ?? { v4: [], v6: [] } }];
  it('is before all that groups let, both ways', () => {
    const group = securityGroup('web', {
      members: [{ service: 'web' }],
      inbound: trafficRules('inbound', [[any]]),
      outbound: trafficRules('outbound', [[toBlock('192.0.2.1'), any]]),
    });
    const model = modelOf({ groups: [group], denyLists });
    expect(letsOut(model, 'shop-web-1', '192.0.2.1', tcp(1))).toBe(false);
    expect(letsOut(model, 'shop-web-1', '192.0.2.16', tcp(1))).toBe(true);
    expect(letsIn(model, '192.0.2.1', 'shop-web-1', tcp(1))).toBe(false);
  });
  it('is before services that rules name', () => {
    const network = hostNetwork({ metadata: [{ addresses: '192.0.2.1' }] });
    const model = webWith(trafficRules('outbound', [[toService('metadata')]]), { network, denyLists });
    expect(letsOut(model, 'shop-web-1', '192.0.2.1', tcp(1))).toBe(false);
  });
});

describe('whatever groups there are', () => {
  const name = fc.constantFrom('a', 'b', 'c');
  const peer = fc.oneof(
    fc.constant(any),
    name.map(toGroup),
    fc.constantFrom('10.0.0.0/8', '192.0.2.0/24', '0.0.0.0/0', '::/0').map(toBlock),
    fc.constantFrom<NamedService>('dns', 'host', 'metadata', 'engine-api').map(toService),
  );
  const rule = fc.tuple(fc.array(peer, { minLength: 1, maxLength: 3 }), fc.constantFrom(tcp(80), tcp(1, 65_535), dns));
  const group = fc.record({
    mode: fc.constantFrom('enforce' as const, 'observe' as const),
    members: fc.array(fc.constantFrom({ service: 'web' }, { service: 'db' }, { project: 'shop' }), { maxLength: 2 }),
    isDefault: fc.boolean(),
    inbound: fc.array(rule, { maxLength: 3 }).map((rules) => trafficRules('inbound', ...rules)),
    outbound: fc.array(rule, { maxLength: 3 }).map((rules) => trafficRules('outbound', ...rules)),
  });
  const groupSet = fc
    .uniqueArray(fc.tuple(name, group), { selector: ([each]) => each })
    .map((groups) => groups.map(([each, more]) => securityGroup(each, more)));
  const denyLists = [
    { name: 'bad', addresses: parseCidr('192.0.2.0/28') ?? { v4: [], v6: [] } },
    { name: 'worse', addresses: parseCidr('10.0.0.53') ?? { v4: [], v6: [] } },
  ];
  const outside = [
    '192.0.2.1',
    '192.0.2.77',
    '10.0.0.53',
    '10.0.0.9',
    '169.254.169.254',
    '203.0.113.1',
    'fd00:ec2::254',
  ];
  const asked = [tcp(80), tcp(2375), dns];

  it('the order of what is given changes nothing', () => {
    fc.assert(
      fc.property(groupSet, fc.infiniteStream(fc.nat()), (groups, numbers) => {
        const shuffled = <Item>(items: readonly Item[]): readonly Item[] =>
          items
            .map((item) => ({ item, rank: numbers.next().value as number }))
            .sort((a, b) => a.rank - b.rank)
            .map(({ item }) => item);
        const all = { ...input, groups, denyLists };
        const again = {
          ...all,
          groups: shuffled(groups),
          denyLists: shuffled(denyLists),
          containers: shuffled(input.containers),
        };
        expect(compileTraffic(again)).toEqual(compileTraffic(all));
        expect([...compileTraffic(again).model.populations.keys()]).toEqual([
          ...compileTraffic(all).model.populations.keys(),
        ]);
      }),
    );
  });

  it('one more rule closes nothing, and opens nothing of a deny list', () => {
    fc.assert(
      fc.property(groupSet, rule, fc.boolean(), fc.nat(), (groups, more, isOutbound, at) => {
        if (groups.length === 0) return;
        const direction = isOutbound ? 'outbound' : 'inbound';
        const chosen = groups[at % groups.length] as SecurityGroup;
        const [added] = trafficRules(direction, more);
        const changed = { ...chosen, [direction]: [...chosen[direction], { ...added, path: 'added' }] };
        const before = modelOf({ groups, denyLists });
        const after = modelOf({ groups: groups.map((each) => (each === chosen ? changed : each)), denyLists });
        for (const { name: from } of before.endpoints) {
          for (const connection of asked) {
            for (const { name: to } of before.endpoints)
              if (connects(before, from, to, connection)) expect(connects(after, from, to, connection)).toBe(true);
            for (const address of outside) {
              const [out, into] = [letsOut(after, from, address, connection), letsIn(after, address, from, connection)];
              if (letsOut(before, from, address, connection)) expect(out).toBe(true);
              if (letsIn(before, address, from, connection)) expect(into).toBe(true);
              if (address === '192.0.2.1' || address === '10.0.0.53') expect(out || into).toBe(false);
            }
          }
        }
      }),
    );
  });

  it('nobody reaches a protected service whom no rule lets by its name', () => {
    fc.assert(
      fc.property(groupSet, (groups) => {
        const model = modelOf({ groups, denyLists });
        for (const { name: from, groups: names } of model.endpoints) {
          const isNamed = (service: NamedService) =>
            groups.some(
              (each) =>
                names.includes(each.name) &&
                each.outbound
                  .flatMap(({ peers }) => peers)
                  .some((one) => one.kind === 'service' && one.service === service),
            );
          for (const connection of asked) {
            if (!isNamed('metadata')) expect(letsOut(model, from, '169.254.169.254', connection)).toBe(false);
            if (!isNamed('engine-api')) expect(letsOut(model, from, '10.0.0.9', tcp(2375))).toBe(false);
            if (!isNamed('host')) expect(letsOut(model, from, '10.0.0.9', tcp(80))).toBe(false);
          }
        }
      }),
    );
  });
});
