import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import {
  type ContainerEngine,
  describeWith,
  type NamespacePeer,
  type NetworkNamespace,
  type OutsideNames,
  peerIn,
  runIn,
  startOutsideNames,
  type TestSegmenter,
} from '../engines/index.ts';
import { type Running, runContainer, type SegmentedBed, startSegmentedBed } from './segmentation-scene.ts';

const group = (name: string, service: string, outbound: string, mode = 'enforce'): string => `---
apiVersion: portwarden/v1
kind: SecurityGroup
metadata: { name: ${name} }
mode: ${mode}
spec:
  members: [{ project: shop, service: ${service} }]
  outbound: ${outbound}
`;
const named = '[{ to: [{ name: allowed.test }, { name: "*.cdn.test" }], ports: [tcp/80] }]';
const groups = [
  group('shop-web', 'web', named),
  group('shop-asker', 'asker', '[{ to: [{ service: dns }] }]'),
  group('shop-watched', 'watched', named, 'observe'),
  group('pods', 'pods', named).replace('{ project: shop, service: pods }', '{ engine: podman }'),
];
/** What an application does: it asks a server, and connects to what it is told. */
const look = `
const [server, name, type, tcp] = process.argv.slice(1);
const { Resolver } = require('node:dns').promises;
const r = new Resolver({ timeout: 3000, tries: 1 });
r.setServers([server]);
r.resolve(name, type).then((a) => console.log(a.sort().join(' ')), (e) => console.log(e.code));`;

