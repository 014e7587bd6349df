import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  advisory,
  bom,
  collect,
  installed,
  judgement,
  match,
  npm,
  workload,
} from '../../test/contract/store/specimens.ts';
import { type Digest, digestOf, fixedClock } from '../base/index.ts';
import type { ImageFacts, Remark, Store } from '../model/index.ts';
import { openStore } from '../store/index.ts';
import { listChanges, listImageChanges } from './changes.ts';
import { readImpact } from './impact.ts';
import { createWhoRuns, type WhoRuns } from './who-runs.ts';

const day = 86_400_000;
const now = 200 * day;
const clock = fixedClock(now);
let store: Store;
let whoRuns: WhoRuns;
beforeEach(async () => {
  store = await openStore({ url: ':memory:' });
  whoRuns = createWhoRuns({ store, clock });
});
afterEach(() => store.close());

function facts(layers: number, baseImage?: ImageFacts['baseImage']): ImageFacts {
  return {
    user: '',
    entrypoint: [],
    command: [],
    exposedPorts: [],
    volumes: [],
    labels: {},
    setuidFiles: [],
    setgidFiles: [],
    layers: Array.from({ length: layers }, (_, index) => ({ diffId: digestOf(`l${index}`), size: 1 })),
    totalFileBytes: 1,
    fileCount: 1,
    ...(baseImage ? { baseImage } : {}),
  };
}

async function image(name: string, of: ImageFacts, layer: number): Promise<Digest> {
  const contents = bom(name, [npm('left')]);
  const imageId = contents.subject.kind === 'image' ? contents.subject.imageId : digestOf(name);
  await store.images.see({ imageId, references: [`docker.io/library/${name}:1`], at: 1 });
  await store.images.recordRead({ imageId, platform: contents.platform, facts: of, at: 1 });
  const components = contents.components.map((component) => ({ ...component, layer }));
  await store.boms.put({ ...contents, components }, 1);
  return imageId;
}

async function importAll(feed: string, ids: readonly ReturnType<typeof advisory>[], remarks: readonly Remark[] = []) {
  const running = await store.advisories.beginImport({ id: feed, format: 'osv', location: `/${feed}` }, 5 * day);
  await running.add(ids);
  if (remarks.length > 0) await running.remark(remarks);
  await running.finish({ rejectedCount: 0, skippedCount: 0, coverage: ['npm'] });
}

