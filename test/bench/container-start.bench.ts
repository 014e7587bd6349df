/**
 * What the agent takes from "a container started" to rules in the kernel, on a host that has ten thousand containers in a
 * thousand groups, and what each part of it takes: reading which interface is whose, compiling, finding what differs, nft; and
 * then ending connections and making the judge of what is counted. The floor, in the same run: `nft -f` of one element into a
 * table that has nothing else.
 *
 * In a network namespace of its own, with as many real containers (a process in a namespace, a port of a bridge) as
 * `--running` says; the others are made up, and their rules are real. Needs root, nftables, iproute2 and util-linux.
 * `node test/bench/container-start.bench.ts [--containers N] [--groups N] [--running N] [--denied N] [--rounds N]`. It asserts
 * nothing.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createEnforcer } from '../../src/agent/enforce-rules.ts';
import { createSegmentedHost, machine } from '../../src/agent/segmented-host.ts';
import { silentLog, spansOf, systemClock } from '../../src/base/index.ts';
import {
  type AttachedContainer,
  connectionsTo,
  type EngineNetwork,
  type NetworkedContainer,
  type SecurityGroup,
} from '../../src/model/index.ts';
import { type CutReport, createDataplane, type Dataplane } from '../../src/segmentation/index.ts';
import { runTool } from '../../src/segmentation/nftables/run-tool.ts';
import { percentile } from './figures.ts';

if (process.env.PORTWARDEN_BENCH_NAMESPACE === undefined) {
  const { status } = spawnSync('unshare', ['--net', process.execPath, ...process.execArgv, ...process.argv.slice(1)], {
    env: { ...process.env, PORTWARDEN_BENCH_NAMESPACE: 'own' },
    stdio: 'inherit',
  });
  process.exit(status ?? 1);
}

const { values } = parseArgs({
  options: {
    containers: { type: 'string', default: '10000' },
    groups: { type: 'string', default: '1000' },
    running: { type: 'string', default: '300' },
    denied: { type: 'string', default: '0' },
    rounds: { type: 'string', default: '21' },
  },
});
const [count, groupCount, running] = [values.containers, values.groups, values.running].map(Number) as [
  number,
  number,
  number,
];
const rounds = Math.min(Number(values.rounds), running);
const portsOfBridge = 250;

const networks: readonly EngineNetwork[] = Array.from({ length: Math.ceil(running / portsOfBridge) }, (_, at) => ({
  engine: 'docker',
  networkId: `network ${at}`,
  name: `bench${at}`,
  driver: 'bridge',
  bridge: `br-bench${at}`,
  subnets: [`172.30.${at}.0/24`],
  gateways: [`172.30.${at}.254`],
}));
const folder = await mkdtemp(join(tmpdir(), 'portwarden-bench-'));
const processes: ChildProcess[] = [];
let nftTime = 0;
const dataplane = createDataplane({
  log: silentLog,
  run: async (command, ...more) => {
    const start = performance.now();
    const result = await runTool(command, ...more);
    if (command === 'nft') nftTime += performance.now() - start;
    return result;
  },
});
try {
  const flat = join(folder, 'flat.nft');
  const floor = await floorOf(flat);
  const real = await startContainers();
  const [told, fresh] = [real.slice(0, running - rounds), real.slice(running - rounds)];
  const made = Array.from({ length: count - running }, (_, index) => madeContainer(index));
  const parts = await follow(made, told, fresh);
  process.stdout.write(
    `${count} containers in ${groupCount} groups, ${running} of them real; a container more, medians of ${rounds}:\n`,
  );
  for (const [part, times] of Object.entries(parts)) {
    const [middle, worst] = [percentile(times, 0.5), percentile(times, 0.95)];
    process.stdout.write(
      `  ${part}: ${middle.toFixed(1)} ms, ${worst.toFixed(1)} at the 95th percentile, ${(middle / floor).toFixed(2)} times the floor\n`,
    );
  }
  process.stdout.write(`  the floor, nft -f of one element: ${floor.toFixed(1)} ms\n`);
} finally {
  await dataplane.close();
  // The whole group: the containers, too.
  for (const { pid } of processes) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  await rm(folder, { recursive: true });
}

async function follow(
  made: readonly AttachedContainer[],
  told: readonly AttachedContainer[],
  fresh: readonly AttachedContainer[],
): Promise<Record<string, readonly number[]>> {
  const invented = new Set(made);
  const host = createSegmentedHost({
    host: 'bench',
    portwardenPorts: [7080],
    read: {
      ...machine,
      // Nobody has ten thousand interfaces for a benchmark.
      ports: async (input) => [
        ...input.containers.flatMap(({ container }) => (invented.has(container) ? [networked(container)] : [])),
        ...(await machine.ports({
          ...input,
          containers: input.containers.filter((one) => !invented.has(one.container)),
        })),
      ],
    },
  });
  const times: Record<string, number[]> = {};
  const say = (part: string, time: number): void => {
    times[part] = [...(times[part] ?? []), time];
  };
  let [applying, applied] = [0, 0];
  const timed: Dataplane = {
    ...dataplane,
    async apply(ruleset) {
      applying = performance.now();
      const report = await dataplane.apply(ruleset);
      applied = performance.now();
      return report;
    },
  };
  let cutDone = (): void => undefined;
  let asked = 0;
  const enforcer = createEnforcer({
    host,
    dataplane: timed,
    clock: systemClock,
    log: silentLog,
    cut: async ({ only }): Promise<CutReport> => {
      asked = only?.size ?? 0;
      cutDone();
      return { looked: 0, refused: [], cut: 0, more: false };
    },
  });
  const rules = { groups: madeGroups(), denyLists: deniedOf(Number(values.denied)) };
  await host.replace('docker', networks, [...made, ...told]);
  let start = performance.now();
  await enforcer.enforce(rules);
  const whole = performance.now() - start;
  await dataplane.watch(() => undefined);
  await enforcer.enforce(rules);
  for (const container of fresh) {
    // What the kernel still has to free of the step before, and what is told of it.
    await sleep(200);
    const cut = new Promise<void>((resolve) => {
      cutDone = resolve;
    });
    start = performance.now();
    const bound = await host.add('docker', container);
    if (bound?.attachments.length !== 1) throw new Error(`${container.name} has no port`);
    const read = performance.now();
    nftTime = 0;
    await enforcer.enforce(rules);
    await cut;
    const ended = performance.now();
    enforcer.enforced?.judge.endpointAt('10.0.0.1');
    say('event to kernel', applied - start);
    say('  reading its port', read - start);
    say('  compiling', applying - read);
    say('  finding what differs, files', applied - applying - nftTime);
    say('  nft', nftTime);
    say('beside it, whose connections are looked at', ended - applied);
    say('when something was counted, the judge', performance.now() - ended);
  }
  process.stdout.write(`from documents to the kernel, all of it: ${whole.toFixed(0)} ms\n`);
  process.stdout.write(`connections of ${asked} addresses were looked at for the last of them\n`);
  return times;
}

async function floorOf(file: string): Promise<number> {
  await writeFile(file, 'table inet floor {\n\tset s {\n\t\ttype ipv4_addr\n\t}\n}\n');
  await runTool('nft', ['-f', file]);
  const times: number[] = [];
  for (let round = 0; round < 21; round++) {
    await writeFile(file, `add element inet floor s { 10.0.0.${round} }\n`);
    const start = performance.now();
    await runTool('nft', ['-f', file]);
    times.push(performance.now() - start);
  }
  await runTool('nft', ['delete table inet floor']);
  return percentile(times, 0.5);
}

/** Processes in namespaces of their own, each at a port of a bridge: what an engine leaves of a container that runs. */
async function startContainers(): Promise<readonly AttachedContainer[]> {
  const lines: string[] = [];
  for (const { bridge } of networks) lines.push(`link add ${bridge} type bridge`, `link set ${bridge} up`);
  const holder = spawn(
    'sh',
    ['-c', `for i in $(seq ${running}); do unshare --net sh -c 'echo $$; exec sleep 3600' & done; wait`],
    { stdio: ['ignore', 'pipe', 'inherit'], detached: true },
  );
  processes.push(holder);
  const pids = await new Promise<readonly number[]>((resolve) => {
    let text = '';
    holder.stdout.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      const all = text.trim().split('\n');
      if (all.length === running && text.endsWith('\n')) resolve(all.map(Number));
    });
  });
  for (const [index, pid] of pids.entries()) {
    const port = `veth${index}`;
    lines.push(
      `link add ${port} type veth peer name eth0 netns ${pid}`,
      `link set ${port} master ${networkOf(index).bridge} up`,
    );
  }
  const batch = join(folder, 'links');
  await writeFile(batch, `${lines.join('\n')}\n`);
  const { status, complaint } = await runTool('ip', ['-batch', batch]);
  if (status !== 0) throw new Error(complaint);
  return pids.map((pid, index) => ({
    ...containerOf(
      index,
      `172.30.${Math.floor(index / portsOfBridge)}.${(index % portsOfBridge) + 1}`,
      networkOf(index),
    ),
    pid,
    started: Date.now(),
  }));
}

