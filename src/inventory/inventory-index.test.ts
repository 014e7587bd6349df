import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WorkloadSpan } from '../model/index.ts';
import { type InventoryAnswer, InventoryIndex, type InventoryQuestion } from './inventory-index.ts';

const image = (name: number) => `sha256:${String(name).repeat(64)}` as const;

function span(workloadId: number, of: number, started: number, ended?: number): WorkloadSpan {
  return { workloadId, imageId: image(of), started, ended };
}

const all = { undetermined: [], limit: 100, offset: 0 } as const;

describe('who runs a component', () => {
  const index = new InventoryIndex();
  index.setComponents(image(1), [10, 11]);
  index.setComponents(image(2), [11]);
  index.setComponents('host:north', [11]);
  index.setSpan(span(1, 1, 100, 200));
  index.setSpan(span(2, 1, 150));
  index.setSpan(span(3, 2, 120, 130));
  index.setSpan(span(4, 3, 110));

  it.each<[string, Partial<InventoryQuestion>, Partial<InventoryAnswer>]>([
    ['now', { when: 'now' }, { containers: 1, images: 1, imagesNotRunning: 1, hosts: ['north'], unread: 1 }],
    ['at an instant', { when: { from: 125, to: 125 } }, { containers: 2, images: 2, imagesNotRunning: 0, unread: 1 }],
    ['at its first and last moment', { when: { from: 130, to: 150 } }, { containers: 3, images: 2 }],
    [
      'before anything',
      { when: { from: 0, to: 99 } },
      { containers: 0, images: 0, imagesNotRunning: 2, unread: 0, rows: [] },
    ],
    [
      'in one image alone',
      { components: [10], when: 'now' },
      { containers: 1, images: 1, imagesNotRunning: 0, hosts: [] },
    ],
    [
      'of an unknown component',
      { components: [99], when: 'now' },
      { containers: 0, images: 0, imagesNotRunning: 0, rows: [] },
    ],
    ['of nothing', { components: [], when: 'now' }, { containers: 0, unread: 1 }],
    [
      'that cannot be compared',
      { components: [10], undetermined: [11], when: { from: 0, to: 999 } },
      { containers: 2, undetermined: 1 },
    ],
  ])('%s', (_, question, expected) => {
    expect(index.ask({ ...all, components: [11], when: 'now', ...question })).toMatchObject(expected);
  });

  it('gives rows from the newest start, a page at a time, with what was found', () => {
    const ask = (limit: number, offset: number) =>
      index.ask({ ...all, components: [10, 11], when: { from: 0, to: 999 }, limit, offset }).rows;
    expect(ask(2, 0)).toEqual([
      { workloadId: 2, components: [10, 11] },
      { workloadId: 3, components: [11] },
    ]);
    expect(ask(2, 2)).toEqual([{ workloadId: 1, components: [10, 11] }]);
    expect(ask(0, 0)).toEqual([]);
    expect(ask(5, 3)).toEqual([]);
  });

  it('refuses workloads out of order, which it could not find again', () => {
    const small = new InventoryIndex();
    small.setSpan(span(7, 1, 1));
    expect(() => small.setSpan(span(6, 1, 1))).toThrow(RangeError);
  });
});

/** The same by looking at everything. */
function askPlainly(
  memberships: ReadonlyMap<string, readonly number[]>,
  spans: readonly WorkloadSpan[],
  { components, undetermined, when, limit, offset }: InventoryQuestion,
): InventoryAnswer {
  const holds = (key: string, wanted: readonly number[]) => wanted.some((id) => memberships.get(key)?.includes(id));
  const ran = spans.filter(({ started, ended = Number.POSITIVE_INFINITY }) =>
    when === 'now' ? ended === Number.POSITIVE_INFINITY : started <= when.to && ended >= when.from,
  );
  const found = ran.filter(({ imageId }) => holds(imageId, components));
  const images = new Set(found.map(({ imageId }) => imageId));
  const holding = [...memberships.keys()].filter((key) => holds(key, components));
  return {
    containers: found.length,
    images: images.size,
    imagesNotRunning: holding.filter((key) => key.startsWith('sha256:') && !images.has(key as WorkloadSpan['imageId']))
      .length,
    hosts: holding
      .filter((key) => key.startsWith('host:'))
      .map((key) => key.slice(5))
      .sort(),
    undetermined: ran.filter(({ imageId }) => !holds(imageId, components) && holds(imageId, undetermined)).length,
    unread: ran.filter(({ imageId }) => !memberships.has(imageId)).length,
    rows: found
      .sort((a, b) => b.started - a.started || b.workloadId - a.workloadId)
      .slice(offset, offset + limit)
      .map(({ workloadId, imageId }) => ({
        workloadId,
        components: components.filter((id) => memberships.get(imageId)?.includes(id)),
      })),
  };
}

const small = fc.integer({ min: 0, max: 20 });
const component = fc.integer({ min: 1, max: 5 });
const change = fc.oneof(
  fc.record({
    subject: fc.constantFrom(image(1), image(2), image(3), 'host:a', 'host:b'),
    components: fc.uniqueArray(component),
  }),
  fc.record({
    imageId: fc.constantFrom(image(1), image(2), image(3), image(4)),
    started: small,
    lasted: fc.option(small),
  }),
  fc.record({ row: small, lasted: fc.option(small) }),
);
const question = fc.record({
  components: fc.uniqueArray(component, { maxLength: 3 }),
  undetermined: fc.uniqueArray(component, { maxLength: 2 }),
  when: fc.oneof(
    fc.constant('now' as const),
    fc.tuple(small, small).map(([from, more]) => ({ from, to: from + more })),
  ),
  limit: fc.integer({ min: 0, max: 6 }),
  offset: fc.integer({ min: 0, max: 6 }),
});

it('answers as looking at everything would, after any changes', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(change, question), { maxLength: 60 }), (steps) => {
      const index = new InventoryIndex();
      const memberships = new Map<string, readonly number[]>();
      const spans: WorkloadSpan[] = [];
      const set = (each: WorkloadSpan) => {
        spans[each.workloadId - 1] = each;
        index.setSpan(each);
      };
      for (const step of steps) {
        if ('subject' in step) {
          memberships.set(step.subject, step.components);
          index.setComponents(step.subject, step.components);
        } else if ('imageId' in step) {
          const ended = step.lasted === null ? undefined : step.started + step.lasted;
          set({ workloadId: spans.length + 1, imageId: step.imageId, started: step.started, ended });
        } else if ('row' in step) {
          const known = spans[step.row];
          if (known) set({ ...known, ended: step.lasted === null ? undefined : known.started + step.lasted });
        } else expect(index.ask(step)).toEqual(askPlainly(memberships, spans, step));
      }
    }),
    { numRuns: 500 },
  );
});
