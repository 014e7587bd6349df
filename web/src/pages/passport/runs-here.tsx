import { useNavigate } from '@tanstack/react-router';
import { usePagedRows } from '../../api/paged-rows.ts';
import { containerRows } from '../../api/queries.ts';
import type { ContainerRow } from '../../api/wire.ts';
import { formatSpan, formatTime } from '../../parts/format.ts';
import type { Column } from '../../parts/grid-table.tsx';
import { Empty } from '../../parts/notice.tsx';
import { PagedTable } from '../../parts/paged-table.tsx';

const columns: readonly Column<ContainerRow>[] = [
  {
    id: 'name',
    header: 'Container',
    width: 'minmax(130px, 2fr)',
    cell: (row) => <strong title={row.id}>{row.name}</strong>,
  },
  { id: 'host', header: 'Host', width: 'minmax(90px, 1fr)', cell: (row) => row.host },
  { id: 'started', header: 'Started, UTC', width: '140px', from: 'medium', cell: (row) => formatTime(row.started) },
  {
    id: 'ended',
    header: 'Ended, UTC',
    width: '140px',
    cell: (row) => (row.ended === null ? 'running' : `${row.endedExact ? '' : '≈ '}${formatTime(row.ended)}`),
  },
  {
    id: 'span',
    header: 'For',
    width: '90px',
    align: 'end',
    from: 'medium',
    cell: (row) => formatSpan(row.started, row.ended),
  },
];

/** Containers of one image, those of the past too. */
export function RunsHere({ imageId }: { readonly imageId: string }) {
  const navigate = useNavigate();
  const rows = usePagedRows<ContainerRow>(['containers', 'of', imageId], (limit, offset, signal) =>
    containerRows({ image: imageId, state: 'all' }, limit, offset, signal),
  );
  return (
    <PagedTable
      label="Containers of this image"
      columns={columns}
      rows={rows}
      onOpen={(row) => void navigate({ to: '/containers', search: { search: row.name } })}
      empty={<Empty icon="containers" title="No container of it is remembered." />}
    />
  );
}
