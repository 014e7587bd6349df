import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digest } from '../../test/contract/store/specimens.ts';
import { noRegistries } from '../../test/fakes/no-registries.ts';
import {
  createFakeDesk,
  type FakeImage,
  type FakeShelves,
  fakeRegistry,
  fakeTrustRoot,
} from '../../test/fakes/registry-desk.ts';
import { fixedClock } from '../base/index.ts';
import { ImageError } from '../image/index.ts';
import { type Certificate, defaultReadLimits, type Store } from '../model/index.ts';
import type { RegistryDiff, RegistryDiffQuery } from '../model/wire/index.ts';
import type { RegistryDocument } from '../policy/index.ts';
import { openStore } from '../store/index.ts';
import { createRegistriesService } from './registries.ts';
import { mostRows, type RegistriesProgress } from './registries-diff.ts';
import { compileRules } from './rules-in-force.ts';

const { signal } = new AbortController();
const clock = fixedClock('2026-03-01T12:00:00Z');
const down = new ImageError('unreachable', 'could not read from mirror.example: ECONNREFUSED');
let store: Store;
beforeEach(async () => {
  store = await openStore({ url: ':memory:' });
});
afterEach(() => store.close());

const image = (name: string, more: Partial<FakeImage> = {}): FakeImage => ({ digest: digest(name), ...more });

function certificate(registry: string, of: string, more: Partial<Certificate> = {}): Certificate {
  return {
    image: { registry, repository: 'team/app', digest: digest(of) },
    source: `${registry}/quarantine/team/app:1`,
    outcome: 'certified',
    findings: [],
    signatures: [],
    attestations: [],
    images: [],
    policy: { name: 'default', digest: digest('policy') },
    feeds: [],
    judgedAt: clock.now(),
    expires: clock.now() + 1000,
    ...more,
  };
}

function open(
  shelves: FakeShelves,
  documents: readonly RegistryDocument[] = [fakeRegistry('main'), fakeRegistry('mirror')],
) {
  const fake = createFakeDesk(shelves);
  const rules = compileRules([fakeTrustRoot, ...documents], 1, noRegistries.trustSources);
  const parts = { store, clock, desk: fake.desk, limits: defaultReadLimits, rules: async () => rules };
  const service = createRegistriesService(parts);
  return {
    ...fake,
    service,
    diff: (query: RegistryDiffQuery = { repository: ['team/app'] }) => service.diff(query, signal),
  };
}

const differencesOf = ({ rows }: RegistryDiff) =>
  Object.fromEntries(rows.map(({ tag, differences }) => [tag, differences.map(({ kind }) => kind)]));

