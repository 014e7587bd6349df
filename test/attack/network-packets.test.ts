import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { silentLog } from '../../src/base/index.ts';
import { allConnections, connectionsTo, type TrafficProtocol, unionConnections } from '../../src/model/index.ts';
import { compileRuleset, createDataplane, type KernelDataplane } from '../../src/segmentation/index.ts';
import { type BedContainer, createNetworkBed, describeWith, type NetworkBed } from '../engines/index.ts';
import { type MadeGroup, makeTraffic } from '../fakes/traffic.ts';

/** Every kind of packet that is not what rules speak of, and every way in which a machine's firewall is disturbed. */
describeWith(['nftables'], 'a packet that no rule lists', () => {
  let bed: NetworkBed;
  let dataplane: KernelDataplane;
  let client: BedContainer;
  let server: BedContainer;
  let other: BedContainer;
  const web = connectionsTo('tcp', 80, 80);
  const groups = (connections = web): Readonly<Record<string, MadeGroup>> => ({
    clients: { members: ['client'], outbound: [{ peers: ['group:servers'], connections }] },
    servers: { members: ['server', 'other'], inbound: [{ peers: ['group:clients'], connections }] },
  });
  const apply = (connections = web): Promise<unknown> =>
    dataplane.apply(compileRuleset(makeTraffic([client, server, other], groups(connections))));
  const nft = (namespace: string, rules: string): Promise<void> => bed.nft(namespace, rules);

  beforeAll(async () => {
    bed = await createNetworkBed([
      { name: 'br0', v4: '10.1.0.1/24', v6: 'fd00:1::1/64' },
      { name: 'br1', v4: '10.2.0.1/24', v6: 'fd00:2::1/64' },
    ]);
    client = await bed.attach({ name: 'client', bridge: 'br0', v4: '10.1.0.2/24', v6: 'fd00:1::2/64' });
    server = await bed.attach({ name: 'server', bridge: 'br0', v4: '10.1.0.3/24', v6: 'fd00:1::3/64' });
    other = await bed.attach({ name: 'other', bridge: 'br1', v4: '10.2.0.3/24', v6: 'fd00:2::3/64' });
    await bed.serve(server.namespace, 80, 81);
    await bed.serve(other.namespace, 80, 81);
    await bed.serve(bed.host, 22);
    await bed.serve(bed.outside, 80);
    dataplane = createDataplane({ log: silentLog, namespace: bed.host });
  });
  beforeEach(() => apply());
  afterAll(async () => {
    await dataplane?.close();
    await bed?.close();
  });

  it('is not one to a listed port, on the same bridge and on another, over both versions', async () => {
    for (const to of [server.v4, server.v6 ?? '', other.v4, other.v6 ?? '']) {
      expect(await bed.connects(client.namespace, to, 80), to).toBe(true);
      expect(await bed.connects(client.namespace, to, 81), to).toBe(false);
    }
    expect(await bed.connects(server.namespace, client.v4, 80)).toBe(false);
  });

  it.each(['tcp', 'udp', 'icmp'] as const)('does not pass where only others are listed: %s', async (listed) => {
    await apply(connectionsTo(listed));
    const pass: Record<Exclude<TrafficProtocol, 'sctp'>, boolean> = {
      tcp: await bed.connects(client.namespace, server.v4, 80),
      udp: await passes(server, 'udp dport 999', () => bed.sendUdp(client.namespace, server.v4, 999)),
      icmp: await bed.echoes(client.namespace, server.v4),
    };
    expect(pass).toEqual({ tcp: listed === 'tcp', udp: listed === 'udp', icmp: listed === 'icmp' });
  });

  it.each(['ip', 'ip6'] as const)(
    'does not pass as SCTP or a raw protocol, unless SCTP is listed: %s',
    async (version) => {
      const to = version === 'ip' ? server.v4 : (server.v6 ?? '');
      const field = version === 'ip' ? 'ip protocol' : 'ip6 nexthdr';
      const send = async (protocol: number): Promise<boolean> => {
        await nft(
          client.namespace,
          `table inet lie { chain out { type filter hook postrouting priority 0; udp dport 80 ${field} set ${protocol}; }; }`,
        );
        const arrives = await passes(server, `${field} ${protocol}`, () => bed.sendUdp(client.namespace, to, 80));
        await nft(client.namespace, 'delete table inet lie');
        return arrives;
      };
      const all = unionConnections(connectionsTo('tcp'), unionConnections(connectionsTo('udp'), connectionsTo('icmp')));
      await apply(all);
      for (const protocol of [132, 47, 50, 136, 2, 255]) expect(await send(protocol), `${protocol}`).toBe(false);
      await apply(allConnections);
      for (const protocol of [47, 50, 136, 2, 255]) expect(await send(protocol), `${protocol}`).toBe(false);
      await apply(connectionsTo('sctp', 80, 80));
      expect(await send(132)).toBe(true);
    },
  );

  it('does not pass in fragments, of which only the first shows the port', async () => {
    const big = (): Promise<void> => bed.sendUdp(client.namespace, server.v4, 999, 4000);
    expect(await passes(server, 'ip saddr 10.1.0.2', big)).toBe(false);
    const across = (): Promise<void> => bed.sendUdp(client.namespace, other.v4, 999, 4000);
    expect(await passes(other, 'ip saddr 10.1.0.2', across)).toBe(false);
    const six = (): Promise<void> => bed.sendUdp(client.namespace, server.v6 ?? '', 999, 4000);
    expect(await passes(server, 'ip6 saddr fd00:1::2 meta l4proto udp', six)).toBe(false);
    await apply(connectionsTo('udp', 999, 999));
    expect(await passes(server, 'udp dport 999', big)).toBe(true);
    expect(await passes(other, 'udp dport 999', across)).toBe(true);
    expect(await passes(server, 'udp dport 999', six)).toBe(true);
  });

  it('does not pass to an address of the link, nor as a message to all', async () => {
    await apply(allConnections);
    const link = JSON.parse(await bed.run(server.namespace, 'ip', '-j', '-6', 'address', 'show', 'dev', 'eth0'));
    const own: readonly { readonly local: string }[] = link[0]?.addr_info ?? [];
    const local = own.find((address) => address.local.startsWith('fe80:'))?.local;
    expect(local).toBeDefined();
    expect(await bed.echoes(client.namespace, `${local}%eth0`)).toBe(false);
    const echo = (to: string) => (): Promise<boolean> => bed.echoes(client.namespace, to);
    expect(await passes(server, 'icmpv6 type echo-request', echo('ff02::1%eth0'))).toBe(false);
    expect(await passes(server, 'icmp type echo-request', echo('10.1.0.255'))).toBe(false);
    expect(await passes(server, 'icmp type echo-request', echo('224.0.0.1'))).toBe(false);
  });

  it('does not pass as an advertisement of a router, or a redirect', async () => {
    await apply(allConnections);
    for (const [type, lie] of [
      [134, 'icmpv6 type set 134'],
      [137, 'icmpv6 type set 137'],
    ] as const) {
      await nft(
        client.namespace,
        `table ip6 lie { chain out { type filter hook postrouting priority 0; icmpv6 type echo-request ${lie}; }; }`,
      );
      const send = (): Promise<boolean> => bed.echoes(client.namespace, server.v6 ?? '');
      expect(await passes(server, `icmpv6 type ${type}`, send), `${type}`).toBe(false);
      await nft(client.namespace, 'delete table ip6 lie');
    }
  });

  it('does not pass as a question for a neighbor to somewhere else', async () => {
    await apply();
    await nft(
      client.namespace,
      'table ip6 lie { chain out { type filter hook postrouting priority 0; icmpv6 type echo-request icmpv6 type set 135 ip6 hoplimit set 255; }; }',
    );
    const ask = (): Promise<boolean> => bed.echoes(client.namespace, other.v6 ?? '');
    expect(await passes(other, 'ip6 saddr fd00:1::2 meta l4proto ipv6-icmp', ask)).toBe(false);
    await nft(client.namespace, 'delete table ip6 lie');
  });

  it('does not pass as another kind of frame', async () => {
    const frame = async (type: string): Promise<number> => {
      const egress = 'type filter hook egress device eth0 priority 0';
      await nft(
        client.namespace,
        `table netdev lie { chain out { ${egress}; udp dport 999 ether type set ${type}; }; }`,
      );
      const ingress = 'type filter hook ingress device eth0 priority 0';
      const see = `ether type ${type} counter name seen`;
      await nft(server.namespace, `table netdev see { counter seen { }; chain in { ${ingress}; ${see}; }; }`);
      await bed.sendUdp(client.namespace, server.v4, 999);
      const counted = await bed.run(server.namespace, 'nft', 'list', 'counter', 'netdev', 'see', 'seen');
      await nft(client.namespace, 'delete table netdev lie');
      await nft(server.namespace, 'delete table netdev see');
      return Number(/packets (\d+)/.exec(counted)?.[1]);
    };
    // So that it needs no question for the address.
    await bed.run(client.namespace, 'ip', 'neigh', 'replace', server.v4, 'lladdr', server.mac, 'dev', 'eth0');
    for (const type of ['0x8864', '0x8847', '0x22f0', '0x86de']) expect(await frame(type), type).toBe(0);
    await dataplane.remove();
    expect(await frame('0x8864')).toBe(1);
    await bed.run(client.namespace, 'ip', 'neigh', 'del', server.v4, 'dev', 'eth0');
  });

  it('does not pass to the host, whatever address of it is taken; the host itself is as it was', async () => {
    await apply(allConnections);
    for (const address of ['10.1.0.1', 'fd00:1::1', '10.2.0.1', '192.0.2.1', '2001:db8:ffff::1'])
      expect(await bed.connects(client.namespace, address, 22), address).toBe(false);
    expect(await bed.connects(client.namespace, '192.0.2.2', 80)).toBe(false);
    expect(await bed.connects(bed.outside, '192.0.2.1', 22)).toBe(true);
    expect(await bed.connects(bed.host, '192.0.2.2', 80)).toBe(true);
    expect(await bed.connects(bed.host, '127.0.0.1', 22)).toBe(true);
    expect(await bed.connects(bed.outside, server.v4, 80)).toBe(false);
  });

  it('does not pass when br_netfilter is turned off: the bridge closes then', async () => {
    const turn = async (value: number): Promise<void> => {
      for (const name of ['iptables', 'ip6tables'])
        await bed.run(bed.host, 'busybox', 'sysctl', '-w', `net.bridge.bridge-nf-call-${name}=${value}`);
    };
    await turn(0);
    expect(await bed.connects(client.namespace, server.v4, 80)).toBe(true);
    expect(await bed.connects(client.namespace, server.v4, 81)).toBe(false);
    const own = ['nf_call_iptables', '0', 'nf_call_ip6tables', '0'];
    await bed.run(bed.host, 'ip', 'link', 'set', 'br0', 'type', 'bridge', ...own);
    for (const port of [80, 81]) {
      expect(await bed.connects(client.namespace, server.v4, port)).toBe(false);
      expect(await bed.connects(client.namespace, server.v6 ?? '', port)).toBe(false);
    }
    expect(await bed.connects(client.namespace, other.v4, 80)).toBe(true);
    await apply();
    expect(await bed.connects(client.namespace, server.v4, 80)).toBe(true);
    expect(await bed.connects(client.namespace, server.v4, 81)).toBe(false);
    await turn(1);
  });

  it('does not pass because another table lets all pass, or is loaded, flushed and loaded again', async () => {
    const open = `
      table ip foreign { chain forward { type filter hook forward priority -200; accept; }; }
      table inet docker { chain forward { type filter hook forward priority 0; accept; }
        chain nat { type nat hook postrouting priority 100; oifname "ext0" masquerade; }; }
      table bridge foreign { chain forward { type filter hook forward priority -500; accept; }
        chain post { type filter hook postrouting priority 0; accept; }; }`;
    const closed = async (): Promise<void> => {
      expect(await bed.connects(client.namespace, server.v4, 80)).toBe(true);
      expect(await bed.connects(client.namespace, server.v4, 81)).toBe(false);
      expect(await bed.connects(client.namespace, other.v4, 81)).toBe(false);
    };
    await nft(bed.host, open);
    await closed();
    await nft(
      bed.host,
      'flush table inet docker; delete table inet docker; delete table ip foreign; delete table bridge foreign',
    );
    await closed();
    await dataplane.remove();
    await nft(bed.host, open);
    await apply();
    await closed();
    await nft(bed.host, 'delete table inet docker; delete table ip foreign; delete table bridge foreign');
  });

  it('does not pass by a connection that was there: one that starts anew is judged anew', async () => {
    await apply(connectionsTo('tcp', 81, 81));
    expect(await bed.connects(client.namespace, server.v4, 81)).toBe(true);
    await apply(web);
    expect(await bed.connects(client.namespace, server.v4, 81)).toBe(false);
  });

  async function passes(to: BedContainer, match: string, send: () => Promise<unknown>): Promise<boolean> {
    const arrived = await bed.witness(to, match);
    await send();
    return (await arrived()) > 0;
  }
});
