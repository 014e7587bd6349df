/**
 * What the docker gate takes of a call of its plugin, by what is seen at the plugin's socket: `node
 * test/bench/docker-plugin.bench.ts [--rounds N] [--parallel N]` asks as dockerd does, N creates at once (50) for N rounds (60),
 * each by AuthZReq with the body of `docker create` and AuthZRes behind it, over connections of which two are kept
 * (docker-plugin-client.ts, a process of its own that costs little). By turns with the floor: a plugin of node:http that parses
 * the same call and its body and says yes. The gate is as in the product: the front, the agent with SQLite on disk, and an engine
 * that is asked what the image is while its list of names is another, by questions that pass the plugin again. With the same body
 * each time, with one of twenty variables that nobody has seen, and with twenty. It prints medians, 99th percentiles, ratios, and
 * the processor time of all that take part; it asserts nothing. What a real dockerd makes of it is told by docker-gate.bench.ts.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, createServer, request as send } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startDockerFront } from '../../src/gate/index.ts';
import type { Burst, BurstTimes } from './docker-plugin-client.ts';
import { percentile } from './figures.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '60' },
    parallel: { type: 'string', default: '50' },
    /** A folder for a profile of the agent. */
    profile: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const parallel = Number(values.parallel);
const image = 'trusted.example/harbor/busybox:1';
const directory = mkdtempSync(join(tmpdir(), 'docker-plugin-bench-'));
const at = (name: string): string => join(directory, name);
const client = new Agent({ keepAlive: true, maxFreeSockets: 2 });
const floorProgram = `
  require('node:http').createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      if (request.url === '/AuthZPlugin.AuthZReq')
        JSON.parse(Buffer.from(JSON.parse(Buffer.concat(chunks)).RequestBody, 'base64'));
      response.end('{"Allow":true}');
    });
  }).listen(process.argv[1], () => console.log('ready'));`;

/** `last`: of the last variable; `seed`: of all others. */
function callOf(seed: string, last = seed): string {
  const body = {
    Image: image,
    User: '1000:1000',
    Cmd: ['serve', '--port=8080', '--config', '/etc/app/config.yaml'],
    Env: Array.from({ length: 20 }, (_, index) => {
      return `NAME_${index}=value ${index === 19 ? last : seed} of the variable ${index}`;
    }),
    Labels: Object.fromEntries(
      Array.from({ length: 10 }, (_, index) => [`org.example.label-${index}`, 'x'.repeat(40)]),
    ),
    HostConfig: { NetworkMode: 'shop', Binds: ['/mnt:/host:ro'], Memory: 64 * 2 ** 20, ReadonlyRootfs: true },
  };
  return JSON.stringify({
    RequestMethod: 'POST',
    RequestUri: '/v1.41/containers/create?name=web',
    RequestBody: Buffer.from(JSON.stringify(body)).toString('base64'),
    RequestHeaders: { 'Content-Type': 'application/json', 'User-Agent': 'Docker-Client/20.10.24' },
  });
}

function ask(socketPath: string, path: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { host: 'plugin', 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const request = send({ agent: client, socketPath, method: 'POST', path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.on('end', () => resolve(text));
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** The engine that the gate asks; as dockerd does, it asks the plugin about that first. */
async function startEngine(plugin: () => string): Promise<() => void> {
  const id = `sha256:${'a'.repeat(64)}`;
  mkdirSync(at('docker/image/overlay2'), { recursive: true });
  writeFileSync(at('docker/image/overlay2/repositories.json'), '{}');
  const server = createServer(async (request, response) => {
    const uri = request.url ?? '';
    const call = JSON.stringify({ RequestMethod: 'GET', RequestUri: uri });
    for (const path of ['/AuthZPlugin.AuthZReq', '/AuthZPlugin.AuthZRes']) await ask(plugin(), path, call);
    const answer = uri.endsWith('/info')
      ? { DockerRootDir: at('docker'), Driver: 'overlay2' }
      : { Id: id, RepoTags: [image], RepoDigests: [] };
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(at('engine.sock'), resolve));
  return () => server.close();
}

async function startProcess(args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  return child;
}

/** Milliseconds of processor time so far (proc_pid_stat(5), utime and stime in hundredths). */
function processorTime({ pid = 0 }: { readonly pid?: number | undefined }): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

const floor = await startProcess(['-e', floorProgram, at('floor.sock')]);
const plugin = at('plugin.sock');
const stopEngine = await startEngine(() => plugin);
const program = fileURLToPath(new URL('./docker-plugin-agent.ts', import.meta.url));
const profile = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];
const agent = await startProcess([...profile, program, at('agent.sock'), at('engine.sock'), at('store.sqlite')]);
const front = await startDockerFront({ socketPath: plugin, backend: at('agent.sock'), whenAway: 'deny' });
const asker = fork(fileURLToPath(new URL('./docker-plugin-client.ts', import.meta.url)));

async function sendBurst(burst: Burst): Promise<BurstTimes> {
  asker.send(burst);
  const [times] = await once(asker, 'message');
  return times;
}
try {
  let seed = 0;
  for (const [title, next] of [
    ['the same again', () => callOf('same')],
    ['one value new', () => callOf('same', `number ${seed++}`)],
    ['all values new', () => callOf(`number ${seed++}`)],
  ] as const) {
    const times = { floor: [[], []] as number[][], gate: [[], []] as number[][] };
    const used = { agent: 0, front: 0, floor: 0, client: 0 };
    for (let round = -10; round < rounds; round++) {
      for (const [name, socket] of [
        ['floor', at('floor.sock')],
        ['gate', plugin],
      ] as const) {
        const calls = Array.from({ length: parallel }, next);
        const before = { agent: processorTime(agent), front: processorTime(front), floor: processorTime(floor) };
        const taken = await sendBurst({ socket, calls });
        // The first rounds are those of the compiler.
        if (round < 0) continue;
        used.agent += processorTime(agent) - before.agent;
        used.front += processorTime(front) - before.front;
        used.floor += processorTime(floor) - before.floor;
        if (name === 'gate') used.client += taken.used;
        for (const pair of taken.times) pair.forEach((each, index) => times[name][index]?.push(each));
      }
    }
    for (const [index, call] of ['AuthZReq', 'AuthZRes'].entries()) {
      const say = [0.5, 0.99].map((rank) => {
        const [least = 1, ours = 1] = [times.floor[index] ?? [], times.gate[index] ?? []].map((all) =>
          percentile(all, rank),
        );
        return `p${rank * 100} ${ours.toFixed(1)} ms (floor ${least.toFixed(1)}, × ${(ours / least).toFixed(1)})`;
      });
      console.log(`${parallel} at once, ${title}, ${call}: ${say.join(', ')}`);
    }
    const each = Object.entries(used).map(([name, all]) => `${name} ${(all / (rounds * parallel)).toFixed(2)} ms`);
    console.log(`  processor time of a create: ${each.join(', ')}`);
  }
} finally {
  stopEngine();
  process.kill(front.pid);
  floor.kill();
  asker.kill();
  agent.kill('SIGINT');
  await new Promise((resolve) => agent.once('close', resolve));
  client.destroy();
  rmSync(directory, { recursive: true, force: true });
}
