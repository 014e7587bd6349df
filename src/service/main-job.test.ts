import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildOciLayout, type TarEntry } from '../../test/fakes/image-builder.ts';
import { launchParts } from '../../test/fakes/launches.ts';
import { noRegistries } from '../../test/fakes/no-registries.ts';
import { type Digest, digestOf, fixedClock, parseDigest, silentLog } from '../base/index.ts';
import { createImageReader } from '../image/index.ts';
import { defaultReadLimits, parseSource, type Store } from '../model/index.ts';
import type { FleetEvent, Passport } from '../model/wire/index.ts';
import { openStore } from '../store/index.ts';
import { createServices, type ServiceSet } from './create-services.ts';
import { createEventBus } from './event-bus.ts';
import { createImageQueue, type ImageReaderParts } from './read-images.ts';
import { scan } from './scan.ts';
import { parseUnwantedRules } from './unwanted.ts';

const clock = fixedClock('2026-05-01T00:00:00Z');
const platform = { os: 'linux', architecture: 'amd64' };
const parts: Omit<ImageReaderParts, 'store' | 'events'> = {
  openImage: createImageReader(),
  clock,
  log: silentLog,
  host: 'quay',
  platform,
  limits: defaultReadLimits,
  content: {},
  unwanted: [],
};

const neverOpened = () => Promise.reject(new Error('nobody asked for a container'));

const scanOptions = {
  platform,
  limits: defaultReadLimits,
  content: {},
  unwanted: [],
  signal: new AbortController().signal,
};

/** As the OpenSSF writes them (ossf/malicious-packages): no severity, every version by a range. */
const malicious = {
  schema_version: '1.7.4',
  id: 'MAL-2025-20690',
  published: '2025-08-14T18:20:22Z',
  modified: '2025-08-14T18:20:22Z',
  aliases: [],
  summary: 'Malicious code in flatmap-stream (npm)',
  details: 'Any computer that has this package installed or running should be considered fully compromised.',
  affected: [
    {
      package: { ecosystem: 'npm', name: 'flatmap-stream', purl: 'pkg:npm/flatmap-stream' },
      ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }] }],
      versions: [],
      database_specific: { cwes: [{ cweId: 'CWE-506', name: 'Embedded Malicious Code', description: 'x' }] },
    },
  ],
  references: [],
  credits: [{ name: 'a finder', type: 'FINDER', contact: ['https://example.com'] }],
  database_specific: { 'malicious-packages-origins': [{ source: 'a', sha256: '0', versions: ['0.1.1'] }] },
};

let directory: string;
let store: Store;
let services: ServiceSet;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'pw-main-job-'));
  store = await openStore({ url: join(directory, 'store.db') });
  services = createServices({
    ...launchParts(),
    ...parts,
    store,
    version: '0',
    deliver,
    openWritableLayer: neverOpened,
    ...noRegistries,
    driftEvery: undefined,
  });
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

function npmPackage(name: string, version: string): TarEntry {
  const content = JSON.stringify({ name, version, license: 'MIT' });
  return { file: `srv/node_modules/${name}/package.json`, content };
}

/** An image on disk that some engine holds; gives its ID. */
async function keepImage(name: string, entries: readonly TarEntry[]): Promise<Digest> {
  const layout = join(directory, name);
  const [built] = buildOciLayout(layout, { layers: [entries], configuration: { created: '2026-04-01T00:00:00Z' } });
  const imageId = parseDigest(built?.imageId ?? '') as Digest;
  await queue(imageId, `oci-layout:${layout}`, `docker.io/library/${name}:1`);
  return imageId;
}

async function queue(imageId: Digest, source: string, reference: string): Promise<void> {
  await store.images.see({ imageId, references: [reference], at: clock.now() });
  await store.jobs.enqueue({ kind: 'read-image', subject: imageId, source, host: 'quay', priority: 1 }, clock.now());
}

