import { Link } from '@tanstack/react-router';
import type { DriftRow } from '../../api/wire.ts';
import { IconButton } from '../../parts/button.tsx';
import { formatAgo, formatTime } from '../../parts/format.ts';
import type { Column } from '../../parts/grid-table.tsx';
import { SeverityChip } from '../../parts/severity.tsx';

export const columnsOf = (onLook: (container: DriftRow['container']) => void): readonly Column<DriftRow>[] => [
  {
    id: 'appeared',
    header: 'Appeared',
    width: '104px',
    from: 'medium',
    cell: (row) => (
      <span className="soft" title={appearedOf(row)}>
        {formatAgo(row.changedAt ?? row.firstSeen)}
      </span>
    ),
  },
  {
    id: 'severity',
    header: 'Severity',
    width: '104px',
    cell: ({ severity }) => <SeverityChip severity={severity} />,
  },
  {
    id: 'subject',
    header: 'What the image did not bring',
    width: 'minmax(150px, 2fr)',
    cell: ({ subject, title, detail, goneAt }) => (
      <div className="clip" style={{ lineHeight: 1.3 }} title={`${title}: ${detail}`}>
        <code>{subject}</code>
        <div className="quiet clip" style={{ fontSize: 12.5 }}>
          {goneAt === null ? detail : `gone ${formatAgo(goneAt)}; ${detail}`}
        </div>
      </div>
    ),
  },
  {
    id: 'container',
    header: 'Container',
    width: 'minmax(110px, 1fr)',
    cell: ({ container }) => (
      <div className="clip" style={{ lineHeight: 1.3 }}>
        <Link to="/containers" search={{ search: container.id }} tabIndex={-1}>
          {container.name}
        </Link>
        <div className="quiet clip" style={{ fontSize: 12.5 }}>
          on {container.host}
        </div>
      </div>
    ),
  },
  {
    id: 'image',
    header: 'Image',
    width: 'minmax(100px, 1fr)',
    from: 'medium',
    cell: ({ container }) => <span className="clip">{container.image}</span>,
  },
  {
    id: 'look',
    header: '',
    width: '44px',
    align: 'end',
    cell: ({ container }) => (
      <IconButton
        icon="search"
        label={`Look at ${container.name} now`}
        tabIndex={-1}
        onClick={() => onLook(container)}
      />
    ),
  },
];

/** The kernel's own note where there is one, else between which looks. */
function appearedOf({ changedAt, absentAt, firstSeen }: DriftRow): string {
  if (changedAt !== null) return `changed ${formatTime(changedAt)} UTC, seen first ${formatTime(firstSeen)} UTC`;
  return `between ${formatTime(absentAt)} and ${formatTime(firstSeen)} UTC`;
}
