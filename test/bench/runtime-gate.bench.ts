/**
 * What the runtime gate adds to the start of a container, beside the runtime alone: `node test/bench/runtime-gate.bench.ts
 * [--runs N]`. The runtime is a program that ends at once, so that its own time is the floor; then runc itself, whose `create`
 * ends in an error of its own. The gate allows everything without looking: what it costs is the wrapper, the client, and the
 * parser of config.json. It prints medians, and asserts nothing.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startRuntimeGate } from '../engines/runtime-gate.ts';
import { fakeLaunches } from '../fakes/scripted-launches.ts';
import { percentile } from './figures.ts';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '40' } } });
const runs = Number(values.runs);
const directory = mkdtempSync(join(tmpdir(), 'runtime-bench-'));
const runtime = '/bin/true';
const gate = await startRuntimeGate(fakeLaunches(), { runtime });
try {
  mkdirSync(join(directory, 'bundle'));
  writeFileSync(join(directory, 'bundle/config.json'), JSON.stringify(makeConfig()));
  const create = ['--root', directory, 'create', '--bundle', join(directory, 'bundle'), 'id'];
  const state = ['--root', directory, 'state', 'id'];
  for (const [title, args] of [
    ['create', create],
    ['state', state],
  ] as const) {
    const [direct, gated]: [number[], number[]] = [[], []];
    for (let at = -2; at < runs; at++) {
      const floor = await taken(runtime, args);
      const ours = await taken(gate.wrapper, args);
      if (at < 0) continue;
      direct.push(floor);
      gated.push(ours);
    }
    const [floor, median, p95] = [percentile(direct, 0.5), percentile(gated, 0.5), percentile(gated, 0.95)];
    process.stdout.write(
      `${title}: alone ${floor.toFixed(1)} ms, through the wrapper ${median.toFixed(1)} ms (p95 ${p95.toFixed(1)}): ` +
        `${(median - floor).toFixed(1)} ms more\n`,
    );
  }
} finally {
  await gate.remove();
  rmSync(directory, { recursive: true });
}

function taken(program: string, args: readonly string[]): Promise<number> {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('error', reject);
    child.on('close', (status) => {
      if (status === 0) resolve(performance.now() - begun);
      else reject(new Error(`${program} ended with ${status}`));
    });
  });
}

/** As large as dockerd's are: 20 KB, most of it the profile of seccomp. */
function makeConfig(): object {
  const syscalls = Array.from({ length: 60 }, (_, i) => ({
    names: Array.from({ length: 8 }, (_each, j) => `system_call_${i}_${j}`),
    action: 'SCMP_ACT_ALLOW',
  }));
  return {
    ociVersion: '1.0.2',
    process: { user: { uid: 0, gid: 0 }, args: ['sleep', '1000'], env: ['PATH=/bin'], cwd: '/', capabilities: {} },
    root: { path: 'rootfs' },
    mounts: [{ destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] }],
    linux: {
      namespaces: ['pid', 'network', 'ipc', 'uts', 'mount', 'cgroup'].map((type) => ({ type })),
      seccomp: { defaultAction: 'SCMP_ACT_ERRNO', syscalls },
    },
  };
}
