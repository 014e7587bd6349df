import { describe, expect, it } from 'vitest';
import type { StoreRoom } from './opened-stores.ts';
import { digest, facts, platform } from './specimens.ts';

export function imageContract(room: StoreRoom): void {
  describe('images', () => {
    it('gather references and keep their first sight', async () => {
      const { images } = await room.fresh();
      await images.see({ imageId: digest('a'), references: ['r/b:2', 'r/a:1'], at: 10 });
      await images.see({ imageId: digest('a'), manifestDigest: digest('m'), references: ['r/a:1', 'r/a:0'], at: 20 });
      expect(await images.get(digest('a'))).toEqual({
        imageId: digest('a'),
        manifestDigest: digest('m'),
        references: ['r/a:0', 'r/a:1', 'r/b:2'],
        firstSeen: 10,
        state: 'known',
      });
      expect(await images.get(digest('z'))).toBeUndefined();
    });

    it('pass from known to failed to read', async () => {
      const { images } = await room.fresh();
      const imageId = digest('a');
      await images.see({ imageId, references: [], at: 10 });
      await images.recordFailure(imageId, 'layer 3 is cut off\0', 11);
      expect(await images.get(imageId)).toMatchObject({ state: 'failed', failure: 'layer 3 is cut off\ufffd' });
      await images.recordRead({ imageId, platform, facts: facts(), at: 12 });
      expect(await images.get(imageId)).toEqual({
        imageId,
        references: [],
        firstSeen: 10,
        state: 'read',
        readAt: 12,
        platform,
        facts: facts(),
      });
      await images.recordRead({ imageId: digest('b'), platform, facts: facts(), at: 13 });
      await images.recordFailure(digest('c'), 'gone', 14);
      expect(await images.counts()).toEqual({ known: 0, read: 2, failed: 1 });
    });

    it('give back facts exactly, hostile ones too', async () => {
      const { images } = await room.fresh();
      const hostile = {
        ...facts(),
        labels: { 'a\0b': '\ud800 lone', __proto__x: "'; drop table images; --" },
        user: '\u0000',
      };
      await images.recordRead({ imageId: digest('a'), platform, facts: hostile, at: 1 });
      expect((await images.get(digest('a')))?.facts).toEqual(hostile);
    });

    it('are found by reference, digests and leading digits', async () => {
      const { images } = await room.fresh();
      const imageId = digest('a');
      const hex = imageId.slice('sha256:'.length);
      await images.see({ imageId, manifestDigest: digest('m'), references: ['docker.io/library/a:1'], at: 1 });
      await images.see({ imageId: digest('b'), references: ['docker.io/library/b:1'], at: 1 });
      for (const text of [
        'docker.io/library/a:1',
        imageId,
        digest('m'),
        hex.slice(0, 12),
        hex,
        `sha256:${hex.slice(0, 8)}`,
      ]) {
        expect(
          (await images.find(text)).map((image) => image.imageId),
          text,
        ).toEqual([imageId]);
      }
      for (const text of ['docker.io/library/a', hex.slice(0, 3), 'zzzz', '', '%', '_'.repeat(12)]) {
        expect(await images.find(text), text).toEqual([]);
      }
    });

    it('are listed newest first, searched by parts, in pages', async () => {
      const { images } = await room.fresh();
      for (const [at, name] of ['web:1', 'web:2', 'Db_x:1', '100%:1'].entries()) {
        await images.see({ imageId: digest(name), references: [`docker.io/library/${name}`], at });
      }
      const names = async (search?: string, limit = 10, offset = 0) => {
        const page = await images.list({ limit, offset, ...(search === undefined ? {} : { search }) });
        return [page.total, ...page.items.map((image) => image.references[0]?.slice('docker.io/library/'.length))];
      };
      expect(await names()).toEqual([4, '100%:1', 'Db_x:1', 'web:2', 'web:1']);
      expect(await names(undefined, 2, 1)).toEqual([4, 'Db_x:1', 'web:2']);
      expect(await names('WEB')).toEqual([2, 'web:2', 'web:1']);
      expect(await names('b_')).toEqual([1, 'Db_x:1']);
      expect(await names('%')).toEqual([1, '100%:1']);
      expect(await names(digest('web:1').slice(20, 40))).toEqual([1, 'web:1']);
    });

    it('are given many at once, each once', async () => {
      const { images } = await room.fresh();
      await images.see({ imageId: digest('a'), references: ['x'], at: 1 });
      await images.see({ imageId: digest('b'), references: [], at: 1 });
      const asked = [digest('b'), digest('a'), digest('a'), digest('nothing')];
      const got = await images.getMany(asked);
      expect(new Set(got.map((image) => image.imageId))).toEqual(new Set([digest('a'), digest('b')]));
      expect(got).toHaveLength(2);
      expect(await images.getMany([])).toEqual([]);
    });

    it('tell the layers of those that were read', async () => {
      const { images } = await room.fresh();
      await images.see({ imageId: digest('a'), references: ['x'], at: 1 });
      await images.see({ imageId: digest('b'), references: ['y'], at: 1 });
      await images.recordRead({ imageId: digest('b'), platform, facts: facts(['one', 'two']), at: 2 });
      expect(await images.layerChains()).toEqual([
        { imageId: digest('b'), references: ['y'], diffIds: [digest('one'), digest('two')] },
      ]);
    });
  });
}