/** Works the queue until nothing of it can be worked now. */
async function work(more: Partial<typeof parts> = {}): Promise<FleetEvent[]> {
  const events = createEventBus();
  const seen: FleetEvent[] = [];
  events.subscribe((event) => seen.push(event));
  const stop = new AbortController();
  const imageQueue = createImageQueue({ ...parts, ...more, store, events });
  const running = imageQueue.run(stop.signal);
  for (let idle = 0; idle < 3; ) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const { waiting, running: leased } = await store.jobs.counts('read-image');
    idle =
      leased === 0 && (waiting === 0 || seen.some((event) => event.type === 'image' && event.state === 'failed'))
        ? idle + 1
        : 0;
  }
  stop.abort();
  await running;
  return seen;
}

function feed(name: string, ...records: readonly object[]): string {
  const file = join(directory, `${name}.jsonl`);
  writeFileSync(file, records.map((record) => JSON.stringify(record)).join('\n'));
  return file;
}

function advisory(id: string, name: string, fixed: string, aliases: readonly string[] = []) {
  return {
    id,
    aliases,
    summary: `about ${id}`,
    modified: '2026-04-20T00:00:00Z',
    affected: [
      { package: { ecosystem: 'npm', name }, ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed }] }] },
    ],
  };
}

async function addFeed(location: string, id?: string) {
  const added = await services.feeds.add({ location, ...(id ? { id } : {}) });
  const [result] = await services.feeds.update(added.id);
  return result;
}

async function passportOf(image: string): Promise<Passport> {
  const passport = await services.images.passport(image);
  if (!passport) throw new Error(`no passport of ${image}`);
  return passport;
}

it('says why this machine could not be read, but not where it was asked to stop', async () => {
  const said: object[] = [];
  const log = { ...silentLog, warn: (fields: object) => void said.push(fields) };
  const failing = () => Promise.reject(new Error('the disk is gone'));
  const stop = new AbortController();
  const neverOpened = () => Promise.reject(new Error('nobody asked for a container'));
  const parts = {
    store,
    openImage: failing,
    openWritableLayer: neverOpened,
    ...noRegistries,
    driftEvery: undefined,
    clock,
    log,
    host: 'quay',
    platform,
    version: '0',
    deliver,
    limits: defaultReadLimits,
    content: {},
    unwanted: [],
    ...launchParts(),
  };
  const working = createServices(parts).work(stop.signal);
  await vi.waitFor(() => expect(said).toEqual([{ error: 'the disk is gone' }]));
  stop.abort();
  await working;
  await createServices(parts).work(stop.signal);
  expect(said).toHaveLength(1);
});

const deliver = async () => {};

describe('reading images', () => {
  it('takes a queued image into the store and says so', async () => {
    const imageId = await keepImage('app', [npmPackage('left-pad', '1.3.0')]);
    const events = await work();
    expect(events.flatMap((event) => (event.type === 'image' ? [event.state] : []))).toEqual(['reading', 'read']);
    const passport = await passportOf('app:1');
    expect(passport.image).toMatchObject({
      imageId,
      state: 'read',
      ageDays: 30,
      judgement: 'not-judged',
      components: 1,
    });
    expect(passport.components.map(({ purl }) => purl)).toEqual(['pkg:npm/left-pad@1.3.0']);
  });

  it('says why an image could not be read, tries again later, and shows that nobody looked', async () => {
    const imageId = digestOf('gone');
    await queue(imageId, `oci-layout:${join(directory, 'gone')}`, 'docker.io/library/gone:1');
    await work();
    const passport = await passportOf(imageId);
    expect(passport.image).toMatchObject({ state: 'failed', judgement: 'not-judged' });
    expect(passport.image?.failure).toContain(join(directory, 'gone'));
    expect(passport.problems).toMatchObject([{ code: 'image/unreadable' }]);
    expect(await store.jobs.lease('read-image', 'quay', 1000, clock.now())).toBeUndefined();
    expect(await store.jobs.lease('read-image', 'quay', 1000, clock.now() + 3_600_000)).toMatchObject({ attempts: 2 });
  });

  it('gives up on an image whose readers died each time', async () => {
    const imageId = await keepImage('poison', [npmPackage('left-pad', '1.3.0')]);
    for (let death = 0; death < 25; death++) {
      expect(await store.jobs.lease('read-image', 'quay', 1, clock.now())).toBeDefined();
      clock.set(clock.now() + 10);
    }
    await work();
    expect((await passportOf(imageId)).image).toMatchObject({ state: 'failed' });
  });

  it('recognizes the image that another was built from', async () => {
    const base = join(directory, 'base');
    const layers = [[npmPackage('left-pad', '1.3.0')], [npmPackage('right-pad', '1.0.0')]];
    const [built] = buildOciLayout(base, { layers: layers.slice(0, 1) });
    await queue(parseDigest(built?.imageId ?? '') as Digest, `oci-layout:${base}`, 'docker.io/library/base:1');
    await work();
    const onTop = join(directory, 'top');
    const [top] = buildOciLayout(onTop, { layers });
    await queue(parseDigest(top?.imageId ?? '') as Digest, `oci-layout:${onTop}`, 'docker.io/library/top:1');
    await work();
    expect((await passportOf('top:1')).facts?.baseImage).toMatchObject({
      name: 'docker.io/library/base:1',
      evidence: 'layers',
    });
  });
});

