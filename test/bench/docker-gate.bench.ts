/**
 * Creating containers at a dockerd with the gate before it beside one without a plugin, and one whose plugin says yes to
 * everything, which is the floor; and reading at all three. `node test/bench/docker-gate.bench.ts [--rounds N] [--parallel N]`
 * sends by turns N creates at once (50) for N rounds (6): medians, 99th percentiles, and ratios. The gate is as in the product: the
 * front, and the agent with SQLite on disk, each a process of its own. Both plugins stand behind a relay, which tells what each of
 * their calls took: the figure of the gate alone, while dockerd itself works. It asserts nothing.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startDockerFront } from '../../src/gate/index.ts';
import { busyboxImage, type ContainerEngine, startDockerd, writeDockerArchive } from '../engines/index.ts';
import { percentile } from './figures.ts';
import type { RelayTimes } from './plugin-relay.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '6' }, parallel: { type: 'string', default: '50' } },
});
const rounds = Number(values.rounds);
const parallel = Number(values.parallel);
const image = 'trusted.example/harbor/busybox:1';
const directory = mkdtempSync(join(tmpdir(), 'docker-gate-bench-'));
const archive = join(directory, 'busybox.tar');
writeDockerArchive(busyboxImage(), archive, image);

const body = {
  Image: image,
  User: '1000:1000',
  Cmd: ['echo', 'ahoy'],
  Env: Array.from({ length: 20 }, (_, index) => `NAME_${index}=value of the variable ${index}`),
  Labels: Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`org.example.label-${index}`, 'x'.repeat(40)])),
  HostConfig: { NetworkMode: 'none', Binds: ['/mnt:/host:ro'], Memory: 64 * 2 ** 20, ReadonlyRootfs: true },
};

async function time<Value>(work: () => Promise<Value>): Promise<{ readonly value: Value; readonly took: number }> {
  const begun = performance.now();
  const value = await work();
  return { value, took: performance.now() - begun };
}

/** A burst of creates; the containers are removed again. */
async function createMany(engine: ContainerEngine): Promise<readonly number[]> {
  // One before, so that none of what is measured is the first since long.
  const { Id: first } = (await engine.call('POST', '/containers/create', body)) as { readonly Id: string };
  await engine.removeContainer(first);
  const made = await Promise.all(
    Array.from({ length: parallel }, () => time(() => engine.call('POST', '/containers/create', body))),
  );
  for (const { value } of made) await engine.removeContainer((value as { readonly Id: string }).Id);
  return made.map(({ took }) => took);
}

async function one(engine: ContainerEngine): Promise<readonly number[]> {
  const took: number[] = [];
  for (let count = 0; count < 30; count++) {
    const made = await time(() => engine.call('POST', '/containers/create', body));
    took.push(made.took);
    await engine.removeContainer((made.value as { readonly Id: string }).Id);
  }
  return took;
}

async function read(engine: ContainerEngine): Promise<readonly number[]> {
  const asked = Array.from({ length: parallel * 4 }, () => time(() => engine.call('GET', `/images/${image}/json`)));
  return (await Promise.all(asked)).map(({ took }) => took);
}

const program = (name: string): string => fileURLToPath(new URL(`./${name}`, import.meta.url));
const children: ChildProcess[] = [];

async function start(args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout, 'data');
}

/** A plugin that reads nothing and allows everything. */
const yesProgram = `require('node:http').createServer((request, response) => {
  request.resume();
  request.on('end', () => response.end(request.url === '/Plugin.Activate' ? '{"Implements":["authz"]}' : '{"Allow":true}'));
}).listen(process.argv[1], () => console.log('ready'));`;

/** The socket of a plugin of that name, which leads to another; and what asks for the times of its calls. */
async function startRelay(name: string, behind: string): Promise<() => Promise<RelayTimes>> {
  mkdirSync('/run/docker/plugins', { recursive: true });
  const relay = fork(program('plugin-relay.ts'), [`/run/docker/plugins/${name}.sock`, behind]);
  children.push(relay);
  await once(relay, 'message');
  return async () => {
    relay.send('times');
    const [times] = await once(relay, 'message');
    return times;
  };
}

const at = (name: string): string => join(directory, name);
const yesName = `portwarden-yes-${process.pid}`;
const gateName = `portwarden-bench-${process.pid}`;
const started: ContainerEngine[] = [];
const startEngine = async (args: readonly string[]): Promise<ContainerEngine> => {
  const engine = await startDockerd({ args: [...args] });
  started.push(engine);
  return engine;
};
const front = await startDockerFront({ socketPath: at('front.sock'), backend: at('agent.sock'), whenAway: 'deny' });
try {
  await start(['-e', yesProgram, at('yes.sock')]);
  const relays = { yes: await startRelay(yesName, at('yes.sock')), gate: await startRelay(gateName, at('front.sock')) };
  const plain = await startEngine([]);
  const floor = await startEngine([`--authorization-plugin=${yesName}`]);
  const gated = await startEngine([`--authorization-plugin=${gateName}`]);
  await start([program('docker-plugin-agent.ts'), at('agent.sock'), gated.socket, at('store.sqlite')]);
  const engines = { none: plain, yes: floor, gate: gated };
  for (const engine of Object.values(engines)) await engine.load(archive);
  for (const [title, measure] of [
    ['a create alone', one],
    [`${parallel} creates at once`, createMany],
    [`${parallel * 4} reads at once`, read],
  ] as const) {
    const figures = { none: [] as number[], yes: [] as number[], gate: [] as number[] };
    const names = Object.keys(engines) as (keyof typeof engines)[];
    for (const name of names) await measure(engines[name]);
    // Those of the first turn are of nobody.
    await Promise.all([relays.yes(), relays.gate()]);
    for (let round = 0; round < rounds; round++)
      for (const name of names) figures[name].push(...(await measure(engines[name])));
    const lines = [0.5, 0.99].map((rank) => {
      const [none = 0, floorTime = 0, gate = 0] = names.map((name) => percentile(figures[name], rank));
      const ratios = `× ${(gate / none).toFixed(2)} of none, × ${(gate / floorTime).toFixed(2)} of a yes`;
      return `p${rank * 100} ${none.toFixed(1)} / ${floorTime.toFixed(1)} / ${gate.toFixed(1)} ms (${ratios})`;
    });
    process.stdout.write(`${title}, no plugin / one that says yes / the gate: ${lines.join(', ')}\n`);
    const calls = { yes: await relays.yes(), gate: await relays.gate() };
    for (const call of ['AuthZReq', 'AuthZRes'] as const) {
      if (calls.gate[call].length === 0) continue;
      const told = [0.5, 0.99].map((rank) => {
        const [least, ours] = [percentile(calls.yes[call], rank), percentile(calls.gate[call], rank)];
        return `p${rank * 100} ${least.toFixed(1)} / ${ours.toFixed(1)} ms (× ${(ours / least).toFixed(1)})`;
      });
      process.stdout.write(`  of it ${call}, at the plugin that says yes / at the gate: ${told.join(', ')}\n`);
    }
  }
} finally {
  for (const engine of started) await engine.stop();
  for (const child of children) child.kill();
  process.kill(front.pid);
  for (const name of [yesName, gateName]) rmSync(`/run/docker/plugins/${name}.sock`, { force: true });
  rmSync(directory, { recursive: true, force: true });
}
