import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../../src/base/index.ts';
import { allConnections, connectionsTo, unionConnections } from '../../../src/model/index.ts';
import { compileRuleset, compileTraffic, createDataplane, type Ruleset } from '../../../src/segmentation/index.ts';
import { createNetworkBed, describeWith, type NetworkBed } from '../../engines/index.ts';
import {
  composeContainer,
  hostNetwork,
  securityGroup,
  tcp,
  toBlock,
  toGroup,
  trafficRules,
} from '../../fakes/networked-containers.ts';
import { createRandom } from '../../fakes/random.ts';
import { type MadeContainer, type MadeGroup, makeTraffic } from '../../fakes/traffic.ts';

/**
 * After any way to a state the kernel holds what was meant: forwards, backwards, squashed, after restarts, and whatever
 * somebody else did in between. Nobody sends a packet here.
 */
describeWith(['nftables'], 'the dataplane, led through states', () => {
  let bed: NetworkBed;
  const states = madeStates();
  beforeAll(async () => {
    bed = await createNetworkBed([]);
  });
  afterAll(() => bed?.close());
  const begin = (): ReturnType<typeof createDataplane> => createDataplane({ log: silentLog, namespace: bed.host });

  const ways: Readonly<Record<string, readonly number[]>> = {
    forwards: states.map((_, index) => index),
    backwards: states.map((_, index) => states.length - 1 - index),
    squashed: [0, states.length - 1, 0],
    'to and fro': states.flatMap((_, index) => [index, 0, index]),
  };

  describe.each(Object.entries(ways))('%s', (_, way) => {
    it('holds each state when it was applied, and nothing is left of the one before', async () => {
      const dataplane = begin();
      for (const index of way) {
        const state = at(states, index);
        await dataplane.apply(state);
        expect((await dataplane.observe())?.text, `state ${index}`).toBe(state.text);
        expect((await dataplane.apply(state)).change).toBe('none');
      }
    });

    it('does so while it watches, and trusts what it applied', async () => {
      const dataplane = begin();
      let told = 0;
      await dataplane.watch(() => told++);
      for (const index of way) {
        const state = at(states, index);
        await dataplane.apply(state);
        expect((await dataplane.apply(state)).change).toBe('none');
        expect((await dataplane.observe())?.text, `state ${index}`).toBe(state.text);
      }
      await dataplane.close();
      expect(told).toBe(0);
    });

    it('does so across restarts', async () => {
      for (const index of way) {
        const state = at(states, index);
        await begin().apply(state);
        expect((await begin().observe())?.text, `state ${index}`).toBe(state.text);
      }
    });
  });

  it('holds each state of a host whose containers come and go', async () => {
    const dataplane = begin();
    await dataplane.watch(() => undefined);
    let elements = 0;
    for (const [index, state] of comingAndGoing().entries()) {
      const { change } = await dataplane.apply(state);
      if (change === 'elements') elements++;
      expect((await dataplane.observe())?.text, `state ${index}`).toBe(state.text);
    }
    expect(elements).toBeGreaterThan(10);
    await dataplane.close();
  });

  it.each([
    ['everything flushed', 'flush ruleset'],
    ['one table gone', 'delete table inet portwarden'],
    ['the bridge table gone', 'delete table bridge portwarden'],
    ['a rule put before ours', 'insert rule inet portwarden sender accept'],
    ['a rule put behind ours', 'add rule inet portwarden judge accept'],
    ['a chain emptied', 'flush chain inet portwarden refuse'],
    ['an element added', 'add element inet portwarden observing4 { 10.0.0.99 }'],
    ['an element deleted', 'delete element inet portwarden src4 { 10.0.0.2 }'],
    ['a set emptied', 'flush set bridge portwarden ports'],
    ['a chain added', 'add chain inet portwarden mine'],
    ['a set added', 'add set inet portwarden mine { type ipv4_addr; }'],
    ['a counter added', 'add counter inet portwarden mine'],
    ['a hook added', 'add chain inet portwarden mine { type filter hook forward priority -999; policy accept; }'],
    ['a policy changed', 'add chain inet portwarden forward { policy drop; }'],
  ])('repairs what somebody else did: %s', async (_, change) => {
    const dataplane = begin();
    const first = at(states, 1);
    await dataplane.apply(first);
    await bed.nft(bed.host, change);
    expect((await dataplane.apply(first)).change).toBe('repaired');
    expect((await dataplane.observe())?.text).toBe(first.text);
    // On the way to another state, too.
    await bed.nft(bed.host, change);
    const next = at(states, 2);
    expect((await dataplane.apply(next)).change).toBe('repaired');
    expect((await dataplane.observe())?.text).toBe(next.text);
    expect((await dataplane.apply(next)).change).toBe('none');
  });

  it('is told of a change that somebody else makes, not of its own, nor of those of other tables', async () => {
    const dataplane = begin();
    let told = 0;
    let tell: () => void = () => undefined;
    await dataplane.apply(at(states, 1));
    await dataplane.watch(() => {
      told++;
      tell();
    });
    await dataplane.apply(at(states, 2));
    await dataplane.apply(at(states, 1));
    await bed.nft(bed.host, 'table ip foreign { chain c { drop; }; }');
    await bed.nft(bed.host, 'delete table ip foreign');
    await dataplane.apply(at(states, 2));
    expect(told).toBe(0);
    const heard = new Promise<void>((resolve) => {
      tell = resolve;
    });
    await bed.nft(bed.host, 'flush ruleset');
    await heard;
    expect((await dataplane.apply(at(states, 2))).change).toBe('repaired');
    expect((await dataplane.observe())?.text).toBe(at(states, 2).text);
    await dataplane.close();
    // Without a watch it looks itself.
    await bed.nft(bed.host, 'flush ruleset');
    expect((await dataplane.apply(at(states, 2))).change).toBe('repaired');
  });

  it('leaves the tables of others as they are, and nothing of its own when it goes', async () => {
    const dataplane = begin();
    await bed.nft(bed.host, 'table inet foreign { chain c { type filter hook forward priority 0; }; }');
    const before = await bed.run(bed.host, 'nft', 'list', 'table', 'inet', 'foreign');
    for (const state of states) await dataplane.apply(state);
    await dataplane.remove();
    expect(await dataplane.observe()).toBeUndefined();
    expect(await bed.run(bed.host, 'nft', 'list', 'ruleset')).toBe(before);
    await dataplane.remove();
    await bed.nft(bed.host, 'delete table inet foreign');
  });

  it('leaves what held where the kernel refuses a change, and says so', async () => {
    const dataplane = begin();
    const good = at(states, 1);
    await dataplane.apply(good);
    const [inet, ...others] = good.tables;
    if (inet === undefined) throw new Error('no table');
    const chains = new Map([...inet.chains, ['refuse', { rules: ['goto nowhere'] }]] as const);
    const bad: Ruleset = {
      text: good.text.replace('jump count_refused', 'goto nowhere'),
      tables: [{ ...inet, chains }, ...others],
    };
    await expect(dataplane.apply(bad)).rejects.toMatchObject({ code: 'refused-by-kernel' });
    expect((await dataplane.observe())?.text).toBe(good.text);
    expect((await dataplane.apply(good)).change).toBe('none');
  });

  it('says that there is no dataplane where nft is missing', async () => {
    const missing = createDataplane({ log: silentLog, nft: '/nonexistent/nft' });
    await expect(missing.observe()).rejects.toMatchObject({ code: 'no-dataplane' });
  });
});

