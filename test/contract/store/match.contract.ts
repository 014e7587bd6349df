import { describe, expect, it } from 'vitest';
import type { Advisory, Store } from '../../../src/model/index.ts';
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

    it('are pending until put, and again when a feed speaks of them or covers them anew', async () => {
      const { store, matches, left, right, libssl } = await withComponents();
      expect(await matches.pending(10)).toEqual([left, right, libssl].sort((a, b) => a - b));
      expect(await matches.pending(1)).toHaveLength(1);
      await matches.put(
        [left, right, libssl].map((id) => judgement(id, [])),
        1,
      );
      expect(await matches.pending(10)).toEqual([]);
      await importFeed(store, [advisory('X-1', ['left']), advisory('X-2', ['not here'])], []);
      expect(await matches.pending(10)).toEqual([left]);
      await importFeed(store, [advisory('X-1', ['left']), advisory('X-2', ['not here'])], ['npm']);
      expect(await matches.pending(10)).toEqual([left, right].sort((a, b) => a - b));
      await store.advisories.removeFeed('osv');
      expect(await matches.pending(10)).toEqual([left, right].sort((a, b) => a - b));
    });

    it('of a signed kernel are asked for again with those of linux', async () => {
      const store = await room.fresh();
      const signed = deb('linux-image-6.1.0-18-amd64', '6.1.76-1', 'linux-signed-amd64');
      await store.boms.put(bom('a', [signed, deb('linuxlogo', '1')]), 1);
      await store.matches.put(
        (await store.matches.pending(10)).map((id) => judgement(id, [])),
        1,
      );
      const ofKernel = advisory('X-1', []);
      const affected = [
        { ecosystem: 'deb', distribution: { id: 'debian', release: '12' }, name: 'linux', ranges: [], versions: [] },
      ] as const;
      await importFeed(store, [{ ...ofKernel, affected }], []);
      expect(await store.matches.pending(10)).toHaveLength(1);
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
      await feed.finish({ dataAsOf: 2, rejectedCount: 0, skippedCount: 0, coverage: [] });
      await store.transaction((inside) => inside.matches.put([judgement(left, [])], 2));
      expect(await matches.pending(10)).toEqual([left]);
      await matches.put([judgement(left, [match('X-1')])], 3);
      expect(await matches.pending(10)).toEqual([]);
    });

    it('are counted by severity over subjects, each flaw once with its worst', async () => {
      const { store, matches, left, right } = await withComponents();
      await store.boms.put(bom('b', [npm('right')]), 1);
      await store.boms.put(bom('empty', []), 1);
      await matches.put(
        [
          judgement(left, [match('X-1', { severity: 'low' }), match('X-2', { severity: 'unknown' })]),
          judgement(right, [match('Y-1', { flaw: 'X-1', severity: 'critical', feed: 'other' })]),
        ],
        1,
      );
      const none = { critical: 0, high: 0, medium: 0, low: 0, negligible: 0, unknown: 0 };
      const counts = await matches.severityCounts([digest('a'), digest('b'), digest('empty'), digest('not there')]);
      expect(counts).toEqual(
        new Map([
          [
            digest('a'),
            {
              advisories: { ...none, critical: 1, unknown: 1 },
              knownExploited: 0,
              componentsJudged: 2,
              componentsNotJudged: 1,
            },
          ],
          [
            digest('b'),
            { advisories: { ...none, critical: 1 }, knownExploited: 0, componentsJudged: 1, componentsNotJudged: 0 },
          ],
          [digest('empty'), { advisories: none, knownExploited: 0, componentsJudged: 0, componentsNotJudged: 0 }],
        ]),
      );
    });
  });
}

async function importFeed(store: Store, advisories: readonly Advisory[], coverage: readonly string[]): Promise<void> {
  const feed = await store.advisories.beginImport({ id: 'osv', format: 'osv', location: 'x' }, 2);
  await feed.add(advisories);
  await feed.finish({ dataAsOf: 2, rejectedCount: 0, skippedCount: 0, coverage });
}
