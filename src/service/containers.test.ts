import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digest, workload } from '../../test/contract/store/specimens.ts';
import { noRegistries } from '../../test/fakes/no-registries.ts';
import { fakeRegistry } from '../../test/fakes/registry-desk.ts';
import { fixedClock } from '../base/index.ts';
import type { Certificate, Store, Workload } from '../model/index.ts';
import type { ContainerListQuery } from '../model/wire/index.ts';
import type { RegistryDocument } from '../policy/index.ts';
import { openStore } from '../store/index.ts';
import { listContainers } from './containers.ts';
import { compileRules } from './rules-in-force.ts';

const clock = fixedClock('2026-03-01T12:00:00Z');
const [registry, repository] = ['main.example', 'team/app'];
const documents = [fakeRegistry('main', { gate: { names: ['gate.example:7081'] } })];
let store: Store;
beforeEach(async () => {
  store = await openStore({ url: ':memory:' });
});
afterEach(() => store.close());

/** A certificate of the index NAME with one image, whose image ID is that of `workload('…', NAME)`. */
async function certify(name: string, more: Partial<Certificate> = {}, tag?: string): Promise<void> {
  const image = { registry, repository, digest: digest(`${name} index`) };
  const certificate: Certificate = {
    image,
    source: `${registry}/quarantine/${repository}`,
    outcome: 'certified',
    findings: [],
    signatures: [],
    attestations: [],
    images: [{ platform: 'linux/amd64', digest: digest(`${name} manifest`), imageId: digest(name) }],
    policy: { name: 'default', digest: digest('policy') },
    feeds: [],
    judgedAt: clock.now() - 1000,
    expires: clock.now() + 1000,
    ...more,
  };
  const config = { digest: digest(name), size: 1, mediaType: 'config', kind: 'config' } as const;
  await store.certificates.put(certificate, certificate.outcome === 'certified' ? [config] : []);
  if (tag) await store.certificates.putTag(registry, repository, { tag, digest: image.digest, at: clock.now() - 500 });
}

const run = (name: string, image: string, more: Partial<Workload> = {}) =>
  store.workloads.started(workload(name, image, 1000, more));

async function list(query: ContainerListQuery = {}, of: readonly RegistryDocument[] = documents) {
  const rules = compileRules(of, 1, noRegistries.trustSources);
  return listContainers({ store, clock, rules: async () => rules }, query);
}

async function originOf(name: string): Promise<unknown> {
  const { items } = await list();
  return items.find((row) => row.name === name)?.origin;
}

describe('where what runs came from', () => {
  it('is a certificate that holds', async () => {
    await certify('app', {}, '1');
    await run('web', 'app', { imageReference: `${registry}/${repository}:1` });
    expect(await originOf('web')).toEqual({ state: 'certified', reason: null, startedBy: null, project: null });
  });

  it('is no certificate, whatever name the image was given', async () => {
    await certify('app', {}, '1');
    await run('evil', 'built here', { imageReference: `${registry}/${repository}:1` });
    expect(await originOf('evil')).toMatchObject({ state: 'never-certified', reason: null });
  });

  it('is no certificate where it was refused from the start', async () => {
    await certify('app', { outcome: 'refused' });
    await run('web', 'app');
    expect(await originOf('web')).toMatchObject({ state: 'never-certified' });
  });

  it.each<[string, Partial<Certificate>, string]>([
    [
      'that ran out',
      { expires: clock.now() - 1 },
      'its certificate for main.example/team/app ran out at 2026-03-01T11:59:59.999Z',
    ],
    [
      'of what is refused since',
      {
        outcome: 'refused',
        findings: [
          { rule: 'image/age', severity: 'medium', subject: 's', title: 't', remedy: 'r', evidence: 'too old' },
        ],
      },
      'refused for main.example/team/app at 2026-03-01T11:59:59.000Z: image/age: too old',
    ],
    [
      'of what cannot be decided any more',
      { outcome: 'undecided', cause: 'the feed is gone' },
      'undecided for main.example/team/app at 2026-03-01T11:59:59.000Z: the feed is gone',
    ],
  ])('is a certificate %s', async (_, more, reason) => {
    await certify('app', { judgedAt: clock.now() - 2000 });
    await certify('app', more);
    await run('web', 'app');
    expect(await originOf('web')).toMatchObject({ state: 'was-certified', reason });
  });

  it('is a certificate that was withdrawn, once that is in effect', async () => {
    await certify('app');
    await run('web', 'app');
    const image = { registry, repository, digest: digest('app index') };
    const withdrawn = { at: clock.now(), reason: 'CVE-2026-1 in openssl' };
    await store.certificates.withdraw(image, { ...withdrawn, effective: clock.now() + 1 });
    expect(await originOf('web')).toMatchObject({ state: 'certified' });
    await store.certificates.withdraw(image, { ...withdrawn, effective: clock.now() });
    expect(await originOf('web')).toMatchObject({
      state: 'was-certified',
      reason: 'withdrawn from main.example/team/app at 2026-03-01T12:00:00.000Z: CVE-2026-1 in openssl',
    });
  });

  it('is a certificate that holds somewhere, though it was withdrawn elsewhere', async () => {
    await certify('app');
    const mirrored = { registry: 'mirror.example', repository, digest: digest('app index') };
    await certify('app', { image: mirrored, judgedAt: clock.now() });
    await store.certificates.withdraw(mirrored, { at: 1, effective: 1, reason: 'no' });
    await run('web', 'app');
    expect(await originOf('web')).toMatchObject({ state: 'certified' });
  });

  describe('a tag that moved', () => {
    beforeEach(async () => {
      await certify('old');
      await certify('new', {}, '1');
    });
    const reason = `main.example/team/app:1 names ${digest('new index').slice(0, 19)} since 2026-03-01T11:59:59.500Z`;

    it.each<[string, object]>([
      [`${registry}/${repository}:1`, { state: 'tag-moved', reason }],
      [`gate.example:7081/${repository}:1`, { state: 'tag-moved', reason }],
      [`${registry}/${repository}:2`, { state: 'certified' }],
      [`${registry}/${repository}`, { state: 'certified' }],
      [`${registry}/other/app:1`, { state: 'certified' }],
      [`elsewhere.example/${repository}:1`, { state: 'certified' }],
      [`${registry}/${repository}:1@${digest('old index')}`, { state: 'certified' }],
      [digest('old'), { state: 'certified' }],
      ['Not A Reference', { state: 'certified' }],
    ])('is seen by what it was started as: %s', async (imageReference, origin) => {
      await run('web', 'old', { imageReference });
      expect(await originOf('web')).toMatchObject(origin);
    });

    it('is none where it names what runs, by whichever digest the engine calls it', async () => {
      for (const imageId of [digest('new'), digest('new index'), digest('new manifest')]) {
        await run(imageId, 'new', { imageId, imageReference: `${registry}/${repository}:1` });
      }
      const states = (await list()).items.map(({ origin }) => origin?.state);
      expect(states).not.toContain('tag-moved');
    });

    it('is none to a tag of what is not certified', async () => {
      await certify('new', { expires: clock.now() }, '1');
      await run('web', 'old', { imageReference: `${registry}/${repository}:1` });
      expect(await originOf('web')).toMatchObject({ state: 'certified' });
    });
  });

  it('is not told where no registry has a document, nor of what has ended', async () => {
    await run('web', 'app');
    await run('gone', 'app');
    await store.workloads.ended(workload('gone', 'app', 1000), 2000, true);
    expect((await list({}, [])).items.map(({ origin }) => origin)).toEqual([null]);
    const all = (await list({ state: 'all' })).items.map(({ name, origin }) => [name, origin?.state]);
    expect(new Map(all as [string, unknown][])).toEqual(
      new Map([
        ['web', 'never-certified'],
        ['gone', undefined],
      ]),
    );
  });

  it.each<[Record<string, string>, string | null]>([
    [{ 'com.docker.compose.project': 'shop' }, 'shop'],
    [{ 'io.podman.compose.project': 'shop' }, 'shop'],
    [{ 'com.docker.compose.service': 'web' }, null],
  ])('has the project of the labels %j as a hint: %s', async (labels, project) => {
    await run('web', 'app', { labels });
    expect(await originOf('web')).toMatchObject({ project, startedBy: null });
  });
});

