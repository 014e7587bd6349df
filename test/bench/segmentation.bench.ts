/**
 * What rules of traffic cost: compiling and applying those of ten thousand containers in a thousand groups, a container more,
 * and a TCP stream between two containers of a bridge. The floors, in the same run: `nft -f` of one flat set of as many
 * elements, and the bare bridge. In network namespaces of its own; needs root, nftables, iproute2 and busybox.
 * `node test/bench/segmentation.bench.ts [--containers N] [--megabytes N] [--rounds N]`. It asserts nothing.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { silentLog } from '../../src/base/index.ts';
import { allConnections, connectionsTo } from '../../src/model/index.ts';
import { compileRuleset, createDataplane, type Ruleset } from '../../src/segmentation/index.ts';
import { createNetworkBed, type NetworkBed } from '../engines/index.ts';
import { type MadeContainer, type MadeGroup, makeTraffic } from '../fakes/traffic.ts';

const { values } = parseArgs({
  options: {
    containers: { type: 'string', default: '10000' },
    megabytes: { type: 'string', default: '1500' },
    rounds: { type: 'string', default: '7' },
  },
});
const count = Number(values.containers);
const groupCount = Math.max(1, Math.floor(count / 10));
const all = Array.from({ length: count + 1 }, (_, index) => madeContainer(index));
const larger = fleetOf(count + 1);
const fleet = withoutLast(larger);

const bed = await createNetworkBed([{ name: 'br0', v4: '10.250.0.1/24' }]);
const folder = await mkdtemp(join(tmpdir(), 'portwarden-bench-'));
const dataplane = createDataplane({ log: silentLog, namespace: bed.host });
try {
  // Nothing of them was compiled before.
  const fresh = Array.from({ length: 5 }, () => structuredClone(fleet));
  const compiling = await medianOf(async () => void compileRuleset(fresh.pop() ?? fleet));
  const ruleset = compileRuleset(fleet);
  const elements = elementsOf(ruleset);
  const flat = join(folder, 'flat.nft');
  const addresses = Array.from({ length: elements }, (_, at) => `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`);
  await writeFile(
    flat,
    `table inet flat {\n\tset s {\n\t\ttype ipv4_addr\n\t\telements = { ${addresses.join(', ')} }\n\t}\n}\n`,
  );
  const floor = await medianOf(
    () => bed.run(bed.host, 'nft', '-f', flat),
    () =>
      bed
        .run(bed.host, 'nft', 'destroy table inet flat')
        .catch(() => bed.run(bed.host, 'nft', 'delete table inet flat')),
  );
  const whole = await medianOf(
    () => dataplane.apply(ruleset),
    () => dataplane.remove(),
  );
  print(`compile ${count} containers in ${groupCount} groups`, compiling, `${elements} elements of sets`);
  print(
    'apply all of it',
    whole,
    `${(whole / floor).toFixed(2)} times a flat set of as many elements (${floor.toFixed(0)} ms)`,
  );

  await dataplane.apply(ruleset);
  await dataplane.watch(() => undefined);
  await dataplane.apply(ruleset);
  const more = compileRuleset(larger);
  let turn = 0;
  const delta = await medianOf(() => dataplane.apply(turn++ % 2 === 0 ? more : ruleset));
  print('apply one container more or less', delta, 'one process of nft');
  await dataplane.remove();

  // Its watch would read of ten thousand changes meanwhile.
  await dataplane.close();
  const a = await bed.attach({ name: 'a', bridge: 'br0', v4: '10.250.0.2/24' });
  const b = await bed.attach({ name: 'b', bridge: 'br0', v4: '10.250.0.3/24' });
  const few = compileRuleset(streamOf([a, b], {}));
  const many = compileRuleset(streamOf([a, b, ...all.slice(0, count)], groupsOf(count)));
  const [bare, ruled, full]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < Number(values.rounds); round++) {
    await dataplane.remove();
    bare.push(await stream(bed, a.namespace, b.namespace, b.v4));
    await dataplane.apply(few);
    ruled.push(await stream(bed, a.namespace, b.namespace, b.v4));
    await dataplane.apply(many);
    full.push(await stream(bed, a.namespace, b.namespace, b.v4));
  }
  const rate = (times: readonly number[]): number => (Number(values.megabytes) * 8) / Math.min(...times);
  process.stdout.write(
    `TCP within a bridge: bare ${rate(bare).toFixed(1)} Gbit/s; with rules of 2 containers ${percent(bare, ruled)} of it, of ${count + 2} ${percent(bare, full)}\n`,
  );
} finally {
  await dataplane.close();
  await bed.close();
  await rm(folder, { recursive: true });
}

function madeContainer(index: number): MadeContainer {
  const mac = [0x02, 0x42, index >> 24, (index >> 16) & 255, (index >> 8) & 255, index & 255];
  return {
    name: `c${index}`,
    bridge: `br-${index >> 10}`,
    port: `veth${index}`,
    mac: mac.map((byte) => byte.toString(16).padStart(2, '0')).join(':'),
    v4: `172.${16 + (index >> 14)}.${(index >> 7) & 127}.${(index & 127) + 2}`,
  };
}

function groupsOf(size: number): Readonly<Record<string, MadeGroup>> {
  const groups: Record<string, MadeGroup> = {};
  for (let group = 0; group < groupCount; group++) {
    const members: string[] = [];
    for (let index = group; index < size; index += groupCount) members.push(`c${index}`);
    const port = connectionsTo('tcp', 5000 + (group % 100), 5000 + (group % 100));
    const next = `group:g${(group + 1) % groupCount}`;
    groups[`g${group}`] = {
      members,
      outbound: [
        { peers: ['169.254.169.254/32', '10.255.0.1/32'], connections: allConnections, action: 'deny' },
        { peers: [next], connections: port },
        { peers: [`203.${group % 200}.0.0/16`], connections: connectionsTo('tcp', 443, 443) },
      ],
      inbound: [
        { peers: [`group:g${(group + groupCount - 1) % groupCount}`], connections: port },
        { peers: ['any'], connections: connectionsTo('tcp', 80, 80) },
      ],
    };
  }
  return groups;
}

function fleetOf(size: number): ReturnType<typeof makeTraffic> {
  return makeTraffic(all.slice(0, size), groupsOf(size));
}

/** The same without the last container; it shares all else, as models of a host do. */
function withoutLast({ model, containers, network }: ReturnType<typeof makeTraffic>): ReturnType<typeof makeTraffic> {
  const gone = model.endpoints.findIndex(({ name }) => name === `c${count}`);
  const populations = [...model.populations].map(([name, members]): [string, readonly number[]] => [
    name,
    members.filter((index) => index !== gone).map((index) => (index > gone ? index - 1 : index)),
  ]);
  const endpoints = model.endpoints.filter((_, index) => index !== gone);
  return {
    model: { ...model, endpoints, populations: new Map(populations) },
    containers: containers.slice(0, count),
    network,
  };
}

