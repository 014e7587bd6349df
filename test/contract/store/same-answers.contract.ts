import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Store } from '../../../src/model/index.ts';
import type { StoreRoom } from './opened-stores.ts';
import { advisory, bom, collect, deb, digest, facts, judgement, match, npm, platform, workload } from './specimens.ts';

/** Something done to a store, and what it answered. */
type Step = (store: Store) => Promise<unknown>;

const few = <Item>(...items: readonly Item[]) => fc.constantFrom(...items);
const at = fc.integer({ min: 0, max: 60 });
const image = few('a', 'b', 'c');
const component = few(
  npm('left'),
  npm('left', '2.0.0'),
  npm('Right'),
  deb('libssl3', '3', 'openssl'),
  deb('openssl', '3'),
);
const text = few('a', 'LEFT', 'r', '%', '_', '\0', 'a/1', digest('a').slice(7, 15), digest('b'), digest('m'), '');
const container = few('w1', 'w2', 'w3');
const jobOf = few('s1', 's2', 's3');
const page = fc.record({ limit: fc.integer({ min: 0, max: 4 }), offset: fc.integer({ min: 0, max: 3 }) });

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(image, fc.subarray(['r/a:1', 'r/B:2', 'a/1']), at).map(
    ([name, references, when]): Step =>
      (store) =>
        store.images.see({
          imageId: digest(name),
          references,
          at: when,
          ...(when % 2 ? { manifestDigest: digest('m') } : {}),
        }),
  ),
  fc.tuple(image, at).map(
    ([name, when]): Step =>
      (store) =>
        store.images.recordRead({ imageId: digest(name), platform, facts: facts([name]), at: when }),
  ),
  fc.tuple(image, at).map(
    ([name, when]): Step =>
      (store) =>
        store.images.recordFailure(digest(name), 'no', when),
  ),
  text.map(
    (words): Step =>
      (store) =>
        store.images.find(words),
  ),
  fc.tuple(text, page).map(
    ([search, range]): Step =>
      (store) =>
        store.images.list({ ...range, search }),
  ),
  fc.tuple(few('a', 'b', 'host:h'), fc.array(component), at).map(
    ([subject, components, when]): Step =>
      (store) =>
        store.boms.put(bom(subject, components), when),
  ),
  fc.tuple(few('l', 'OPEN', 'r', ''), fc.integer({ min: 1, max: 3 })).map(
    ([prefix, limit]): Step =>
      (store) =>
        store.boms.suggest(prefix, limit),
  ),
  fc.tuple(container, image, at).map(
    ([name, of, when]): Step =>
      (store) =>
        store.workloads.started(workload(name, of, when % 4)),
  ),
  fc.tuple(container, image, at, fc.boolean()).map(
    ([name, of, when, exact]): Step =>
      (store) =>
        store.workloads.ended(workload(name, of, when % 4), when, exact),
  ),
  fc.tuple(page, text, fc.option(at, { nil: undefined })).map(
    ([range, search, when]): Step =>
      (store) =>
        store.workloads.list({ ...range, search, ...(when === undefined ? {} : { at: when }) }),
  ),
  fc
    .tuple(
      fc.array(few('X-1', 'X-2', 'X-3')),
      fc.subarray(['left', 'Right', 'openssl']),
      at,
      few('finish', 'abandon', 'leave'),
    )
    .map(
      ([ids, packages, when, end]): Step =>
        async (store) => {
          const feed = { id: 'osv', format: 'osv', location: 'x' } as const;
          const running = await store.advisories.beginImport(feed, when);
          await running.add(ids.map((id, index) => advisory(id, packages, { summary: String(index % 2) })));
          if (end === 'abandon') await running.abandon();
          if (end === 'finish')
            return running.finish({
              dataAsOf: when,
              rejectedCount: 0,
              skippedCount: 0,
              coverage: when % 2 ? ['npm'] : [],
            });
        },
    ),
  few('osv', 'none').map(
    (id): Step =>
      (store) =>
        store.advisories.removeFeed(id),
  ),
  fc.tuple(fc.array(few('X-1', 'X-2')), at).map(
    ([ids, when]): Step =>
      async (store) => {
        const pending = await store.matches.pending(2);
        await store.matches.put(
          pending.map((id) =>
            judgement(
              id,
              ids.map((each) => match(each, { since: when })),
            ),
          ),
          when,
        );
        return pending.length;
      },
  ),
  fc.tuple(jobOf, at, at).map(
    ([subject, priority, when]): Step =>
      (store) =>
        store.jobs.enqueue({ kind: 'read-image', subject, source: 'docker:x', host: 'h', priority }, when),
  ),
  fc.tuple(at, few('done', 'failed', 'again', 'leave')).map(
    ([when, end]): Step =>
      async (store) => {
        const job = await store.jobs.lease('read-image', 'h', 10, when);
        if (!job) return;
        if (end === 'done') await store.jobs.done(job.jobId);
        if (end === 'failed') await store.jobs.failed(job.jobId, 'no');
        if (end === 'again') await store.jobs.failed(job.jobId, 'no', when + 5);
        return { ...job, jobId: 0 };
      },
  ),
  fc.tuple(image, fc.boolean()).map(
    ([name, works]): Step =>
      (store) =>
        store.transaction(async (inside) => {
          await inside.boms.put(bom(name, [npm('inside')]), 1);
          await inside.images.see({ imageId: digest(name), references: ['inside'], at: 1 });
          if (!works) throw new RangeError('no');
        }),
  ),
);

