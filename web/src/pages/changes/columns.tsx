import { Link } from '@tanstack/react-router';
import type { ChangeView } from '../../api/wire.ts';
import { formatAgo, formatCount, formatTime } from '../../parts/format.ts';
import type { Column } from '../../parts/grid-table.tsx';
import { SeverityChip } from '../../parts/severity.tsx';

export const columns: readonly Column<ChangeView>[] = [
  {
    id: 'at',
    header: 'When',
    width: '104px',
    cell: ({ at }) => (
      <span className="soft" title={`${formatTime(at)} UTC`}>
        {formatAgo(at)}
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
    id: 'advisory',
    header: 'What became known',
    width: 'minmax(150px, 2fr)',
    cell: ({ advisory, kind, name, version, evidence }) => (
      <div className="clip" style={{ lineHeight: 1.3 }}>
        <Link to="/advisories/$id" params={{ id: advisory }} tabIndex={-1} style={{ fontWeight: 550 }}>
          {advisory}
        </Link>{' '}
        <span className={kind === 'newly-affected' ? undefined : 'quiet'}>
          {kind === 'newly-affected' ? 'newly affects' : 'no longer affects'}
        </span>
        <div className="quiet clip" style={{ fontSize: 12.5 }}>
          {name} <code>{version}</code>
          {evidence !== 'installed' && `, merely ${evidence}`}
        </div>
      </div>
    ),
  },
  {
    id: 'fix',
    header: 'Fixed in',
    width: 'minmax(80px, 1fr)',
    from: 'medium',
    cell: ({ fixedIn }) => (fixedIn === null ? <span className="quiet">no fix yet</span> : <code>{fixedIn}</code>),
  },
  {
    id: 'images',
    header: 'Images',
    width: '70px',
    align: 'end',
    from: 'medium',
    cell: ({ images }) => formatCount(images),
  },
  {
    id: 'running',
    header: 'Running',
    width: '76px',
    align: 'end',
    cell: ({ running }) => (running === 0 ? <span className="quiet">0</span> : <strong>{formatCount(running)}</strong>),
  },
];
