import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import {
  type ContainerEngine,
  describeWith,
  type NamespacePeer,
  type NetworkNamespace,
  runIn,
  type TestSegmenter,
} from '../engines/index.ts';
import {
  addressAt,
  type Running,
  readContainer,
  runContainer,
  type SegmentedBed,
  shop,
  shopWithoutDb,
  startSegmentedBed,
  witness,
} from './segmentation-scene.ts';

type StartOptions = Parameters<typeof runContainer> extends readonly [unknown, unknown, ...infer Rest] ? Rest : never;

describeWith(['dockerd', 'podman', 'nftables', 'busybox'], 'rules between containers of docker and podman', () => {
  let bed: SegmentedBed;
  let host: NetworkNamespace;
  let outside: NetworkNamespace;
  let docker: ContainerEngine;
  let podman: ContainerEngine;
  let segmenter: TestSegmenter;
  const peers: NamespacePeer[] = [];
  const images = { docker: '', podman: '' };
  const at = addressAt;
  const until = (check: () => void | Promise<void>): Promise<void> =>
    vi.waitFor(check, { timeout: 15_000, interval: 50 });

  const inForce = (): Promise<void> =>
    until(() => expect(segmenter.status(), segmenter.log()).toMatchObject({ state: 'in-force', waiting: 0 }));

  async function keep(container: Promise<Running>): Promise<Running> {
    const running = await container;
    peers.push(running.peer);
    return running;
  }
  const run = (engine: ContainerEngine, ...rest: StartOptions): Promise<Running> =>
    keep(runContainer(engine, images[engine.kind], ...rest));
  const read = (engine: ContainerEngine, id: string): Promise<Running> => keep(readContainer(engine, id));

  let front: Running;
  let app: Running;
  let store: Running;

  beforeAll(async () => {
    bed = await startSegmentedBed({ host: ['192.0.2.1/24'], outside: ['192.0.2.2/24'] });
    ({ host, outside, docker, podman } = bed);
    images.docker = await docker.load(bed.archive);
    images.podman = await podman.load(bed.archive);
    const ranges = (v4: string, v6: string) => ({
      IPAM: { Config: [{ Subnet: v4 }, { Subnet: v6 }] },
      EnableIPv6: true,
    });
    await docker.call('POST', '/networks/create', { Name: 'front', ...ranges('10.71.0.0/24', 'fd00:71::/64') });
    await docker.call('POST', '/networks/create', { Name: 'back', ...ranges('10.72.0.0/24', 'fd00:72::/64') });
    bed.write(shop);
  });
  afterAll(async () => {
    for (const peer of peers) peer.close();
    await segmenter?.end();
    await bed?.stop();
  });

  it('hold from the moment that they are read', async () => {
    const published = { PortBindings: { '80/tcp': [{ HostPort: '8080' }], '81/tcp': [{ HostPort: '8081' }] } };
    front = await run(docker, 'proxy', 'front', { service: 'proxy', host: published });
    app = await run(docker, 'web', 'front', { service: 'web' });
    store = await run(docker, 'db', 'back', { service: 'db' });
    await docker.call('POST', '/networks/back/connect', { Container: app.id });
    app = await read(docker, app.id);
    await front.peer.listen(80);
    await app.peer.listen(8080);
    await store.peer.listen(5432);
    await store.peer.listen(5433);
    // Before there are rules, everything passes: what is refused later is refused by them.
    expect(await front.peer.reaches(at(app, 'front'), 8080)).toBe(true);
    expect(await app.peer.reaches(at(store, 'back'), 5433)).toBe(true);
    segmenter = bed.startAgent();
    await inForce();
    expect(await front.peer.reaches(at(app, 'front'), 8080)).toBe(true);
    expect(await app.peer.reaches(at(store, 'back'), 5432)).toBe(true);
    expect(await app.peer.reaches(at(store, 'back'), 5433)).toBe(false);
    expect(await app.peer.reaches(at(front, 'front'), 80)).toBe(false);
    expect(await front.peer.reaches(at(store, 'back'), 5432)).toBe(false);
    await until(() =>
      expect(
        segmenter
          .traffic()
          .events.map(({ message }) => message)
          .join('\n'),
      ).toMatch(/web \(shop-web\) to db, tcp 5433: refused/),
    );
  });

  it('hold for version 6 as for version 4', async () => {
    expect(await front.peer.reaches(at(app, 'front', 'v6'), 8080)).toBe(true);
    expect(await app.peer.reaches(at(store, 'back', 'v6'), 5432)).toBe(true);
    expect(await app.peer.reaches(at(store, 'back', 'v6'), 5433)).toBe(false);
    expect(await front.peer.reaches(at(store, 'back', 'v6'), 5432)).toBe(false);
  });

  it('hold for ports that are published, and keep containers from the host', async () => {
    const from = (address: string, port: number) =>
      runIn(outside, process.execPath, '-e', onePort, address, `${port}`).then(
        () => true,
        () => false,
      );
    expect(await from('192.0.2.1', 8080)).toBe(true);
    await front.peer.listen(81);
    expect(await from('192.0.2.1', 8081)).toBe(false);
  });

  it('let no packet of a new container through before it is known, and then what its group may', async () => {
    const [may, mayNot, neither] = ['tcp dport 5432', 'tcp dport 5433', 'tcp dport 5434'] as const;
    const seen = await witness(store, may, mayNot, neither);
    const tries = [5432, 5433, 5434].map((port) => `nc -w 1 ${at(store, 'back')} ${port} </dev/null`).join(' & ');
    const command = ['sh', '-c', `while :; do ${tries} & sleep 0.05; done`];
    const flooding = await run(docker, 'flood', 'back', { command });
    await vi.waitFor(async () => expect(await seen(may)).toBeGreaterThan(3), { timeout: 15_000 });
    // It sent to both of the others as often: one its own group does not let it to, one the receiver's does not.
    expect(await seen(mayNot)).toBe(0);
    expect(await seen(neither)).toBe(0);
    await docker.removeContainer(flooding.id);
    await inForce();
  });

  it('let nothing of a container pass while nobody binds it', async () => {
    await segmenter.kill();
    const asked = 'tcp dport 5432';
    const seen = await witness(store, asked);
    const before = await seen(asked);
    const command = ['sh', '-c', `while :; do nc -w 1 ${at(store, 'back')} 5432 </dev/null & sleep 0.05; done`];
    await run(docker, 'flood', 'back', { command });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await seen(asked)).toBe(before);
    // What was bound goes on, and what was refused stays refused.
    expect(await app.peer.reaches(at(store, 'back'), 5433)).toBe(false);
    segmenter = bed.startAgent();
    await inForce();
    await vi.waitFor(async () => expect(await seen(asked)).toBeGreaterThan(before), { timeout: 15_000 });
    await docker.removeContainer('flood');
    expect(await app.peer.reaches(at(store, 'back'), 5432)).toBe(true);
  });

  it('end a connection that a rule let pass until now, and no other', async () => {
    const cut = await app.peer.hold(at(store, 'back'), 5432);
    const kept = await front.peer.hold(at(app, 'front'), 8080);
    await until(() => expect(Math.min(cut.answers(), kept.answers())).toBeGreaterThan(2));
    bed.write(shopWithoutDb);
    segmenter.changed();
    await vi.waitFor(async () => expect(await app.peer.reaches(at(store, 'back'), 5432)).toBe(false), {
      timeout: 10_000,
    });
    // New connections are refused first, and those that stand are ended beside that.
    await until(async () => {
      const answers = { cut: cut.answers(), kept: kept.answers() };
      await until(() => expect(kept.answers()).toBeGreaterThan(answers.kept + 5));
      expect(cut.answers()).toBe(answers.cut);
    });
    bed.write(shop);
    segmenter.changed();
    await vi.waitFor(async () => expect(await app.peer.reaches(at(store, 'back'), 5432)).toBe(true), {
      timeout: 10_000,
    });
  });

  it('are made anew when somebody takes them away, and that is told', async () => {
    process.kill(Number(readFileSync(join(docker.dataRoot, '../pid'), 'utf8')), 'SIGHUP');
    await runIn(host, 'nft', 'delete', 'table', 'inet', 'portwarden');
    await until(() => expect(segmenter.traffic().events.map(({ kind }) => kind)).toContain('foreign-change'));
    expect(await app.peer.reaches(at(store, 'back'), 5433)).toBe(false);
    expect(await app.peer.reaches(at(store, 'back'), 5432)).toBe(true);
  });

  it('let nothing pass with an address that is not its own, and tell who sent it', async () => {
    const inside = { path: `/proc/${app.pid}/ns/net` };
    const forged = ['10.72.0.77', at(front, 'front')];
    const seen = await witness(store, ...forged.map((address) => `ip saddr ${address}`));
    for (const address of forged) {
      await runIn(inside, 'ip', 'address', 'add', `${address}/24`, 'dev', 'eth1');
      await expect(
        runIn(inside, process.execPath, '-e', onePort, at(store, 'back'), '5432', address),
      ).rejects.toThrow();
      await runIn(inside, 'ip', 'address', 'del', `${address}/24`, 'dev', 'eth1');
      expect(await seen(`ip saddr ${address}`)).toBe(0);
    }
    await until(() =>
      expect(
        segmenter
          .traffic()
          .events.filter(({ kind }) => kind === 'spoofed')
          .map(({ message }) => message),
      ).toEqual(expect.arrayContaining([expect.stringMatching(/^web \(veth/)])),
    );
    expect(await app.peer.reaches(at(store, 'back'), 5432)).toBe(true);
  });

  it('give no container the interface of another, whatever it makes in its own network', async () => {
    const mole = await run(docker, 'mole', 'front');
    const bound = () =>
      segmenter
        .containers()
        .filter(({ name }) => name !== 'mole')
        .map(({ name, attachments }) => `${name} ${attachments.map(({ port }) => port).toSorted()}`)
        .toSorted();
    const before = bound();
    const port = segmenter.containers().find(({ name }) => name === 'db')?.attachments[0]?.port ?? '';
    const [link] = JSON.parse(await runIn(host, 'ip', '-j', 'link', 'show', port)) as {
      ifindex: number;
      link_index: number;
    }[];
    // A pair with the very numbers that the port of the database and its other end have, in place of its own.
    const inside = { path: `/proc/${mole.pid}/ns/net` };
    await runIn(inside, 'ip', 'link', 'del', 'eth0');
    const [inner, outer] = [`${link?.link_index}`, `${link?.ifindex}`];
    await runIn(
      inside,
      'ip',
      'link',
      'add',
      'eth0',
      'index',
      inner,
      'type',
      'veth',
      'peer',
      'name',
      'x',
      'index',
      outer,
    );
    await segmenter.kill();
    segmenter = bed.startAgent();
    // Of the mole alone nobody can say any more where it is.
    await until(() => expect(segmenter.status()).toMatchObject({ state: 'in-force', waiting: 1 }));
    await until(() => expect(bound()).toEqual(before));
    const own = segmenter.containers().find(({ name }) => name === 'mole');
    expect(own?.attachments.filter(({ port: bridge }) => bridge === port) ?? []).toEqual([]);
    expect(await front.peer.reaches(at(store, 'back'), 5432)).toBe(false);
    await docker.removeContainer(mole.id);
  });

  it('go on while the store is away, also after a start', async () => {
    renameSync(bed.file('groups.yaml'), bed.file('groups.away'));
    await segmenter.kill();
    segmenter = bed.startAgent();
    await inForce();
    expect(segmenter.status()?.message).toMatch(/what held last holds on/);
    expect(await app.peer.reaches(at(store, 'back'), 5432)).toBe(true);
    expect(await app.peer.reaches(at(store, 'back'), 5433)).toBe(false);
    renameSync(bed.file('groups.away'), bed.file('groups.yaml'));
    segmenter.changed();
    await until(() => expect(segmenter.status()).not.toHaveProperty('message'));
  });

  it('hold in networks of podman, for those that share one too, and say what is out of reach', async () => {
    await podman.call('POST', '/networks/create', { Name: 'pods', Driver: 'bridge' });
    const one = await run(podman, 'pod-one', 'pods');
    const two = await run(podman, 'pod-two', 'pods');
    const other = await run(podman, 'loner', 'pods');
    await two.peer.listen(80);
    await two.peer.listen(81);
    await other.peer.listen(80);
    await until(() =>
      expect(segmenter.containers().map(({ name }) => name)).toEqual(
        expect.arrayContaining(['pod-one', 'pod-two', 'loner']),
      ),
    );
    await inForce();
    expect(await one.peer.reaches(at(two, 'pods'), 80)).toBe(true);
    expect(await one.peer.reaches(at(two, 'pods'), 81)).toBe(false);
    expect(await one.peer.reaches(at(other, 'pods'), 80)).toBe(false);
    expect(await other.peer.reaches(at(two, 'pods'), 80)).toBe(false);

    await run(podman, 'bare', 'host');
    const side = await run(podman, 'side', `container:${one.id}`);
    await until(() => {
      const told = new Map(segmenter.containers().map(({ name, outOfReach }) => [name, outOfReach]));
      expect(told.get('bare')?.map(({ driver }) => driver)).toEqual(['host']);
      expect(told.get('side')).toMatchObject([{ driver: 'container', network: 'pod-one' }]);
      expect(told.get('pod-two')).toEqual([]);
    });
    expect(await one.peer.reaches(at(two, 'pods'), 80)).toBe(true);
    // Podman removes no container whose network another has.
    await podman.removeContainer(side.id);
  });

  it('are what real packets prove, and nothing is left of the proof', async () => {
    const report = await segmenter.verify();
    expect(report.disagreed).toEqual([]);
    expect(report.results.filter(({ probe, seen }) => probe.isEndpoint && seen === 'passed').length).toBeGreaterThan(3);
    expect(report.results.filter(({ seen }) => seen === 'stopped').length).toBeGreaterThan(20);
    expect(await runIn(host, 'sh', '-c', 'ps ax | grep -c [p]robe-end || true')).toBe('0\n');
  });

  it('are proven wrong by real packets where the kernel does something else', async () => {
    const inside = { path: `/proc/${store.pid}/ns/net` };
    await runIn(
      inside,
      'nft',
      'add table inet wall; add chain inet wall in { type filter hook input priority -400; tcp dport 5432 drop; }',
    );
    const report = await segmenter.verify();
    await runIn(inside, 'nft', 'delete', 'table', 'inet', 'wall');
    expect(report.disagreed.length).toBeGreaterThan(0);
    expect(report.disagreed.every(({ probe, seen }) => probe.port === 5432 && seen === 'stopped')).toBe(true);
  });

  it('go when there are no groups any more', async () => {
    bed.write([]);
    segmenter.changed();
    await until(() => expect(segmenter.status()?.state).toBe('idle'));
    expect(await runIn(host, 'nft', 'list', 'tables')).not.toContain('portwarden');
    expect(await app.peer.reaches(at(store, 'back'), 5433)).toBe(true);
  });
});

const onePort = `
const [host, port, localAddress] = process.argv.slice(1);
const s = require('node:net').createConnection({ host, port: Number(port), localAddress }, () => s.write('?'));
s.on('data', () => process.exit(0)).on('error', () => process.exit(1)).on('close', () => process.exit(1));
setTimeout(() => process.exit(1), 1000);`;
