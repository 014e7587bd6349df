import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Digest } from '../base/index.ts';
import type { ImageFacts, Store, Workload } from '../model/index.ts';
import type { FleetEvent } from '../model/wire/index.ts';
import { openStore } from '../store/index.ts';
import { createEventBus } from './event-bus.ts';
import { createInventoryRecorder } from './record-inventory.ts';
import type { InventoryRecorder, ObservedContainer, StoredImage } from './services.ts';

const host = 'quay-3';
const web = `sha256:${'ab'.repeat(32)}` as Digest;
const shop = `sha256:${'cd'.repeat(32)}` as Digest;

let store: Store;
let recorder: InventoryRecorder;
let told: FleetEvent[];

beforeEach(async () => {
  store = await openStore({ url: ':memory:' });
  startAgain();
});
afterEach(() => store.close());

/** As after a restart of the process: the store stays, nothing else does. */
function startAgain(): void {
  told = [];
  const events = createEventBus();
  events.subscribe((event) => told.push(event));
  recorder = createInventoryRecorder({ store, events, lookedFor: 'rules of today' });
}

function container(changes: Partial<ObservedContainer>): ObservedContainer {
  return {
    containerId: 'c1',
    name: 'web',
    imageReference: 'web:1',
    imageId: web,
    labels: {},
    running: true,
    ...changes,
  };
}

function image(imageId: Digest, ...references: string[]): StoredImage {
  return { imageId, references };
}

async function intervals(): Promise<readonly (readonly [string, number, number | undefined, boolean])[]> {
  const found: Workload[] = [];
  for await (const batch of store.workloads.intervals()) found.push(...batch);
  return found.map((one) => [one.containerId, one.started, one.ended, one.endedExact] as const);
}

async function leaseAll(): Promise<readonly (readonly [string, string, number])[]> {
  const jobs: (readonly [string, string, number])[] = [];
  for (
    let job = await store.jobs.lease('read-image', host, 1000, 100);
    job;
    job = await store.jobs.lease('read-image', host, 1000, 100)
  ) {
    jobs.push([job.source, job.subject, job.priority]);
  }
  return jobs;
}

async function readImage(imageId: Digest, lookedFor = 'rules of today'): Promise<void> {
  const facts: ImageFacts = {
    ...{ user: '', entrypoint: [], command: [], exposedPorts: [], volumes: [], labels: {} },
    ...{ setuidFiles: [], setgidFiles: [], layers: [], totalFileBytes: 0, fileCount: 0, lookedFor },
  };
  await store.images.recordRead({ imageId, platform: { os: 'linux', architecture: 'amd64' }, facts, at: 1 });
}

describe('containers of an engine', () => {
  it('are intervals, told as they change', async () => {
    await recorder.reconcile(host, 'docker', [container({ started: 10 })], 20);
    expect(told.filter((event) => event.type === 'containers')).toEqual([
      { type: 'containers', running: 1, changed: ['c1'] },
    ]);
    await recorder.observed(host, 'docker', container({ started: 10, running: false, finished: 30 }), 31);
    await recorder.observed(host, 'docker', container({ started: 40 }), 41);
    await recorder.removed(host, 'docker', 'c1', 50);
    expect(await intervals()).toEqual([
      ['c1', 10, 30, true],
      ['c1', 40, 50, true],
    ]);
  });

  it('that did not change are no news', async () => {
    const seen = [
      container({ started: 10 }),
      container({ containerId: 'c2', started: 5, running: false, finished: 8 }),
    ];
    await recorder.reconcile(host, 'docker', seen, 20);
    const before = await store.revisions();
    told.length = 0;
    await recorder.reconcile(host, 'docker', seen, 80);
    expect(told).toEqual([]);
    expect(await store.revisions()).toEqual(before);
  });

  it('that vanished while nobody looked end at the last sight', async () => {
    await recorder.reconcile(host, 'docker', [container({ started: 10 })], 20);
    await recorder.engineStatus({ host, engine: 'docker', socket: '/s', state: 'watching' });
    startAgain();
    await recorder.engineStatus({ host, engine: 'docker', socket: '/s', state: 'unreachable', message: 'gone' });
    await recorder.reconcile(host, 'docker', [], 90);
    expect(await intervals()).toEqual([['c1', 10, 20, false]]);
  });

  it('that vanished right after their start end no earlier than it', async () => {
    await recorder.reconcile(host, 'docker', [], 20);
    await recorder.observed(host, 'docker', container({ started: 60 }), 61);
    await recorder.reconcile(host, 'docker', [], 90);
    expect(await intervals()).toEqual([['c1', 60, 60, false]]);
  });

  it('that were restarted while nobody looked have two intervals', async () => {
    await recorder.reconcile(host, 'docker', [container({ started: 10 })], 20);
    startAgain();
    await recorder.reconcile(host, 'docker', [container({ started: 70 })], 90);
    expect(await intervals()).toEqual([
      ['c1', 10, 10, false],
      ['c1', 70, undefined, true],
    ]);
  });

  it('of another engine of the same host are left alone', async () => {
    await recorder.reconcile(host, 'docker', [container({ started: 10 })], 20);
    await recorder.reconcile(host, 'podman', [], 20);
    await recorder.reconcile('quay-4', 'docker', [], 20);
    expect(await intervals()).toEqual([['c1', 10, undefined, true]]);
  });

  it('may be reported for an earlier run after a later one', async () => {
    await recorder.observed(host, 'docker', container({ started: 70 }), 71);
    await recorder.observed(host, 'docker', container({ started: 10, running: false, finished: 60 }), 72);
    expect(await intervals()).toEqual([
      ['c1', 10, 60, true],
      ['c1', 70, undefined, true],
    ]);
  });

  it('keep their intervals when their name changes', async () => {
    await recorder.observed(host, 'docker', container({ started: 10 }), 11);
    await recorder.observed(host, 'docker', container({ started: 10, name: 'shop' }), 21);
    const [one] = await store.workloads.running();
    expect([one?.name, (await intervals()).length]).toEqual(['shop', 1]);
  });

  it('an end that was concluded is corrected by the engine that comes back', async () => {
    await recorder.reconcile(host, 'docker', [container({ started: 10 })], 20);
    await recorder.reconcile(host, 'docker', [], 30);
    await recorder.reconcile(host, 'docker', [container({ started: 10, running: false, finished: 35 })], 40);
    expect(await intervals()).toEqual([['c1', 10, 35, true]]);
  });
});

