import type { ReactNode } from 'react';
import type { PagedRows } from '../api/paged-rows.ts';
import { type Column, GridTable } from './grid-table.tsx';
import { ErrorNotice, Waiting } from './notice.tsx';

interface PagedTableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: PagedRows<Row>;
  readonly onOpen: (row: Row) => void;
  readonly rowHeight?: number;
  /** In place of a table without rows. */
  readonly empty: ReactNode;
}

/** A list that comes in pages: what is wrong with it, that it is on its way, that there is none, or its rows. */
export function PagedTable<Row>({ rows, empty, ...table }: PagedTableProps<Row>) {
  if (rows.error !== null) return <ErrorNotice error={rows.error} />;
  if (rows.loading) return <Waiting />;
  if (rows.total === 0) return empty;
  return <GridTable {...table} count={rows.total} rowAt={rows.rowAt} onShow={rows.show} />;
}
