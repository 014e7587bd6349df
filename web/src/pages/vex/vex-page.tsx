import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { usePagedRows } from '../../api/paged-rows.ts';
import { authorsQuery, statementRows } from '../../api/queries.ts';
import type { StatementRow } from '../../api/wire.ts';
import { useDelayed } from '../../parts/delayed.ts';
import { FilterBox } from '../../parts/filter-box.tsx';
import { plural } from '../../parts/format.ts';
import { Empty, ErrorNotice, Waiting } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { PagedTable } from '../../parts/paged-table.tsx';
import { Authors } from './authors.tsx';
import { columns } from './columns.tsx';
import css from './vex-page.module.css';

const route = getRouteApi('/vex');

/** What authors state of flaws, and whose word changes answers. */
export function VexPage() {
  const { feed, author, flaw = '' } = route.useSearch();
  const navigate = useNavigate();
  const { data: authors, error } = useQuery(authorsQuery);
  const asked = useDelayed(flaw.trim(), 200);
  const rows = usePagedRows<StatementRow>(['vex', feed, author, asked], (limit, offset, signal) =>
    statementRows({ feed, author, flaw: asked }, limit, offset, signal),
  );
  const change = (next: { feed?: string | undefined; author?: string | undefined; flaw?: string | undefined }) =>
    void navigate({ to: '/vex', search: { feed, author, flaw: flaw || undefined, ...next }, replace: true });
  const box = (
    <FilterBox label="Filter by flaw" value={flaw} onChange={(text) => change({ flaw: text || undefined })} />
  );
  return (
    <Page filling title="VEX" lead={rows.loading ? undefined : plural(rows.total, 'statement')} aside={box}>
      <div className={css.body}>
        <div>
          {error !== null && <ErrorNotice error={error} />}
          {authors === undefined
            ? error === null && <Waiting />
            : authors.items.length > 0 && (
                <Authors
                  authors={authors.items}
                  isChosen={(each) => each.author === author && each.feed === feed}
                  onChoose={(chosen) => change({ feed: chosen?.feed, author: chosen?.author })}
                />
              )}
        </div>
        <PagedTable
          label="Statements"
          columns={columns}
          rows={rows}
          rowHeight={46}
          onOpen={(row) => void navigate({ to: '/advisories/$id', params: { id: row.flaw } })}
          empty={<NoStatements filtered={author !== undefined || asked !== ''} />}
        />
      </div>
    </Page>
  );
}

const NoStatements = ({ filtered }: { readonly filtered: boolean }) =>
  filtered ? (
    <Empty icon="vex" title="Nobody states anything of that." />
  ) : (
    <Empty icon="vex" title="There is no statement yet." command="portwarden feeds add FILE|URL">
      A vendor, or you, may state in OpenVEX or CSAF that a flaw does not matter in a product. Documents come as feeds;
      what an author states changes an answer only once you trust that author here.
    </Empty>
  );