/** Rulesets that share what did not change, as an agent's do. */
function comingAndGoing(): readonly Ruleset[] {
  const random = createRandom(11);
  const all = Array.from({ length: 24 }, (_, number) =>
    composeContainer(number + 2, `project-${number % 3}`, number % 2 === 0 ? 'web' : 'db'),
  );
  const groups = [
    securityGroup('web', {
      members: [{ service: 'web' }],
      outbound: trafficRules('outbound', [[toGroup('db')], tcp(5432)], [[toBlock('192.0.2.0/24')]]),
    }),
    securityGroup('db', {
      members: [{ service: 'db', project: 'project-1' }],
      mode: 'observe',
      inbound: trafficRules('inbound', [[toGroup('web')], tcp(5432)]),
    }),
    securityGroup('rest', { isDefault: true, inbound: trafficRules('inbound', [[toGroup('web')], tcp(9)]) }),
  ];
  const rules = { groups, denyLists: [], network: hostNetwork() };
  let running = all.slice(0, 12);
  return Array.from({ length: 40 }, () => {
    const one = random.pick(all);
    running = running.includes(one) ? running.filter((other) => other !== one) : [...running, one];
    const { model } = compileTraffic({ ...rules, containers: running });
    return compileRuleset({ ...rules, model, containers: running });
  });
}

