/**
 * Pulling through the registry gate beside pulling from the registry itself, both by skopeo and by a bare client that throws
 * the bytes away. `node test/bench/gate.bench.ts [--size MB] [--runs N]` starts a registry and `portwarden up` with a gate,
 * each a process of its own, certifies an image of 1,000 MB (or MB) in four layers that are not compressed, and prints
 * medians, their ratios, 200 pulls of a small image at once, and the gate's peak of memory. It asserts nothing.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { Agent, request } from 'undici';
import { findFreePort } from '../engines/daemon.ts';
import { plainDocuments } from '../engines/gated-registry.ts';
import { type PushedArtifact, pushBlob, pushManifest, startRegistry } from '../engines/index.ts';
import { percentile } from './figures.ts';

const { values } = parseArgs({
  options: { size: { type: 'string', default: '1000' }, runs: { type: 'string', default: '5' } },
});
const megabytes = Number(values.size);
const runs = Number(values.runs);
const run = promisify(execFile);
const program = fileURLToPath(new URL('../../bin/portwarden', import.meta.url));
const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const directory = mkdtempSync(join(tmpdir(), 'gate-bench-'));
const agent = new Agent({ connections: 256 });
const registry = await startRegistry();
let server: ChildProcess | undefined;
try {
  const gate = `127.0.0.1:${await findFreePort()}`;
  const environment = {
    ...process.env,
    PORTWARDEN_DATA: join(directory, 'data'),
    PORTWARDEN_GATE: gate,
    PORTWARDEN_DOCKER_SOCKET: '',
    PORTWARDEN_PODMAN_SOCKET: '',
    PORTWARDEN_CONTENT: 'off',
  };
  const portwarden = (...args: string[]) => run(process.execPath, [program, ...args], { env: environment });
  const documents = join(directory, 'documents.yaml');
  const lenient = plainDocuments.replace('notJudged: allow', 'notJudged: allow, notExamined: allow');
  writeFileSync(documents, lenient.replaceAll('HOST', registry.host).replaceAll('GATE', gate));
  await portwarden('apply', '-f', documents);
  for (const [name, layers] of [
    ['large', Array(4).fill((megabytes * 2 ** 20) / 4)],
    ['small', [2 ** 20]],
  ] as const) {
    await pushNoise(`quarantine/team/${name}`, layers);
    await portwarden('certify', `${registry.host}/quarantine/team/${name}:1`, '--to', `${registry.host}/team/${name}`);
  }
  server = spawn(process.execPath, [program, 'up', '--port', '0'], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => server?.stdout?.once('data', resolve));
  process.stdout.write(`${megabytes} MB in 4 layers, ${runs} runs by turns\n`);

  for (const [title, pull] of [
    ['skopeo', pullBySkopeo],
    ['a client that throws the bytes away', pullAll],
  ] as const) {
    const [direct, gated]: [number[], number[]] = [[], []];
    await pull(gate, 'team/large');
    for (let at = 0; at < runs; at++) {
      direct.push(await taken(() => pull(registry.host, 'team/large')));
      gated.push(await taken(() => pull(gate, 'team/large')));
    }
    const [floor, ours] = [percentile(direct, 0.5), percentile(gated, 0.5)];
    const rate = (time: number) => `${Math.round(megabytes / (time / 1000))} MB/s`;
    process.stdout.write(
      `${title}: direct ${rate(floor)}, gate ${rate(ours)}, ${Math.round((100 * floor) / ours)} %\n`,
    );
  }
  for (const host of [registry.host, gate]) {
    const times: number[] = [];
    const whole = await taken(() =>
      Promise.all(Array.from({ length: 200 }, async () => times.push(await taken(() => pullAll(host, 'team/small'))))),
    );
    const name = host === gate ? 'gate' : 'direct';
    process.stdout.write(
      `200 pulls at once, ${name}: ${Math.round(whole)} ms, p99 ${Math.round(percentile(times, 0.99))} ms\n`,
    );
  }
  const warm: number[] = [];
  for (let at = 0; at < 2000; at++) warm.push(await taken(() => head(gate, 'team/small')));
  const bare: number[] = [];
  for (let at = 0; at < 2000; at++) bare.push(await taken(() => head(gate, '')));
  const verdict = percentile(warm, 0.5) - percentile(bare, 0.5);
  process.stdout.write(
    `HEAD of a manifest: ${percentile(warm, 0.5).toFixed(2)} ms, of them for the verdict ${verdict.toFixed(2)} ms\n`,
  );
  const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
  const peak = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
  process.stdout.write(`peak of the server with its gate: ${Math.round(peak)} MB\n`);
} finally {
  server?.kill();
  await agent.close();
  await registry.stop();
  rmSync(directory, { recursive: true, force: true });
}

async function taken(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function pullBySkopeo(host: string, repository: string): Promise<void> {
  const to = join(directory, 'pulled');
  await run('skopeo', [
    '--insecure-policy',
    'copy',
    '--quiet',
    '--src-tls-verify=false',
    `docker://${host}/${repository}:1`,
    `dir:${to}`,
  ]);
  rmSync(to, { recursive: true });
}

async function pullAll(host: string, repository: string): Promise<void> {
  const headers = { authorization: 'Bearer anonymous', accept: manifestType };
  const manifest = await request(`http://${host}/v2/${repository}/manifests/1`, { headers, dispatcher: agent });
  const { layers } = (await manifest.body.json()) as { layers: { digest: string }[] };
  await Promise.all(
    layers.map(async ({ digest }) => {
      const answer = await request(`http://${host}/v2/${repository}/blobs/${digest}`, { headers, dispatcher: agent });
      if (answer.statusCode !== 200) throw new Error(`${answer.statusCode}: ${await answer.body.text()}`);
      for await (const _ of answer.body);
    }),
  );
}

async function head(host: string, repository: string): Promise<void> {
  const path = repository === '' ? '' : `${repository}/manifests/1`;
  const headers = { authorization: 'Bearer anonymous', accept: manifestType };
  const answer = await request(`http://${host}/v2/${path}`, { method: 'HEAD', headers, dispatcher: agent });
  await answer.body.dump();
}

/** An image whose layers are tars with a file of noise each. */
async function pushNoise(repository: string, sizes: readonly number[]): Promise<void> {
  const layers: PushedArtifact[] = [];
  const diffIds: string[] = [];
  for (const size of sizes) {
    const tar = tarOf(randomBytes(Math.ceil(size / 512) * 512));
    diffIds.push(`sha256:${createHash('sha256').update(tar).digest('hex')}`);
    layers.push(await pushBlob(registry.host, repository, tar, 'application/vnd.oci.image.layer.v1.tar'));
  }
  const config = {
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: diffIds },
  };
  const bytes = Buffer.from(JSON.stringify(config));
  const pushed = await pushBlob(registry.host, repository, bytes, 'application/vnd.oci.image.config.v1+json');
  const manifest = { schemaVersion: 2, mediaType: manifestType, config: pushed, layers };
  await pushManifest(registry.host, repository, manifest, '1');
}

function tarOf(body: Buffer): Buffer {
  const header = Buffer.alloc(512);
  header.write(`noise\0`, 0);
  header.write(`0000644\0${'0000000\0'.repeat(2)}${body.length.toString(8).padStart(11, '0')}\0`, 100);
  header.write(`${'0'.repeat(11)}\0        0`, 136);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, body, Buffer.alloc(1024)]);
}
