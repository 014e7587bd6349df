/**
 * Creating containers at a dockerd with the gate before it beside a dockerd without a plugin, and reading at both.
 * `node test/bench/docker-gate.bench.ts [--rounds N] [--parallel N]` starts the two, each with the same image, and sends by
 * turns N creates at once (50) for N rounds (6): medians, 99th percentiles, and their ratios. The gate decides by a referee
 * in the process that measures, behind the real front. It asserts nothing.
 */
import { mkdtempSync, rmSync } from 'node:fs';
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
  HostConfig: { NetworkMode: 'none', Binds: ['/tmp:/host:ro'], Memory: 64 * 2 ** 20, ReadonlyRootfs: true },
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

let gated: GatedDockerd | undefined;
let plain: ContainerEngine | undefined;
try {
  plain = await startDockerd();
  gated = await startGatedDockerd();
  await plain.load(archive);
  await gated.load(archive);
  gated.rules.settings = strictSettings;
  for (const [title, measure] of [
    ['a create alone', one],
    [`${parallel} creates at once`, createMany],
    [`${parallel * 4} reads at once`, read],
  ] as const) {
    const figures = { plain: [] as number[], gated: [] as number[] };
    await measure(plain);
    await measure(gated);
    for (let round = 0; round < rounds; round++) {
      figures.plain.push(...(await measure(plain)));
      figures.gated.push(...(await measure(gated)));
    }
    const line = [0.5, 0.99].map((rank) => {
      const [without, with_] = [percentile(figures.plain, rank), percentile(figures.gated, rank)];
      return `p${rank * 100} ${without.toFixed(1)} → ${with_.toFixed(1)} ms (+${(with_ - without).toFixed(1)} ms, × ${(with_ / without).toFixed(2)})`;
    });
    process.stdout.write(`${title}, without → with the gate: ${line.join(', ')}\n`);
  }
} finally {
  await gated?.stop();
  await plain?.stop();
  rmSync(directory, { recursive: true, force: true });
}