function networkOf(index: number): EngineNetwork {
  return networks[Math.floor(index / portsOfBridge)] as EngineNetwork;
}

function madeContainer(index: number): AttachedContainer {
  const address = `172.${16 + (index >> 14)}.${(index >> 7) & 127}.${(index & 127) + 2}`;
  return containerOf(running + index, address, { name: `made${index >> 10}`, networkId: 'made' });
}

function containerOf(
  index: number,
  address: string,
  { name, networkId }: Pick<EngineNetwork, 'name' | 'networkId'>,
): AttachedContainer {
  const mac = [0x02, 0x42, index >> 24, (index >> 16) & 255, (index >> 8) & 255, index & 255];
  const project = `project-${index % groupCount}`;
  return {
    containerId: index.toString(16).padStart(64, '0'),
    name: `${project}-web-${index}`,
    imageReference: `registry.example/${project}/web:1`,
    labels: { 'com.docker.compose.project': project, 'com.docker.compose.service': 'web' },
    running: true,
    pid: 0,
    networkMode: name,
    endpoints: [
      {
        network: name,
        networkId,
        mac: mac.map((byte) => byte.toString(16).padStart(2, '0')).join(':'),
        addresses: [address],
      },
    ],
    published: [],
  };
}

function networked(container: AttachedContainer): NetworkedContainer {
  const { running: _, started: __, networkMode: ___, endpoints, ...identity } = container;
  const attachments = endpoints.map(({ network, mac = '', addresses }) => ({
    network,
    bridge: `br-${network}`,
    port: `made${Number.parseInt(container.containerId, 16)}`,
    mac,
    addresses,
  }));
  return { ...identity, host: 'bench', engine: 'docker', attachments, outOfReach: [] };
}

