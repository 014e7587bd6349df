import { describe, expect, it } from 'vitest';
import type { StoreRoom } from './opened-stores.ts';
import { advisory, bom, collect, deb, digest, judgement, match, npm } from './specimens.ts';

export function matchContract(room: StoreRoom): void {
  async function withComponents() {
    const store = await room.fresh();
    await store.boms.put(bom('a', [npm('left'), npm('right'), deb('libssl3', '3', 'openssl')]), 1);
    const components = await collect(store.boms.components());
    const id = (name: string) => components.find((component) => component.name === name)?.componentId as number;
    return { store, matches: store.matches, left: id('left'), right: id('right'), libssl: id('libssl3') };
  }

  describe('judgements', () => {
    it('come back as they were put; a match that stays keeps since when', async () => {
      const { matches, left, right } = await withComponents();
      const undetermined = [{ advisory: 'X-9', reason: 'no version' }];
      await matches.put([{ ...judgement(left, [match('X-1', { fixedIn: '2' }), match('X-2')]), undetermined }], 5);
      await matches.put([judgement(right, [], false)], 5);
      const later = { since: 9000, severity: 'low' } as const;
      await matches.put([judgement(left, [match('X-2', later), match('X-3', later)])], 9);
      expect(await matches.get([left, right, 999])).toEqual(
        new Map([
          [left, judgement(left, [match('X-2', { ...later, since: 1000 }), match('X-3', later)])],
          [right, judgement(right, [], false)],
        ]),
      );
    });

    it('are pending until put, and again when asked', async () => {
      const { matches, left, right, libssl } = await withComponents();
      expect(await matches.pending(10)).toEqual([left, right, libssl].sort((a, b) => a - b));
      expect(await matches.pending(1)).toHaveLength(1);
      await matches.put(
        [left, right, libssl].map((id) => judgement(id, [])),
        1,
      );
      expect(await matches.pending(10)).toEqual([]);
      const packages = [
        { ecosystem: 'deb', name: 'openssl' },
        { ecosystem: 'npm', name: 'left' },
        { ecosystem: 'pypi', name: 'right' },
      ] as const;
      expect(await matches.invalidate({ packages })).toBe(2);
      expect(await matches.pending(10)).toEqual([left, libssl].sort((a, b) => a - b));
      expect(await matches.invalidate({ all: true })).toBe(3);
      expect(await matches.pending(10)).toHaveLength(3);
    });

    it('of a signed kernel are asked for again with those of linux', async () => {
      const { boms, matches } = await room.fresh();
      await boms.put(
        bom('a', [deb('linux-image-6.1.0-18-amd64', '6.1.76-1', 'linux-signed-amd64'), deb('linuxlogo', '1')]),
        1,
      );
      await matches.put(
        (await matches.pending(10)).map((id) => judgement(id, [])),
        1,
      );
      expect(await matches.invalidate({ packages: [{ ecosystem: 'deb', name: 'linux' }] })).toBe(1);
    });

    it('stay pending where a feed changed while they were made', async () => {
      const { store, matches, left, right, libssl } = await withComponents();
      await matches.put(
        [right, libssl].map((id) => judgement(id, [])),
        1,
      );
      expect(await matches.pending(10)).toEqual([left]);
      const feed = await store.advisories.beginImport({ id: 'osv', format: 'osv', location: 'x' }, 2);
      await feed.add([advisory('X-1', ['left'])]);
      await feed.finish({ dataAsOf: 2, rejectedCount: 0, coverage: [] });
      await store.transaction((inside) => inside.matches.put([judgement(left, [])], 2));
      expect(await matches.pending(10)).toEqual([left]);
      await matches.put([judgement(left, [match('X-1')])], 3);
      expect(await matches.pending(10)).toEqual([]);
    });

    it('are counted by severity over subjects, each advisory once with its worst', async () => {
      const { store, matches, left, right } = await withComponents();
      await store.boms.put(bom('b', [npm('right')]), 1);
      await store.boms.put(bom('empty', []), 1);
      await matches.put(
        [
          judgement(left, [match('X-1', { severity: 'low' }), match('X-2', { severity: 'unknown' })]),
          judgement(right, [match('X-1', { severity: 'critical', feed: 'other' })]),
        ],
        1,
      );
      const none = { critical: 0, high: 0, medium: 0, low: 0, negligible: 0, unknown: 0 };
      const counts = await matches.severityCounts([digest('a'), digest('b'), digest('empty'), digest('not there')]);
      expect(counts).toEqual(
        new Map([
          [
            digest('a'),
            { advisories: { ...none, critical: 1, unknown: 1 }, componentsJudged: 2, componentsNotJudged: 1 },
          ],
          [digest('b'), { advisories: { ...none, critical: 1 }, componentsJudged: 1, componentsNotJudged: 0 }],
          [digest('empty'), { advisories: none, componentsJudged: 0, componentsNotJudged: 0 }],
        ]),
      );
    });
  });
}