describe('feeds', () => {
  it('judge what is known without reading it again, and stop when they are removed', async () => {
    await keepImage('app', [npmPackage('left-pad', '1.3.0'), npmPackage('right-pad', '1.0.0')]);
    await work();
    const result = await addFeed(feed('osv', advisory('GHSA-x', 'left-pad', '1.3.1', ['CVE-2026-1'])));
    expect(result).toMatchObject({ state: 'imported', componentsJudged: 2, feed: { advisories: 1, state: 'stale' } });
    const judged = await passportOf('app:1');
    expect(judged.judgement.state).toBe('judged');
    expect(judged.findings).toMatchObject([
      { advisory: 'CVE-2026-1', aliases: ['GHSA-x'], fixedIn: '1.3.1', name: 'left-pad' },
    ]);
    expect(judged.image?.severities).toEqual(judged.severities);

    expect(await services.feeds.remove('osv')).toBe(true);
    expect((await passportOf('app:1')).judgement.state).toBe('not-judged');
    expect(await services.feeds.remove('osv')).toBe(false);
  });

  it('count a flaw that two of them know under two names once, in lists and passports alike', async () => {
    await keepImage('app', [npmPackage('left-pad', '1.3.0')]);
    await work();
    await addFeed(feed('one', advisory('GHSA-x', 'left-pad', '1.3.1', ['CVE-2026-1'])));
    await addFeed(feed('two', advisory('CVE-2026-1', 'left-pad', '1.3.1')));
    const passport = await passportOf('app:1');
    expect(passport.findings).toHaveLength(1);
    expect(passport.image?.severities).toMatchObject({ unknown: 1 });
  });

  it('stay as they were where a later import fails', async () => {
    await keepImage('app', [npmPackage('left-pad', '1.3.0')]);
    await work();
    const file = feed('osv', advisory('GHSA-x', 'left-pad', '1.3.1'));
    await addFeed(file);
    writeFileSync(file, 'no longer a feed');
    expect(await services.feeds.update('osv')).toMatchObject([{ state: 'failed', code: 'unknown-format' }]);
    expect((await passportOf('app:1')).findings).toHaveLength(1);
  });

  it('are told apart by name and place', async () => {
    await services.feeds.add({ location: feed('osv') });
    await expect(services.feeds.add({ id: 'osv', location: '/elsewhere.json' })).rejects.toMatchObject({
      code: 'feed-exists',
    });
    await expect(services.feeds.update('nope')).rejects.toMatchObject({ code: 'unknown-feed' });
  });
});

