/**
 * A process that store-kill.test.ts kills: it writes into a store without end, and says on standard output what the
 * store has acknowledged, a line each. Arguments: the store's address, the number to count from.
 */
import { writeSync } from 'node:fs';
import { digestOf } from '../../src/base/index.ts';
import type { Store } from '../../src/model/index.ts';
import { openStore } from '../../src/store/index.ts';
import { advisory, bom, npm, workload } from '../contract/store/specimens.ts';

const [url = '', from = '0'] = process.argv.slice(2);
const store = await openStore({ url });
const work = [putBom, recordRun, importFeed, leaseJob] as const;
acknowledge('open', Number(from));
for (let number = Number(from); ; number++) {
  const task = work[number % work.length] as (typeof work)[number];
  await task(store, number);
  acknowledge(task.name, number);
}

function acknowledge(what: string, number: number): void {
  writeSync(1, `${what} ${number}\n`);
}

async function putBom({ transaction }: Store, number: number): Promise<void> {
  await transaction(async (inside) => {
    await inside.images.see({
      imageId: digestOf(`image ${number}`),
      references: [`registry.example/app:${number}`],
      at: number,
    });
    const components = Array.from({ length: 200 }, (_, index) => npm(`package-${index}`, `1.${number % 7}.${index}`));
    const put = bom('', components);
    await inside.boms.put({ ...put, subject: { kind: 'image', imageId: digestOf(`image ${number}`) } }, number);
  });
}

async function recordRun({ workloads }: Store, number: number): Promise<void> {
  const run = workload(`run ${number}`, `image ${number}`, number);
  await workloads.started(run);
  await workloads.ended(run, number + 1, true);
}

/** Three batches, of which the import shows all or nothing. */
async function importFeed({ advisories }: Store, number: number): Promise<void> {
  const running = await advisories.beginImport({ id: 'feed', format: 'osv', location: 'here' }, number);
  for (let batch = 0; batch < 3; batch++) {
    const ids = Array.from({ length: 100 }, (_, index) => `X-${batch}-${index}`);
    await running.add(ids.map((id) => advisory(id, ['package-1'], { summary: String(number) })));
  }
  await running.finish({ dataAsOf: number, rejectedCount: 0, skippedCount: 0, coverage: ['npm'] });
}

async function leaseJob({ jobs }: Store, number: number): Promise<void> {
  const job = {
    kind: 'read-image',
    subject: `job ${number}`,
    source: 'docker:x',
    host: 'here',
    priority: -number,
  } as const;
  await jobs.enqueue(job, number);
  await jobs.lease('read-image', 'here', 1000, number);
}
