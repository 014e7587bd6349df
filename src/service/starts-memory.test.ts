import { expect, it } from 'vitest';
import { createMemoryLaunches } from '../../test/fakes/launch-store.ts';
import { launchRecord } from '../../test/fakes/launches.ts';
import { fixedClock } from '../base/index.ts';
import { createStartsMemory } from './starts-memory.ts';

function open() {
  const launches = createMemoryLaunches([launchRecord({ id: 'l1', at: 100 })]);
  const clock = fixedClock(1000);
  let pages = 0;
  const counted: typeof launches = {
    ...launches,
    list(query) {
      if (query.limit > 1) pages += 1;
      return launches.list(query);
    },
  };
  return { launches, clock, memory: createStartsMemory(counted, clock), pages: () => pages, counted };
}
const query = { most: 100 };

it('reads what was read before again only when a launch came, or when it is old', async () => {
  const { memory, launches, clock, pages } = open();
  expect(await memory('a', query)).toMatchObject({ groups: [{ count: 1 }], since: 100, isWhole: true });
  await memory('a', query);
  expect(pages()).toBe(1);
  await launches.record([launchRecord({ id: 'l2', at: 200 })], []);
  expect((await memory('a', query)).groups).toMatchObject([{ count: 2, newest: { id: 'l2' } }]);
  expect(pages()).toBe(2);
  clock.set(62_000);
  await memory('a', query);
  expect(pages()).toBe(3);
});

it('keeps few answers, and none that failed', async () => {
  const { memory, pages, counted } = open();
  for (const key of ['a', 'b', 'c', 'a']) await memory(key, query);
  expect(pages()).toBe(4);
  const { list } = counted;
  counted.list = (asked) => (asked.limit > 1 ? Promise.reject(new Error('away')) : list(asked));
  await expect(memory('d', query)).rejects.toThrow('away');
  counted.list = list;
  await expect(memory('d', query)).resolves.toMatchObject({ isWhole: true });
});
