/**
 * How close a cold `portwarden scan` comes to the floor (floor.ts). `node test/bench/scan.bench.ts [--size MB] [--runs N]`
 * builds an OCI layout of 300 MB (or MB) uncompressed in a temporary directory, runs floor and command in fresh
 * processes, by turns, and prints medians and their ratio. It asserts nothing.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildOciLayout, type TarEntry } from '../fakes/image-builder.ts';

const { values } = parseArgs({
  options: { size: { type: 'string', default: '300' }, runs: { type: 'string', default: '7' } },
});
const megabytes = Number(values.size);
const runs = Number(values.runs);

/** Bytes that compress to about 40%, as files of images do: words out of a small dictionary between noise. */
function semiCompressible(length: number, seed: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let state = seed | 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  const words = Array.from({ length: 512 }, () =>
    Buffer.from(Array.from({ length: 4 + (next() % 12) }, () => next() % 256)),
  );
  for (let at = 0; at < length; ) {
    const word = words[next() % words.length] as Buffer;
    at += word.copy(bytes, at);
    if (at + 4 <= length && next() % 4 === 0) at = bytes.writeUInt32LE(next(), at);
  }
  return bytes;
}

/** One layer: a fifth of its bytes in large binaries, the rest in many small files of all sizes. */
function layerEntries(bytes: number, layer: number): TarEntry[] {
  const pool = semiCompressible(32 * 2 ** 20, layer + 1);
  const entries: TarEntry[] = [{ dir: 'usr' }, { dir: `usr/lib${layer}` }];
  const elf = Buffer.from('\x7fELF', 'latin1');
  let left = bytes;
  for (let n = 0; left > 0; n++) {
    const large = n % 1500 === 700;
    const size = Math.min(left, large ? 20 * 2 ** 20 : 200 + ((n * 7919) % 24_000));
    const start = (n * 104_729) % (pool.length - size);
    const body = pool.subarray(start, start + size);
    if (n % 100 === 0) entries.push({ dir: `usr/lib${layer}/package-${n}` });
    const directory = `usr/lib${layer}/package-${n - (n % 100)}`;
    const name = large ? `binary-${n}` : n % 100 === 1 ? 'package.json' : `module-${n}.js`;
    entries.push({
      file: `${directory}/${name}`,
      content: large ? Buffer.concat([elf, body]) : body,
      mode: large ? 0o755 : 0o644,
    });
    left -= size;
  }
  return entries;
}

const shares = [0.32, 0.24, 0.18, 0.14, 0.08, 0.04];
const directory = mkdtempSync(join(tmpdir(), 'scan-bench-'));
try {
  buildOciLayout(directory, { layers: shares.map((share, layer) => layerEntries(share * megabytes * 2 ** 20, layer)) });
  const blobs = join(directory, 'blobs', 'sha256');
  const layers = readdirSync(blobs)
    .map((name) => join(blobs, name))
    .filter((file) => statSync(file).size > 100_000);
  const stored = layers.reduce((sum, file) => sum + statSync(file).size, 0);
  process.stdout.write(`${megabytes} MB in ${layers.length} layers, ${Math.round(stored / 2 ** 20)} MB as stored\n`);
  const floor = [fileURLToPath(new URL('floor.ts', import.meta.url)), ...layers];
  const program = fileURLToPath(new URL('../../bin/portwarden', import.meta.url));
  const command = [program, 'scan', `oci-layout:${directory}`, '--format', 'json', '--data', join(directory, 'none')];
  const floors: number[] = [];
  const scans: number[] = [];
  taken(command);
  for (let run = 0; run < runs; run++) {
    floors.push(taken(floor));
    scans.push(taken(command));
  }
  print(floors, scans);
} finally {
  rmSync(directory, { recursive: true, force: true });
}

/** Milliseconds of a whole process, from its spawn to its end. */
function taken(args: readonly string[]): number {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  const wall = performance.now() - started;
  if (status !== 0) throw new Error(`${args[0]} failed: ${stderr}`);
  const { problems = [] } = JSON.parse(stdout) as { problems?: readonly unknown[] };
  if (problems.length > 0) throw new Error(`${args[0]} met ${problems.length} problems`);
  return wall;
}

/** The median of the ratios of neighbors: what else the machine does falls on both. */
function print(floors: readonly number[], scans: readonly number[]): void {
  const ratios = scans.map((scan, run) => scan / (floors[run] as number));
  process.stdout.write(
    `wall clock: floor ${median(floors).toFixed(0)} ms, scan ${median(scans).toFixed(0)} ms, ` +
      `ratio ${median(ratios).toFixed(2)} (${ratios.map((ratio) => ratio.toFixed(2)).join(' ')})\n`,
  );
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}
