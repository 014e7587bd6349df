import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { ProbeReport } from '../../src/model/index.ts';
import type {
  ConnectionExplanation,
  FlowPage,
  GroupDraft,
  GroupList,
  GroupPlan,
  NetworkView,
} from '../../src/model/wire/index.ts';
import {
  busyboxImage,
  type ContainerEngine,
  describeWith,
  makeNetworkNamespace,
  type NetworkNamespace,
  runIn,
  startDockerd,
  within,
  writeDockerArchive,
} from '../engines/index.ts';
import { runPortwarden, startPortwardenThrough } from './running-portwarden.ts';
import { addressAt, type Running, runContainer } from './segmentation-scene.ts';

type Edges = {
  readonly edges: readonly { readonly src: string; readonly dst: string; readonly connections: string }[];
};
type Listed = GroupList & { readonly networks: readonly NetworkView[] };

/** A shop that nobody wrote groups for: they are drafted from what it does, put in force, proven and changed. */
describeWith(['dockerd', 'nftables', 'busybox'], 'groups from the command line, beside portwarden up', () => {
  let directory: string;
  let host: NetworkNamespace;
  let docker: ContainerEngine;
  let portwarden: Awaited<ReturnType<typeof startPortwardenThrough>>;
  let image: string;
  let environment: Record<string, string>;
  const running: Running[] = [];
  const file = (name: string): string => join(directory, name);

  /** What runs a program in the network of the host. */
  function inHost(): readonly string[] {
    const { command, args } = within(host, process.execPath, []);
    return [command, ...args];
  }
  async function groups(...words: readonly string[]) {
    return runPortwarden(words[0] === 'apply' ? words : ['groups', ...words], environment, inHost());
  }
  async function ask<Answer>(...words: readonly string[]): Promise<Answer> {
    const { code, stdout, stderr } = await groups(...words, '--format', 'json');
    if (stdout === '') throw new Error(`${words.join(' ')} ended with ${code}: ${stderr}`);
    return JSON.parse(stdout);
  }
  /** Asks again until the answer will do. */
  async function until<Answer>(words: readonly string[], good: (answer: Answer) => boolean): Promise<Answer> {
    const deadline = Date.now() + 20_000;
    for (;;) {
      const answer = await ask<Answer>(...words);
      if (good(answer)) return answer;
      if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(answer)}\n${portwarden.stderr()}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  async function apply(name: string, text: string): Promise<void> {
    writeFileSync(file(name), text);
    expect(await groups('apply', '-f', file(name))).toMatchObject({ code: 0 });
  }
  async function run(name: string, service: string): Promise<Running> {
    const container = await runContainer(docker, image, name, 'shop', { service });
    running.push(container);
    return container;
  }
  const at = (container: Running) => addressAt(container, 'shop');

  let proxy: Running;
  let web: Running;
  let db: Running;
  let drafted = '';

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'pw-groups-'));
    host = makeNetworkNamespace();
    // Somewhere for packets to go.
    await runIn(host, 'ip', 'link', 'add', 'uplink', 'type', 'veth', 'peer', 'name', 'beyond');
    await runIn(host, 'ip', 'address', 'add', '192.0.2.1/24', 'dev', 'uplink');
    for (const link of ['uplink', 'beyond']) await runIn(host, 'ip', 'link', 'set', link, 'up');
    docker = await startDockerd({ namespace: host });
    writeDockerArchive(busyboxImage(), file('busybox.tar'), 'localhost/harbor/busybox:1');
    image = await docker.load(file('busybox.tar'));
    await docker.call('POST', '/networks/create', { Name: 'shop', IPAM: { Config: [{ Subnet: '10.73.0.0/24' }] } });
    environment = {
      PORTWARDEN_DATA: file('data'),
      PORTWARDEN_HOST: 'quay',
      PORTWARDEN_DOCKER_SOCKET: docker.socket,
      PORTWARDEN_PODMAN_SOCKET: '',
    };
    portwarden = await startPortwardenThrough(inHost(), environment);
    proxy = await run('shop-proxy-1', 'proxy');
    web = await run('shop-web-1', 'web');
    db = await run('shop-db-1', 'db');
    await Promise.all([web.peer.listen(8080), db.peer.listen(5432), db.peer.listen(5433)]);
  });
  afterAll(async () => {
    for (const { peer } of running) peer.close();
    await portwarden?.kill();
    await docker?.stop();
    host?.remove();
    rmSync(directory, { recursive: true, force: true });
  });

  it('record what a shop does while everything is only observed', async () => {
    await apply('observe.yaml', document('everything', 'observe', 'default: true'));
    await until<Listed>(['list'], ({ networks }) => networks[0]?.state === 'in-force' && networks[0].containers === 3);
    expect(await proxy.peer.reaches(at(web), 8080)).toBe(true);
    expect(await web.peer.reaches(at(db), 5432)).toBe(true);
    await runIn({ path: `/proc/${web.pid}/ns/net` }, 'busybox', 'ping', '-c', '1', at(db));
    const { items } = await until<FlowPage>(['flows'], (page) => asked(page).length >= 3);
    expect(
      asked({ items })
        .map(({ container, peer, protocol, port }) => `${container.name} ${peer.container?.name} ${protocol} ${port}`)
        .toSorted(),
    ).toEqual(['shop-proxy-1 shop-web-1 tcp 8080', 'shop-web-1 shop-db-1 icmp 8', 'shop-web-1 shop-db-1 tcp 5432']);
    expect(items.every(({ outcome }) => outcome === 'observed')).toBe(true);
  });

  it('are drafted from it, and let exactly that pass once they enforce', async () => {
    const draft = await ask<GroupDraft>('suggest', '--project', 'shop');
    expect(draft.groups).toBe(3);
    drafted = draft.text.replaceAll('mode: observe', 'mode: enforce');
    writeFileSync(file('shop.yaml'), drafted);
    const plan = await ask<GroupPlan>('plan', '-f', file('shop.yaml'));
    expect(plan.broken).toEqual([]);
    await apply('shop.yaml', drafted);
    await until<Listed>(['list'], ({ items }) => items.filter(({ mode }) => mode === 'enforce').length === 3);
    // Who starts later is held to them as well.
    const second = await run('shop-web-2', 'web');
    await until<Listed>(['list'], ({ networks }) => networks[0]?.containers === 4 && networks[0].waiting === 0);
    expect(await proxy.peer.reaches(at(web), 8080)).toBe(true);
    expect(await web.peer.reaches(at(db), 5432)).toBe(true);
    expect(await second.peer.reaches(at(db), 5432)).toBe(true);
    expect(await web.peer.reaches(at(db), 5433)).toBe(false);
    expect(await proxy.peer.reaches(at(db), 5432)).toBe(false);
    const refused = await until<FlowPage>(['flows', '--refused'], (page) => asked(page).length >= 2);
    expect(
      asked(refused)
        .map(({ container, peer, port }) => `${container.name} ${peer.container?.name} ${port}`)
        .toSorted(),
    ).toEqual(['shop-proxy-1 shop-db-1 5432', 'shop-web-1 shop-db-1 5433']);
  });

  it('say who reaches whom, and why somebody does not', async () => {
    const { edges } = await ask<Edges>('reach');
    expect(edges.filter(({ src }) => src.startsWith('shop')).map((edge) => Object.values(edge).join(' '))).toEqual([
      'shop-proxy shop-web tcp 8080',
      'shop-web shop-db tcp 5432 icmp 8',
    ]);
    const refused = await ask<ConnectionExplanation>('explain', 'shop-proxy-1', 'shop-db', '5432');
    expect(refused).toMatchObject({ outcome: 'refused', refusedBy: 'outbound' });
    const allowed = await ask<ConnectionExplanation>('explain', 'shop-web-1', 'shop-db-1', 'tcp/5432');
    expect(allowed).toMatchObject({ outcome: 'allowed', outbound: { document: 'SecurityGroup shop-web' } });
  });

  it('are proven by packets that nobody takes for traffic', async () => {
    const before = await ask<FlowPage>('flows', '--limit', '1000');
    const report = await ask<ProbeReport>('verify');
    expect(report.disagreed).toEqual([]);
    expect(report.untried).toEqual([]);
    expect(report.agreed).toBeGreaterThan(20);
    const passed = report.results.filter(({ probe, seen }) => probe.protocol === 'icmp' && seen === 'passed');
    expect(passed.map(({ probe }) => [probe.source, probe.destination])).toContainEqual([at(web), at(db)]);
    // What came after the proof is told, so all of the proof would be.
    expect(await proxy.peer.reaches(at(web), 9999)).toBe(false);
    const after = await until<FlowPage>(['flows', '--limit', '1000'], ({ total }) => total > before.total);
    expect(after.items.filter(({ port }) => port === 9999)).toHaveLength(after.total - before.total);
  });

  it('raise an alarm outside at once when somebody calls a listed address', async () => {
    const hook = await listenForHooks(host);
    try {
      const target = ['notify', 'add', 'team', 'webhook', `http://127.0.0.1:${hook.port}/in`];
      expect(await runPortwarden(target, environment)).toMatchObject({ code: 0 });
      await apply(
        'bad.yaml',
        'apiVersion: portwarden/v1\nkind: AddressList\nmetadata: { name: bad }\nspec: { addresses: [192.0.2.0/24] }\n',
      );
      await until<Listed>(['list'], ({ denyLists }) => denyLists.length === 1);
      await vi.waitFor(
        async () => {
          expect(await web.peer.reaches('192.0.2.9', 443)).toBe(false);
          expect(hook.received()).toHaveLength(1);
        },
        { timeout: 20_000, interval: 500 },
      );
      expect(JSON.parse(hook.received()[0] ?? '')).toMatchObject({
        type: 'traffic-events',
        events: [
          {
            kind: 'listed',
            host: 'quay',
            who: 'shop-web',
            direction: 'outbound',
            outcome: 'refused',
            list: 'bad',
            peers: ['192.0.2.9, tcp 443'],
          },
        ],
      });
    } finally {
      hook.close();
    }
  });

  it('let the host look after a container where one more says so', async () => {
    const health = `members: [{ project: shop, service: web }]
  inbound: [{ from: [{ service: host }], ports: [tcp/8080] }]`;
    const looks = () => hostReaches(host, at(web), 8080);
    expect(await looks()).toBe(false);
    await apply('health.yaml', document('shop-health', 'enforce', health));
    await vi.waitFor(async () => expect(await looks()).toBe(true), { timeout: 15_000, interval: 200 });
    expect(await hostReaches(host, at(db), 5432)).toBe(false);
    expect(await proxy.peer.reaches(at(web), 8080)).toBe(true);
    // Who may talk to whom among the others is as before.
    const removed = await runPortwarden(['documents', 'remove', 'SecurityGroup', 'shop-health'], environment);
    expect(removed).toMatchObject({ code: 0 });
    await vi.waitFor(async () => expect(await looks()).toBe(false), { timeout: 15_000, interval: 200 });
  });

  it('say which recorded connection a change would break', async () => {
    writeFileSync(file('change.yaml'), document('shop-db', 'enforce', 'members: [{ project: shop, service: db }]'));
    const { code, stdout } = await groups('plan', '-f', file('change.yaml'), '--format', 'json');
    expect(code).toBe(1);
    const plan = JSON.parse(stdout) as GroupPlan;
    expect(plan.closed.map(({ from, to, connections }) => `${from.name} ${to.name} ${connections}`)).toEqual([
      'shop-web shop-db tcp 5432 icmp 8',
    ]);
    // What was seen while everything was observed is another kind than what groups let pass.
    const broken = plan.broken.map(({ container, peer, port }) => `${container.name} ${peer.container?.name} ${port}`);
    expect([...new Set(broken)].toSorted()).toEqual([
      'shop-web-1 shop-db-1 5432',
      'shop-web-1 shop-db-1 8',
      'shop-web-2 shop-db-1 5432',
    ]);
  });

  it('are what the kernel has', async () => {
    const { code, stdout } = await groups('render', 'nftables');
    expect(code).toBe(0);
    writeFileSync(file('rules.nft'), stdout);
    await runIn(host, 'nft', '--check', '--file', file('rules.nft'));
    expect(stdout).toContain(at(db));
  });
});

