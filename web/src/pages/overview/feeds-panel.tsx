import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { feedsQuery } from '../../api/queries.ts';
import type { Overview } from '../../api/wire.ts';
import { FeedAge } from '../../parts/feed-age.tsx';
import { formatCount } from '../../parts/format.ts';
import { Panel } from '../../parts/panel.tsx';
import css from './overview-page.module.css';

/** What the judgement stands on, and how old that is. */
export function FeedsPanel({ feeds }: { readonly feeds: Overview['feeds'] }) {
  const { data } = useQuery(feedsQuery);
  const aside = feeds.stale > 0 ? `${formatCount(feeds.stale)} of ${formatCount(feeds.total)} stale` : undefined;
  return (
    <Panel title="Feeds" aside={<Link to="/feeds">{aside ?? 'all feeds'}</Link>}>
      {feeds.total === 0 ? (
        <p className="soft">
          None yet. <Link to="/feeds">Add one</Link>
        </p>
      ) : (
        <ul className={css.rows}>
          {data?.items.slice(0, 4).map((feed) => (
            <li key={feed.id}>
              <div className="clip">
                <span className={css.name}>{feed.id}</span>
                <div className="quiet clip">
                  {feed.coverage.length === 0 ? 'covers nothing yet' : `covers ${feed.coverage.join(', ')}`}
                </div>
              </div>
              <FeedAge feed={feed} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
