/**
 * How close a cold `portwarden scan` comes to the floor (floor.ts). `node test/bench/scan.bench.ts [--size MB] [--runs N]`
 * builds an OCI layout of 300 MB (or MB) uncompressed in a temporary directory, runs floor and command in fresh
 * processes, by turns, with files left closed and looked into, and then with layers that were seen before; it prints
 * medians, their ratios and the peak of memory. It asserts nothing.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildOciLayout } from '../fakes/image-builder.ts';
import { layerEntries, layerShares } from './made-layers.ts';

const { values } = parseArgs({
  options: { size: { type: 'string', default: '300' }, runs: { type: 'string', default: '7' } },
});
const megabytes = Number(values.size);
const runs = Number(values.runs);

const directory = mkdtempSync(join(tmpdir(), 'scan-bench-'));
try {
  buildOciLayout(directory, {
    layers: layerShares.map((share, layer) => layerEntries(share * megabytes * 2 ** 20, layer)),
  });
  const blobs = join(directory, 'blobs', 'sha256');
  const layers = readdirSync(blobs)
    .map((name) => join(blobs, name))
    .filter((file) => statSync(file).size > 100_000);
  const stored = layers.reduce((sum, file) => sum + statSync(file).size, 0);
  process.stdout.write(`${megabytes} MB in ${layers.length} layers, ${Math.round(stored / 2 ** 20)} MB as stored\n`);
  const floor = [fileURLToPath(new URL('floor.ts', import.meta.url)), ...layers];
  const program = fileURLToPath(new URL('../../bin/portwarden', import.meta.url));
  const data = join(directory, 'data');
  const looking = [program, 'scan', `oci-layout:${directory}`, '--format', 'json', '--data', data];
  const closed = [...looking, '--no-content'];
  const empty = join(directory, 'empty');
  mkdirSync(empty);
  const nothing = [program, 'scan', `rootfs:${empty}`, '--format', 'json', '--data', data];
  const forgetLayers = () => rmSync(join(data, 'layers'), { recursive: true, force: true });
  const [floors, scans, looks, starts, seen]: [Taken[], Taken[], Taken[], Taken[], Taken[]] = [[], [], [], [], []];
  await taken(looking);
  for (let run = 0; run < runs; run++) {
    floors.push(await taken(floor));
    forgetLayers();
    scans.push(await taken(closed));
    forgetLayers();
    looks.push(await taken(looking));
    starts.push(await taken(nothing));
    seen.push(await taken(looking));
  }
  print('files closed', floors, scans);
  print('files looked into', floors, looks);
  print('layers seen before, beside a scan of nothing', starts, seen);
} finally {
  rmSync(directory, { recursive: true, force: true });
}

interface Taken {
  readonly milliseconds: number;
  readonly peakMegabytes: number;
}

/** A whole process, from its spawn to its end. */
async function taken(args: readonly string[]): Promise<Taken> {
  const started = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, highWater(child.pid));
  }, 20);
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  clearInterval(watch);
  const milliseconds = performance.now() - started;
  if (status !== 0) throw new Error(`${args[0]} failed: ${stderr}`);
  const { problems = [] } = JSON.parse(stdout) as { problems?: readonly unknown[] };
  if (problems.length > 0) throw new Error(`${args[0]} met ${problems.length} problems`);
  return { milliseconds, peakMegabytes: peak / 1024 };
}

/** The most memory that a process has had so far, in kilobytes (proc(5), VmHWM); 0 where it is gone. */
function highWater(pid: number | undefined): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    // It ended since.
    return 0;
  }
}

/** The median of the ratios of neighbors: what else the machine does falls on both. */
function print(what: string, floors: readonly Taken[], scans: readonly Taken[]): void {
  const ratios = scans.map((scan, run) => scan.milliseconds / (floors[run]?.milliseconds ?? 0));
  const wall = (all: readonly Taken[]) => median(all.map(({ milliseconds }) => milliseconds)).toFixed(0);
  const peak = Math.max(...scans.map(({ peakMegabytes }) => peakMegabytes));
  process.stdout.write(
    `${what}: floor ${wall(floors)} ms, scan ${wall(scans)} ms, ratio ${median(ratios).toFixed(2)} ` +
      `(${ratios.map((ratio) => ratio.toFixed(2)).join(' ')}), peak ${peak.toFixed(0)} MB\n`,
  );
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}
