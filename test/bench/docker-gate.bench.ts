/**
 * Creating containers at a dockerd with the gate before it beside one without a plugin, and one whose plugin says yes to
 * everything, which is the floor; and reading at all three. `node test/bench/docker-gate.bench.ts [--rounds N] [--parallel N]`
 * sends by turns N creates at once (50) for N rounds (6): medians, 99th percentiles, and ratios. The gate decides by
 * the launch service in the process that measures, behind the real front. It asserts nothing.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type GatedDockerd, startGatedDockerd, strictSettings } from '../engines/gated-dockerd.ts';
import { busyboxImage, type ContainerEngine, startDockerd, writeDockerArchive } from '../engines/index.ts';
import { percentile } from './figures.ts';

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

/** A plugin that reads nothing and allows everything. */
async function startYesPlugin(name: string): Promise<{ readonly socket: string; readonly child: ChildProcess }> {
  const socket = `/run/docker/plugins/${name}.sock`;
  const program = `require('node:http').createServer((request, response) => {
    request.resume();
    request.on('end', () => response.end(request.url === '/Plugin.Activate' ? '{"Implements":["authz"]}' : '{"Allow":true}'));
  }).listen(process.argv[1], () => console.log('ready'));`;
  mkdirSync('/run/docker/plugins', { recursive: true });
  const child = spawn(process.execPath, ['-e', program, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  return { socket, child };
}

let gated: GatedDockerd | undefined;
let plain: ContainerEngine | undefined;
let floor: ContainerEngine | undefined;
const yes = await startYesPlugin(`portwarden-bench-${process.pid}`);
try {
  plain = await startDockerd();
  floor = await startDockerd({ args: [`--authorization-plugin=portwarden-bench-${process.pid}`] });
  gated = await startGatedDockerd();
  const engines = { none: plain, yes: floor, gate: gated };
  for (const engine of Object.values(engines)) await engine.load(archive);
  gated.rules.settings = strictSettings;
  for (const [title, measure] of [
    ['a create alone', one],
    [`${parallel} creates at once`, createMany],
    [`${parallel * 4} reads at once`, read],
  ] as const) {
    const figures = { none: [] as number[], yes: [] as number[], gate: [] as number[] };
    const names = Object.keys(engines) as (keyof typeof engines)[];
    for (const name of names) await measure(engines[name]);
    for (let round = 0; round < rounds; round++)
      for (const name of names) figures[name].push(...(await measure(engines[name])));
    const lines = [0.5, 0.99].map((rank) => {
      const [none = 0, floorTime = 0, gate = 0] = names.map((name) => percentile(figures[name], rank));
      const ratios = `× ${(gate / none).toFixed(2)} of none, × ${(gate / floorTime).toFixed(2)} of a yes`;
      return `p${rank * 100} ${none.toFixed(1)} / ${floorTime.toFixed(1)} / ${gate.toFixed(1)} ms (${ratios})`;
    });
    process.stdout.write(`${title}, no plugin / one that says yes / the gate: ${lines.join(', ')}\n`);
  }
} finally {
  await gated?.stop();
  await floor?.stop();
  await plain?.stop();
  yes.child.kill();
  rmSync(yes.socket, { force: true });
  rmSync(directory, { recursive: true, force: true });
}
