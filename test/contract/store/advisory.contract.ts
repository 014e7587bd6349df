import { describe, expect, it } from 'vitest';
import type { Advisory, Remark, Store } from '../../../src/model/index.ts';
import type { StoreRoom } from './opened-stores.ts';
import { advisory, bom, collect, deb, digest, judgement, match, npm } from './specimens.ts';

const feed = { id: 'osv', format: 'osv', location: '/feeds/osv' } as const;
const summary = { dataAsOf: 50, rejectedCount: 1, skippedCount: 2, coverage: ['npm'] } as const;

async function importAll(
  { advisories }: Store,
  all: readonly Advisory[],
  at: number,
  coverage: readonly string[] = ['npm'],
) {
  const running = await advisories.beginImport(feed, at);
  await running.add(all);
  return running.finish({ ...summary, coverage });
}

const named = async (store: Store, ...names: string[]) =>
  (await store.advisories.naming(names.map((name) => ({ ecosystem: 'npm', name })))).map(
    ({ id, learnedAt }) => `${id}@${learnedAt}`,
  );

const vex = { id: 'vex', format: 'openvex', location: '/feeds/vex' } as const;

function statement(flaw: string, author: string, aliases: readonly string[] = []): Remark {
  const products = [{ identifiers: ['pkg:npm/left'], subcomponents: [] }];
  return { kind: 'statement', flaw, aliases, status: 'fixed', statedAt: 1, products, document: 'd', author };
}

async function remarkAll({ advisories }: Store, remarks: readonly Remark[], at = 10) {
  const running = await advisories.beginImport(vex, at);
  await running.remark(remarks);
  return running.finish({ ...summary, coverage: [] });
}

