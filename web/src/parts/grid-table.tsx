import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type MouseEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import css from './grid-table.module.css';
import { type Screen, useScreen } from './screen.ts';

export interface Column<Row> {
  readonly id: string;
  readonly header: string;
  /** A track of CSS grid: `minmax(120px, 2fr)`. */
  readonly width: string;
  readonly align?: 'end';
  /** Shown from this much room on; always unless said. */
  readonly from?: Exclude<Screen, 'narrow'>;
  readonly cell: (row: Row) => ReactNode;
}

export interface Sorting {
  readonly column: string;
  readonly direction: 'ascending' | 'descending';
  readonly sortable: readonly string[];
  readonly onSort: (column: string) => void;
}

interface GridTableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly count: number;
  /** Undefined while it is being fetched. */
  readonly rowAt: (index: number) => Row | undefined;
  readonly onShow?: (first: number, last: number) => void;
  readonly onOpen?: (row: Row) => void;
  readonly sorting?: Sorting;
  readonly rowHeight?: number;
}

const roomOf: Readonly<Record<Screen, number>> = { narrow: 0, medium: 1, wide: 2 };

/** A table of any length: only the rows in sight are in the page. Arrows move, Enter opens, Esc lets go. */
export function GridTable<Row>(props: GridTableProps<Row>) {
  const { label, count, rowAt, onShow, onOpen, sorting, rowHeight = 38 } = props;
  const screen = useScreen();
  const columns = props.columns.filter((column) => roomOf[column.from ?? 'narrow'] <= roomOf[screen]);
  const tracks = { gridTemplateColumns: columns.map((column) => column.width).join(' ') };
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const [active, setActive] = useState(-1);
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    paddingStart: 32,
    scrollPaddingStart: 32,
  });
  const rows = virtualizer.getVirtualItems();
  const first = rows[0]?.index ?? 0;
  const last = rows.at(-1)?.index ?? 0;
  useEffect(() => onShow?.(first, last), [onShow, first, last]);

  const move = (to: number) => {
    const next = Math.max(0, Math.min(count - 1, to));
    setActive(next);
    virtualizer.scrollToIndex(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== scroller.current) return;
    const page = Math.max(1, Math.floor((scroller.current.clientHeight - 32) / rowHeight) - 1);
    const target = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: count - 1,
    }[event.key];
    const row = rowAt(active);
    if (target !== undefined && count > 0) move(target);
    else if (event.key === 'Enter' && row !== undefined) onOpen?.(row);
    else if (event.key === 'Escape' && active >= 0) setActive(-1);
    else return;
    event.preventDefault();
  };
  const onClick = (event: MouseEvent, index: number) => {
    const row = rowAt(index);
    const isLink = event.target instanceof Element && event.target.closest('a, button') !== null;
    if (row === undefined || isLink || window.getSelection()?.isCollapsed === false) return;
    setActive(index);
    onOpen?.(row);
  };

  return (
    <div
      ref={scroller}
      className={css.grid}
      role="grid"
      aria-label={label}
      aria-rowcount={count + 1}
      aria-colcount={columns.length}
      aria-activedescendant={active >= first && active <= last ? `${id}-${active}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div className={css.head} role="rowgroup">
        <div role="row" aria-rowindex={1} style={tracks}>
          {columns.map((column) => (
            <HeadCell key={column.id} column={column} sorting={sorting} />
          ))}
        </div>
      </div>
      <div role="rowgroup" style={{ height: virtualizer.getTotalSize() - 32 }}>
        {rows.map(({ index, start }) => {
          const row = rowAt(index);
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the grid itself has the focus and the keys
            <div
              key={index}
              id={`${id}-${index}`}
              className={css.row}
              role="row"
              aria-rowindex={index + 2}
              aria-selected={index === active}
              data-opens={onOpen !== undefined || undefined}
              style={{ ...tracks, height: rowHeight, transform: `translateY(${start}px)` }}
              onClick={(event) => onClick(event, index)}
            >
              {columns.map((column) => (
                <div key={column.id} className={`${css.cell} ${column.align === 'end' ? css.end : ''}`} role="gridcell">
                  {row === undefined ? <div className={css.pending} /> : column.cell(row)}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function HeadCell<Row>({ column, sorting }: { readonly column: Column<Row>; readonly sorting: Sorting | undefined }) {
  const sortable = sorting?.sortable.includes(column.id) === true;
  return (
    <div
      className={`${css.headCell} ${column.align === 'end' ? css.end : ''}`}
      role="columnheader"
      aria-sort={sorting?.column === column.id ? sorting.direction : undefined}
    >
      {sortable ? (
        <button type="button" onClick={() => sorting.onSort(column.id)}>
          {column.header}
        </button>
      ) : (
        column.header
      )}
    </div>
  );
}
