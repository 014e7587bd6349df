import { Link } from '@tanstack/react-router';
import type { ImageRow } from '../../api/wire.ts';
import { Age } from '../../parts/age.tsx';
import { formatBytes, formatCount, plural, shortDigest } from '../../parts/format.ts';
import type { Column } from '../../parts/grid-table.tsx';
import { ImageName } from '../../parts/image-name.tsx';
import { SeverityFigures } from '../../parts/severity.tsx';

export const columns: readonly Column<ImageRow>[] = [
  {
    id: 'name',
    header: 'Image',
    width: 'minmax(120px, 3fr)',
    cell: (row) => (
      <div className="clip" style={{ lineHeight: 1.3 }}>
        <Link
          to="/images/$image"
          params={{ image: row.imageId }}
          tabIndex={-1}
          title={row.references.join('\n')}
          style={{ fontWeight: 550 }}
        >
          <ImageName reference={row.references[0] ?? row.imageId} />
        </Link>
        <div className="quiet mono clip" style={{ fontSize: 11.5 }}>
          {row.references.length > 0 && shortDigest(row.imageId)} {row.platform}
          {row.references.length > 1 && (
            <span title={row.references.join('\n')}> · {plural(row.references.length - 1, 'more name')}</span>
          )}
        </div>
      </div>
    ),
  },
  {
    id: 'running',
    header: 'Running',
    width: '70px',
    align: 'end',
    cell: (row) => (row.running === 0 ? <span className="quiet">0</span> : <strong>{formatCount(row.running)}</strong>),
  },
  { id: 'findings', header: 'Known flaws: critical, high', width: 'minmax(116px, 2.2fr)', cell: Findings },
  {
    id: 'age',
    header: 'Age',
    width: '100px',
    align: 'end',
    from: 'medium',
    cell: (row) => <Age days={row.ageDays} created={row.created} />,
  },
  {
    id: 'components',
    header: 'Components',
    width: '100px',
    align: 'end',
    from: 'medium',
    cell: (row) => (row.state === 'read' ? formatCount(row.components) : <span className="quiet">–</span>),
  },
  {
    id: 'size',
    header: 'Size',
    width: '80px',
    align: 'end',
    from: 'wide',
    cell: (row) =>
      row.state === 'read' ? <span className="soft">{formatBytes(row.size)}</span> : <span className="quiet">–</span>,
  },
];

function Findings(row: ImageRow) {
  if (row.state === 'known') return <span className="quiet">not read yet</span>;
  if (row.state === 'failed') {
    return (
      <span style={{ color: 'var(--critical-text)' }} title={row.failure ?? undefined}>
        could not be read{row.failure === null ? '' : `: ${row.failure}`}
      </span>
    );
  }
  return <SeverityFigures counts={row.severities} judgement={row.judgement} />;
}
