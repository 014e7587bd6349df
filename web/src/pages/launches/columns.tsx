import { Link } from '@tanstack/react-router';
import type { LaunchView } from '../../api/wire.ts';
import { formatAgo, formatTime } from '../../parts/format.ts';
import type { Column } from '../../parts/grid-table.tsx';
import { LaunchOutcome } from '../../parts/launch-outcome.tsx';

export const columns: readonly Column<LaunchView>[] = [
  {
    id: 'outcome',
    header: 'Outcome',
    width: '98px',
    cell: ({ outcome, observed }) => <LaunchOutcome outcome={observed ? 'observed' : outcome} />,
  },
  {
    id: 'image',
    header: 'Image',
    width: 'minmax(110px, 1.3fr)',
    cell: ({ id, containers, gate, host }) => (
      <div className="clip" style={{ lineHeight: 1.3 }}>
        <Link to="/launches/$id" params={{ id }} tabIndex={-1} style={{ fontWeight: 550 }}>
          {containers.map(({ image, name }) => image ?? name ?? 'a container').join(', ') || 'could not be read'}
        </Link>
        <div className="quiet clip" style={{ fontSize: 11.5 }}>
          {gate} on {host}
        </div>
      </div>
    ),
  },
  {
    id: 'because',
    header: 'Because',
    width: 'minmax(110px, 2fr)',
    cell: Because,
  },
  {
    id: 'who',
    header: 'Asked by',
    width: 'minmax(80px, 0.7fr)',
    from: 'wide',
    cell: ({ who }) => <span className={who === null ? 'quiet clip' : 'soft clip'}>{who ?? 'not told'}</span>,
  },
  {
    id: 'at',
    header: 'When',
    width: '96px',
    from: 'medium',
    cell: ({ at }) => (
      <span className="soft" title={`${formatTime(at)} UTC`}>
        {formatAgo(at)}
      </span>
    ),
  },
];

function Because({ findings, cause }: LaunchView) {
  const against = findings.filter(({ excepted }) => excepted === null);
  const [first] = against;
  if (!first) return <span className={cause === null ? 'quiet' : 'soft clip'}>{cause ?? 'nothing against it'}</span>;
  const text = `${first.path === '' ? '' : `${first.path}: `}${first.evidence || first.title}`;
  return (
    <span className="clip" title={text}>
      {text}
      {against.length > 1 && <span className="quiet"> and {against.length - 1} more</span>}
    </span>
  );
}