async function fleet() {
  const base = await image('base', facts(2), 0);
  await image('shop', facts(4, { name: 'docker.io/library/base:1', digest: base, evidence: 'layers' }), 1);
  await image('own', facts(4, { name: 'docker.io/library/base:1', digest: base, evidence: 'layers' }), 3);
  await image('labeled', facts(4, { digest: digestOf('never read'), evidence: 'label' }), 1);
  await store.workloads.started(workload('shop-1', 'shop', now - 3 * day));
  await store.workloads.started(workload('shop-2', 'shop', now - day));
  await store.workloads.started(workload('own-1', 'own', now - 10 * day));
  const ended = { host: 'north', engine: 'docker', containerId: workload('own-1', 'own', 0).containerId } as const;
  await store.workloads.ended({ ...ended, started: now - 10 * day }, now - 8 * day, true);
  await importAll(
    'ghsa',
    [advisory('GHSA-1', ['left'], { aliases: ['CVE-1'], cvss: ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N'] })],
    [{ kind: 'exploited', flaw: 'CVE-1', since: day, ransomware: false }],
  );
  await importAll('bundle', [advisory('DSA-1', [], { aliases: ['CVE-1', 'CVE-2'] })]);
  const [left = 0] = await store.matches.pending(10);
  await store.matches.put([judgement(left, [])], 10 * day);
  await store.matches.put(
    [judgement(left, [match('GHSA-1', { flaw: 'CVE-1', fixedIn: '2', since: 20 * day })])],
    20 * day,
  );
}

const impact = (name: string, query = {}) => readImpact({ store, whoRuns, clock }, name, query);

describe('what a flaw means', () => {
  it.each(['before', 'after'])('is the same by each of its names, %s the index is in memory', async (when) => {
    await fleet();
    if (when === 'after') await whoRuns.refresh();
    const found = await impact('CVE-1');
    expect(await impact('GHSA-1')).toEqual(found);
    expect(found?.advisory).toMatchObject({
      id: 'CVE-1',
      aliases: ['DSA-1', 'GHSA-1'],
      severity: 'high',
      cvss: { score: 7.5 },
      knownExploited: { ransomware: false },
      records: [{ feed: 'bundle' }, { feed: 'ghsa' }],
    });
    expect(found?.components).toMatchObject([{ name: 'left', fixedIn: '2', images: 4, running: 2, suppressed: false }]);
    expect(found?.images.total).toBe(4);
    expect(found?.images.items.map(({ image: name, baseImage }) => [name, baseImage?.brings])).toEqual(
      expect.arrayContaining([
        ['docker.io/library/shop:1', true],
        ['docker.io/library/own:1', false],
        ['docker.io/library/labeled:1', null],
        ['docker.io/library/base:1', undefined],
      ]),
    );
    expect(found?.images.items[0]).toMatchObject({ running: 2, layer: 1 });
    expect(found?.containers).toMatchObject({ total: 2, items: [{ name: 'shop-2' }, { name: 'shop-1' }] });
  });

  it('is told for any time, and over time', async () => {
    await fleet();
    const then = await impact('CVE-1', { at: new Date(now - 9 * day).toISOString() });
    expect(then?.containers.items.map(({ name }) => name)).toEqual(['own-1']);
    const { history } = (await impact('CVE-1')) ?? { history: [] };
    expect(history).toHaveLength(90);
    expect(history.slice(-12).map(({ running }) => running)).toEqual([0, 1, 1, 1, 0, 0, 0, 0, 1, 1, 2, 2]);
  });

  it('is nothing to the fleet where a feed knows it and nothing has it, and unknown where none does', async () => {
    await fleet();
    expect(await impact('CVE-2')).toMatchObject({ advisory: { id: 'CVE-2' }, components: [], images: { total: 0 } });
    expect(await impact('CVE-3')).toBeUndefined();
  });

  it('does not count images that merely declare it, and shows them', async () => {
    await fleet();
    const declared = installed(npm('left'), { evidence: { kind: 'declared', confidence: 'certain' } });
    await store.boms.put(bom('locked', [declared]), 1);
    await store.workloads.started(workload('locked-1', 'locked', now - 2 * day));
    const row = (await collect(store.boms.components())).find(({ merely }) => merely === 'declared');
    const [known] = await store.matches.byFlaw(['CVE-1']);
    if (!row || !known) throw new Error('nothing matched');
    await store.matches.put([judgement(row.componentId, [{ ...known }])], 30 * day);
    const found = await impact('CVE-1');
    expect(found?.components.map(({ evidence, running }) => `${evidence} ${running}`).sort()).toEqual([
      'declared 1',
      'installed 2',
    ]);
    expect(found).toMatchObject({ images: { total: 4 }, containers: { total: 2 } });
  });

  it('does not count what a trusted author cleared', async () => {
    await fleet();
    const [cleared] = await store.matches.byFlaw(['CVE-1']);
    if (!cleared) throw new Error('nothing matched');
    await store.matches.put([judgement(cleared.componentId, [{ ...cleared, suppressed: true }])], 30 * day);
    const found = await impact('CVE-1');
    expect(found?.components).toMatchObject([{ suppressed: true, running: 2 }]);
    expect(found).toMatchObject({ images: { total: 0 }, containers: { total: 0 } });
  });
});

describe('changes', () => {
  it('tell whom they concern now', async () => {
    await fleet();
    const { items, total } = await listChanges({ store, whoRuns }, { severity: 'high' });
    expect(total).toBe(1);
    expect(items).toMatchObject([
      {
        kind: 'newly-affected',
        advisory: 'CVE-1',
        component: 'pkg:npm/left@1.0.0',
        evidence: 'installed',
        fixedIn: '2',
        images: 4,
        running: 2,
      },
    ]);
    expect(await listImageChanges({ store, whoRuns }, 'host:none', {})).toEqual({ items: [], total: 0 });
    const asked = bom('lock', [npm('right')]);
    const evidence = { kind: 'declared', confidence: 'certain' } as const;
    await store.boms.put({ ...asked, components: asked.components.map((one) => ({ ...one, evidence })) }, 1);
    const right = (await store.matches.pending(10)).at(-1) ?? 0;
    await store.matches.put([judgement(right, [])], 21 * day);
    await store.matches.put([judgement(right, [match('GHSA-1', { flaw: 'CVE-1', since: 22 * day })])], 22 * day);
    const [newest] = (await listChanges({ store, whoRuns }, {})).items;
    expect(newest).toMatchObject({ name: 'right', evidence: 'declared', images: 1, running: 0 });
    await expect(listChanges({ store, whoRuns }, { since: 'yesterday' })).rejects.toMatchObject({ code: 'bad-query' });
  });
});
