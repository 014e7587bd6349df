import { Link } from '@tanstack/react-router';
import type { CertificateView } from '../../api/wire.ts';
import { CertificateState } from '../../parts/certificate-state.tsx';
import { formatAgo, formatTime, formatUntil, shortDigest } from '../../parts/format.ts';
import type { Column } from '../../parts/grid-table.tsx';
import { reasonOf } from './reason-of.ts';

export const columns: readonly Column<CertificateView>[] = [
  { id: 'state', header: 'State', width: '98px', cell: ({ state }) => <CertificateState state={state} /> },
  {
    id: 'image',
    header: 'Image',
    width: 'minmax(120px, 1.5fr)',
    cell: ({ image, registry, repository, digest }) => (
      <div className="clip" style={{ lineHeight: 1.3 }} title={image}>
        <Link to="/certificates/image" search={{ image }} tabIndex={-1} style={{ fontWeight: 550 }}>
          {repository}
        </Link>
        <div className="quiet mono clip" style={{ fontSize: 11.5 }}>
          {shortDigest(digest)} {registry}
        </div>
      </div>
    ),
  },
  {
    id: 'tags',
    header: 'Tags',
    width: 'minmax(60px, 0.8fr)',
    cell: ({ tags }) =>
      tags.length === 0 ? (
        <span className="quiet">none</span>
      ) : (
        <span className="clip" title={tags.join('\n')}>
          {tags.join(', ')}
        </span>
      ),
  },
  { id: 'reason', header: 'Because', width: 'minmax(120px, 2fr)', from: 'medium', cell: Reason },
  {
    id: 'policy',
    header: 'Policy',
    width: 'minmax(80px, 0.7fr)',
    from: 'wide',
    cell: ({ policy }) => <span className="soft clip">{policy}</span>,
  },
  {
    id: 'judged',
    header: 'Judged',
    width: '96px',
    from: 'medium',
    cell: ({ judgedAt }) => (
      <span className="soft" title={`${formatTime(judgedAt)} UTC`}>
        {formatAgo(judgedAt)}
      </span>
    ),
  },
  { id: 'expires', header: 'Expires', width: '96px', from: 'medium', cell: Expiry },
];

function Reason(row: CertificateView) {
  const { text, more } = reasonOf(row);
  if (text === '') return <span className="quiet">nothing against it</span>;
  return (
    <span className="clip" title={text}>
      {text}
      {more > 0 && <span className="quiet"> and {more} more</span>}
    </span>
  );
}

/** What does not pass has nothing that could run out. */
function Expiry({ state, expires }: CertificateView) {
  if (state !== 'certified' && state !== 'suspect') return <span className="quiet">–</span>;
  return (
    <span className={state === 'certified' ? 'soft' : 'quiet'} title={`${formatTime(expires)} UTC`}>
      {formatUntil(expires)}
    </span>
  );
}
