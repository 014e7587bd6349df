/**
 * Reviews a second that the webhook answers, against a bare node:https server that parses and answers the same review of 8 KB;
 * by turns, each server in a process of its own, over connections that are kept. What a decision takes is not in it: the
 * launches answer at once. `node test/bench/kubernetes-gate.bench.ts [--reviews N] [--runs N] [--sockets N]`. It asserts nothing.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { silentLog, systemClock } from '../../src/base/index.ts';
import { createKubernetesGate, ownCertificates, serveKubernetesGate } from '../../src/gate/index.ts';
import { container, digestOne, pod, reviewBytes } from '../fakes/admission-reviews.ts';
import { webhookClient } from '../fakes/webhook-client.ts';
import { percentile } from './figures.ts';

const { values } = parseArgs({
  options: {
    reviews: { type: 'string', default: '3000' },
    runs: { type: 'string', default: '5' },
    sockets: { type: 'string', default: '8' },
    serve: { type: 'string' },
    directory: { type: 'string' },
  },
});

// What a server has used of the processor, which other load on the machine does not change.
process.on('message', () => process.send?.(process.cpuUsage()));
if (values.serve !== undefined) await serve(values.serve, values.directory ?? '');
else await measure();

async function serve(what: string, directory: string): Promise<void> {
  const certificates = ownCertificates({ directory, names: ['127.0.0.1'], clock: systemClock });
  if (what === 'gate') {
    const launches = {
      decide: async () => ({ id: 'd', verdict: { outcome: 'allow', findings: [] }, message: '' }) as const,
      refuse: () => Promise.reject(new Error('the review cannot be read')),
    };
    const resolveImage = async () => ({ digest: digestOne });
    const gate = createKubernetesGate({ launches, resolveImage, cluster: 'bench', clock: systemClock, log: silentLog });
    const { address } = await serveKubernetesGate({ host: '127.0.0.1', port: 0, certificates, gate, log: silentLog });
    process.send?.(address);
    return;
  }
  const { certificate, key } = await certificates.read();
  const server = createServer({ cert: certificate, key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { uid } = JSON.parse(Buffer.concat(chunks).toString('utf8')).request;
      const answer = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: { uid, allowed: true } };
      const body = JSON.stringify(answer);
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
      response.end(body);
    });
  });
  server.listen(0, '127.0.0.1', () => {
    const at = server.address();
    process.send?.(`https://127.0.0.1:${typeof at === 'object' ? at?.port : ''}`);
  });
}

async function measure(): Promise<void> {
  const [reviews, runs, sockets] = [Number(values.reviews), Number(values.runs), Number(values.sockets)];
  const directory = mkdtempSync(join(tmpdir(), 'portwarden-bench-'));
  const children: ChildProcess[] = [];
  try {
    const { caBundle } = await ownCertificates({ directory, names: ['127.0.0.1'], clock: systemClock }).read();
    const start = async (what: string) => {
      const child = fork(new URL(import.meta.url), ['--serve', what, '--directory', directory]);
      children.push(child);
      const [address] = await once(child, 'message');
      const used = async () => {
        child.send('used');
        const [{ user, system }] = await once(child, 'message');
        return user + system;
      };
      return { ...webhookClient(String(address), { ca: caBundle, sockets }), used };
    };
    const [bare, gate] = [await start('bare'), await start('gate')];
    const body = reviewOf8KiB();
    const run = async (client: typeof bare) => {
      let left = reviews;
      const [begun, used] = [performance.now(), await client.used()];
      const lane = async () => {
        while (left-- > 0) {
          const { status, text } = await client.post('/validate?timeout=10s', body);
          if (status !== 200 || !text.includes('"allowed":true')) throw new Error(`${status}: ${text}`);
        }
      };
      await Promise.all(Array.from({ length: sockets }, lane));
      const rate = reviews / ((performance.now() - begun) / 1000);
      return { rate, cost: ((await client.used()) - used) / reviews };
    };
    const seen = { bare: [] as { rate: number; cost: number }[], gate: [] as { rate: number; cost: number }[] };
    for (let at = -2; at < runs; at++) {
      const [floor, ours] = [await run(bare), await run(gate)];
      // The first of each warm up.
      if (at < 0) continue;
      seen.bare.push(floor);
      seen.gate.push(ours);
    }
    const [floor, ours] = [middleOf(seen.bare), middleOf(seen.gate)];
    const share = (part: number, whole: number) => `${Math.round((100 * part) / whole)} %`;
    process.stdout.write(
      `reviews of ${(body.length / 1024).toFixed(1)} KiB over ${sockets} connections, ${runs} runs by turns\n`,
    );
    process.stdout.write(
      `bare ${Math.round(floor.rate)}/s, gate ${Math.round(ours.rate)}/s, ${share(ours.rate, floor.rate)}\n`,
    );
    const each = (cost: number) => `${Math.round(cost)} µs`;
    process.stdout.write(
      `processor for each: bare ${each(floor.cost)}, gate ${each(ours.cost)}: ${share(floor.cost, ours.cost)} as many by it\n`,
    );
    bare.close();
    gate.close();
  } finally {
    for (const child of children) child.kill();
    rmSync(directory, { recursive: true, force: true });
  }
}

function middleOf(runs: readonly { rate: number; cost: number }[]) {
  const of = (key: 'rate' | 'cost') =>
    percentile(
      runs.map((run) => run[key]),
      0.5,
    );
  return { rate: of('rate'), cost: of('cost') };
}

/** A Pod of three containers, with what a Deployment of a shop has and what the API server puts around it. */
function reviewOf8KiB(): Buffer {
  const many = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ name: `SETTING_${at}`, value: `value-of-it-${at}` }));
  const probe = { httpGet: { path: '/healthz', port: 8080, scheme: 'HTTP' }, timeoutSeconds: 1, periodSeconds: 10 };
  const containers = ['web', 'proxy', 'logs'].map((name) =>
    container({ name, env: many(20), livenessProbe: probe, readinessProbe: probe }),
  );
  return reviewBytes({ object: pod({ containers }) });
}
