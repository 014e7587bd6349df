import { queryOptions } from '@tanstack/react-query';
import { containerRows } from '../../api/queries.ts';
import type { ContainerRow } from '../../api/wire.ts';

const perRequest = 1000;
/** More intervals than this would cost more to fetch than the outline gains by them. */
const enough = 10_000;

export interface TimelineIntervals {
  readonly intervals: readonly ContainerRow[];
  readonly total: number;
}

export const timelineQuery = queryOptions({
  queryKey: ['timeline'],
  // Not made stale by events: an outline of months does not change by one container.
  staleTime: 60_000,
  refetchInterval: 60_000,
  queryFn: async ({ signal }): Promise<TimelineIntervals> => {
    const intervals: ContainerRow[] = [];
    for (;;) {
      const page = await containerRows({ state: 'all' }, perRequest, intervals.length, signal);
      intervals.push(...page.items);
      if (page.items.length === 0 || intervals.length >= Math.min(page.total, enough))
        return { intervals, total: page.total };
    }
  },
});
