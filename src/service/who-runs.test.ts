import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf, fixedClock } from '../base/index.ts';
import type { Component, InstalledComponent, Store, Workload } from '../model/index.ts';
import type { WhoRunsAnswer, WhoRunsQuery } from '../model/wire/index.ts';
import { openStore } from '../store/index.ts';
import { createWhoRuns, type WhoRuns } from './who-runs.ts';

const folder = mkdtempSync(join(tmpdir(), 'portwarden-who-runs-'));
const clock = fixedClock('2026-03-10T12:00:00Z');
const time = (text: string) => Date.parse(text);

function npm(name: string, version: string): Component {
  return { purl: `pkg:npm/${name}@${version}`, ecosystem: 'npm', name, version };
}

function merely(kind: 'declared' | 'claimed', component: Component): Component & Pick<InstalledComponent, 'evidence'> {
  return { ...component, evidence: { kind, confidence: 'likely' } };
}

async function put(store: Store, subject: string, ...components: readonly Component[]): Promise<void> {
  await store.boms.put(
    {
      subject: subject.startsWith('host:')
        ? { kind: 'host', host: subject.slice('host:'.length) }
        : { kind: 'image', imageId: digestOf(subject) },
      platform: { os: 'linux', architecture: 'amd64' },
      components: components.map((each) => ({ ...each, licenses: [], locations: ['/x'], layer: 0 })),
      catalogers: [],
      problems: [],
    },
    0,
  );
}

function workload(name: string, image: string, started: string, ended?: string): Workload {
  return {
    host: 'north',
    engine: 'docker',
    containerId: `id-of-${name}`,
    name,
    imageReference: `docker.io/library/${image}:1`,
    imageId: digestOf(image),
    labels: {},
    started: time(started),
    ...(ended ? { ended: time(ended) } : {}),
    endedExact: true,
  };
}

let store: Store;
let whole: WhoRuns;

beforeAll(async () => {
  store = await openStore({ url: folder });
  const openssl: Component = {
    purl: 'pkg:deb/debian/libssl3@3.0.9-1?distro=debian-12',
    ecosystem: 'deb',
    name: 'libssl3',
    version: '3.0.9-1',
    source: { name: 'openssl', version: '3.0.9-1' },
  };
  await put(store, 'web', npm('left', '1.0.0'), npm('left', '2.5.0'), openssl);
  await put(store, 'job', npm('left', '2.0.0'));
  await put(store, 'odd', npm('left', 'not a version'));
  await put(store, 'idle', npm('left', '1.0.0'));
  await put(store, 'host:north', openssl);
  await put(store, 'real', npm('asked', '1.0.0'));
  await put(store, 'locked', merely('declared', npm('asked', '1.0.0')));
  await put(store, 'told', merely('claimed', npm('asked', '2.0.0')), merely('declared', npm('asked', '1.0.0')));
  for (const each of [
    workload('web-1', 'web', '2026-03-01T10:00:00Z', '2026-03-02T10:00:00Z'),
    workload('web-2', 'web', '2026-03-05T10:00:00Z'),
    workload('job-1', 'job', '2026-03-01T23:00:00Z', '2026-03-01T23:30:00Z'),
    workload('job-2', 'job', '2026-03-06T10:00:00Z'),
    workload('odd-1', 'odd', '2026-03-06T11:00:00Z'),
    workload('unread-1', 'unread', '2026-03-01T12:00:00Z'),
    workload('real-1', 'real', '2026-03-07T12:00:00Z'),
    workload('locked-1', 'locked', '2026-03-07T13:00:00Z'),
    workload('told-1', 'told', '2026-03-07T14:00:00Z'),
  ]) {
    await store.workloads.started(each);
  }
  whole = createWhoRuns({ store, clock });
  await whole.refresh();
});

afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const names = (answer: WhoRunsAnswer) => answer.containers.map((container) => container.name);

