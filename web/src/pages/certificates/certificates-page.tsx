import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { certificateRows } from '../../api/certificate-queries.ts';
import { usePagedRows } from '../../api/paged-rows.ts';
import type { CertificateView } from '../../api/wire.ts';
import { plural } from '../../parts/format.ts';
import { Empty } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { PagedTable } from '../../parts/paged-table.tsx';
import css from './certificates.module.css';
import { columns } from './columns.tsx';
import { PlaceBox } from './place-box.tsx';
import { placeOf } from './place-of.ts';
import { Queue } from './queue.tsx';

const route = getRouteApi('/certificates');

/** What was judged of images in trusted repositories. */
export function CertificatesPage() {
  const { place = '' } = route.useSearch();
  const navigate = useNavigate();
  const asked = placeOf(place);
  const rows = usePagedRows<CertificateView>(['certificates', 'rows', place], (limit, offset, signal) =>
    certificateRows(asked, limit, offset, signal),
  );
  const first = rows.rowAt(0);
  const aside = (
    <>
      {asked.repository !== undefined && first !== undefined && (
        <Link to="/certificates/latest" search={{ repository: `${first.registry}/${first.repository}` }}>
          Latest certified of it
        </Link>
      )}
      <PlaceBox
        place={place}
        onChoose={(chosen) =>
          void navigate({ to: '/certificates', search: { place: chosen || undefined }, replace: true })
        }
      />
    </>
  );
  return (
    <Page
      filling
      title="Certified"
      guide="certification"
      lead={rows.loading ? undefined : plural(rows.total, 'image')}
      aside={aside}
    >
      <div className={css.body}>
        <Queue />
        <PagedTable
          label="Certificates"
          columns={columns}
          rows={rows}
          rowHeight={46}
          onOpen={({ image }) => void navigate({ to: '/certificates/image', search: { image } })}
          empty={
            place === '' ? (
              <Empty
                icon="certified"
                title="No image was judged yet."
                command="portwarden certify IMAGE --to REPOSITORY"
              >
                What is pushed through the registry gate is judged by itself. An image that lies elsewhere is judged
                and, where it passes, brought into a trusted repository by:
              </Empty>
            ) : (
              <Empty icon="certified" title="No image was judged there.">
                A registry or a repository is meant by its whole name.
              </Empty>
            )
          }
        />
      </div>
    </Page>
  );
}