describeWith(['dockerd', 'podman', 'nftables', 'busybox'], 'rules by name of containers', () => {
  let bed: SegmentedBed;
  let host: NetworkNamespace;
  let outside: NetworkNamespace;
  let docker: ContainerEngine;
  let podman: ContainerEngine;
  let segmenter: TestSegmenter;
  let names: OutsideNames;
  let image: string;
  let web: Running;
  const running: Running[] = [];
  let server: NamespacePeer;
  const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 15_000, interval: 50 });
  const inside = ({ pid }: Running) => ({ path: `/proc/${pid}/ns/net` });
  const asks = async (container: Running, name: string, options: { server?: string; type?: string } = {}) => {
    const { server = '127.0.0.11', type = 'A' } = options;
    return (await runIn(inside(container), process.execPath, '-e', look, server, name, type)).trim();
  };
  async function start(service: string): Promise<Running> {
    const started = await runContainer(docker, image, service, 'front', { service, host: { Dns: ['192.0.2.2'] } });
    running.push(started);
    return started;
  }
  const startAgent = (): TestSegmenter => bed.startAgent({ upstream: '192.0.2.2' });
  const inForce = (bound: number): Promise<void> =>
    until(() => expect(segmenter.status(), segmenter.log()).toMatchObject({ state: 'in-force', waiting: 0, bound }));

  beforeAll(async () => {
    bed = await startSegmentedBed({
      host: ['192.0.2.1/24', '2001:db8:ffff::1/64'],
      outside: [...[2, 3, 4, 5].map((last) => `192.0.2.${last}/24`), '2001:db8:ffff::2/64', '2001:db8:ffff::3/64'],
    });
    ({ host, outside, docker, podman } = bed);
    await runIn(host, 'busybox', 'sysctl', '-q', '-w', 'net.ipv6.conf.all.forwarding=1');
    await runIn(outside, 'ip', 'route', 'add', '10.71.0.0/24', 'via', '192.0.2.1');
    await runIn(outside, 'ip', '-6', 'route', 'add', 'fd00:71::/64', 'via', '2001:db8:ffff::1');
    names = await startOutsideNames(outside, bed.file('records'), ['192.0.2.2', '192.0.2.3', '2001:db8:ffff::2']);
    server = peerIn(outside);
    await server.listen(80);
    image = await docker.load(bed.archive);
    await docker.call('POST', '/networks/create', {
      Name: 'front',
      IPAM: { Config: [{ Subnet: '10.71.0.0/24' }, { Subnet: 'fd00:71::/64' }] },
      EnableIPv6: true,
    });
    web = await start('web');
    await start('asker');
    await start('watched');
    bed.write(groups);
    segmenter = startAgent();
    await inForce(3);
  });
  afterAll(async () => {
    for (const { peer } of running) peer.close();
    server?.close();
    names?.end();
    await segmenter?.end();
    await bed?.stop();
  });

  it('open what the name leads to, and nothing else', async () => {
    names.say('a allowed.test 3600 192.0.2.2', 'a other.test 60 192.0.2.3');
    expect(await web.peer.reaches('192.0.2.2', 80)).toBe(false);
    expect(await asks(web, 'allowed.test')).toBe('192.0.2.2');
    expect(await web.peer.reaches('192.0.2.2', 80)).toBe(true);
    expect(await web.peer.reaches('192.0.2.3', 80)).toBe(false);
    await until(() =>
      expect(segmenter.traffic().flows).toContainEqual(
        expect.objectContaining({
          outcome: 'allowed',
          peer: { kind: 'address', address: '192.0.2.2', name: 'allowed.test' },
        }),
      ),
    );
  });

  it('let the very first packet pass that follows the answer', async () => {
    names.say('a first.cdn.test 60 192.0.2.4');
    const once = `
const dns = new (require('node:dns').promises.Resolver)(); dns.setServers(['127.0.0.11']);
dns.resolve4('first.cdn.test').then(([host]) => require('node:net').createConnection({ host, port: 80 }, () => process.exit(0)));
setTimeout(() => process.exit(1), 800 + 3000);`;
    await runIn(
      inside(web),
      'nft',
      'add table inet one; add chain inet one out { type filter hook output priority 0; tcp flags syn counter; }',
    );
    await runIn(inside(web), process.execPath, '-e', once);
    expect(await runIn(inside(web), 'nft', 'list', 'table', 'inet', 'one')).toContain('counter packets 1 ');
  });

  it('hold for version 6', async () => {
    names.say('aaaa allowed.test 3600 2001:db8:ffff::2');
    expect(await web.peer.reaches('2001:db8:ffff::2', 80)).toBe(false);
    expect(await asks(web, 'allowed.test', { type: 'AAAA' })).toBe('2001:db8:ffff::2');
    expect(await web.peer.reaches('2001:db8:ffff::2', 80)).toBe(true);
    expect(await web.peer.reaches('2001:db8:ffff::3', 80)).toBe(false);
    // Asked over version 6 as well.
    names.say('aaaa six.cdn.test 60 2001:db8:ffff::3');
    expect(await asks(web, 'six.cdn.test', { server: '[2001:db8:ffff::9]', type: 'AAAA' })).toBe('2001:db8:ffff::3');
    expect(await web.peer.reaches('2001:db8:ffff::3', 80)).toBe(true);
  });

  it('end when the answer has run out, and connections go on', async () => {
    names.say('a short.cdn.test 1 192.0.2.3');
    expect(await asks(web, 'short.cdn.test')).toBe('192.0.2.3');
    const held = await web.peer.hold('192.0.2.3', 80);
    await until(() => expect(held.answers()).toBeGreaterThan(1));
    await vi.waitFor(async () => expect(await web.peer.reaches('192.0.2.3', 80)).toBe(false), { timeout: 15_000 });
    const before = held.answers();
    await until(() => expect(held.answers()).toBeGreaterThan(before + 3));
    // Nor does a change of rules that still say the name end it.
    bed.write([group('shop-web', 'web', named.replace(']', ', { cidr: 203.0.113.0/24 }]')), ...groups.slice(1)]);
    segmenter.changed();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const now = held.answers();
    await until(() => expect(held.answers()).toBeGreaterThan(now + 3));
    // Nor another start of the agent.
    await segmenter.end();
    segmenter = startAgent();
    await inForce(3);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const then = held.answers();
    await until(() => expect(held.answers()).toBeGreaterThan(then + 3));
    bed.write([group('shop-web', 'web', '[]'), ...groups.slice(1)]);
    segmenter.changed();
    await vi.waitFor(
      async () => {
        const last = held.answers();
        await new Promise((resolve) => setTimeout(resolve, 500));
        expect(held.answers()).toBe(last);
      },
      { timeout: 10_000 },
    );
    bed.write(groups);
    segmenter.changed();
    await vi.waitFor(async () => expect(await asks(web, 'short.cdn.test')).toBe('192.0.2.3'), { timeout: 10_000 });
  });

  it('answer no other name, by whatever server, and tell who asked', async () => {
    names.say('a secret-data.evil.test 60 192.0.2.3');
    for (const server of ['127.0.0.11', '192.0.2.2', '192.0.2.3', '10.71.0.1', '[2001:db8:ffff::2]'])
      expect(await asks(web, 'secret-data.evil.test', { server }), server).toBe('ENOTFOUND');
    expect(names.asked()).not.toContain('secret-data.evil.test');
    await until(() =>
      expect(segmenter.traffic().events.map(({ message }) => message)).toContain(
        'web (shop-web) asked for secret-data.evil.test: refused, no rule of it says this name',
      ),
    );
  });

  it('are no reason to lose the names of other containers', async () => {
    expect(await asks(web, 'asker')).toMatch(/^10\.71\.0\./);
  });

  it('let those who name dns ask for everything, and those that observe, too', async () => {
    names.say('a other.test 60 192.0.2.3');
    for (const one of running.slice(1)) expect(await asks(one, 'other.test')).toBe('192.0.2.3');
    const [, asker] = running;
    if (asker === undefined) throw new Error('no container');
    expect(await asker.peer.reaches('192.0.2.3', 80)).toBe(false);
  });

  it('hold for podman, whose containers find each other by name', async () => {
    const pods = await podman.load(bed.archive);
    const IPAM = { Config: [{ Subnet: '10.73.0.0/24' }] };
    await podman.call('POST', '/networks/create', { Name: 'pods', IPAM });
    await runIn(outside, 'ip', 'route', 'add', '10.73.0.0/24', 'via', '192.0.2.1');
    const [one, two] = [
      await runContainer(podman, pods, 'one', 'pods'),
      await runContainer(podman, pods, 'two', 'pods'),
    ];
    running.push(one, two);
    await inForce(5);
    names.say('a pod.cdn.test 60 192.0.2.5', 'a other.test 60 192.0.2.5');
    const server = '10.73.0.1';
    expect(await asks(one, 'two.dns.podman', { server })).toBe(two.addresses.pods?.v4);
    expect(await asks(one, 'other.test', { server })).toBe('ENOTFOUND');
    expect(await one.peer.reaches('192.0.2.5', 80)).toBe(false);
    expect(await asks(one, 'pod.cdn.test', { server })).toBe('192.0.2.5');
    expect(await one.peer.reaches('192.0.2.5', 80)).toBe(true);
  });

  it('answer nobody outside', async () => {
    expect(segmenter.log()).toMatch(/"port":10053,"msg":"names are looked up/);
    expect(await runIn(outside, process.execPath, '-e', look, '192.0.2.1:10053', 'allowed.test', 'A')).toMatch(
      /ETIMEOUT/,
    );
  });
});
