import { describe, expect, it } from 'vitest';
import type { NotificationTarget, StoredMatch } from '../../../src/model/index.ts';
import type { StoreRoom } from './opened-stores.ts';
import { advisory, bom, judgement, match, npm } from './specimens.ts';

export function changeContract(room: StoreRoom): void {
  async function withLeft() {
    const store = await room.fresh();
    await store.boms.put(bom('a', [npm('left')]), 1);
    const [left = 0] = await store.matches.pending(10);
    const put = (at: number, matches: readonly StoredMatch[], judged = true) =>
      store.matches.put([judgement(left, matches, judged)], at);
    const told = async (query: Partial<Parameters<typeof store.changes.list>[0]> = {}) =>
      (await store.changes.list({ limit: 100, offset: 0, oldestFirst: true, ...query })).items.map(
        ({ kind, flaw, at }) => `${at} ${kind} ${flaw}`,
      );
    return { store, left, put, told };
  }

  describe('changes of verdicts', () => {
    it('are written with what makes them, once a component had been judged', async () => {
      const { store, left, put, told } = await withLeft();
      await put(1, [match('X-1')]);
      expect(await told()).toEqual([]);
      expect(await store.changes.lastId()).toBe(0);
      await put(2, [match('X-1'), match('X-2', { fixedIn: '2', severity: 'low' })]);
      await put(3, [match('X-2', { fixedIn: '2', severity: 'low' })]);
      await put(4, [match('X-2', { fixedIn: '3', severity: 'low' })]);
      expect(await told()).toEqual(['2 newly-affected X-2', '3 no-longer-affected X-1']);
      const { items, total } = await store.changes.list({ limit: 1, offset: 1 });
      expect(total).toBe(2);
      expect(items).toEqual([
        {
          changeId: expect.any(Number),
          at: 2,
          kind: 'newly-affected',
          flaw: 'X-2',
          severity: 'low',
          advisory: 'X-2',
          feed: 'osv',
          fixedIn: '2',
          component: { ...npm('left'), componentId: left },
        },
      ]);
      expect(await store.changes.lastId()).toBeGreaterThan(items[0]?.changeId ?? 0);
    });

    it('are none where a flaw gets another name, or nobody judges any more', async () => {
      const { put, told } = await withLeft();
      await put(1, [match('GHSA-1')]);
      await put(2, [match('GHSA-1', { flaw: 'CVE-1' })]);
      await put(3, [match('GHSA-1', { flaw: 'CVE-1' }), match('CVE-1', { feed: 'debian' })]);
      await put(4, [], false);
      await put(5, [match('CVE-9')]);
      expect(await told()).toEqual([]);
    });

    it('are made by a trusted author, and taken back', async () => {
      const { put, told } = await withLeft();
      await put(1, [match('X-1')]);
      await put(2, [match('X-1', { suppressed: true })]);
      await put(3, [match('X-1')]);
      expect(await told()).toEqual(['2 no-longer-affected X-1', '3 newly-affected X-1']);
    });

    it('are found by what they are about', async () => {
      const { store, left, put, told } = await withLeft();
      await put(1, []);
      await put(2, [match('X-1', { severity: 'critical' }), match('X-2', { severity: 'low' })]);
      await put(3, [match('X-3', { severity: 'unknown' })]);
      const ids = (await store.changes.list({ limit: 9, offset: 0, oldestFirst: true })).items.map(
        (item) => item.changeId,
      );
      expect(await told({ since: 3 })).toHaveLength(3);
      expect(await told({ kind: 'no-longer-affected' })).toHaveLength(2);
      expect(await told({ severity: 'high' })).toEqual([
        '2 newly-affected X-1',
        '3 newly-affected X-3',
        '3 no-longer-affected X-1',
      ]);
      expect(await told({ flaw: 'X-2' })).toHaveLength(2);
      expect(await told({ componentIds: [left + 1] })).toEqual([]);
      expect(await told({ componentIds: [left], afterId: ids[0], upToId: ids[2] })).toHaveLength(2);
    });
  });

  describe('matches and advisories', () => {
    it('are found by every name of a flaw', async () => {
      const { store, left, put } = await withLeft();
      const running = await store.advisories.beginImport({ id: 'osv', format: 'osv', location: '/f' }, 1);
      await running.add([
        advisory('GHSA-1', ['left'], { aliases: ['CVE-1', 'CVE-1', 'RUSTSEC-1'] }),
        advisory('X-2', ['b']),
      ]);
      expect(await store.advisories.named(['CVE-1'])).toEqual([]);
      await running.finish({ rejectedCount: 0, skippedCount: 0, coverage: ['npm'] });
      expect((await store.advisories.named(['RUSTSEC-1', 'X-2'])).map(({ id }) => id)).toEqual(['GHSA-1', 'X-2']);
      expect(await store.advisories.named(['CVE-2'])).toEqual([]);
      await put(2, [match('GHSA-1', { flaw: 'CVE-1' })]);
      for (const name of ['CVE-1', 'GHSA-1']) {
        expect(await store.matches.byFlaw([name])).toEqual([
          { ...match('GHSA-1', { flaw: 'CVE-1' }), componentId: left },
        ]);
      }
      expect(await store.matches.byFlaw(['CVE-2'])).toEqual([]);
      await store.advisories.removeFeed('osv');
      expect(await store.advisories.named(['CVE-1'])).toEqual([]);
    });
  });

  describe('targets of notifications', () => {
    const target: NotificationTarget = {
      id: 'team',
      kind: 'webhook',
      address: 'env:HOOK',
      secret: 'file:/key',
      filter: { kinds: ['newly-affected'], severity: 'high', runningOnly: true },
      state: { cursor: 7, traffic: { told: { listed: 3 }, due: 9 }, attempts: 0, due: 100 },
    };

    it('are delivered to by one process at a time, and keep where they are', async () => {
      const { notifications } = await room.fresh();
      await notifications.put(target);
      expect(await notifications.list()).toEqual([target]);
      expect(await notifications.lease('team', 200, 100)).toEqual(target);
      expect(await notifications.lease('team', 300, 150)).toBeUndefined();
      expect(await notifications.lease('team', 300, 200)).toEqual(target);
      const traffic = { told: { listed: 3, 'new-peer': 4 }, attempting: 5, due: 50 };
      const failed = {
        cursor: 7,
        attempting: 9,
        traffic,
        attempts: 2,
        due: 500,
        lastError: 'gone\0',
        lastDelivered: 3,
      };
      await notifications.settle('team', failed);
      const kept = { ...failed, lastError: 'gone\ufffd' };
      expect(await notifications.lease('team', 900, 501)).toEqual({ ...target, state: kept });
      await notifications.put({ ...target, address: 'env:OTHER', state: { ...target.state, cursor: 0, due: 1 } });
      expect(await notifications.list()).toEqual([{ ...target, address: 'env:OTHER', state: { ...kept, due: 1 } }]);
      expect(await notifications.remove('team')).toBe(true);
      expect(await notifications.remove('team')).toBe(false);
      expect(await notifications.lease('team', 900, 901)).toBeUndefined();
    });
  });
}