function madeGroups(): readonly SecurityGroup[] {
  const block = (text: number) => ({ v4: [{ from: text, end: text + 65_536 }], v6: [] });
  return Array.from({ length: groupCount }, (_, index): SecurityGroup => {
    const port = connectionsTo('tcp', 5000 + (index % 100), 5000 + (index % 100));
    const group = (number: number) => ({ kind: 'group' as const, group: `group-${number % groupCount}` });
    return {
      name: `group-${index}`,
      mode: 'enforce',
      isDefault: false,
      members: [{ project: `project-${index}`, service: 'web' }],
      outbound: [
        { path: 'outbound[0]', peers: [group(index + 1)], connections: port },
        {
          path: 'outbound[1]',
          peers: [{ kind: 'addresses', addresses: block(0xcb00_0000 + 65_536 * (index % 200)) }],
          connections: connectionsTo('tcp', 443, 443),
        },
        {
          path: 'outbound[2]',
          peers: [{ kind: 'service', service: 'dns' }],
          connections: connectionsTo('udp', 53, 53),
        },
      ],
      inbound: [
        { path: 'inbound[0]', peers: [group(index + groupCount - 1)], connections: port },
        { path: 'inbound[1]', peers: [{ kind: 'any' }], connections: connectionsTo('tcp', 80, 80) },
      ],
    };
  });
}

function deniedOf(blocks: number) {
  if (blocks === 0) return [];
  const v4 = spansOf(
    Array.from({ length: blocks }, (_, at) => ({ from: 0x0b00_0000 + at * 4096, end: 0x0b00_0000 + at * 4096 + 256 })),
  );
  return [{ name: 'feed', addresses: { v4, v6: [] } }];
}