function at(states: readonly Ruleset[], index: number): Ruleset {
  const state = states[index];
  if (state === undefined) throw new Error(`no state ${index}`);
  return state;
}

/** From nothing to many of everything that rules have, so that each step changes elements, chains, sets or all of them. */
function madeStates(): readonly Ruleset[] {
  const container = (index: number, bridge = 'br0', six = true): MadeContainer => ({
    name: `c${index}`,
    bridge,
    port: `veth${index}`,
    mac: `02:42:0a:00:00:${index.toString(16).padStart(2, '0')}`,
    v4: `10.0.0.${index}`,
    ...(six ? { v6: `fd00::${index.toString(16)}` } : {}),
  });
  const few = [container(2), container(3), container(4, 'br1', false)];
  const many = Array.from({ length: 40 }, (_, index) => container(index + 2, `br${index % 3}`, index % 2 === 0));
  const web = connectionsTo('tcp', 80, 80);
  const mixed = unionConnections(
    unionConnections(connectionsTo('tcp', 443, 443), connectionsTo('tcp', 8000, 8100)),
    unionConnections(connectionsTo('udp', 53, 53), connectionsTo('icmp', 8, 8)),
  );
  const blocks = ['192.0.2.0/24', '198.51.100.7/32', '203.0.113.0/25', '2001:db8::/32', '2001:db9::1/128'];
  const shop: Readonly<Record<string, MadeGroup>> = {
    'shop-web': {
      members: ['c2'],
      outbound: [
        { peers: ['group:shop-db'], connections: connectionsTo('tcp', 5432, 5432) },
        { peers: ['name:api.example', 'name:*.example.com'], connections: connectionsTo('tcp', 443, 443) },
      ],
      inbound: [{ peers: ['any'], connections: web }],
    },
    'shop-db': {
      members: ['c3', 'c4'],
      inbound: [{ peers: ['group:shop-web'], connections: connectionsTo('tcp', 5432) }],
    },
  };
  const dense: Readonly<Record<string, MadeGroup>> = {
    ...shop,
    'a group/with odd: name': {
      members: many.slice(3, 20).map(({ name }) => name),
      mode: 'observe',
      outbound: [
        { peers: ['169.254.169.254/32'], connections: allConnections, action: 'deny' },
        { peers: blocks, connections: mixed },
        { peers: ['*'], connections: connectionsTo('sctp') },
      ],
      inbound: [{ peers: ['*', 'any'], connections: allConnections }],
    },
    rest: {
      members: many.slice(20).map(({ name }) => name),
      outbound: [{ peers: ['198.51.100.0/24'], connections: mixed }],
      inbound: [{ peers: ['group:shop-web', 'group:nobody'], connections: mixed }],
    },
  };
  const flipped = { ...dense, rest: { ...dense.rest, members: [], mode: 'observe' as const } };
  const services = new Map([
    ['dns', [{ addresses: '192.0.2.53/32' }]],
    ['host', [{ addresses: '10.0.0.1/32' }, { addresses: '198.51.100.128/25' }]],
  ] as const);
  return [
    compileRuleset(makeTraffic([], {})),
    compileRuleset(makeTraffic(few, shop)),
    compileRuleset(makeTraffic(few.slice(0, 2), shop)),
    compileRuleset({ ...makeTraffic(few, shop), resolver: { port: 5353 } }),
    compileRuleset(makeTraffic(many, dense, services)),
    compileRuleset(makeTraffic(many.slice(0, 30), dense, services)),
    compileRuleset({ ...makeTraffic(many, flipped), resolver: { port: 5300 } }),
  ];
}
