import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { usePagedRows } from '../../api/paged-rows.ts';
import { imageRows, overviewQuery } from '../../api/queries.ts';
import type { ImageRow } from '../../api/wire.ts';
import { useDelayed } from '../../parts/delayed.ts';
import { FilterBox } from '../../parts/filter-box.tsx';
import { plural } from '../../parts/format.ts';
import { Empty, Waiting } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { PagedTable } from '../../parts/paged-table.tsx';
import { columns } from './columns.tsx';

const route = getRouteApi('/images');

export function ImagesPage() {
  const { search = '' } = route.useSearch();
  const navigate = useNavigate();
  const asked = useDelayed(search.trim(), 150);
  const rows = usePagedRows<ImageRow>(['images', asked], (limit, offset, signal) =>
    imageRows(asked, limit, offset, signal),
  );
  const filter = (
    <FilterBox
      label="Filter images"
      value={search}
      onChange={(text) => void navigate({ to: '/images', search: { search: text || undefined }, replace: true })}
    />
  );
  return (
    <Page filling title="Images" lead={rows.loading ? undefined : plural(rows.total, 'image')} aside={filter}>
      <PagedTable
        label="Images"
        columns={columns}
        rows={rows}
        rowHeight={46}
        onOpen={(row) => void navigate({ to: '/images/$image', params: { image: row.imageId } })}
        empty={<NoImages search={asked} />}
      />
    </Page>
  );
}

function NoImages({ search }: { readonly search: string }) {
  const { data: overview, isPending } = useQuery(overviewQuery);
  if (search !== '') return <Empty icon="images" title="No image has that in its name or digest." />;
  // What to do depends on the engines: better to wait than to advise and take it back.
  if (isPending) return <Waiting />;
  const unwatched = overview?.engines.find((engine) => engine.state !== 'watching');
  return (
    <Empty icon="images" title="No image is known yet." command="portwarden scan docker:NAME">
      {unwatched?.message ??
        'Images appear as soon as an engine of a watched host holds them. One image can be looked at by hand:'}
    </Empty>
  );
}