describe('what differs between registries', () => {
  it('is told tag by tag, with what each has of it', async () => {
    await store.certificates.put(certificate('main.example', 'new'), []);
    await store.certificates.put(
      certificate('mirror.example', 'old', { withdrawn: undefined, outcome: 'refused' }),
      [],
    );
    const { diff } = open({
      'main.example': {
        'team/app': {
          '1': image('new', { platforms: ['linux/amd64', 'linux/arm64'], created: Date.UTC(2026, 1, 1) }),
          '2': image('new'),
        },
      },
      'mirror.example': { 'team/app': { '1': image('old', { created: Date.UTC(2026, 0, 1) }) } },
    });
    const answer = await diff();
    expect(answer.registries).toEqual([
      { name: 'main', host: 'main.example' },
      { name: 'mirror', host: 'mirror.example' },
    ]);
    expect(differencesOf(answer)).toEqual({
      '1': ['different-digest', 'platform-missing', 'older-build'],
      '2': ['certified-absent'],
    });
    expect(answer).toMatchObject({ different: 2, unknown: 0, left: null, failures: [] });
    expect(answer.rows[0]).toMatchObject({
      repository: 'team/app',
      cells: [
        {
          state: 'present',
          digest: digest('new'),
          certificate: 'certified',
          signed: null,
          platforms: ['linux/amd64', 'linux/arm64'],
          created: '2026-02-01T00:00:00.000Z',
          message: null,
        },
        { state: 'present', digest: digest('old'), certificate: 'refused', platforms: ['linux/amd64'] },
      ],
    });
    expect(answer.rows[1]?.cells[1]).toMatchObject({ state: 'absent', digest: null, message: null });
  });

  it('is nothing where all is the same', async () => {
    const same = { 'team/app': { '1': image('a'), '2': image('b') } };
    expect(await open({ 'main.example': same, 'mirror.example': same }).diff()).toMatchObject({
      different: 0,
      unknown: 0,
      rows: [{ tag: '1' }, { tag: '2' }],
    });
  });

  it('is never said of a registry that does not answer', async () => {
    await store.certificates.put(certificate('main.example', 'a'), []);
    const { diff, asked } = open({
      'main.example': { 'team/app': { '1': image('a') }, 'team/b': { '1': image('a') } },
      'mirror.example': down,
    });
    const answer = await diff({ repository: ['team/app', 'team/b'] });
    expect(answer.rows.map(({ cells, differences }) => [cells[1]?.state, cells[1]?.message, differences])).toEqual([
      ['unknown', down.message, []],
      ['unknown', down.message, []],
    ]);
    expect(answer.failures).toEqual(
      ['team/app', 'team/b'].map((repository) => ({ registry: 'mirror', repository, message: down.message })),
    );
    expect(answer).toMatchObject({ different: 0, unknown: 4 });
    expect(asked.filter((question) => question.includes('mirror'))).toEqual(['tags mirror.example/team/app']);
  });

  it('counts a repository that is not there as absent only where a registry says so', async () => {
    await store.certificates.put(certificate('main.example', 'a'), []);
    const shelves = { 'main.example': { 'team/app': { '1': image('a') } }, 'mirror.example': {} };
    const { diff, asked } = open(shelves);
    expect(differencesOf(await diff())).toEqual({ '1': ['certified-absent'] });
    expect(asked).toContain('ping mirror.example');
  });

  it('knows who signed by the trust roots of each registry, under its own names', async () => {
    const documents = [
      fakeRegistry('main', { trustRoots: ['release'], gate: { names: ['gate.example'] } }),
      fakeRegistry('mirror', { trustRoots: ['release'] }),
      fakeRegistry('lab'),
    ];
    const tags = {
      both: image('a', { signedAs: ['main.example/team/app', 'mirror.example/team/app'] }),
      gate: image('b', { signedAs: ['gate.example/team/app'] }),
      none: image('c'),
    };
    const shelf = { 'team/app': tags };
    const { diff } = open({ 'main.example': shelf, 'mirror.example': shelf, 'lab.example': shelf }, documents);
    const answer = await diff();
    expect(answer.rows.map(({ tag, cells }) => [tag, ...cells.map(({ signed }) => signed)])).toEqual([
      ['both', true, true, null],
      ['gate', true, false, null],
      ['none', false, false, null],
    ]);
    expect(differencesOf(answer)).toEqual({ both: [], gate: ['unsigned'], none: [] });
  });

  it('says where who signed could not be checked', async () => {
    const root = { ...fakeTrustRoot, spec: { gpg: { keyring: { file: '/none' }, fingerprints: ['0'.repeat(40)] } } };
    const fake = createFakeDesk({
      'main.example': { 'team/app': { '1': image('a') } },
      'mirror.example': { 'team/app': { '1': image('a') } },
    });
    const missing = new ImageError('unreadable', '/none cannot be read');
    const rules = compileRules([root, fakeRegistry('main', { trustRoots: ['release'] }), fakeRegistry('mirror')], 1, {
      ...noRegistries.trustSources,
      readFile: () => Promise.reject(missing),
    });
    const parts = { store, clock, desk: fake.desk, limits: defaultReadLimits, rules: async () => rules };
    const answer = await createRegistriesService(parts).diff({ repository: ['team/app'] }, signal);
    expect(answer.rows[0]?.cells[0]).toMatchObject({ signed: null, message: 'who signed it: /none cannot be read' });
    expect(answer).toMatchObject({ different: 0, unknown: 1 });
  });

  it('leaves out tags of signatures and statements, and compares charts by digest alone', async () => {
    const hex = 'ab'.repeat(32);
    const tags = (name: string) => ({
      'team/app': {
        [`sha256-${hex}.sig`]: image(`${name} sig`),
        [`sha256-${hex}.att`]: image(`${name} att`),
        [`sha256-${hex}.sbom`]: image(`${name} sbom`),
        [`sha256-${hex}`]: image(`${name} referrers`),
        chart: image('chart', { platforms: [] }),
        [`sha256-${hex}.exe`]: image('odd'),
      },
    });
    const answer = await open({ 'main.example': tags('a'), 'mirror.example': tags('b') }).diff();
    expect(differencesOf(answer)).toEqual({ chart: [], [`sha256-${hex}.exe`]: [] });
    expect(answer.rows[0]?.cells[0]).toMatchObject({ platforms: [], message: null });
  });

  it('reads an image once, however many tags name it, and asks no more than four at a time', async () => {
    const tags = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`t${at}`, image(`i${at % 10}`)]));
    const shelf = { 'team/app': tags };
    const { diff, asked, mostAtOnce } = open({ 'main.example': shelf, 'mirror.example': shelf });
    expect((await diff()).rows).toHaveLength(30);
    const inspected = asked.filter((question) => question.startsWith('inspect main.example'));
    expect(new Set(inspected).size).toBe(10);
    expect(inspected).toHaveLength(10);
    expect(mostAtOnce()).toBe(4);
  });

  it('compares for one caller after another, whatever becomes of those before', async () => {
    const tags = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`t${at}`, image(`i${at}`)]));
    const shelf = { 'team/app': tags };
    const { diff, mostAtOnce } = open({ 'main.example': shelf, 'mirror.example': shelf });
    const outcomes = await Promise.allSettled([diff(), diff({ registry: ['nowhere'] }), diff()]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(mostAtOnce()).toBe(4);
  });

  it('is bounded, and says what it left out', async () => {
    const tags = Object.fromEntries(Array.from({ length: mostRows + 2 }, (_, at) => [`t${at}`, image('a')]));
    const { diff } = open({ 'main.example': { 'team/app': tags }, 'mirror.example': {} });
    const answer = await diff({ repository: ['team/app', 'team/b'] });
    expect(answer.rows).toHaveLength(mostRows);
    expect(answer.left).toMatch(/^2 tags of team\/app and 1 repositories/);
  });

  it('tells how far it is', async () => {
    const shelf = { 'team/app': { '1': image('a'), '2': image('b') }, 'team/b': {} };
    const { service } = open({ 'main.example': shelf, 'mirror.example': shelf });
    const told: RegistriesProgress[] = [];
    await service.diff({ repository: ['team/app', 'team/b'] }, signal, (progress) => told.push(progress));
    expect(told[0]).toEqual({ repository: 'team/app', done: 0, total: 2, looked: 0 });
    expect(told.at(-1)).toEqual({ repository: 'team/b', done: 1, total: 2, looked: 4 });
  });

  it('ends when it is told to', async () => {
    const aborted = new ImageError('aborted', 'reading was aborted');
    const { service } = open({ 'main.example': aborted, 'mirror.example': aborted });
    await expect(service.diff({ repository: ['team/app'] }, AbortSignal.abort())).rejects.toBe(aborted);
  });
});

