import { Link } from '@tanstack/react-router';
import type { StatementRow } from '../../api/wire.ts';
import { formatDay } from '../../parts/format.ts';
import type { Column } from '../../parts/grid-table.tsx';

const words = {
  'not-affected': 'not affected',
  affected: 'affected',
  fixed: 'fixed',
  'under-investigation': 'under investigation',
} as const satisfies Record<StatementRow['status'], string>;

export const columns: readonly Column<StatementRow>[] = [
  {
    id: 'flaw',
    header: 'Flaw',
    width: 'minmax(130px, 1fr)',
    cell: ({ flaw }) => (
      <Link className="clip" to="/advisories/$id" params={{ id: flaw }} tabIndex={-1} style={{ fontWeight: 550 }}>
        {flaw}
      </Link>
    ),
  },
  {
    id: 'status',
    header: 'Says',
    width: '132px',
    cell: ({ status }) => <span className={status === 'affected' ? undefined : 'soft'}>{words[status]}</span>,
  },
  {
    id: 'products',
    header: 'Of what',
    width: 'minmax(120px, 1.6fr)',
    cell: ({ products, moreProducts, justification, note }) => {
      const more = products.length - 1 + moreProducts;
      return (
        <div className="clip" style={{ lineHeight: 1.3 }} title={products.join('\n')}>
          <code>{products[0]}</code>
          {more > 0 && <span className="quiet"> and {more} more</span>}
          <div className="quiet clip" style={{ fontSize: 12.5 }}>
            {note ?? justification?.replaceAll('_', ' ')}
          </div>
        </div>
      );
    },
  },
  {
    id: 'author',
    header: 'Author',
    width: 'minmax(110px, 1fr)',
    from: 'medium',
    cell: ({ author, feed, trusted }) => (
      <div className="clip" style={{ lineHeight: 1.3 }}>
        <span className="clip">{author}</span>
        <div className="quiet clip" style={{ fontSize: 12.5 }}>
          {trusted ? 'trusted' : 'shown only'}, in feed {feed}
        </div>
      </div>
    ),
  },
  {
    id: 'stated',
    header: 'Stated',
    width: '104px',
    from: 'medium',
    cell: ({ statedAt }) => <span className="soft">{formatDay(statedAt)}</span>,
  },
];