async function answer(store: Store, step: Step): Promise<unknown> {
  try {
    return await step(store);
  } catch (error) {
    if (error instanceof RangeError) return 'range error';
    throw error;
  }
}

/** Everything a store holds, as its interface tells it. Row numbers may differ: a rollback burns them on PostgreSQL. */
async function everything(store: Store) {
  const subjects = [digest('a'), digest('b'), digest('c'), 'host:h'];
  const components = await collect(store.boms.components());
  const ids = components.map(({ componentId }) => componentId);
  const rank = (id: number) => ids.indexOf(id);
  const ranked = (memberships: readonly { subject: string; componentIds: readonly number[] }[]) =>
    memberships.map(({ subject, componentIds }) => [subject, ...componentIds.map(rank)]);
  return {
    images: await store.images.list({ limit: 100, offset: 0 }),
    chains: await store.images.layerChains(),
    boms: await Promise.all(subjects.map((subject) => store.boms.get(subject))),
    components: components.map((component) => ({ ...component, componentId: 0 })),
    memberships: ranked(await collect(store.boms.memberships())),
    byComponent: ranked(await collect(store.boms.memberships({ componentIds: ids }))),
    feeds: await store.advisories.feeds(),
    advisories: await store.advisories.get(['X-1', 'X-2', 'X-3']),
    naming: (await store.advisories.naming([{ ecosystem: 'npm', name: 'left' }])).map(({ id }) => id),
    judgements: [...(await store.matches.get(ids)).values()].map((each) => ({
      ...each,
      componentId: rank(each.componentId),
    })),
    pending: (await store.matches.pending(100)).map(rank),
    severities: await store.matches.severityCounts(subjects),
    intervals: await collect(store.workloads.intervals()),
    workloads: await store.workloads.counts(),
    jobs: await store.jobs.counts('read-image'),
  };
}

/** Random operations give the same answers, and leave the same behind, on every database. */
export function sameAnswers(rooms: readonly StoreRoom[]): void {
  it('gives the same answers to the same questions', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 5, maxLength: 60 }), async (sequence) => {
        const stores = await Promise.all(rooms.map((room) => room.fresh()));
        const [first, ...others] = stores as [Store, ...Store[]];
        for (const [index, step] of sequence.entries()) {
          const expected = await answer(first, step);
          for (const other of others) expect(await answer(other, step), `step ${index}`).toEqual(expected);
        }
        const expected = await everything(first);
        for (const other of others) expect(await everything(other)).toEqual(expected);
        for (const store of stores) await store.close();
      }),
      { numRuns: 40 },
    );
  });
}
