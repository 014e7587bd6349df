import type { FeedView } from '../api/wire.ts';
import css from './feed-age.module.css';
import { formatAge, formatTime } from './format.ts';

/** Age of the data of a feed, and whether that is too old to rely on. */
export const FeedAge = ({ feed }: { readonly feed: FeedView }) => (
  <span
    className={css.age}
    data-state={feed.state}
    title={feed.dataAsOf === null ? undefined : `Data of ${formatTime(feed.dataAsOf)} UTC`}
  >
    {feed.state === 'never-imported' ? 'never imported' : words(feed)}
  </span>
);

function words({ state, ageDays }: FeedView): string {
  if (ageDays === null) return state === 'stale' ? 'stale: not dated, nothing new for a week' : 'age not known';
  const age = ageDays < 1 ? 'of today' : `${formatAge(ageDays)} old`;
  return state === 'stale' ? `stale: ${age}` : age;
}
