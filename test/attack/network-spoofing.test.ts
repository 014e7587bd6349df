import { afterAll, beforeAll, expect, it } from 'vitest';
import { silentLog } from '../../src/base/index.ts';
import { allConnections } from '../../src/model/index.ts';
import { compileRuleset, createDataplane, type KernelDataplane } from '../../src/segmentation/index.ts';
import { type BedContainer, createNetworkBed, describeWith, type NetworkBed } from '../engines/index.ts';
import { type MadeGroup, makeTraffic } from '../fakes/traffic.ts';

/** A container that is root in its own namespace writes whatever it likes into its packets; others count what arrives. */
describeWith(['nftables'], 'a container that lies about who it is', () => {
  let bed: NetworkBed;
  let dataplane: KernelDataplane;
  let mallory: BedContainer;
  let friend: BedContainer;
  let victim: BedContainer;
  let stranger: BedContainer;
  const groups: Readonly<Record<string, MadeGroup>> = {
    // Friends may reach victims; mallory may reach nobody.
    evil: { members: ['mallory'], outbound: [], inbound: [] },
    friends: {
      members: ['friend'],
      outbound: [{ peers: ['group:victims'], connections: allConnections }],
      inbound: [],
    },
    victims: { members: ['victim'], outbound: [], inbound: [{ peers: ['*'], connections: allConnections }] },
  };
  const known = (): readonly BedContainer[] => [mallory, friend, victim];

  beforeAll(async () => {
    bed = await createNetworkBed([{ name: 'br0', v4: '10.1.0.1/24', v6: 'fd00:1::1/64' }]);
    mallory = await bed.attach({ name: 'mallory', bridge: 'br0', v4: '10.1.0.2/24', v6: 'fd00:1::2/64' });
    friend = await bed.attach({ name: 'friend', bridge: 'br0', v4: '10.1.0.3/24', v6: 'fd00:1::3/64' });
    victim = await bed.attach({ name: 'victim', bridge: 'br0', v4: '10.1.0.4/24', v6: 'fd00:1::4/64' });
    stranger = await bed.attach({ name: 'stranger', bridge: 'br0', v4: '10.1.0.9/24', v6: 'fd00:1::9/64' });
    await bed.serve(victim.namespace, 80);
    dataplane = createDataplane({ log: silentLog, namespace: bed.host });
    await dataplane.apply(compileRuleset(makeTraffic(known(), groups)));
  });
  afterAll(async () => {
    await dataplane?.close();
    await bed?.close();
  });

  /** What the kernel of the sender's namespace makes of its packets as they leave. */
  const mangle = (who: BedContainer, rule: string): Promise<void> =>
    bed.nft(who.namespace, `table inet lie { chain out { type filter hook postrouting priority 0; ${rule}; }; }`);
  const unmangle = (who: BedContainer): Promise<void> => bed.nft(who.namespace, 'delete table inet lie');

  it('is what a friend is not: packets of a friend arrive, over both versions', async () => {
    expect(await bed.connects(friend.namespace, victim.v4, 80)).toBe(true);
    expect(await bed.connects(friend.namespace, victim.v6 ?? '', 80)).toBe(true);
    expect(await bed.connects(mallory.namespace, victim.v4, 80)).toBe(false);
    expect(await bed.connects(mallory.namespace, victim.v6 ?? '', 80)).toBe(false);
  });

  it.each([
    ['the address of a friend', 'ip saddr set 10.1.0.3', 'ip saddr 10.1.0.3 udp dport 999'],
    ['the address of nobody', 'ip saddr set 10.1.0.77', 'ip saddr 10.1.0.77 udp dport 999'],
    ['the address of the host', 'ip saddr set 10.1.0.1', 'ip saddr 10.1.0.1 udp dport 999'],
    ['an address from outside', 'ip saddr set 192.0.2.2', 'ip saddr 192.0.2.2 udp dport 999'],
  ])('gets no packet through with %s', async (_, rule, match) => {
    const arrived = await bed.witness(victim, match);
    await mangle(mallory, `udp dport 999 ${rule}`);
    try {
      await bed.sendUdp(mallory.namespace, victim.v4, 999);
    } finally {
      await unmangle(mallory);
    }
    expect(await arrived()).toBe(0);
    const { spoofed } = await dataplane.readCounters();
    expect(spoofed.find(({ port }) => port === mallory.port)?.packets).toBeGreaterThan(0);
  });

  it('gets no packet through with an address of version 6 of a friend', async () => {
    const arrived = await bed.witness(victim, 'ip6 saddr fd00:1::3 udp dport 999');
    await mangle(mallory, 'udp dport 999 ip6 saddr set fd00:1::3');
    await bed.sendUdp(mallory.namespace, victim.v6 ?? '', 999);
    await unmangle(mallory);
    expect(await arrived()).toBe(0);
  });

  it('gets no packet through with another hardware address, not even that of a friend', async () => {
    const arrived = await bed.witness(victim, 'udp dport 998');
    await bed.run(mallory.namespace, 'ip', 'link', 'set', 'eth0', 'address', friend.mac);
    await bed.run(mallory.namespace, 'ip', 'address', 'add', '10.1.0.3/24', 'dev', 'eth0');
    await bed.run(mallory.namespace, 'ip', 'neigh', 'replace', victim.v4, 'lladdr', victim.mac, 'dev', 'eth0');
    try {
      await bed.sendUdp(mallory.namespace, victim.v4, 998);
      await mangle(mallory, 'udp dport 998 ip saddr set 10.1.0.3');
      await bed.sendUdp(mallory.namespace, victim.v4, 998);
    } finally {
      await unmangle(mallory);
      await bed.run(mallory.namespace, 'ip', 'address', 'del', '10.1.0.3/24', 'dev', 'eth0');
      await bed.run(mallory.namespace, 'ip', 'link', 'set', 'eth0', 'address', mallory.mac);
    }
    expect(await arrived()).toBe(0);
    // What it taught the bridge is learned anew from the friend itself.
    expect(await bed.connects(friend.namespace, victim.v4, 80)).toBe(true);
  });

  it('tells nobody that an address of another is its own: neither a container nor the host', async () => {
    const asked = await bed.witness(victim, 'arp saddr ip 10.1.0.3');
    await bed
      .run(
        mallory.namespace,
        'busybox',
        'arping',
        '-U',
        '-c',
        '2',
        '-w',
        '2',
        '-I',
        'eth0',
        '-s',
        '10.1.0.3',
        '10.1.0.3',
      )
      .catch(() => undefined);
    await bed.nft(
      mallory.namespace,
      'table arp lie { chain out { type filter hook output priority 0; arp saddr ip set 10.1.0.3; }; }',
    );
    await bed.run(mallory.namespace, 'ip', 'neigh', 'flush', 'dev', 'eth0');
    await bed.sendUdp(mallory.namespace, victim.v4, 997);
    await bed.sendUdp(mallory.namespace, '10.1.0.1', 997);
    await bed.nft(mallory.namespace, 'delete table arp lie');
    expect(await asked()).toBe(0);
    const neighbors = await bed.run(bed.host, 'ip', 'neigh', 'show', '10.1.0.3');
    expect(neighbors).not.toContain(mallory.mac);
  });

  it('gets nothing through before it is known, nor does anything get to it', async () => {
    const arrived = await bed.witness(victim, 'ip saddr 10.1.0.9');
    const asked = await bed.witness(victim, 'arp saddr ip 10.1.0.9');
    const got = await bed.witness(stranger, 'meta l4proto { tcp, udp, icmp }');
    expect(await bed.connects(stranger.namespace, victim.v4, 80)).toBe(false);
    expect(await bed.echoes(stranger.namespace, '10.1.0.1')).toBe(false);
    expect(await bed.connects(stranger.namespace, '192.0.2.2', 80)).toBe(false);
    expect(await bed.echoes(friend.namespace, stranger.v4)).toBe(false);
    expect(await bed.echoes(bed.host, stranger.v4)).toBe(false);
    expect(await arrived()).toBe(0);
    expect(await asked()).toBe(0);
    expect(await got()).toBe(0);

    const withIt: Readonly<Record<string, MadeGroup>> = {
      ...groups,
      friends: { ...groups.friends, members: ['friend', 'stranger'] },
    };
    await dataplane.apply(compileRuleset(makeTraffic([...known(), stranger], withIt)));
    expect(await bed.connects(stranger.namespace, victim.v4, 80)).toBe(true);
    await dataplane.apply(compileRuleset(makeTraffic(known(), groups)));
    expect(await bed.connects(stranger.namespace, victim.v4, 80)).toBe(false);
  });

  it('inherits nothing with the address of one that is gone, not even its open connections', async () => {
    const heir = await bed.attach({ name: 'heir', bridge: 'br0', v4: '10.1.0.5/24' });
    const withHeir: Readonly<Record<string, MadeGroup>> = {
      ...groups,
      friends: { ...groups.friends, members: ['friend', 'heir'] },
    };
    await dataplane.apply(compileRuleset(makeTraffic([...known(), heir], withHeir)));
    expect(await bed.connects(heir.namespace, victim.v4, 80)).toBe(true);
    await bed.detach(heir);
    const next = await bed.attach({ name: 'next', bridge: 'br0', v4: '10.1.0.5/24', port: heir.port });
    // Before the agent knows: the port and the address are the same, the hardware address is not.
    expect(await bed.connects(next.namespace, victim.v4, 80)).toBe(false);
    const asEvil: Readonly<Record<string, MadeGroup>> = { ...groups, evil: { members: ['mallory', 'next'] } };
    await dataplane.apply(compileRuleset(makeTraffic([...known(), next], asEvil)));
    expect(await bed.connects(next.namespace, victim.v4, 80)).toBe(false);
    await bed.detach(next);
    await dataplane.apply(compileRuleset(makeTraffic(known(), groups)));
  });

  it('would get through without rules: the witnesses can see it', async () => {
    await dataplane.remove();
    const arrived = await bed.witness(victim, 'ip saddr 10.1.0.3 udp dport 996');
    await mangle(mallory, 'udp dport 996 ip saddr set 10.1.0.3');
    await bed.sendUdp(mallory.namespace, victim.v4, 996);
    await unmangle(mallory);
    expect(await arrived()).toBe(1);
    expect(await bed.connects(stranger.namespace, victim.v4, 80)).toBe(true);
  });
});