describe('who runs', () => {
  it.each<[string, WhoRunsQuery, Partial<WhoRunsAnswer>, readonly string[]]>([
    [
      'a name now',
      { name: 'left' },
      { count: 3, images: 3, imagesNotRunning: 1, undetermined: 0, unread: 1 },
      ['odd-1', 'job-2', 'web-2'],
    ],
    [
      'a range of versions',
      { name: 'left', version: '<2.5.0' },
      { count: 2, images: 2, imagesNotRunning: 1, undetermined: 1 },
      ['job-2', 'web-2'],
    ],
    ['one version', { name: 'left', version: '2.5.0' }, { count: 1, images: 1, imagesNotRunning: 0 }, ['web-2']],
    ['a source package', { name: 'openssl' }, { count: 1, hosts: ['north'] }, ['web-2']],
    ['a package URL with its version', { name: 'pkg:npm/left@2.0.0' }, { count: 1, undetermined: 0 }, ['job-2']],
    [
      'a package URL and a range',
      { name: 'pkg:npm/left', version: '>=2.1.0' },
      { count: 1, undetermined: 1 },
      ['web-2'],
    ],
    [
      'a date',
      { name: 'left', at: '2026-03-01' },
      { count: 2, images: 2, imagesNotRunning: 2, unread: 1 },
      ['job-1', 'web-1'],
    ],
    [
      'an instant of that day',
      { name: 'left', at: '2026-03-01T12:00:00Z' },
      { count: 1, images: 1, unread: 1 },
      ['web-1'],
    ],
    ['an instant in another zone', { name: 'left', at: '2026-03-02T00:15:00+01:00' }, { count: 2 }, ['job-1', 'web-1']],
    [
      'a time before everything',
      { name: 'left', at: '2020-01-01' },
      { count: 0, images: 0, imagesNotRunning: 4, unread: 0 },
      [],
    ],
    ['today', { name: 'left', at: '2026-03-10' }, { count: 3, undetermined: 0 }, ['odd-1', 'job-2', 'web-2']],
    ['what nobody has', { name: 'right' }, { count: 0, images: 0, imagesNotRunning: 0, hosts: [], unread: 1 }, []],
    ['what is installed', { name: 'asked' }, { count: 1, images: 1, merely: 2 }, ['real-1']],
    ['what is merely declared', { name: 'asked', version: '2.0.0' }, { count: 0, merely: 1 }, []],
    [
      'what is installed, declared or claimed',
      { name: 'asked', evidence: 'any' },
      { count: 3, images: 3, merely: 0 },
      ['told-1', 'locked-1', 'real-1'],
    ],
    ['a page', { name: 'left', limit: 1, offset: 1 }, { count: 3 }, ['job-2']],
    ['the count alone', { name: 'left', limit: 0 }, { count: 3 }, []],
  ])('%s', async (_, query, expected, containers) => {
    const answer = await whole.answer(query);
    expect(answer).toMatchObject(expected);
    expect(names(answer)).toEqual(containers);
    const once = createWhoRuns({ store, clock });
    expect(await once.answer(query)).toEqual(answer);
  });

  it('shows each container with what was found in it', async () => {
    const { containers } = await whole.answer({ name: 'left', at: '2026-03-01T12:00:00Z' });
    expect(containers).toEqual(
      [
        {
          id: 'id-of-web-1',
          name: 'web-1',
          host: 'north',
          engine: 'docker',
          image: 'docker.io/library/web:1',
          digest: digestOf('web'),
          started: '2026-03-01T10:00:00.000Z',
          ended: null,
          component: 'pkg:npm/left@1.0.0',
          evidence: 'installed',
          otherComponents: ['pkg:npm/left@2.5.0'],
        },
      ].map((container) => ({ ...container, ended: '2026-03-02T10:00:00.000Z' })),
    );
  });

  it('says of each whether it is installed, and shows what is before what is not', async () => {
    const { containers } = await whole.answer({ name: 'asked', evidence: 'any' });
    expect(
      containers.map(({ component, evidence, otherComponents }) => [component, evidence, otherComponents]),
    ).toEqual([
      ['pkg:npm/asked@1.0.0', 'declared', ['pkg:npm/asked@2.0.0']],
      ['pkg:npm/asked@1.0.0', 'declared', []],
      ['pkg:npm/asked@1.0.0', 'installed', []],
    ]);
  });

  it.each<[string, WhoRunsQuery, string]>([
    ['no name', { name: ' ' }, 'empty'],
    ['no time', { name: 'left', at: 'yesterday' }, 'yesterday'],
    ['the future', { name: 'left', at: '2026-03-11' }, 'future'],
    ['no range', { name: 'left', version: '<' }, 'range'],
  ])('refuses %s', async (_, query, word) => {
    const refused = { name: 'ServiceError', code: 'bad-query', message: expect.stringContaining(word) };
    await expect(whole.answer(query)).rejects.toMatchObject(refused);
  });
});

describe('the index', () => {
  it('follows what another process writes', async () => {
    const other = await openStore({ url: folder });
    const before = await whole.answer({ name: 'late' });
    expect([before.count, before.unread]).toEqual([0, 1]);
    await other.workloads.started(workload('late-1', 'late', '2026-03-07T10:00:00Z'));
    expect((await whole.answer({ name: 'late' })).unread).toBe(2);
    await put(other, 'late', npm('late', '1.0.0'), npm('left', '9.0.0'));
    expect(await whole.answer({ name: 'late' })).toMatchObject({ count: 1, unread: 1 });
    await other.workloads.ended(workload('late-1', 'late', '2026-03-07T10:00:00Z'), time('2026-03-08T10:00:00Z'), true);
    expect(await whole.answer({ name: 'late' })).toMatchObject({ count: 0, imagesNotRunning: 1 });
    await put(other, 'late', npm('left', '9.0.0'));
    expect(await whole.answer({ name: 'late', at: '2026-03-07' })).toMatchObject({ count: 0, imagesNotRunning: 0 });
    expect((await whole.answer({ name: 'left', version: '9.0.0', at: '2026-03-07' })).count).toBe(1);
    await other.close();
  });

  it('is built anew when little of it is left, and answers the same', async () => {
    for (let version = 0; version < 20; version++) await put(store, 'idle', npm('left', `1.0.${version}`));
    const one = await whole.answer({ name: 'left', version: '=1.0.19' });
    expect(one).toEqual(await createWhoRuns({ store, clock }).answer({ name: 'left', version: '=1.0.19' }));
    expect(one.imagesNotRunning).toBe(1);
    expect((await whole.answer({ name: 'left', version: '=1.0.18' })).imagesNotRunning).toBe(0);
  });

  it('answers many at once', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => whole.answer({ name: 'openssl' })));
    expect(new Set(answers.map((answer) => answer.count))).toEqual(new Set([1]));
  });
});
