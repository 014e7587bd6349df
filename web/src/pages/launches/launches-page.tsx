import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { launchRows, ticketsQuery } from '../../api/launch-queries.ts';
import { usePagedRows } from '../../api/paged-rows.ts';
import type { LaunchView } from '../../api/wire.ts';
import { Choice } from '../../parts/choice.tsx';
import { useDelayed } from '../../parts/delayed.ts';
import { FilterBox } from '../../parts/filter-box.tsx';
import { plural } from '../../parts/format.ts';
import { Empty, Notice } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { PagedTable } from '../../parts/paged-table.tsx';
import { columns } from './columns.tsx';
import { questionOf } from './launch-words.ts';
import css from './launches.module.css';

const route = getRouteApi('/launches');
const shown = [
  { value: undefined, name: 'All' },
  { value: 'refused', name: 'Refused' },
  { value: 'undecided', name: 'Undecided' },
  { value: 'observed', name: 'Observed' },
  { value: 'started', name: 'Let start' },
] as const;

/** What was asked to start, as it happens, and what was decided. */
export function LaunchesPage() {
  const { search = '', show } = route.useSearch();
  const navigate = useNavigate();
  const asked = useDelayed(search.trim(), 150);
  const rows = usePagedRows<LaunchView>(['launches', 'rows', asked, show], (limit, offset, signal) =>
    launchRows({ ...questionOf(show), text: asked }, limit, offset, signal),
  );
  const change = (next: { search?: string | undefined; show?: typeof show }) =>
    void navigate({ to: '/launches', search: { search: search || undefined, show, ...next }, replace: true });
  const aside = (
    <>
      <Choice label="Launches shown" options={shown} value={show} onChoose={(chosen) => change({ show: chosen })} />
      <FilterBox label="Filter launches" value={search} onChange={(text) => change({ search: text || undefined })} />
    </>
  );
  const isFiltered = asked !== '' || show !== undefined;
  return (
    <Page
      filling
      title="Launches"
      guide="launch-gate"
      lead={rows.loading ? undefined : plural(rows.total, 'launch', 'launches')}
      aside={aside}
    >
      <div className={css.body}>
        <div>
          <Waiting />
        </div>
        <PagedTable
          label="Launches"
          columns={columns}
          rows={rows}
          rowHeight={46}
          onOpen={({ id }) => void navigate({ to: '/launches/$id', params: { id } })}
          empty={
            isFiltered ? (
              <Empty icon="launches" title="No launch is like that.">
                Decisions are kept for 30 days.
              </Empty>
            ) : (
              <Empty icon="launches" title="Nothing was asked to start yet." command="portwarden review compose.yaml">
                Launches appear here once a gate stands before an engine. Files are judged before anyone starts them by:
              </Empty>
            )
          }
        />
      </div>
    </Page>
  );
}

/** That somebody waits for a person. */
function Waiting() {
  const { data } = useQuery(ticketsQuery('open'));
  if (data === undefined || data.total === 0) return null;
  const many = data.total === 1 ? 'waits' : 'wait';
  return (
    <Notice
      tone="warn"
      title={`${plural(data.total, 'launch', 'launches')} with inputs that nobody has seen ${many} for a person.`}
    >
      <Link to="/tickets">Look at them</Link>
    </Notice>
  );
}
