import { useMemo, useState } from 'react';
import type { ComponentView } from '../../api/wire.ts';
import { FilterBox } from '../../parts/filter-box.tsx';
import { plural } from '../../parts/format.ts';
import { type Column, GridTable, type Sorting } from '../../parts/grid-table.tsx';
import { Empty } from '../../parts/notice.tsx';
import { NotJudged } from '../../parts/severity.tsx';
import { EvidenceMark } from './evidence-mark.tsx';
import css from './passport.module.css';
import type { PanelProps } from './passport-view.tsx';

const columns: readonly Column<ComponentView>[] = [
  {
    id: 'name',
    header: 'Name',
    width: 'minmax(130px, 2fr)',
    cell: (row) => (
      <>
        <strong title={row.purl}>{row.name}</strong>
        <EvidenceMark evidence={row.evidence} />
      </>
    ),
  },
  { id: 'version', header: 'Version', width: 'minmax(110px, 1.6fr)', cell: (row) => <code>{row.version}</code> },
  { id: 'ecosystem', header: 'Ecosystem', width: '90px', from: 'medium', cell: (row) => row.ecosystem },
  {
    id: 'source',
    header: 'Source package',
    width: 'minmax(110px, 1.4fr)',
    from: 'wide',
    cell: (row) =>
      row.source === null ? (
        <span className="quiet">–</span>
      ) : (
        <span title={row.source.version}>{row.source.name}</span>
      ),
  },
  {
    id: 'licenses',
    header: 'Licenses',
    width: 'minmax(90px, 1.2fr)',
    from: 'wide',
    cell: (row) => (row.licenses.length === 0 ? <span className="quiet">not stated</span> : row.licenses.join(', ')),
  },
  {
    id: 'location',
    header: 'Where',
    width: 'minmax(140px, 2fr)',
    from: 'medium',
    cell: (row) => (
      <span className="soft mono" title={row.locations.join('\n')}>
        {row.locations[0] ?? '–'}
        {row.locations.length > 1 && ` +${row.locations.length - 1}`}
      </span>
    ),
  },
  { id: 'layer', header: 'Layer', width: '54px', align: 'end', from: 'wide', cell: (row) => row.layer + 1 },
  {
    id: 'judged',
    header: 'Judged',
    width: '92px',
    align: 'end',
    cell: (row) =>
      row.ownedBy !== null ? (
        <span title={`Part of ${row.ownedBy}`}>as its package</span>
      ) : row.judged ? (
        'judged'
      ) : (
        <NotJudged />
      ),
  },
];

const compare = new Intl.Collator('en', { numeric: true }).compare;
const sortKeys: Readonly<Record<string, (row: ComponentView) => string>> = {
  name: (row) => row.name,
  version: (row) => row.version,
  ecosystem: (row) => row.ecosystem,
  layer: (row) => String(row.layer),
};

const holds = (row: ComponentView, text: string): boolean =>
  [row.name, row.version, row.source?.name ?? '', row.purl, ...row.licenses].some((field) =>
    field.toLowerCase().includes(text),
  );

export function Components({ passport, filter, onFilter }: PanelProps) {
  const [sort, setSort] = useState<{ column: string; direction: Sorting['direction'] }>({
    column: 'name',
    direction: 'ascending',
  });
  const rows = useMemo(() => {
    const text = filter.trim().toLowerCase();
    const key = sortKeys[sort.column] ?? ((row: ComponentView) => row.name);
    const sign = sort.direction === 'ascending' ? 1 : -1;
    return passport.components.filter((row) => holds(row, text)).toSorted((a, b) => sign * compare(key(a), key(b)));
  }, [passport.components, filter, sort]);
  return (
    <div className={css.filling} style={{ height: '100%' }}>
      <div className={css.tools}>
        <FilterBox label="Filter components" value={filter} onChange={onFilter} />
        <span>{plural(rows.length, 'component')}</span>
      </div>
      {rows.length === 0 ? (
        <Empty
          icon="images"
          title={
            passport.components.length === 0 ? 'No component was found in it.' : 'No component has that in its name.'
          }
        />
      ) : (
        <GridTable
          label="Components"
          columns={columns}
          count={rows.length}
          rowAt={(index) => rows[index]}
          rowHeight={34}
          sorting={{
            ...sort,
            sortable: Object.keys(sortKeys),
            onSort: (column) =>
              setSort((now) => ({
                column,
                direction: now.column === column && now.direction === 'ascending' ? 'descending' : 'ascending',
              })),
          }}
        />
      )}
    </div>
  );
}
