import { describe, expect, it } from 'vitest';
import { type Workload, workloadKey } from '../../../src/model/index.ts';
import type { StoreRoom } from './opened-stores.ts';
import { bom, collect, digest, workload } from './specimens.ts';

export function workloadContract(room: StoreRoom): void {
  describe('workloads', () => {
    it('are intervals: a restart is a new one', async () => {
      const { workloads } = await room.fresh();
      const first = workload('web', 'a', 10, { labels: { tier: 'front\0' } });
      await workloads.started(first);
      await workloads.ended(first, 20, true);
      await workloads.started({ ...first, started: 30 });
      expect(await workloads.running()).toEqual([{ ...first, started: 30 }]);
      expect((await workloads.list({ limit: 10, offset: 0 })).items).toEqual([
        { ...first, started: 30 },
        { ...first, ended: 20 },
      ]);
      expect(await workloads.counts()).toEqual({ running: 1, total: 2, hosts: 1 });
    });

    it('take new words without a new interval', async () => {
      const { workloads } = await room.fresh();
      const first = workload('web', 'a', 10);
      await workloads.started(first);
      await workloads.started({ ...first, name: 'renamed', labels: { a: 'b' } });
      expect(await workloads.running()).toEqual([{ ...first, name: 'renamed', labels: { a: 'b' } }]);
    });

    it.each([
      [
        'an exact end stays',
        [
          [20, true],
          [30, false],
        ],
        [20, true],
      ],
      [
        'an end that was concluded is made exact',
        [
          [30, false],
          [20, true],
        ],
        [20, true],
      ],
      [
        'an exact end is corrected by an exact one',
        [
          [20, true],
          [25, true],
        ],
        [25, true],
      ],
      [
        'a concluded end moves',
        [
          [20, false],
          [25, false],
        ],
        [25, false],
      ],
    ] as const)('%s', async (_, ends, [ended, endedExact]) => {
      const { workloads } = await room.fresh();
      const key = workload('web', 'a', 10);
      await workloads.started(key);
      for (const [at, exact] of ends) await workloads.ended(key, at, exact);
      expect((await workloads.list({ limit: 1, offset: 0 })).items).toEqual([{ ...key, ended, endedExact }]);
    });

    it('open again where the end was only concluded', async () => {
      const { workloads } = await room.fresh();
      const [guessed, died] = [workload('guessed', 'a', 10), workload('died', 'a', 10)];
      for (const each of [guessed, died]) await workloads.started(each);
      await workloads.ended(guessed, 20, false);
      await workloads.ended(died, 20, true);
      for (const each of [guessed, died]) await workloads.started(each);
      expect(await workloads.running()).toEqual([guessed]);
    });

    it('ignore the end of what is not known', async () => {
      const { workloads } = await room.fresh();
      await workloads.ended(workload('web', 'a', 10), 20, true);
      expect(await workloads.counts()).toEqual({ running: 0, total: 0, hosts: 0 });
    });

    it('are told apart by host and engine', async () => {
      const { workloads } = await room.fresh();
      const each = [
        workload('web', 'a', 10),
        workload('web', 'a', 10, { host: 'south' }),
        workload('web', 'b', 10, { engine: 'podman' }),
      ] as const;
      for (const one of each) await workloads.started(one);
      expect(await workloads.running({ host: 'south', engine: 'docker' })).toEqual([each[1]]);
      expect((await workloads.counts()).hosts).toBe(2);
      expect(await workloads.runningByImage()).toEqual(
        new Map([
          [digest('a'), 2],
          [digest('b'), 1],
        ]),
      );
      expect(await workloads.runningByImage([digest('b'), digest('c')])).toEqual(new Map([[digest('b'), 1]]));
    });

    it('are listed by time, image and text', async () => {
      const { workloads } = await room.fresh();
      await workloads.started(workload('early', 'a', 10, { ended: 20 }));
      await workloads.started(workload('late', 'a', 30, { ended: 40 }));
      await workloads.started(workload('open', 'b', 15, { host: 'South' }));
      const names = async (filter: Omit<Parameters<typeof workloads.list>[0], 'limit' | 'offset'>) =>
        (await workloads.list({ limit: 10, offset: 0, ...filter })).items.map(({ name }) => name);
      expect(await names({})).toEqual(['late', 'open', 'early']);
      expect(await names({ at: 9 })).toEqual([]);
      expect(await names({ at: 10 })).toEqual(['early']);
      expect(await names({ at: 20 })).toEqual(['open', 'early']);
      expect(await names({ at: 21 })).toEqual(['open']);
      expect(await names({ from: 16, to: 29 })).toEqual(['open', 'early']);
      expect(await names({ from: 41 })).toEqual(['open']);
      expect(await names({ to: 14 })).toEqual(['early']);
      expect(await names({ running: true })).toEqual(['open']);
      expect(await names({ imageId: digest('a') })).toEqual(['late', 'early']);
      expect(await names({ search: 'SOUTH' })).toEqual(['open']);
      expect(await names({ search: 'earl' })).toEqual(['early']);
      expect(await workloads.list({ limit: 1, offset: 1 })).toMatchObject({ total: 3, items: [{ name: 'open' }] });
    });

    it('come in order of start, in full or by number, all or what changed', async () => {
      const store = await room.fresh();
      const { workloads } = store;
      const all = Array.from({ length: 30 }, (_, index) =>
        workload(`w${index}`, index % 3 === 0 ? 'a' : 'b', 1000 - index),
      );
      for (const each of all.slice(0, 29)) await workloads.started(each);
      const { workloads: revision } = await store.revisions();
      await workloads.started(all[29] as (typeof all)[number]);
      await workloads.ended(all[3] as (typeof all)[number], 2000, true);
      const ordered = all.map((each, index) => (index === 3 ? { ...each, ended: 2000 } : each)).reverse();
      expect(await collect(workloads.intervals())).toEqual(ordered);
      expect(await collect(workloads.intervals({ imageIds: [digest('a')] }))).toEqual(
        ordered.filter((each) => each.imageId === digest('a')),
      );
      const spans = await collect(workloads.spans());
      expect(spans.map((span) => span.started)).toEqual(all.map((each) => each.started));
      const byId = await workloads.byId(spans.map((span) => span.workloadId));
      expect(spans.map((span) => workloadKey(byId.get(span.workloadId) as Workload))).toEqual(all.map(workloadKey));
      const changed = await collect(workloads.spans({ changedSince: revision }));
      expect(changed.map(({ started, ended, imageId }) => [started, ended, imageId])).toEqual([
        [997, 2000, digest('a')],
        [971, undefined, digest('b')],
      ]);
      expect(await collect(workloads.intervals({ changedSince: revision }))).toHaveLength(2);
    });
  });

  it('tell apart what has no bill of materials', async () => {
    const { boms, workloads } = await room.fresh();
    for (const image of ['read', 'other', 'unread']) await workloads.started(workload(`of-${image}`, image, 1));
    for (const image of ['read', 'other']) await boms.put(bom(image, []), 1);
    const images = async (filter: Parameters<typeof workloads.spans>[0]) =>
      (await collect(workloads.spans(filter))).map(({ imageId }) => imageId);
    expect(await images({ unread: true })).toEqual([digest('unread')]);
    expect(await images({ imageIds: [digest('read')], unread: true })).toEqual([digest('read'), digest('unread')]);
    expect(await images({ imageIds: [digest('read')] })).toEqual([digest('read')]);
    expect(await images({ imageIds: [], unread: true })).toEqual([digest('unread')]);
  });

  describe('engines', () => {
    it('are as last seen', async () => {
      const { workloads } = await room.fresh();
      await workloads.seen('north', 'docker', 5);
      expect(await workloads.engines()).toEqual([]);
      const status = { host: 'north', engine: 'docker', socket: '/run/docker.sock', state: 'watching' } as const;
      await workloads.putEngine({ ...status, lastSeen: 6, version: '20.10' });
      await workloads.putEngine({ ...status, state: 'forbidden', message: 'join the group docker' });
      expect(await workloads.engines()).toEqual([
        { ...status, state: 'forbidden', message: 'join the group docker', lastSeen: 6 },
      ]);
      await workloads.seen('north', 'docker', 9);
      expect((await workloads.engines())[0]?.lastSeen).toBe(9);
    });
  });
}