/** As who asked sees it. */
function asked({ items }: Pick<FlowPage, 'items'>) {
  return items.filter(({ direction }) => direction === 'outbound');
}

/** Somebody who is told, on that host. */
async function listenForHooks(host: NetworkNamespace) {
  const script = `
require('node:http').createServer((request, response) => {
  let body = '';
  request.on('data', (bytes) => { body += bytes; }).on('end', () => { console.log(body); response.end(); });
}).listen(0, '127.0.0.1', function () { console.log(this.address().port); });`;
  const { command, args } = within(host, process.execPath, ['-e', script]);
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', command, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  const begun = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      resolve();
    });
  });
  await begun;
  return { port: Number(lines[0]), received: () => lines.slice(1), close: () => child.kill('SIGKILL') };
}

async function hostReaches(host: NetworkNamespace, address: string, port: number): Promise<boolean> {
  const script = `
const s = require('node:net').createConnection({ host: '${address}', port: ${port} }, () => s.write('?'));
s.on('data', () => process.exit(0)).on('error', () => process.exit(1)).on('close', () => process.exit(1));
setTimeout(() => process.exit(1), 700);`;
  return runIn(host, process.execPath, '-e', script).then(
    () => true,
    () => false,
  );
}

function document(name: string, mode: string, spec: string): string {
  return `apiVersion: portwarden/v1\nkind: SecurityGroup\nmetadata: { name: ${name} }\nmode: ${mode}\nspec:\n  ${spec}\n`;
}
