import { describe, expect, it } from 'vitest';
import type { StoreRoom } from './opened-stores.ts';
import { bom, digest, npm, workload } from './specimens.ts';

export function transactionContract(room: StoreRoom): void {
  describe('transactions', () => {
    it('keep all of it', async () => {
      const store = await room.fresh();
      const given = await store.transaction(async (inside) => {
        await inside.images.see({ imageId: digest('a'), references: [], at: 1 });
        await inside.boms.put(bom('a', [npm('left')]), 1);
        expect(await inside.images.get(digest('a'))).toBeDefined();
        return 'done';
      });
      expect(given).toBe('done');
      expect(await store.images.get(digest('a'))).toBeDefined();
      expect(await store.boms.componentIds(digest('a'))).toHaveLength(1);
    });

    it('keep nothing where the work throws', async () => {
      const store = await room.fresh();
      const before = await store.revisions();
      const work = store.transaction(async (inside) => {
        await inside.images.see({ imageId: digest('a'), references: ['a'], at: 1 });
        await inside.workloads.started(workload('w', 'a', 1));
        throw new RangeError('no');
      });
      await expect(work).rejects.toThrow(RangeError);
      expect(await store.images.list({ limit: 10, offset: 0 })).toEqual({ items: [], total: 0 });
      expect(await store.workloads.counts()).toEqual({ running: 0, total: 0, hosts: 0 });
      expect(await store.revisions()).toEqual(before);
    });

    it('join when nested, and fall as a whole', async () => {
      const store = await room.fresh();
      const work = store.transaction(async (outer) => {
        await outer.images.see({ imageId: digest('a'), references: [], at: 1 });
        await outer.transaction((inner) => inner.images.see({ imageId: digest('b'), references: [], at: 1 }));
        throw new RangeError('no');
      });
      await expect(work).rejects.toThrow(RangeError);
      expect((await store.images.counts()).known).toBe(0);
    });

    it('do not survive a failed part, even where its error is caught', async () => {
      const store = await room.fresh();
      const token = { tokenDigest: digest('t'), name: 'ci', created: 1, role: 'admin' } as const;
      const work = store.transaction(async (inside) => {
        await inside.images.see({ imageId: digest('a'), references: [], at: 1 });
        await inside
          .transaction(async (nested) => {
            await nested.logins.putApiToken(token);
            throw new RangeError('no');
          })
          .catch(() => 'caught');
      });
      await expect(work).rejects.toThrow(RangeError);
      expect((await store.images.counts()).known).toBe(0);
      expect(await store.logins.apiTokens()).toEqual([]);
    });

    it('are not seen from outside before they end', async () => {
      const url = await room.freshUrl();
      const [store, other] = [await room.open(url), await room.open(url)];
      await store.transaction(async (inside) => {
        await inside.images.see({ imageId: digest('a'), references: [], at: 1 });
        expect(await store.images.get(digest('a'))).toBeUndefined();
        expect(await other.images.get(digest('a'))).toBeUndefined();
      });
      expect(await other.images.get(digest('a'))).toBeDefined();
    });

    it('of several connections come one after the other', async () => {
      const url = await room.freshUrl();
      const stores = [await room.open(url), await room.open(url)];
      const puts = Array.from({ length: 40 }, (_, index) =>
        stores[index % 2]?.transaction(async (inside) => {
          const known = await inside.boms.counts();
          await inside.boms.put(bom(`image-${index}`, [npm('shared'), npm(`own-${index}`)]), known.subjects);
        }),
      );
      await Promise.all(puts);
      expect(await stores[0]?.boms.counts()).toEqual({ components: 41, subjects: 40 });
      const recorded = await Promise.all(
        puts.map(async (_, index) => (await stores[1]?.boms.get(digest(`image-${index}`)))?.recordedAt),
      );
      expect(recorded.sort((a, b) => (a ?? 0) - (b ?? 0))).toEqual(Array.from({ length: 40 }, (_, index) => index));
    });

    it('grow the revision of what changed, for every connection', async () => {
      const url = await room.freshUrl();
      const [store, other] = [await room.open(url), await room.open(url)];
      const before = await other.revisions();
      await store.workloads.started(workload('w', 'a', 1));
      await store.boms.put(bom('a', []), 1);
      const after = await other.revisions();
      expect(after.workloads).toBeGreaterThan(before.workloads);
      expect(after.boms).toBeGreaterThan(before.boms);
      expect(after.images).toBe(before.images);
      await store.workloads.started(workload('w', 'a', 1));
      expect(await other.revisions()).toEqual(after);
    });
  });
}