export function advisoryContract(room: StoreRoom): void {
  describe('remarks', () => {
    const scored: Remark = { kind: 'score', flaw: 'CVE-1', probability: 0.5, percentile: 0.9 };
    const listed: Remark = { kind: 'exploited', flaw: 'CVE-1', since: 5, ransomware: true };

    it('are found by any name of the flaw, once the import is finished', async () => {
      const { advisories } = await room.fresh();
      const running = await advisories.beginImport(vex, 10);
      await running.remark([statement('CVE-1', 'a', ['GHSA-1']), scored, listed]);
      expect(await advisories.remarks(['CVE-1', 'GHSA-1'])).toEqual([]);
      const { feed: finished } = await running.finish({ ...summary, coverage: [] });
      expect(finished.advisoryCount).toBe(3);
      const stored = { feed: 'vex', trusted: false };
      expect(await advisories.remarks(['GHSA-1'])).toEqual([
        { ...statement('CVE-1', 'a', ['GHSA-1']), flaw: 'GHSA-1', ...stored },
      ]);
      expect(await advisories.remarks(['CVE-1'], 'score')).toEqual([{ ...scored, ...stored }]);
      expect(await advisories.remarks(['CVE-1'])).toHaveLength(3);
    });

    it('are replaced by the next import, and go with it where it is abandoned or the feed is removed', async () => {
      const store = await room.fresh();
      await remarkAll(store, [scored]);
      const abandoned = await store.advisories.beginImport(vex, 11);
      await abandoned.remark([{ ...scored, probability: 0.6 }]);
      await abandoned.abandon();
      expect(await store.advisories.remarks(['CVE-1'])).toMatchObject([{ probability: 0.5 }]);
      const cutOff = await store.advisories.beginImport(vex, 12);
      await cutOff.remark([{ ...scored, probability: 0.6 }]);
      await remarkAll(store, [{ ...scored, probability: 0.7 }], 13);
      expect(await store.advisories.remarks(['CVE-1'])).toMatchObject([{ probability: 0.7 }]);
      await store.advisories.removeFeed('vex');
      expect(await store.advisories.remarks(['CVE-1'])).toEqual([]);
    });

    it('that are statements are listed once each, by feed, by author, and by any name of the flaw', async () => {
      const store = await room.fresh();
      const one = statement('CVE-1', 'a', ['GHSA-1', 'CVE-1']);
      const two = statement('CVE-2', 'b', ['GHSA-1']);
      await remarkAll(store, [one, scored, two, statement('CVE-3', 'b')]);
      await store.advisories.trustAuthor('vex', 'b', true);
      const flaws = async (query: object) => {
        const { items, total } = await store.advisories.statements({ limit: 2, offset: 0, ...query });
        return [total, ...items.map(({ flaw, trusted }) => `${flaw} ${trusted}`)];
      };
      expect(await flaws({})).toEqual([3, 'CVE-1 false', 'CVE-2 true']);
      expect(await flaws({ offset: 2 })).toEqual([3, 'CVE-3 true']);
      expect(await flaws({ author: 'b' })).toEqual([2, 'CVE-2 true', 'CVE-3 true']);
      expect(await flaws({ flaw: 'GHSA-1' })).toEqual([2, 'CVE-1 false', 'CVE-2 true']);
      expect(await flaws({ flaw: 'CVE-2', author: 'a' })).toEqual([0]);
      expect(await flaws({ feed: 'other' })).toEqual([0]);
      const [first] = (await store.advisories.statements({ limit: 1, offset: 0 })).items;
      expect(first).toEqual({ ...one, feed: 'vex', trusted: false });
      expect((await store.advisories.authors()).map(({ statements }) => statements)).toEqual([1, 2]);
      const told: Remark[] = [];
      for await (const batch of store.advisories.contents('vex')) told.push(...batch.remarks);
      expect(told).toEqual([one, scored, two, statement('CVE-3', 'b')]);
    });

    it('of an author are trusted in one feed, which has its components judged again', async () => {
      const store = await room.fresh();
      await store.boms.put(bom('a', [npm('left'), npm('right')]), 1);
      const components = await collect(store.boms.components());
      const left = components.find(({ name }) => name === 'left')?.componentId as number;
      const judgements = components.map(({ componentId }) =>
        judgement(componentId, componentId === left ? [match('X-1', { flaw: 'CVE-1' })] : []),
      );
      const settle = async () => {
        await store.matches.pending(10);
        await store.matches.put(judgements, 5);
      };
      await settle();
      await remarkAll(store, [statement('CVE-1', 'a'), statement('CVE-1', 'b'), statement('CVE-9', 'b')]);
      expect(await store.matches.pending(10)).toEqual([left]);
      await settle();
      expect(await store.advisories.authors()).toEqual([
        { feed: 'vex', author: 'a', statements: 1, trusted: false },
        { feed: 'vex', author: 'b', statements: 2, trusted: false },
      ]);
      await store.advisories.trustAuthor('vex', 'b', true);
      expect(await store.matches.pending(10)).toEqual([left]);
      const trusted = (await store.advisories.remarks(['CVE-1'])).map((remark) => remark.trusted);
      expect(trusted).toEqual([false, true]);
      await settle();
      await store.advisories.trustAuthor('vex', 'b', true);
      await store.advisories.trustAuthor('no feed', 'b', true);
      expect(await store.matches.pending(10)).toEqual([]);
      await remarkAll(store, [], 20);
      expect(await store.matches.pending(10)).toEqual([left]);
      await store.advisories.trustAuthor('vex', 'b', false);
      expect((await store.advisories.feeds()).find(({ id }) => id === 'vex')?.trustedAuthors).toEqual([]);
    });

    it('clear a match out of what is counted, and mark what is exploited', async () => {
      const store = await room.fresh();
      await store.boms.put(bom('a', [npm('left')]), 1);
      const [left] = await store.matches.pending(10);
      const matches = [
        match('X-1', { flaw: 'CVE-1', severity: 'low' }),
        match('X-2', { flaw: 'CVE-2', severity: 'high', suppressed: true }),
      ];
      await store.matches.put([judgement(left as number, matches)], 5);
      await remarkAll(store, [listed, { ...listed, flaw: 'CVE-2' }]);
      const counts = (await store.matches.severityCounts([digest('a')])).get(digest('a'));
      expect(counts).toMatchObject({ advisories: { low: 1, high: 0 }, knownExploited: 1 });
      expect((await store.matches.get([left as number])).get(left as number)?.matches).toMatchObject([
        { advisory: 'X-1' },
        { advisory: 'X-2', suppressed: true },
      ]);
    });
  });

  describe('advisories', () => {
    it('are invisible until the import is finished', async () => {
      const store = await room.fresh();
      const running = await store.advisories.beginImport(feed, 10);
      await running.add([advisory('X-1', ['left'])]);
      expect(await named(store, 'left')).toEqual([]);
      expect(await store.advisories.get(['X-1'])).toEqual([]);
      expect(await store.advisories.coverage()).toEqual(new Set());
      expect(await store.advisories.feeds()).toEqual([
        {
          ...feed,
          importedAt: 0,
          changedAt: 0,
          advisoryCount: 0,
          rejectedCount: 0,
          skippedCount: 0,
          coverage: [],
          trustedAuthors: [],
          validators: {},
          verification: {},
        },
      ]);
      const expected = {
        ...feed,
        importedAt: 10,
        changedAt: 10,
        dataAsOf: 50,
        advisoryCount: 1,
        rejectedCount: 1,
        skippedCount: 2,
        coverage: ['npm'],
        trustedAuthors: [],
        validators: {},
        verification: {},
        lastAttempt: { at: 10 },
      };
      expect(await running.finish(summary)).toEqual({
        feed: expected,
        changedPackages: [{ ecosystem: 'npm', name: 'left' }],
      });
      expect(await store.advisories.naming([{ ecosystem: 'npm', name: 'left' }])).toEqual([
        { ...advisory('X-1', ['left']), feed: 'osv', learnedAt: 10 },
      ]);
      expect(await store.advisories.coverage()).toEqual(new Set(['npm']));
      expect(await store.advisories.feeds()).toEqual([expected]);
    });

    it('keep how they were come by, and what went wrong last', async () => {
      const { advisories } = await room.fresh();
      const verification = { checksum: 'https://x.example/SHA256SUMS' };
      await advisories.putFeed({ ...feed, verification });
      await advisories.recordAttempt('osv', { at: 5, error: 'gone\0' });
      const first = { verification, importedAt: 0, lastAttempt: { at: 5, error: 'gone\ufffd' } };
      expect(await advisories.feeds()).toMatchObject([first]);
      const running = await advisories.beginImport(feed, 10);
      await running.finish({ ...summary, validators: { etag: '"a"' } });
      const second = { verification, validators: { etag: '"a"' }, lastAttempt: { at: 10 } };
      expect(await advisories.feeds()).toMatchObject([second]);
      await advisories.recordAttempt('osv', { at: 20 });
      expect(await advisories.feeds()).toMatchObject([{ ...second, importedAt: 20, lastAttempt: { at: 20 } }]);
    });

    it('tell what a new import changed, brought and took away', async () => {
      const store = await room.fresh();
      const same = advisory('X-same', ['same']);
      await importAll(store, [same, advisory('X-edited', ['edited']), advisory('X-gone', ['gone'])], 10);
      const { changedPackages } = await importAll(
        store,
        [same, advisory('X-edited', ['edited', 'also'], { severity: 'low' }), advisory('X-new', ['new'])],
        20,
      );
      expect(changedPackages.map(({ name }) => name)).toEqual(['also', 'edited', 'gone', 'new']);
      expect(await named(store, 'same', 'edited', 'gone', 'new')).toEqual(['X-same@10', 'X-edited@10', 'X-new@20']);
      expect((await store.advisories.get(['X-edited', 'X-gone']))[0]?.severity).toBe('low');
      const again = await importAll(store, [same, advisory('X-gone', ['gone'])], 30);
      expect(again.feed.advisoryCount).toBe(2);
      expect(await named(store, 'same', 'edited', 'gone', 'new')).toEqual(['X-same@10', 'X-gone@30']);
      const nothingNew = await importAll(store, [same, advisory('X-gone', ['gone'])], 40);
      expect(nothingNew.changedPackages).toEqual([]);
      expect(nothingNew.feed).toMatchObject({ importedAt: 40, changedAt: 30 });
      const oneLess = await importAll(store, [same], 50);
      expect(oneLess.feed).toMatchObject({ importedAt: 50, changedAt: 50 });
    });

    it('take the last of a repeated ID', async () => {
      const store = await room.fresh();
      const [old, other] = [advisory('X-1', ['left']), advisory('X-1', ['right'])];
      await importAll(store, [old], 10);
      for (const [at, batches, expected] of [
        [20, [[old], [other]], 'right'],
        [30, [[old, other], [old]], 'left'],
        [40, [[other], [old, old]], 'left'],
        [50, [[other], [other], [other, old, other]], 'right'],
      ] as const) {
        const running = await store.advisories.beginImport(feed, at);
        for (const batch of batches) await running.add(batch);
        expect((await running.finish(summary)).feed.advisoryCount).toBe(1);
        const found = await store.advisories.get(['X-1']);
        expect(found.map((each) => each.affected[0]?.name)).toEqual([expected]);
        expect(await named(store, 'left', 'right')).toEqual(['X-1@10']);
      }
    });

    it('leave no trace when an import is given up or cut off', async () => {
      const store = await room.fresh();
      await importAll(store, [advisory('X-1', ['left'])], 10);
      const givenUp = await store.advisories.beginImport(feed, 20);
      await givenUp.add([advisory('X-2', ['left'])]);
      await givenUp.abandon();
      await givenUp.abandon();
      await expect(givenUp.finish(summary)).rejects.toThrow(TypeError);
      const cutOff = await store.advisories.beginImport(feed, 30);
      await cutOff.add([advisory('X-3', ['left'])]);
      expect(await named(store, 'left')).toEqual(['X-1@10']);
      expect((await importAll(store, [advisory('X-4', ['left'])], 40)).feed.advisoryCount).toBe(1);
      expect(await named(store, 'left')).toEqual(['X-4@40']);
    });

    it('come from the later of two imports at once', async () => {
      const url = await room.freshUrl();
      const [store, other] = [await room.open(url), await room.open(url)];
      const earlier = await store.advisories.beginImport(feed, 10);
      await earlier.add([advisory('X-1', ['left'])]);
      const later = await other.advisories.beginImport(feed, 20);
      await expect(earlier.add([advisory('X-2', ['left'])])).rejects.toMatchObject({ code: 'conflict' });
      await later.add([advisory('X-3', ['left'])]);
      await expect(earlier.finish(summary)).rejects.toMatchObject({ code: 'conflict' });
      await later.finish(summary);
      expect(await named(store, 'left')).toEqual(['X-3@20']);
    });

    it('are named by package and release, without withdrawn ones', async () => {
      const store = await room.fresh();
      const forRelease = (id: string, release?: string): Advisory =>
        advisory(id, [], {
          affected: [
            {
              ecosystem: 'deb',
              name: 'openssl',
              ranges: [],
              versions: ['1'],
              ...(release ? { distribution: { id: 'debian', release } } : {}),
            },
          ],
        });
      await importAll(
        store,
        [
          forRelease('D-12', '12'),
          forRelease('D-11', '11'),
          forRelease('D-all'),
          { ...forRelease('D-w'), withdrawn: 5 },
        ],
        10,
      );
      const ids = async (release?: string) => {
        const distribution = release ? { distribution: { id: 'debian', release } } : {};
        const found = await store.advisories.naming([{ ecosystem: 'deb', name: 'openssl', ...distribution }]);
        return found.map(({ id }) => id).sort();
      };
      expect(await ids('12')).toEqual(['D-12', 'D-all']);
      expect(await ids('13')).toEqual(['D-all']);
      expect(await ids()).toEqual(['D-11', 'D-12', 'D-all']);
      expect(await store.advisories.naming([{ ecosystem: 'npm', name: 'openssl' }])).toEqual([]);
      expect(await store.advisories.naming([])).toEqual([]);
      expect((await store.advisories.get(['D-w']))[0]?.withdrawn).toBe(5);
    });

    it('keep feeds apart, and forget one that is removed', async () => {
      const store = await room.fresh();
      await importAll(store, [advisory('X-1', ['left'])], 10);
      const second = await store.advisories.beginImport({ ...feed, id: 'second' }, 20);
      await second.add([advisory('X-1', ['left'])]);
      await second.finish({ ...summary, coverage: ['npm', 'pypi'] });
      expect((await store.advisories.get(['X-1'])).map((each) => each.feed)).toEqual(['osv', 'second']);
      await store.advisories.putFeed({ id: 'added', format: 'osv', location: 'https://feeds.example/x' });
      await store.advisories.putFeed({ ...feed, location: '/elsewhere' });
      expect(
        (await store.advisories.feeds()).map(({ id, location, importedAt }) => [id, location, importedAt]),
      ).toEqual([
        ['added', 'https://feeds.example/x', 0],
        ['osv', '/elsewhere', 10],
        ['second', '/feeds/osv', 20],
      ]);
      await store.advisories.removeFeed('second');
      expect(await store.advisories.coverage()).toEqual(new Set(['npm']));
      expect((await store.advisories.get(['X-1'])).map((each) => each.feed)).toEqual(['osv']);
      await importAll(store, [advisory('X-1', ['left'])], 30);
      await store.advisories.removeFeed('osv');
      expect(await named(store, 'left')).toEqual([]);
      expect((await importAll(store, [advisory('X-1', ['left'])], 40)).changedPackages).toHaveLength(1);
      expect(await named(store, 'left')).toEqual(['X-1@40']);
    });

    it('ask for judging again what they speak of or newly cover', async () => {
      const store = await room.fresh();
      const debian = deb('libssl3', '3', 'openssl');
      await store.boms.put(bom('a', [npm('left'), npm('right'), debian]), 1);
      const components = await collect(store.boms.components());
      const judgeAll = async () => {
        const pending = await store.matches.pending(100);
        await store.matches.put(
          pending.map((id) => judgement(id, [])),
          1,
        );
        return components.filter(({ componentId }) => pending.includes(componentId)).map(({ name }) => name);
      };
      await judgeAll();
      await importAll(store, [advisory('X-1', ['left'])], 10);
      expect(await judgeAll()).toEqual(['left', 'right']);
      await importAll(store, [advisory('X-1', ['left']), advisory('X-2', ['right'])], 20);
      expect(await judgeAll()).toEqual(['right']);
      await importAll(store, [advisory('X-1', ['left']), advisory('X-2', ['right'])], 30, ['npm', 'deb:debian:12']);
      expect(await judgeAll()).toEqual(['libssl3']);
      await store.advisories.removeFeed('osv');
      expect(await judgeAll()).toEqual(['left', 'right', 'libssl3']);
    });

    it('take hostile words', async () => {
      const store = await room.fresh();
      const name = `\0${'x'.repeat(9000)}\ud800'";--`;
      const hostile = advisory(`X\0${'y'.repeat(4000)}`, [name], { summary: '\0\ud800' });
      await importAll(store, [hostile], 10);
      expect(await store.advisories.naming([{ ecosystem: 'npm', name }])).toEqual([
        { ...hostile, feed: 'osv', learnedAt: 10 },
      ]);
      expect(await store.advisories.get([hostile.id])).toHaveLength(1);
    });
  });
}
