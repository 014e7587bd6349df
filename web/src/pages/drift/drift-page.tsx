import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { post } from '../../api/client.ts';
import { usePagedRows } from '../../api/paged-rows.ts';
import { driftLooksQuery, driftRows } from '../../api/queries.ts';
import type { DriftRow, LookView } from '../../api/wire.ts';
import { Choice } from '../../parts/choice.tsx';
import { useDelayed } from '../../parts/delayed.ts';
import { FilterBox } from '../../parts/filter-box.tsx';
import { plural } from '../../parts/format.ts';
import { Empty, ErrorNotice, Notice } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { PagedTable } from '../../parts/paged-table.tsx';
import { columnsOf } from './columns.tsx';
import css from './drift-page.module.css';

const route = getRouteApi('/drift');
const shown = [
  { value: undefined, name: 'Running' },
  { value: 'all', name: 'All, and gone' },
] as const;

/** What containers have that their images did not bring. */
export function DriftPage() {
  const { search = '', show } = route.useSearch();
  const navigate = useNavigate();
  const asked = useDelayed(search.trim(), 150);
  const rows = usePagedRows<DriftRow>(['drift', asked, show], (limit, offset, signal) =>
    driftRows({ search: asked, all: show === 'all' }, limit, offset, signal),
  );
  const client = useQueryClient();
  const look = useMutation({
    mutationFn: (id: string) => post<LookView>('drift/looks', { container: id }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['drift'] }),
  });
  const lookAt = look.mutate;
  const columns = useMemo(() => columnsOf(({ id }) => lookAt(id)), [lookAt]);
  const change = (next: { search?: string | undefined; show?: 'all' | undefined }) =>
    void navigate({ to: '/drift', search: { search: search || undefined, show, ...next }, replace: true });
  const aside = (
    <>
      <Choice label="Drift shown" options={shown} value={show} onChoose={(chosen) => change({ show: chosen })} />
      <FilterBox label="Filter drift" value={search} onChange={(text) => change({ search: text || undefined })} />
    </>
  );
  return (
    <Page
      filling
      title="Drift"
      guide="drift"
      lead={rows.loading ? undefined : plural(rows.total, 'finding')}
      aside={aside}
    >
      <div className={css.body}>
        <div className={css.notices}>
          <Looks />
          {look.error !== null && <ErrorNotice error={look.error} />}
          {look.data !== undefined && <Looked look={look.data} />}
        </div>
        <PagedTable
          label="Drift"
          columns={columns}
          rows={rows}
          rowHeight={46}
          onOpen={({ container }) => void navigate({ to: '/containers', search: { search: container.id } })}
          empty={
            <Empty icon="check" title="Nothing was found." command="portwarden drift CONTAINER">
              Programs and packages that running containers have and their images did not bring appear here. A container
              is looked at every few minutes, and at once by:
            </Empty>
          }
        />
      </div>
    </Page>
  );
}

/** How much of the fleet was looked at: the rest is not clean. */
function Looks() {
  const { data } = useQuery(driftLooksQuery);
  if (data === undefined) return null;
  const { running, looked, failed } = data.looks;
  const unseen = running - looked;
  if (unseen <= 0 && failed === 0) return null;
  const parts = [
    ...(unseen > 0 ? [`${plural(unseen, 'running container')} not looked at yet`] : []),
    ...(failed > 0 ? [`${plural(failed, 'container')} not seen as a whole at the last look`] : []),
  ];
  return <Notice tone="warn" title={`${parts.join(', ')}.`} />;
}

function Looked({ look }: { readonly look: LookView }) {
  const { name, host } = look.container;
  const title =
    look.state === 'looked'
      ? `${name} on ${host} was looked at: ${plural(look.items.length, 'finding')}, ${look.appeared} new.`
      : `${name} on ${host} ${look.state === 'queued' ? 'is going to be looked at' : 'could not be looked at'}.`;
  return (
    <Notice tone={look.state === 'failed' ? 'bad' : 'calm'} title={title}>
      {look.message ?? undefined}
    </Notice>
  );
}
