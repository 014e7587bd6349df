import { describe, expect, it } from 'vitest';
import { createMemoryLaunches } from '../../test/fakes/launch-store.ts';
import { launchRecord } from '../../test/fakes/launches.ts';
import { fixedClock } from '../base/index.ts';
import type { Store } from '../model/index.ts';
import { forgetLaunches, launchesKeptFor } from './forget-launches.ts';

const now = Date.parse('2026-03-01T00:00:00Z');

describe('launches that are old', () => {
  async function forget(count: number, isOver = false) {
    const old = Array.from({ length: count }, (_, n) => launchRecord({ id: `l${n}`, at: now - launchesKeptFor - 1 }));
    const launches = createMemoryLaunches([...old, launchRecord({ id: 'kept', at: now - launchesKeptFor })]);
    const over = new AbortController();
    const asked: number[] = [];
    const store = {
      launches: {
        ...launches,
        async forget(before: number, limit: number) {
          asked.push(limit);
          // As a database does: not all of them in one statement.
          const left = (await launches.list({ limit: 9999, offset: 0 })).items.filter(({ at }) => at < before).length;
          if (left <= limit) {
            over.abort();
            return launches.forget(before, limit);
          }
          return limit;
        },
      },
    } as unknown as Store;
    if (isOver) over.abort();
    await forgetLaunches({ store, clock: fixedClock(now) }, over.signal);
    const { items } = await launches.list({ limit: 9999, offset: 0 });
    return { left: items.map(({ id }) => id), asked };
  }

  it('are taken out, and the rest stays', async () => {
    expect(await forget(3)).toEqual({ left: ['kept'], asked: [1000] });
  });

  it('are left where it is over before it began', async () => {
    expect((await forget(1, true)).left).toHaveLength(2);
  });
});
