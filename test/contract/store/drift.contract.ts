import { describe, expect, it } from 'vitest';
import type { ContainerLook, DriftFinding, Store } from '../../../src/model/index.ts';
import type { StoreRoom } from './opened-stores.ts';
import { bom, digest, npm, workload } from './specimens.ts';

const seen = workload('web', 'shop', 1000);
const key = { host: seen.host, engine: seen.engine, containerId: seen.containerId };

function program(path: string, changes: Partial<DriftFinding> = {}): DriftFinding {
  return {
    rule: 'inspect/drift/added-program',
    subject: path,
    severity: 'medium',
    confidence: 'certain',
    detail: '7 bytes',
    ...changes,
  };
}
function look(
  at: number,
  result: Partial<Extract<ContainerLook['result'], { findings: unknown }>> | string,
): ContainerLook {
  const { name, imageReference, imageId, started } = seen;
  const whole = { seenBy: 'storage', findings: [], more: 0, problems: [] } as const;
  const came = typeof result === 'string' ? { failure: result } : { ...whole, ...result };
  return { ...key, name, imageReference, imageId, started, at, result: came };
}
async function listed({ drift }: Store, query: Parameters<Store['drift']['list']>[0] = { limit: 10, offset: 0 }) {
  const { items, total } = await drift.list(query);
  expect(total).toBeGreaterThanOrEqual(items.length);
  return items.map(({ subject, absentAt, firstSeen, lastSeen, goneAt }) => [
    subject,
    absentAt,
    firstSeen,
    lastSeen,
    goneAt,
  ]);
}
const all = { limit: 10, offset: 0, gone: true } as const;

export function driftContract(room: StoreRoom): void {
  describe('drift', () => {
    it('appears between two looks, stays, goes, and comes back as something new', async () => {
      const store = await room.fresh();
      const start = seen.started;
      expect(await store.drift.record(look(start + 10, { findings: [program('/a')] }))).toEqual([program('/a')]);
      const both = [program('/a', { detail: '8 bytes' }), program('/b')];
      expect(await store.drift.record(look(start + 20, { findings: both }))).toEqual([program('/b')]);
      expect(await listed(store)).toEqual([
        ['/b', start + 10, start + 20, start + 20, undefined],
        ['/a', start, start + 10, start + 20, undefined],
      ]);
      expect((await store.drift.list({ limit: 1, offset: 1 })).items).toEqual([
        {
          ...(both[0] as DriftFinding),
          ...key,
          name: 'web',
          imageReference: seen.imageReference,
          imageId: seen.imageId,
          absentAt: start,
          firstSeen: start + 10,
          lastSeen: start + 20,
        },
      ]);
      await store.drift.record(look(start + 30, { findings: [program('/b')] }));
      expect(await listed(store)).toEqual([['/b', start + 10, start + 20, start + 30, undefined]]);
      expect((await listed(store, all)).at(1)).toEqual(['/a', start, start + 10, start + 20, start + 30]);
      expect(await store.drift.record(look(start + 40, { findings: [program('/a')] }))).toEqual([program('/a')]);
      expect(await listed(store)).toEqual([['/a', start + 30, start + 40, start + 40, undefined]]);
    });

    it('is not gone where a look failed or could not see everything', async () => {
      const store = await room.fresh();
      await store.drift.record(look(seen.started + 10, { findings: [program('/a')] }));
      await store.drift.record(look(seen.started + 20, 'no permission'));
      await store.drift.record(look(seen.started + 30, { problems: [{ code: 'image/x', message: 'torn' }] }));
      await store.drift.record(look(seen.started + 40, { more: 3 }));
      expect((await listed(store)).map(([path]) => path)).toEqual(['/a']);
      expect(await store.drift.state(key)).toEqual({
        ...key,
        name: 'web',
        imageReference: seen.imageReference,
        imageId: seen.imageId,
        attemptedAt: seen.started + 40,
        lookedAt: seen.started + 40,
        seenBy: 'storage',
        problems: [],
        more: 3,
      });
    });

    it('remembers that a look failed, and what the last good one saw', async () => {
      const store = await room.fresh();
      expect(await store.drift.state(key)).toBeUndefined();
      expect(await store.drift.record(look(seen.started + 10, 'no permission'))).toEqual([]);
      expect(await store.drift.state(key)).toMatchObject({ failure: 'no permission', problems: [], more: 0 });
      expect(await store.drift.state(key)).not.toHaveProperty('lookedAt');
      await store.drift.record(look(seen.started + 20, {}));
      await store.drift.record(look(seen.started + 30, 'gone'));
      expect(await store.drift.state(key)).toMatchObject({
        failure: 'gone',
        lookedAt: seen.started + 20,
        attemptedAt: seen.started + 30,
      });
    });

    it('is listed by container, words, severity and whether it runs', async () => {
      const store = await room.fresh();
      await store.workloads.started(seen);
      const findings = [
        program('/tmp/Miner_1'),
        program('/usr/bin/ssh', { rule: 'inspect/drift/changed-program', severity: 'high' }),
        program(`/${'long/'.repeat(800)}x`, { severity: 'low' }),
      ];
      await store.drift.record(look(seen.started + 10, { findings }));
      const other = {
        ...look(seen.started + 20, { findings: [program('/other')] }),
        containerId: 'f'.repeat(64),
        name: 'db',
      };
      await store.drift.record(other);
      const page = { limit: 10, offset: 0 };
      const subjects = async (query: object) => (await listed(store, { ...page, ...query })).map(([path]) => path);
      expect(await subjects({ running: true })).toHaveLength(3);
      expect(await subjects({})).toHaveLength(4);
      expect(await subjects({ container: { ...key, containerId: 'f'.repeat(64) } })).toEqual(['/other']);
      expect(await subjects({ search: 'miner_' })).toEqual(['/tmp/Miner_1']);
      expect(await subjects({ search: 'DB' })).toEqual(['/other']);
      expect(await subjects({ search: 'inerX1' })).toEqual([]);
      expect(await subjects({ severity: 'high' })).toEqual(['/usr/bin/ssh']);
      expect(await store.drift.list({ limit: 1, offset: 0 })).toMatchObject({
        total: 4,
        items: [{ subject: '/other' }],
      });
      expect(await store.drift.counts()).toEqual({ looked: 1, failed: 0, drifted: 1 });
    });

    it('is looked for in running containers whose image was read, the longest ago first', async () => {
      const store = await room.fresh();
      const [one, two, three] = [1, 2, 3].map((at) => ({
        ...seen,
        containerId: `${at}`.repeat(64),
        started: seen.started + at,
        imageId: digest(at === 3 ? 'unread' : 'read'),
      })) as [typeof seen, typeof seen, typeof seen];
      for (const each of [one, two, three]) await store.workloads.started(each);
      await store.boms.put(bom('read', [npm('a')]), 1);
      const due = async (before: number) =>
        (await store.drift.due('north', before, 10)).map((each) => each.containerId[0]);
      expect(await due(0)).toEqual(['1', '2']);
      await store.drift.record({ ...look(seen.started + 50, 'no'), containerId: one.containerId });
      expect(await due(seen.started + 49)).toEqual(['2']);
      expect(await due(seen.started + 50)).toEqual(['2', '1']);
      expect(await store.drift.due('south', seen.started + 50, 10)).toEqual([]);
      await store.workloads.ended(two, seen.started + 60, true);
      expect(await due(seen.started + 50)).toEqual(['1']);
      expect(await store.drift.due('north', seen.started + 50, 0)).toEqual([]);
    });
  });
}
