import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { usePagedRows } from '../../api/paged-rows.ts';
import { changeRows } from '../../api/queries.ts';
import type { ChangeView } from '../../api/wire.ts';
import { Choice } from '../../parts/choice.tsx';
import { plural } from '../../parts/format.ts';
import { Empty } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { PagedTable } from '../../parts/paged-table.tsx';
import { columns } from './columns.tsx';

const route = getRouteApi('/changes');
const kinds = [
  { value: undefined, name: 'All' },
  { value: 'newly-affected', name: 'Newly affected' },
  { value: 'no-longer-affected', name: 'No longer' },
] as const;

/** What became known of what is here, newest first. */
export function ChangesPage() {
  const { kind } = route.useSearch();
  const navigate = useNavigate();
  const rows = usePagedRows<ChangeView>(['changes', kind], (limit, offset, signal) =>
    changeRows(kind, limit, offset, signal),
  );
  const choice = (
    <Choice
      label="Changes shown"
      options={kinds}
      value={kind}
      onChoose={(chosen) => void navigate({ to: '/changes', search: { kind: chosen }, replace: true })}
    />
  );
  return (
    <Page filling title="Changes" lead={rows.loading ? undefined : plural(rows.total, 'change')} aside={choice}>
      <PagedTable
        label="Changes"
        columns={columns}
        rows={rows}
        rowHeight={46}
        onOpen={({ advisory }) => void navigate({ to: '/advisories/$id', params: { id: advisory } })}
        empty={
          <Empty icon="check" title="Nothing changed yet.">
            What a feed learns of what is here already appears on this page: flaws that newly affect it, and those that
            do so no longer.
          </Empty>
        }
      />
    </Page>
  );
}