describe('containers by origin', () => {
  beforeEach(async () => {
    await certify('good', {}, '1');
    await certify('old', { expires: clock.now() - 1 });
    for (let at = 0; at < 5; at++) await run(`good-${at}`, 'good');
    for (let at = 0; at < 3; at++) await run(`evil-${at}`, 'evil');
    await run('old', 'old');
    await run('gone', 'evil');
    await store.workloads.ended(workload('gone', 'evil', 1000), 2000, true);
  });
  const names = async (query: ContainerListQuery) => {
    const { items, total } = await list(query);
    return [items.map(({ name }) => name).toSorted(), total];
  };

  it('are those that run, counted and paged', async () => {
    expect(await names({ origin: 'ad-hoc' })).toEqual([['evil-0', 'evil-1', 'evil-2', 'old'], 4]);
    expect(await names({ origin: 'was-certified' })).toEqual([['old'], 1]);
    expect((await names({ origin: 'certified' }))[1]).toBe(5);
    expect(await names({ origin: 'tag-moved' })).toEqual([[], 0]);
    expect(await names({ origin: 'ad-hoc', search: 'evil-1' })).toEqual([['evil-1'], 1]);
    expect(await names({ origin: 'ad-hoc', image: digest('old') })).toEqual([['old'], 1]);
    const [first, second] = [
      await list({ origin: 'ad-hoc', limit: 3 }),
      await list({ origin: 'ad-hoc', limit: 3, offset: 3 }),
    ];
    expect([first.items.length, first.total, second.items.length, second.total]).toEqual([3, 4, 1, 4]);
    expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(4);
  });

  it('are none where there is nothing to compare with', async () => {
    expect(await list({ origin: 'ad-hoc' }, [])).toEqual({ items: [], total: 0 });
  });

  it.each<ContainerListQuery>([
    { origin: 'ad-hoc', at: '2026-01-01' },
    { origin: 'ad-hoc', state: 'all' },
  ])('are not asked of the past: %j', async (query) => {
    await expect(list(query)).rejects.toMatchObject({ code: 'bad-query' });
  });

  it('cost the store one question for all image IDs, and one for each repository', async () => {
    const asked: string[] = [];
    const { certificates } = store;
    const counting = new Proxy(certificates, {
      get: (target, name: keyof typeof certificates) => {
        asked.push(name);
        return target[name];
      },
    });
    for (let at = 0; at < 20; at++) await run(`app-${at}`, 'good', { imageReference: `${registry}/${repository}:1` });
    const rules = compileRules(documents, 1, noRegistries.trustSources);
    const parts = { store: { workloads: store.workloads, certificates: counting }, clock, rules: async () => rules };
    expect((await listContainers(parts, { origin: 'certified' })).total).toBe(25);
    expect(asked).toEqual(['judgementsOf', 'tags', 'get']);
  });
});
