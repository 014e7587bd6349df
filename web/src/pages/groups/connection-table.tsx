import type { GroupEdge } from '../../api/wire.ts';
import { formatCount } from '../../parts/format.ts';
import { type Column, GridTable } from '../../parts/grid-table.tsx';
import { Empty } from '../../parts/notice.tsx';
import type { NameOf } from './group-words.ts';
import css from './groups.module.css';

const number = (value: number, isBad = false) => (
  <span className={value === 0 ? 'quiet' : isBad ? css.bad : 'number'}>{formatCount(value)}</span>
);
const columnsFor = (nameOf: NameOf): readonly Column<GroupEdge>[] => [
  { id: 'from', header: 'From', width: 'minmax(90px, 1fr)', cell: ({ from }) => <strong>{nameOf(from)}</strong> },
  { id: 'to', header: 'To', width: 'minmax(90px, 1fr)', cell: ({ to }) => <strong>{nameOf(to)}</strong> },
  {
    id: 'connections',
    header: 'Allowed',
    width: 'minmax(80px, 1fr)',
    from: 'medium',
    cell: ({ connections, isPartial }) =>
      connections === 'none' ? (
        <span className="quiet">nothing</span>
      ) : (
        <span title={isPartial ? 'Not each member of one reaches each of the other so' : undefined}>
          {connections}
          {isPartial && <span className="quiet"> in part</span>}
        </span>
      ),
  },
  {
    id: 'passed',
    header: 'Passed',
    width: '76px',
    align: 'end',
    from: 'medium',
    cell: ({ attempts }) => number(attempts.allowed),
  },
  {
    id: 'observed',
    header: 'Observed',
    width: '84px',
    align: 'end',
    from: 'wide',
    cell: ({ attempts }) => number(attempts.observed, true),
  },
  {
    id: 'refused',
    header: 'Refused',
    width: '72px',
    align: 'end',
    cell: ({ attempts }) => number(attempts.refused, true),
  },
];

interface ConnectionTableProps {
  readonly edges: readonly GroupEdge[];
  readonly nameOf: NameOf;
  readonly onOpen: (id: string) => void;
}

/** The map as a table: who may reach whom, and what was seen. What was refused comes first. */
export function ConnectionTable({ edges, nameOf, onOpen }: ConnectionTableProps) {
  if (edges.length === 0) {
    return (
      <Empty icon="groups" title="No connection is like that.">
        Nothing is allowed there, and nothing was tried.
      </Empty>
    );
  }
  const rows = edges.toSorted(
    (a, b) =>
      b.attempts.refused - a.attempts.refused ||
      b.attempts.observed - a.attempts.observed ||
      b.attempts.allowed - a.attempts.allowed,
  );
  return (
    <GridTable
      label="Connections"
      columns={columnsFor(nameOf)}
      count={rows.length}
      rowAt={(index) => rows[index]}
      onOpen={({ id }) => onOpen(id)}
    />
  );
}
