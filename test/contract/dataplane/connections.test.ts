import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { silentLog } from '../../../src/base/index.ts';
import { allConnections, connectionsTo } from '../../../src/model/index.ts';
import {
  closedRuleset,
  compileRuleset,
  createDataplane,
  installBoot,
  type KernelDataplane,
} from '../../../src/segmentation/index.ts';
import { type BedContainer, createNetworkBed, describeWith, type NetworkBed } from '../../engines/index.ts';
import { type MadeGroup, makeTraffic } from '../../fakes/traffic.ts';

/** What passes, and what is counted, as real packets tell it. */
describeWith(['nftables'], 'a connection', () => {
  let bed: NetworkBed;
  let dataplane: KernelDataplane;
  let a: BedContainer;
  let b: BedContainer;
  let c: BedContainer;
  const web = connectionsTo('tcp', 80, 80);
  type Groups = Readonly<Record<string, MadeGroup>>;
  const apply = (groups: Groups, options: { services?: Parameters<typeof makeTraffic>[2]; port?: number } = {}) =>
    dataplane.apply(
      compileRuleset({
        ...makeTraffic([a, b, c], groups, options.services),
        ...(options.port === undefined ? {} : { resolver: { port: options.port } }),
      }),
    );
  const closed: Groups = { all: { members: ['a', 'b', 'c'] } };

  beforeAll(async () => {
    bed = await createNetworkBed([
      { name: 'br0', v4: '10.1.0.1/24', v6: 'fd00:1::1/64' },
      { name: 'br1', v4: '10.2.0.1/24' },
    ]);
    a = await bed.attach({ name: 'a', bridge: 'br0', v4: '10.1.0.2/24', v6: 'fd00:1::2/64', port: 'vetha' });
    b = await bed.attach({ name: 'b', bridge: 'br0', v4: '10.1.0.3/24', v6: 'fd00:1::3/64', port: 'vethb' });
    c = await bed.attach({ name: 'c', bridge: 'br1', v4: '10.2.0.2/24', port: 'vethc' });
    for (const { namespace } of [a, b, c]) await bed.serve(namespace, 80, 81);
    await bed.serve(bed.outside, 53, 80, 443);
    await bed.serve(bed.host, 22, 5353);
    dataplane = createDataplane({ log: silentLog, namespace: bed.host });
  });
  afterAll(async () => {
    await dataplane?.close();
    await bed?.close();
  });

  it('needs both its ends', async () => {
    const out = { outbound: [{ peers: ['*'], connections: web }] };
    const into = { inbound: [{ peers: ['*'], connections: web }] };
    const reached = async (groups: Groups): Promise<boolean> => {
      await apply(groups);
      return bed.connects(a.namespace, b.v4, 80);
    };
    expect(await reached({ one: { members: ['a'], ...out }, two: { members: ['b'] } })).toBe(false);
    expect(await reached({ one: { members: ['a'] }, two: { members: ['b'], ...into } })).toBe(false);
    expect(await reached({ one: { members: ['a'], ...out }, two: { members: ['b'], ...into } })).toBe(true);
  });

  it('is counted by what became of it, once, and from then on anew', async () => {
    await apply({
      one: { members: ['a'], outbound: [{ peers: ['*'], connections: web }] },
      two: { members: ['b'], inbound: [{ peers: ['*'], connections: web }] },
      three: { members: ['c'], mode: 'observe' },
    });
    await dataplane.readCounters();
    await bed.connects(a.namespace, b.v4, 80);
    await bed.connects(a.namespace, b.v6 ?? '', 80);
    await bed.connects(c.namespace, '192.0.2.2', 80);
    await bed.connects(b.namespace, a.v4, 81);
    await bed.echoes(b.namespace, a.v4);
    const counted = await dataplane.readCounters();
    const tcp = { protocol: 'tcp', packets: 1 };
    expect(counted.allowed).toEqual(
      expect.arrayContaining([
        { ...tcp, source: a.v4, destination: b.v4, port: 80 },
        { ...tcp, source: a.v6, destination: b.v6, port: 80 },
      ]),
    );
    expect(counted.allowed).toHaveLength(2);
    expect(counted.observed).toEqual([{ ...tcp, source: c.v4, destination: '192.0.2.2', port: 80 }]);
    expect(counted.refused).toEqual(
      expect.arrayContaining([
        { ...tcp, packets: expect.any(Number), source: b.v4, destination: a.v4, port: 81 },
        { protocol: 'icmp', packets: 1, source: b.v4, destination: a.v4, port: 8 },
      ]),
    );
    expect(counted.overflowed).toBe(false);
    expect(await dataplane.readCounters()).toMatchObject({ allowed: [], refused: [], observed: [] });
    await bed.connects(a.namespace, b.v4, 80);
    expect((await dataplane.readCounters()).allowed).toEqual([{ ...tcp, source: a.v4, destination: b.v4, port: 80 }]);
  });

  it('keeps its count when the tables are made anew', async () => {
    await apply({
      one: {
        members: ['a', 'b'],
        outbound: [{ peers: ['*'], connections: web }],
        inbound: [{ peers: ['*'], connections: web }],
      },
    });
    await dataplane.readCounters();
    await bed.connects(a.namespace, b.v4, 80);
    await bed.nft(bed.host, 'add chain inet portwarden mine');
    expect((await apply(closed)).change).toBe('repaired');
    expect((await dataplane.readCounters()).allowed).toHaveLength(1);
  });

  it('passes where both ends only observe, whatever is listed; not where one enforces', async () => {
    await apply({ loose: { members: ['a', 'b'], mode: 'observe' }, strict: { members: ['c'] } });
    expect(await bed.connects(a.namespace, b.v4, 80)).toBe(true);
    expect(await bed.connects(bed.outside, b.v4, 80)).toBe(true);
    expect(await bed.connects(a.namespace, '10.1.0.1', 22)).toBe(true);
    expect(await bed.connects(bed.host, a.v4, 80)).toBe(true);
    expect(await bed.echoes(a.namespace, b.v4)).toBe(true);
    const heard = await bed.witness(b, 'udp dport 5353');
    await bed.sendUdp(a.namespace, '224.0.0.251', 5353);
    expect(await heard()).toBe(1);
    expect(await bed.connects(a.namespace, c.v4, 80)).toBe(false);
    expect(await bed.connects(c.namespace, a.v4, 80)).toBe(false);
  });

  it('with what is outside passes by address, in both directions', async () => {
    const block = { peers: ['192.0.2.0/24', '2001:db8:ffff::/48'], connections: web };
    await apply({ one: { members: ['a'], outbound: [block], inbound: [block] }, two: { members: ['b', 'c'] } });
    expect(await bed.connects(a.namespace, '192.0.2.2', 80)).toBe(true);
    expect(await bed.connects(a.namespace, '2001:db8:ffff::2', 80)).toBe(true);
    expect(await bed.connects(a.namespace, '192.0.2.2', 443)).toBe(false);
    expect(await bed.connects(bed.outside, a.v4, 80)).toBe(true);
    expect(await bed.connects(bed.outside, a.v4, 81)).toBe(false);
    expect(await bed.connects(bed.outside, b.v4, 80)).toBe(false);
  });

  it('with a container is none with its address: blocks are of what is outside', async () => {
    const blocks = { peers: ['10.0.0.0/8'], connections: web };
    await apply({ one: { members: ['a', 'b', 'c'], outbound: [blocks], inbound: [blocks] } });
    expect(await bed.connects(a.namespace, b.v4, 80)).toBe(false);
    expect(await bed.connects(a.namespace, c.v4, 80)).toBe(false);
  });

  it('is refused by a narrower rule before a wider', async () => {
    const any = { peers: ['any'], connections: allConnections };
    const deny = { peers: ['192.0.2.2/32'], connections: connectionsTo('tcp', 443, 443), action: 'deny' as const };
    await apply({ one: { members: ['a'], outbound: [deny, any] }, two: { members: ['b', 'c'] } });
    expect(await bed.connects(a.namespace, '192.0.2.2', 80)).toBe(true);
    expect(await bed.connects(a.namespace, '192.0.2.2', 443)).toBe(false);
  });

  it('with the host needs the service host, whose addresses the host knows', async () => {
    const services = new Map([['host', [{ addresses: '10.1.0.1/32' }]]] as const);
    const ssh = connectionsTo('tcp', 22, 22);
    const rules = { peers: ['10.1.0.1/32', '192.0.2.1/32'], connections: ssh };
    const into = { peers: ['10.1.0.1/32'], connections: web };
    await apply(
      { one: { members: ['a'], outbound: [rules], inbound: [into] }, two: { members: ['b', 'c'] } },
      { services },
    );
    expect(await bed.connects(a.namespace, '10.1.0.1', 22)).toBe(true);
    // Listed by a rule, but no address of the host that it told of.
    expect(await bed.connects(a.namespace, '192.0.2.1', 22)).toBe(false);
    expect(await bed.connects(bed.host, a.v4, 80)).toBe(true);
    expect(await bed.connects(bed.host, b.v4, 80)).toBe(false);
  });

  it('through a published port is judged by the container behind it and who asks', async () => {
    const nat = `table ip nat {
      chain pre { type nat hook prerouting priority -100; ip daddr 192.0.2.1 tcp dport 8080 dnat to 10.1.0.2:80; };
      chain post { type nat hook postrouting priority 100; oifname "ext0" masquerade; ip saddr 10.1.0.2 ip daddr 10.1.0.2 masquerade; }; }`;
    await bed.nft(bed.host, nat);
    try {
      const from = (peers: readonly string[]): Groups => ({
        one: {
          members: ['a'],
          inbound: [{ peers, connections: web }],
          outbound: [{ peers: ['group:one', '192.0.2.2/32'], connections: web }],
        },
        two: { members: ['b'], outbound: [{ peers: ['group:one'], connections: web }] },
        three: { members: ['c'], outbound: [{ peers: ['any'], connections: allConnections }] },
      });
      await apply(from(['192.0.2.2/32', 'group:two', 'group:one']));
      expect(await bed.connects(bed.outside, '192.0.2.1', 8080)).toBe(true);
      expect(await bed.connects(b.namespace, '192.0.2.1', 8080)).toBe(true);
      // To all addresses, but not to the container that the port leads to.
      expect(await bed.connects(c.namespace, '192.0.2.1', 8080)).toBe(false);
      // Masqueraded, and back through the same port.
      expect(await bed.connects(a.namespace, '192.0.2.2', 80)).toBe(true);
      await bed.run(bed.host, 'ip', 'link', 'set', a.port, 'type', 'bridge_slave', 'hairpin', 'on');
      expect(await bed.connects(a.namespace, '192.0.2.1', 8080)).toBe(true);
      await apply(from(['192.0.2.77/32']));
      expect(await bed.connects(bed.outside, '192.0.2.1', 8080)).toBe(false);
    } finally {
      await bed.nft(bed.host, 'delete table ip nat');
    }
  });

  it('by name passes for as long as the answer holds, and across what changes meanwhile', async () => {
    const by = (...names: readonly string[]): Groups => ({
      one: { members: ['a'], outbound: [{ peers: names.map((name) => `name:${name}`), connections: web }] },
      two: { members: ['b', 'c'] },
    });
    const reaches = (): Promise<boolean> => bed.connects(a.namespace, '192.0.2.2', 80);
    await apply(by('api.example', '*.wide.example'));
    expect(await reaches()).toBe(false);
    await dataplane.allowName('other.example', ['192.0.2.2'], 60);
    await dataplane.allowName('api.example', ['not an address', '192.0.2.3'], 60);
    expect(await reaches()).toBe(false);
    await dataplane.allowName('deep.in.wide.example', ['192.0.2.2', '2001:db8:ffff::2'], 60);
    expect(await reaches()).toBe(true);
    expect(await bed.connects(a.namespace, '2001:db8:ffff::2', 80)).toBe(true);
    expect(await bed.connects(a.namespace, '192.0.2.2', 443)).toBe(false);
    // Made anew as a whole, and with the name in another rule.
    await bed.nft(bed.host, 'flush ruleset');
    await apply(by('*.wide.example'));
    expect(await reaches()).toBe(true);
    await apply(by('api.example'));
    expect(await reaches()).toBe(false);
    await Promise.all([
      dataplane.allowName('api.example', ['192.0.2.2'], 1),
      dataplane.allowName('api.example', ['192.0.2.4'], 60),
    ]);
    expect(await reaches()).toBe(true);
    await sleep(1500);
    expect(await reaches()).toBe(false);
    await dataplane.allowName('api.example', ['192.0.2.2'], 1);
    await dataplane.allowName('api.example', ['192.0.2.2'], 60);
    await sleep(1500);
    expect(await reaches()).toBe(true);
  });

  it('goes to where a name led before its rule was there', async () => {
    await apply(closed);
    await dataplane.allowName('api.example', ['192.0.2.2'], 60);
    await apply({ named: { members: ['a'], outbound: [{ peers: ['name:api.example'], connections: web }] } });
    expect(await bed.connects(a.namespace, '192.0.2.2', 80)).toBe(true);
  });

  it('to any server of names outside ends at our resolver, for those that have rules by name', async () => {
    await apply(
      {
        named: { members: ['a'], outbound: [{ peers: ['name:api.example'], connections: web }] },
        unnamed: { members: ['b', 'c'], outbound: [{ peers: ['192.0.2.99/32'], connections: web }] },
      },
      { port: 5353 },
    );
    await dataplane.answerNames(60);
    expect(await bed.connects(a.namespace, '192.0.2.99', 53)).toBe(true);
    expect(await bed.connects(a.namespace, '10.1.0.1', 53)).toBe(true);
    // Containers are reached by group, also those that are servers of names.
    expect(await bed.connects(a.namespace, b.v4, 53)).toBe(false);
    expect(await bed.connects(a.namespace, '10.1.0.1', 5353)).toBe(false);
    expect(await bed.connects(bed.outside, '192.0.2.1', 22)).toBe(true);
    expect(await bed.connects(bed.outside, '192.0.2.1', 5353)).toBe(false);
    expect(await bed.connects(b.namespace, '192.0.2.99', 53)).toBe(false);
    expect(await bed.connects(b.namespace, '10.1.0.1', 5353)).toBe(false);
  });

  it('to a server of names goes there, as rules let it, once our resolver says no more that it is there', async () => {
    const groups = (members: readonly string[]): Groups => ({
      named: {
        members,
        outbound: [
          { peers: ['name:api.example'], connections: web },
          { peers: ['192.0.2.2/32'], connections: connectionsTo('tcp', 53, 53) },
        ],
      },
    });
    await dataplane.remove();
    await dataplane.answerNames(2);
    await apply(groups(['a']), { port: 5353 });
    expect(await bed.connects(a.namespace, '192.0.2.99', 53)).toBe(true);
    await vi.waitFor(async () => expect(await bed.connects(a.namespace, '192.0.2.99', 53)).toBe(false), 10_000);
    expect(await bed.connects(a.namespace, '192.0.2.2', 53)).toBe(true);
    await dataplane.answerNames(60);
    expect(await bed.connects(a.namespace, '192.0.2.99', 53)).toBe(true);
    // As a later one says, and whatever else changes.
    await dataplane.answerNames(60);
    await apply(groups(['a', 'b']), { port: 5353 });
    expect(await bed.connects(b.namespace, '192.0.2.99', 53)).toBe(true);
    await dataplane.answerNames(0);
    await vi.waitFor(async () => expect(await bed.connects(a.namespace, '192.0.2.99', 53)).toBe(false), 10_000);
  });

  it('to a server of names that is a container goes there, where groups let it', async () => {
    const dns = connectionsTo('tcp', 53, 53);
    const traffic = makeTraffic([a, b, c], {
      named: {
        members: ['a'],
        outbound: [
          { peers: ['name:api.example'], connections: web },
          { peers: ['group:servers'], connections: dns },
        ],
      },
      servers: { members: ['b'], inbound: [{ peers: ['group:named'], connections: dns }] },
    });
    const bridges = traffic.network.bridges.map((bridge) => ({
      ...bridge,
      subnets: [...bridge.subnets, ...(bridge.bridge === 'br0' ? ['fd00:1::/64'] : [])],
    }));
    const network = { ...traffic.network, bridges };
    await dataplane.apply(compileRuleset({ ...traffic, network, resolver: { port: 5353 } }));
    for (const address of [b.v4, b.v6 ?? '']) {
      const seen = await bed.witness(b, 'tcp dport 53');
      await bed.connects(a.namespace, address, 53);
      expect(await seen(), address).toBeGreaterThan(0);
    }
    const seen = await bed.witness(c, 'tcp dport 53');
    expect(await bed.connects(a.namespace, c.v4, 53)).toBe(false);
    expect(await seen()).toBe(0);
  });

  it('is never let through between two rulesets', async () => {
    await apply(closed);
    const through = await bed.witness(b, 'udp dport 777');
    let stop = false;
    const flood = (async () => {
      while (!stop) await bed.run(a.namespace, 'bash', '-c', `for i in {1..200}; do echo >/dev/udp/${b.v4}/777; done`);
    })();
    for (let round = 0; round < 15; round++) {
      await apply(
        round % 2 === 0 ? { one: { members: ['a', 'b'], outbound: [{ peers: ['*'], connections: web }] } } : closed,
      );
      // As a whole, too.
      await bed.nft(bed.host, 'add chain inet portwarden mine');
      expect((await apply(closed)).change).toBe('repaired');
    }
    stop = true;
    await flood;
    expect(await through()).toBe(0);
  });

  it('is none from boot until the agent speaks', async () => {
    await dataplane.remove();
    expect(await bed.connects(a.namespace, b.v4, 80)).toBe(true);
    const folder = await mkdtemp(join(tmpdir(), 'portwarden-boot-'));
    try {
      const nft = (await bed.run(bed.host, 'sh', '-c', 'command -v nft')).trim();
      await installBoot({ folder, units: join(folder, 'units'), nft, bridges: ['br0', 'br1'] });
      await bed.run(bed.host, 'sh', join(folder, 'close.sh'));
      for (const to of [b.v4, c.v4, '192.0.2.2', '10.1.0.1'])
        expect(await bed.connects(a.namespace, to, 80), to).toBe(false);
      expect(await bed.connects(bed.outside, a.v4, 80)).toBe(false);
      expect(await bed.connects(bed.outside, '192.0.2.1', 22)).toBe(true);
      expect(await bed.connects(bed.host, '192.0.2.2', 80)).toBe(true);
      const rules = { outbound: [{ peers: ['*'], connections: web }], inbound: [{ peers: ['*'], connections: web }] };
      expect((await apply({ one: { members: ['a', 'b', 'c'], ...rules } })).change).toBe('whole');
      expect(await bed.connects(a.namespace, b.v4, 80)).toBe(true);
      // Started again by hand, it does nothing.
      await bed.run(bed.host, 'sh', join(folder, 'close.sh'));
      expect(await bed.connects(a.namespace, b.v4, 80)).toBe(true);
      expect(closedRuleset({ within: 'by-port' }).text).toContain('"docker0"');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
