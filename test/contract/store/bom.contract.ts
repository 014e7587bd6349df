import { describe, expect, it } from 'vitest';
import type { StoreRoom } from './opened-stores.ts';
import { bom, collect, deb, digest, installed, npm } from './specimens.ts';

export function bomContract(room: StoreRoom): void {
  describe('bills of materials', () => {
    it('come back as they were put', async () => {
      const { boms } = await room.fresh();
      const put = {
        ...bom('a', [
          deb('libssl3', '3.0.9-1', 'openssl'),
          npm('@scope/\u00fc\0\ud800'),
          installed(npm('asked-for'), { evidence: { kind: 'declared', confidence: 'likely', note: 'yarn.lock' } }),
        ]),
        distribution: { id: 'debian', release: '12', prettyName: 'Debian GNU/Linux 12' },
        problems: [{ code: 'catalog/npm/bad-json', message: 'no', path: '/x' }],
      };
      await boms.put(put, 77);
      expect(await boms.get(digest('a'))).toEqual({ ...put, recordedAt: 77 });
      expect(await boms.get(digest('b'))).toBeUndefined();
    });

    it('make distinct components once, without owned ones', async () => {
      const { boms } = await room.fresh();
      const owned = installed(npm('owned'), { ownedBy: 'pkg:deb/debian/node-owned@1' });
      await boms.put(bom('a', [npm('left'), npm('right'), installed(npm('left'), { locations: ['/else'] }), owned]), 1);
      await boms.put(bom('b', [npm('left'), npm('left', '2.0.0')]), 1);
      expect(await boms.counts()).toEqual({ components: 3, subjects: 2 });
      const [a, b] = [await boms.componentIds(digest('a')), await boms.componentIds(digest('b'))];
      expect([a.length, b.length]).toEqual([2, 2]);
      expect(a.filter((id) => b.includes(id))).toHaveLength(1);
      expect((await boms.componentsById(a)).map((component) => component.purl).sort()).toEqual([
        'pkg:npm/left@1.0.0',
        'pkg:npm/right@1.0.0',
      ]);
    });

    it('cannot speak for the same package of another image', async () => {
      const { boms } = await room.fresh();
      const lie = { ...deb('libssl3', '3.0.9-1', 'openssl'), source: { name: 'harmless', version: '1' } };
      await boms.put(bom('liar', [lie]), 1);
      await boms.put(bom('honest', [deb('libssl3', '3.0.9-1', 'openssl')]), 1);
      const [found] = await boms.componentsById(await boms.componentIds(digest('honest')));
      expect(found?.source?.name).toBe('openssl');
    });

    it('are replaced, and components keep their numbers', async () => {
      const { boms } = await room.fresh();
      await boms.put(bom('a', [npm('left'), npm('right')]), 1);
      const before = await boms.componentsById(await boms.componentIds(digest('a')));
      await boms.put(bom('a', [npm('right'), npm('new')]), 2);
      const after = await boms.componentsById(await boms.componentIds(digest('a')));
      expect(after.map((component) => component.name).sort()).toEqual(['new', 'right']);
      expect(after.find(({ name }) => name === 'right')).toEqual(before.find(({ name }) => name === 'right'));
      const left = before.find(({ name }) => name === 'left')?.componentId as number;
      expect(await collect(boms.memberships({ componentIds: [left] }))).toEqual([]);
    });

    it('hold a great many components with long names', async () => {
      const { boms } = await room.fresh();
      const components = Array.from({ length: 5000 }, (_, index) =>
        npm(`${'n'.repeat(index % 5 === 0 ? 5000 : 5)}-${index}`),
      );
      await boms.put(bom('a', components), 1);
      expect(await boms.componentIds(digest('a'))).toHaveLength(5000);
      const long = components[0]?.name as string;
      expect((await collect(boms.components({ names: [long] }))).map(({ name }) => name)).toEqual([long]);
      expect((await collect(boms.components())).map(({ name }) => name).sort()).toEqual(
        components.map(({ name }) => name).sort(),
      );
    });

    it('give components by name or source name, and those after a number', async () => {
      const { boms } = await room.fresh();
      await boms.put(bom('a', [deb('libssl3', '3', 'openssl'), deb('openssl', '3'), npm('openssl'), npm('other')]), 1);
      const named = await collect(boms.components({ names: ['OpenSSL', 'nothing'] }));
      expect(named.map(({ purl }) => purl.slice(4, 16)).sort()).toEqual([
        'deb/debian/l',
        'deb/debian/o',
        'npm/openssl@',
      ]);
      const last = Math.max(...(await collect(boms.components())).map(({ componentId }) => componentId));
      await boms.put(bom('b', [npm('later')]), 2);
      expect((await collect(boms.components({ afterId: last }))).map(({ name }) => name)).toEqual(['later']);
      expect(await collect(boms.components({ names: [] }))).toEqual([]);
    });

    it('tell who has which components', async () => {
      const store = await room.fresh();
      const { boms } = store;
      await boms.put(bom('a', [npm('left'), npm('right')]), 1);
      await boms.put(bom('host:north', [npm('left')]), 1);
      const { boms: revision } = await store.revisions();
      await boms.put(bom('b', [npm('right')]), 1);
      const ids = new Map((await collect(boms.components())).map(({ name, componentId }) => [name, componentId]));
      const left = ids.get('left') as number;
      const right = ids.get('right') as number;
      const a = { subject: digest('a'), componentIds: [left, right].sort((x, y) => x - y) };
      const b = { subject: digest('b'), componentIds: [right] };
      const host = { subject: 'host:north', componentIds: [left] };
      expect(await collect(boms.memberships())).toEqual([a, host, b]);
      expect(await collect(boms.memberships({ componentIds: [left] }))).toEqual([{ ...a, componentIds: [left] }, host]);
      expect(await collect(boms.memberships({ subjects: [digest('b'), 'host:north'] }))).toEqual([host, b]);
      expect(await collect(boms.memberships({ componentIds: [right], subjects: [digest('b')] }))).toEqual([b]);
      expect(await collect(boms.memberships({ changedSince: revision }))).toEqual([b]);
      expect(await boms.hosts()).toEqual([{ host: 'north', recordedAt: 1 }]);
    });

    it('suggest names by their beginning, the most used first', async () => {
      const { boms } = await room.fresh();
      await boms.put(bom('a', [npm('Left-pad'), npm('left-pad', '2'), npm('leftover'), npm('le%t')]), 1);
      await boms.put(bom('b', [npm('leftover'), deb('leftover', '1')]), 1);
      const suggested = async (prefix: string, limit = 10) =>
        (await boms.suggest(prefix, limit)).map(({ name, ecosystem, subjects }) => `${name} ${ecosystem} ${subjects}`);
      expect(await suggested('LEFT')).toEqual(['leftover npm 2', 'Left-pad npm 1', 'left-pad npm 1', 'leftover deb 1']);
      expect(await suggested('left', 1)).toEqual(['leftover npm 2']);
      expect(await suggested('le%')).toEqual(['le%t npm 1']);
      expect(await suggested('zzz')).toEqual([]);
    });

    it('tell a component that is merely declared or claimed from the same where it is installed', async () => {
      const { boms } = await room.fresh();
      const merely = (kind: 'declared' | 'claimed') =>
        installed(npm('left'), { evidence: { kind, confidence: 'likely' } });
      await boms.put(bom('a', [npm('left')]), 1);
      await boms.put(bom('b', [merely('declared')]), 1);
      await boms.put(bom('c', [merely('claimed')]), 1);
      await boms.put(bom('d', [merely('declared')]), 1);
      const components = await collect(boms.components({ names: ['left'] }));
      expect(components.map((each) => each.merely).sort()).toEqual(['claimed', 'declared', undefined]);
      const declared = components.find((each) => each.merely === 'declared')?.componentId as number;
      const held = await collect(boms.memberships({ componentIds: [declared] }));
      expect(held.map(({ subject }) => subject).sort()).toEqual([digest('b'), digest('d')].sort());
    });

    it('know a Maven artifact without its group, and a package by its source', async () => {
      const { boms } = await room.fresh();
      const name = 'org.apache.logging.log4j:log4j-core';
      const log4j = {
        purl: 'pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1',
        ecosystem: 'maven',
        name,
        version: '2.14.1',
      } as const;
      await boms.put(bom('a', [log4j, deb('libssl3', '3', 'openssl'), npm('log4js')]), 1);
      const named = async (...names: string[]) =>
        (await collect(boms.components({ names }))).map((each) => each.name).sort();
      expect(await named('LOG4J-core')).toEqual([name]);
      expect(await named('openssl', 'core')).toEqual(['libssl3']);
      expect((await boms.suggest('log4', 10)).map((each) => each.name)).toEqual(['log4js', name]);
    });
  });
}
