import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { usePagedRows } from '../../api/paged-rows.ts';
import { type ContainerFilter, containerRows, originsKnownQuery } from '../../api/queries.ts';
import type { ContainerRow } from '../../api/wire.ts';
import { useDelayed } from '../../parts/delayed.ts';
import { FilterBox } from '../../parts/filter-box.tsx';
import { formatCount, plural } from '../../parts/format.ts';
import { ErrorNotice } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { PagedTable } from '../../parts/paged-table.tsx';
import { columnsOf } from './columns.tsx';
import css from './containers-page.module.css';
import { NoContainers } from './no-containers.tsx';
import { nameOf } from './origin-words.ts';
import { chosenWindow, lengthIds, windowOf } from './time-window.ts';
import { Timeline } from './timeline.tsx';
import { timelineQuery } from './timeline-query.ts';
import { When, type WhenSearch } from './when.tsx';

const route = getRouteApi('/containers');

interface Search extends WhenSearch {
  readonly search?: string | undefined;
}

/** What runs, what ran at any instant, and how long each lived. */
export function ContainersPage() {
  const search = route.useSearch();
  const navigate = useNavigate();
  const change = (next: Partial<Search>) =>
    void navigate({ to: '/containers', search: { ...search, ...next }, replace: true });
  const timeline = useQuery(timelineQuery);
  const chosen = search.at === undefined ? undefined : instantOf(search.at);
  const length = lengthIds.find((id) => id === search.back) ?? 'all';
  const window = useMemo(() => {
    const all = windowOf(timeline.data?.intervals ?? [], timeline.dataUpdatedAt || Date.now());
    return chosenWindow(all, length, chosen);
  }, [timeline.data, timeline.dataUpdatedAt, length, chosen]);
  const at = Math.min(window.to, chosen ?? window.to);

  const filter = useDelayed(filterOf(search), 140, sameFilter);
  const rows = usePagedRows<ContainerRow>(['containers', filter], (limit, offset, signal) =>
    containerRows(filter, limit, offset, signal),
  );
  const withOrigin = useQuery(originsKnownQuery).data === true;
  const columns = useMemo(() => columnsOf(window, at, withOrigin), [window, at, withOrigin]);
  const onAt = (instant: number) =>
    change({
      at: instant >= window.to - 60_000 ? undefined : new Date(instant).toISOString(),
      show: undefined,
      origin: undefined,
    });
  const box = (
    <FilterBox
      label="Filter containers"
      value={search.search ?? ''}
      onChange={(text) => change({ search: text || undefined })}
    />
  );
  return (
    <Page filling title="Containers" lead={rows.loading ? undefined : lead(search, rows.total)} aside={box}>
      <div className={css.body}>
        {timeline.error === null && (timeline.data?.total ?? 0) > 0 ? (
          <Timeline
            intervals={timeline.data?.intervals ?? []}
            total={timeline.data?.total ?? 0}
            window={window}
            at={at}
            onAt={onAt}
          />
        ) : (
          <div>{timeline.error !== null && <ErrorNotice error={timeline.error} />}</div>
        )}
        <When search={search} length={length} withOrigin={withOrigin} onChange={change} />
        <PagedTable
          label="Containers"
          columns={columns}
          rows={rows}
          onOpen={(row) => void navigate({ to: '/images/$image', params: { image: row.digest } })}
          empty={
            <NoContainers filtered={[search.search, search.at, search.origin].some((each) => each !== undefined)} />
          }
        />
      </div>
    </Page>
  );
}

const filterOf = ({ search, at, show, origin }: Search): ContainerFilter => ({
  search,
  origin,
  ...(show === 'all' ? { state: 'all' } : at === undefined ? { state: 'running' } : { at }),
});
const sameFilter = (a: ContainerFilter, b: ContainerFilter): boolean =>
  a.search === b.search && a.origin === b.origin && a.at === b.at && a.state === b.state;

/** A date alone is looked at from its noon; undefined where it is no time at all. */
function instantOf(text: string): number | undefined {
  const instant = Date.parse(text.includes('T') ? text : `${text}T12:00:00Z`);
  return Number.isNaN(instant) ? undefined : instant;
}

function lead({ at, show, origin }: Search, total: number): string {
  if (origin !== undefined) return `${formatCount(total)} running now: ${nameOf[origin]}`;
  if (show === 'all') return `${plural(total, 'interval')} remembered`;
  if (at === undefined) return `${formatCount(total)} running now`;
  return at.includes('T') ? `${formatCount(total)} ran then` : `${formatCount(total)} ran on ${at}`;
}
