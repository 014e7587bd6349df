import { Link } from '@tanstack/react-router';
import type { RunningContainer } from '../../api/wire.ts';
import { formatSpan, formatTime, shortPurl } from '../../parts/format.ts';
import type { Column } from '../../parts/grid-table.tsx';
import { ImageName } from '../../parts/image-name.tsx';

export const columns: readonly Column<RunningContainer>[] = [
  {
    id: 'name',
    header: 'Container',
    width: 'minmax(110px, 2fr)',
    cell: (row) => <strong title={row.id}>{row.name}</strong>,
  },
  { id: 'host', header: 'Host', width: 'minmax(90px, 1.1fr)', from: 'medium', cell: (row) => row.host },
  {
    id: 'image',
    header: 'Image',
    width: 'minmax(110px, 2.4fr)',
    cell: (row) => (
      <Link to="/images/$image" params={{ image: row.digest }} tabIndex={-1}>
        <ImageName reference={row.image} />
      </Link>
    ),
  },
  {
    id: 'component',
    header: 'Found in it',
    width: 'minmax(150px, 2.6fr)',
    from: 'medium',
    cell: (row) => (
      <span title={[row.component, ...row.otherComponents].join('\n')}>
        <code>{shortPurl(row.component)}</code>
        {row.otherComponents.length > 0 && <span className="quiet"> +{row.otherComponents.length}</span>}
      </span>
    ),
  },
  {
    id: 'started',
    header: 'Started, UTC',
    width: '128px',
    from: 'wide',
    cell: (row) => <span className="soft">{formatTime(row.started)}</span>,
  },
  {
    id: 'span',
    header: 'For',
    width: '96px',
    align: 'end',
    from: 'medium',
    cell: (row) => (
      <span title={row.ended === null ? 'running' : `ended ${formatTime(row.ended)} UTC`}>
        {formatSpan(row.started, row.ended)}
        {row.ended !== null && <span className="quiet"> †</span>}
      </span>
    ),
  },
];
