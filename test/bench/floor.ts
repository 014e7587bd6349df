/**
 * The least that any reader of these layers must do, in a fresh process: sha256 of the bytes as stored, inflation in
 * pieces of 256 KB, a walk over tar headers that looks at their sizes alone; two workers, the largest layer first.
 * `node test/bench/floor.ts LAYER…` prints the processor time that it took, of all threads.
 */
import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { createGunzip } from 'node:zlib';

const pieceBytes = 256 * 1024;

function readLayer(file: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const hash = createHash('sha256');
    const gunzip = createGunzip({ chunkSize: pieceBytes });
    const source = createReadStream(file, { highWaterMark: pieceBytes });
    const header = Buffer.alloc(512);
    let filled = 0;
    let skip = 0;
    let entries = 0;
    source.on('data', (bytes) => hash.update(bytes));
    gunzip.on('data', (bytes: Buffer) => {
      let at = 0;
      while (at < bytes.length) {
        if (skip > 0) {
          const step = Math.min(skip, bytes.length - at);
          skip -= step;
          at += step;
          continue;
        }
        const step = bytes.copy(header, filled, at, at + 512 - filled);
        filled += step;
        at += step;
        if (filled < 512) break;
        filled = 0;
        const size = Number.parseInt(header.toString('latin1', 124, 135), 8) || 0;
        skip = Math.ceil(size / 512) * 512;
        entries++;
      }
    });
    gunzip.on('end', () => {
      hash.digest('hex');
      resolve(entries);
    });
    gunzip.on('error', reject);
    source.on('error', reject);
    source.pipe(gunzip);
  });
}

if (isMainThread) {
  const files = process.argv.slice(2).sort((a, b) => statSync(b).size - statSync(a).size);
  const workers = Array.from({ length: Math.min(2, files.length) }, () => new Worker(new URL(import.meta.url)));
  const lane = async (worker: Worker) => {
    for (let file = files.shift(); file !== undefined; file = files.shift()) {
      worker.postMessage(file);
      await new Promise((resolve) => worker.once('message', resolve));
    }
    await worker.terminate();
  };
  await Promise.all(workers.map(lane));
  const { user, system } = process.cpuUsage();
  process.stdout.write(`${JSON.stringify({ cpuMilliseconds: (user + system) / 1000 })}\n`);
} else {
  parentPort?.on('message', async (file: string) => parentPort?.postMessage(await readLayer(file)));
}
