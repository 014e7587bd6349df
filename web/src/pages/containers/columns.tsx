import { Link } from '@tanstack/react-router';
import type { ContainerRow } from '../../api/wire.ts';
import { formatSpan, formatTime } from '../../parts/format.ts';
import type { Column } from '../../parts/grid-table.tsx';
import { ImageName } from '../../parts/image-name.tsx';
import { Origin } from './origin.tsx';
import type { TimeWindow } from './time-window.ts';
import { Life } from './timeline.tsx';

export const columnsOf = (
  window: TimeWindow,
  at: number,
  /** Whether any has one: where no registry has a document, there is nothing to say of it. */
  withOrigin: boolean,
): readonly Column<ContainerRow>[] => [
  {
    id: 'name',
    header: 'Container',
    width: 'minmax(96px, 2fr)',
    cell: (row) => <strong title={row.id}>{row.name}</strong>,
  },
  { id: 'host', header: 'Host', width: 'minmax(80px, 1fr)', from: 'medium', cell: (row) => row.host },
  {
    id: 'image',
    header: 'Image',
    width: 'minmax(84px, 2fr)',
    cell: (row) => (
      <Link to="/images/$image" params={{ image: row.digest }} tabIndex={-1}>
        <ImageName reference={row.image} />
      </Link>
    ),
  },
  ...(withOrigin
    ? [
        {
          id: 'origin',
          header: 'Origin',
          width: 'minmax(112px, 3.2fr)',
          cell: ({ origin }: ContainerRow) => <Origin origin={origin} />,
        },
      ]
    : []),
  {
    id: 'life',
    header: 'Life',
    width: withOrigin ? 'minmax(120px, 2fr)' : 'minmax(160px, 3fr)',
    from: 'medium',
    cell: (row) => <Life interval={row} window={window} at={at} exact={row.endedExact} />,
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
    width: '76px',
    align: 'end',
    // On a telephone the origin takes its room.
    ...(withOrigin ? { from: 'medium' as const } : {}),
    cell: (row) => (
      <span title={row.endedExact ? undefined : 'Its end was not seen: this is when it was last known to run'}>
        {row.ended !== null && !row.endedExact && '≈ '}
        {formatSpan(row.started, row.ended)}
      </span>
    ),
  },
];