describe('what is compared', () => {
  const tags = { '1': image('a') };
  const shelf = { 'team/app': tags, 'team/b': tags, 'team/c': tags };
  const shelves = { 'main.example': shelf, 'mirror.example': shelf, 'lab.example': shelf };
  const documents = ['main', 'mirror', 'lab'].map((name) => fakeRegistry(name, { gate: { names: [`${name}.gate`] } }));
  const repositoriesOf = ({ rows }: RegistryDiff) => rows.map(({ repository }) => repository);

  it('is every repository with certified tags in one of the registries, unless some are named', async () => {
    for (const [registry, repository] of [
      ['main.example', 'team/b'],
      ['mirror.example', 'team/c'],
      ['gone.example', 'team/app'],
    ] as const) {
      await store.certificates.putTag(registry, repository, { tag: '1', digest: digest('a'), at: 1 });
    }
    const { diff } = open(shelves, documents);
    expect(repositoriesOf(await diff({}))).toEqual(['team/b', 'team/c']);
    expect(repositoriesOf(await diff({ registry: ['main', 'lab'] }))).toEqual(['team/b']);
    expect(repositoriesOf(await diff({ repository: ['team/app', 'main.gate/team/app'] }))).toEqual(['team/app']);
  });

  it('is every registry, or those that are named by name, host or gate', async () => {
    const { diff } = open(shelves, documents);
    const names = async (registry?: string[]) =>
      (await diff({ repository: ['team/app'], ...(registry ? { registry } : {}) })).registries.map(({ name }) => name);
    expect(await names()).toEqual(['main', 'mirror', 'lab']);
    expect(await names(['lab', 'mirror.example', 'main.gate', 'lab'])).toEqual(['lab', 'mirror', 'main']);
  });

  it.each<[RegistryDiffQuery, object]>([
    [{ registry: ['main'] }, { code: 'bad-query' }],
    [{ registry: ['main', 'main.example'] }, { code: 'bad-query' }],
    [{ registry: ['main', 'nowhere'] }, { code: 'unknown-registry', remedy: 'There are main, mirror, lab' }],
    [{ repository: ['team/app:1'] }, { code: 'bad-query' }],
    [{ repository: [`team/app@${digest('a')}`] }, { code: 'bad-query' }],
    [{ repository: ['../secret'] }, { code: 'bad-reference' }],
    [{ repository: ['Team/App'] }, { code: 'bad-reference' }],
  ])('is refused as %j', async (query, error) => {
    await expect(open(shelves, documents).diff(query)).rejects.toMatchObject(error);
  });

  it('is refused where there is no document', async () => {
    await expect(open(shelves, []).diff()).rejects.toMatchObject({ code: 'bad-query' });
  });
});

describe('registries', () => {
  it('are listed with whether they answer', async () => {
    const mirror = fakeRegistry('mirror', { account: 'fleet-2', gate: { names: ['gate.example'] } });
    const { service, asked } = open({ 'main.example': {}, 'mirror.example': down }, [mirror, fakeRegistry('main')]);
    expect(await service.list(signal)).toEqual({
      items: [
        {
          name: 'main',
          host: 'main.example',
          gates: [],
          trusted: ['team/**'],
          account: null,
          platform: null,
          reachable: true,
          message: null,
        },
        expect.objectContaining({
          name: 'mirror',
          gates: ['gate.example'],
          account: 'fleet-2',
          reachable: false,
          message: down.message,
        }),
      ],
    });
    expect(asked.toSorted()).toEqual(['ping main.example', 'ping mirror.example']);
  });
});
