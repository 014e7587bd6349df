import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { usePagedRows } from '../../api/paged-rows.ts';
import { changeRows } from '../../api/queries.ts';
import type { ChangeView } from '../../api/wire.ts';
import { plural } from '../../parts/format.ts';
import { GridTable } from '../../parts/grid-table.tsx';
import { Empty, ErrorNotice, Waiting } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import css from './changes-page.module.css';
import { columns } from './columns.tsx';

const route = getRouteApi('/changes');
const kinds = [
  { id: undefined, name: 'All' },
  { id: 'newly-affected', name: 'Newly affected' },
  { id: 'no-longer-affected', name: 'No longer' },
] as const;

/** What became known of what is here, newest first. */
export function ChangesPage() {
  const { kind } = route.useSearch();
  const navigate = useNavigate();
  const rows = usePagedRows<ChangeView>(['changes', kind], (limit, offset, signal) =>
    changeRows(kind, limit, offset, signal),
  );
  const choice = (
    <div className={css.choice} role="group" aria-label="Changes shown">
      {kinds.map(({ id, name }) => (
        <button
          key={name}
          type="button"
          aria-pressed={kind === id}
          onClick={() => void navigate({ to: '/changes', search: { kind: id }, replace: true })}
        >
          {name}
        </button>
      ))}
    </div>
  );
  return (
    <Page filling title="Changes" lead={rows.loading ? undefined : plural(rows.total, 'change')} aside={choice}>
      {rows.error !== null ? (
        <ErrorNotice error={rows.error} />
      ) : rows.loading ? (
        <Waiting />
      ) : rows.total === 0 ? (
        <Empty icon="check" title="Nothing changed yet.">
          What a feed learns of what is here already appears on this page: flaws that newly affect it, and those that do
          so no longer.
        </Empty>
      ) : (
        <GridTable
          label="Changes"
          columns={columns}
          count={rows.total}
          rowAt={rows.rowAt}
          onShow={rows.show}
          rowHeight={46}
          onOpen={({ advisory }) => void navigate({ to: '/advisories/$id', params: { id: advisory } })}
        />
      )}
    </Page>
  );
}