describe('scan', () => {
  it('judges by the store’s feeds and records nothing', async () => {
    const layout = join(directory, 'scanned');
    buildOciLayout(layout, { layers: [[npmPackage('left-pad', '1.3.0')]] });
    await addFeed(feed('osv', advisory('GHSA-x', 'left-pad', '1.3.1')));
    const source = parseSource(`oci-layout:${layout}`);
    const { passport } = await scan(source, { ...parts, store }, scanOptions);
    expect(passport.findings).toHaveLength(1);
    expect((await services.images.list({})).total).toBe(0);
    const blind = await scan(source, parts, scanOptions);
    expect(blind.passport.judgement.state).toBe('not-judged');
  });

  it('finds a malicious package critical, though nobody rated it', async () => {
    const layout = join(directory, 'malicious');
    buildOciLayout(layout, { layers: [[npmPackage('flatmap-stream', '0.1.1'), npmPackage('left-pad', '1.3.0')]] });
    await addFeed(feed('osv', malicious));
    const { passport } = await scan(parseSource(`oci-layout:${layout}`), { ...parts, store }, scanOptions);
    expect(passport.findings).toMatchObject([
      { advisory: 'MAL-2025-20690', severity: 'critical', component: 'pkg:npm/flatmap-stream@0.1.1' },
    ]);
  });
});

describe('an unwanted package', () => {
  const unwanted = parseUnwantedRules('npm:left-pad <2\n', 'unwanted.txt');
  const observed = {
    rule: 'inspect/package/unwanted',
    path: '/srv/node_modules/left-pad/package.json',
    detail: 'left-pad 1.3.0, by "npm:left-pad <2" (unwanted.txt:1)',
  };

  it('is observed by a scan that leaves files closed', async () => {
    const layout = join(directory, 'unwanted');
    buildOciLayout(layout, { layers: [[npmPackage('left-pad', '1.3.0'), npmPackage('right-pad', '1.0.0')]] });
    const options = { ...scanOptions, content: 'pass-over', unwanted } as const;
    const { passport } = await scan(parseSource(`oci-layout:${layout}`), parts, options);
    expect(passport.observations).toMatchObject([observed]);
  });

  it('that cannot be told makes the reading incomplete', async () => {
    const layout = join(directory, 'untold');
    buildOciLayout(layout, { layers: [[npmPackage('left-pad', '1.3.0')]] });
    const untold = parseUnwantedRules('left-pad <1:2~rc1', 'unwanted.txt');
    const { passport } = await scan(parseSource(`oci-layout:${layout}`), parts, { ...scanOptions, unwanted: untold });
    expect(passport.observations).toEqual([]);
    expect(passport.problems).toMatchObject([{ code: 'inspect/package/undetermined' }]);
  });

  it('is one of the observations that are listed, the rest are counted', async () => {
    const layout = join(directory, 'many');
    const secrets = Array.from({ length: 60 }, (_, n): TarEntry => {
      const lines = Array.from({ length: 20 }, (_, line) => `KEY_${line}_TOKEN=s3cr3t-${n}-${line}`);
      return { file: `app${n}/.env`, content: lines.join('\n') };
    });
    buildOciLayout(layout, { layers: [[...secrets, npmPackage('left-pad', '1.3.0')]] });
    const { passport } = await scan(parseSource(`oci-layout:${layout}`), parts, { ...scanOptions, unwanted });
    expect(passport.observations).toHaveLength(1000);
    expect(passport.moreObservations).toBe(201);
  });

  it('is observed in the images that the queue reads', async () => {
    await keepImage('app', [npmPackage('left-pad', '1.3.0')]);
    await work({ unwanted });
    expect((await passportOf('app:1')).observations).toMatchObject([observed]);
  });
});

describe('overview', () => {
  it('adds up what is known', async () => {
    const imageId = await keepImage('app', [npmPackage('left-pad', '1.3.0')]);
    await queue(digestOf('gone'), `oci-layout:${join(directory, 'gone')}`, 'docker.io/library/gone:1');
    await services.inventory.reconcile(
      'quay',
      'docker',
      [
        {
          containerId: 'c1',
          name: 'web',
          imageReference: 'app:1',
          imageId,
          labels: {},
          running: true,
          started: clock.now(),
        },
      ],
      clock.now(),
    );
    await work();
    await addFeed(feed('osv', advisory('GHSA-x', 'left-pad', '1.3.1')));
    expect(await services.overview()).toMatchObject({
      containersRunning: 1,
      images: { known: 2, read: 1, failed: 1 },
      severitiesRunning: { unknown: 1 },
      imagesNotJudged: 0,
      mostAffected: [{ imageId, running: 1 }],
      feeds: { total: 1 },
    });
  });
});