describe('engines', () => {
  it('that never were here are not worth a word', async () => {
    await recorder.engineStatus({ host, engine: 'podman', socket: '/s', state: 'unreachable' });
    expect([await store.workloads.engines(), told]).toEqual([[], []]);
  });

  it('that may not be used are', async () => {
    await recorder.engineStatus({ host, engine: 'docker', socket: '/s', state: 'forbidden', message: 'no' });
    expect((await store.workloads.engines()).map((one) => one.state)).toEqual(['forbidden']);
    expect(told).toEqual([{ type: 'engine', host, engine: 'docker', state: 'forbidden' }]);
  });
});

describe('images of an engine', () => {
  it('are queued, those that run first', async () => {
    await recorder.reconcile(host, 'docker', [container({ started: 10, imageId: shop })], 20);
    await recorder.imagesStored(host, 'docker', [image(web, 'docker.io/library/web:1'), image(shop)], 20);
    expect(await leaseAll()).toEqual([
      [`docker:${shop}`, shop, 10],
      [`docker:${web}`, web, 50],
    ]);
  });

  it('come forward in the queue when a container starts', async () => {
    await recorder.imagesStored(host, 'docker', [image(web), image(shop)], 20);
    await recorder.observed(host, 'docker', container({ started: 30, imageId: shop }), 30);
    expect((await leaseAll()).map(([, subject, priority]) => [subject, priority])).toEqual([
      [shop, 10],
      [web, 50],
    ]);
  });

  it('that were read are not queued again', async () => {
    await recorder.imagesStored(host, 'docker', [image(web)], 20);
    expect((await leaseAll()).length).toBe(1);
    await readImage(web);
    startAgain();
    await recorder.imagesStored(host, 'podman', [image(web)], 30);
    await recorder.observed(host, 'podman', container({ started: 30 }), 30);
    expect(await leaseAll()).toEqual([]);
  });

  it('that were read for something else are read again, behind all others, and once', async () => {
    await readImage(web, 'rules of yesterday');
    await recorder.imagesStored(host, 'docker', [image(web), image(shop)], 20);
    expect((await leaseAll()).map(([, subject, priority]) => [subject, priority])).toEqual([
      [shop, 50],
      [web, 90],
    ]);
    await readImage(web, 'rules of another host');
    await recorder.imagesStored(host, 'docker', [image(web)], 30);
    expect(await leaseAll()).toEqual([]);
    await readImage(web);
    startAgain();
    await recorder.imagesStored(host, 'docker', [image(web)], 40);
    expect(await leaseAll()).toEqual([]);
  });

  it('whose reading failed for good are tried once more by each process', async () => {
    const fail = async () => {
      const job = await store.jobs.lease('read-image', host, 1000, 100);
      if (job) await store.jobs.failed(job.jobId, 'cut off');
      await store.images.recordFailure(web, 'cut off', 1);
      return job !== undefined;
    };
    const tries: boolean[] = [];
    for (let look = 0; look < 4; look++) {
      await recorder.imagesStored(host, 'docker', [image(web)], 20);
      tries.push(await fail());
    }
    expect(tries).toEqual([true, true, false, false]);
    startAgain();
    await recorder.imagesStored(host, 'docker', [image(web)], 20);
    expect(await fail()).toBe(true);
  });

  it('gather the names that they go by, of containers too', async () => {
    await recorder.observed(host, 'docker', container({ started: 10, imageReference: 'web:1' }), 10);
    await recorder.observed(host, 'docker', container({ containerId: 'c2', started: 10, imageReference: web }), 10);
    await recorder.imagesStored(host, 'docker', [image(web, 'docker.io/library/web:2')], 20);
    expect((await store.images.get(web))?.references).toEqual(['docker.io/library/web:1', 'docker.io/library/web:2']);
    expect(told.filter((event) => event.type === 'image')).toEqual([
      { type: 'image', imageId: web, state: 'known', reference: 'docker.io/library/web:1' },
    ]);
  });
});