function streamOf(containers: readonly MadeContainer[], others: Readonly<Record<string, MadeGroup>>) {
  const rules = [{ peers: ['group:streams'], connections: connectionsTo('tcp', 9999, 9999) }];
  return makeTraffic(containers, { ...others, streams: { members: ['a', 'b'], outbound: rules, inbound: rules } });
}

function elementsOf(ruleset: Ruleset): number {
  return ruleset.tables.flatMap(({ sets }) => [...sets.values()]).reduce((sum, set) => sum + set.elements.size, 0);
}

/** Milliseconds that it takes to send all of it. */
async function stream({ run }: NetworkBed, from: string, to: string, address: string): Promise<number> {
  // What the kernel still has to free of the rules before.
  await sleep(1000);
  const server = run(to, 'sh', '-c', 'busybox nc -l -p 9999 >/dev/null');
  const send = `until exec 3>/dev/tcp/${address}/9999; do sleep 0.05; done 2>/dev/null; date +%s%N; dd if=/dev/zero bs=1M count=${values.megabytes} >&3 2>/dev/null; exec 3>&-; date +%s%N`;
  const [begin = '', end = ''] = (await run(from, 'bash', '-c', send)).trim().split('\n');
  await server;
  return Number(BigInt(end) - BigInt(begin)) / 1e6;
}

async function medianOf(
  work: () => Promise<unknown>,
  after: () => Promise<unknown> = async () => undefined,
): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
    await after();
  }
  return median(times);
}

function median(times: readonly number[]): number {
  return [...times].sort((x, y) => x - y)[Math.floor(times.length / 2)] ?? 0;
}

/** Of the best of each: whatever else the machine did only adds to a time. */
function percent(floor: readonly number[], times: readonly number[]): string {
  return `${((100 * Math.min(...floor)) / Math.min(...times)).toFixed(0)} %`;
}

function print(what: string, milliseconds: number, note: string): void {
  process.stdout.write(`${what}: ${milliseconds.toFixed(0)} ms (${note})\n`);
}
