import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import { useState } from 'react';

const pageSize = 200;

export interface RowPage<Row> {
  readonly items: readonly Row[];
  readonly total: number;
}
export type FetchRows<Row> = (limit: number, offset: number, signal: AbortSignal) => Promise<RowPage<Row>>;

export interface PagedRows<Row> {
  readonly total: number;
  /** Undefined while its page is on the way. */
  readonly rowAt: (index: number) => Row | undefined;
  /** Says which rows are in sight, so that their pages are fetched and no others. */
  readonly show: (first: number, last: number) => void;
  readonly loading: boolean;
  readonly error: Error | null;
}

/** A list of any length of which only the pages in sight are fetched: jumping to its end costs one request. */
export function usePagedRows<Row>(key: readonly unknown[], fetchRows: FetchRows<Row>, enabled = true): PagedRows<Row> {
  const [sight, setSight] = useState({ first: 0, last: 0 });
  const options = (page: number) => ({
    queryKey: [...key, 'page', page],
    queryFn: ({ signal }: { signal: AbortSignal }) => fetchRows(pageSize, page * pageSize, signal),
    enabled,
  });
  const head = useQuery({ ...options(0), placeholderData: keepPreviousData });
  const total = head.data?.total ?? 0;
  const pages = pagesInSight(sight, total);
  const inSight = useQueries({ queries: pages.map(options) });

  const loaded = new Map<number, readonly Row[]>();
  if (head.data !== undefined) loaded.set(0, head.data.items);
  pages.forEach((page, position) => {
    const items = inSight[position]?.data?.items;
    if (items !== undefined) loaded.set(page, items);
  });

  return {
    total,
    rowAt: (index) => loaded.get(Math.floor(index / pageSize))?.[index % pageSize],
    show: (first, last) => {
      const next = { first: Math.floor(first / pageSize), last: Math.floor(last / pageSize) };
      setSight((now) => (now.first === next.first && now.last === next.last ? now : next));
    },
    loading: head.isLoading,
    error: head.error ?? inSight.find((query) => query.error !== null)?.error ?? null,
  };
}

function pagesInSight(sight: { first: number; last: number }, total: number): number[] {
  const lastPage = Math.max(0, Math.ceil(total / pageSize) - 1);
  const pages: number[] = [];
  for (let page = Math.max(1, sight.first); page <= Math.min(sight.last, lastPage); page += 1) pages.push(page);
  return pages;
}
