import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { post } from '../../api/client.ts';
import { feedsQuery } from '../../api/queries.ts';
import type { FeedView } from '../../api/wire.ts';
import { Button } from '../../parts/button.tsx';
import { plural } from '../../parts/format.ts';
import { Empty, ErrorNotice, Waiting } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { AddFeed } from './add-feed.tsx';
import { FeedRow } from './feed-row.tsx';
import css from './feeds-page.module.css';

/** Where knowledge of flaws comes from, how old it is, and what it covers. */
export function FeedsPage() {
  const { data, error } = useQuery(feedsQuery);
  const feeds = data?.items;
  return (
    <Page
      title="Feeds"
      lead={feeds && lead(feeds)}
      aside={feeds !== undefined && feeds.length > 0 && <UpdateAll feeds={feeds} />}
    >
      {error !== null && <ErrorNotice error={error} />}
      {feeds === undefined ? error === null && <Waiting /> : <FeedList feeds={feeds} />}
      <Panel title="Add a feed">
        <AddFeed />
      </Panel>
    </Page>
  );
}

function lead(feeds: readonly FeedView[]): string {
  const stale = feeds.filter((feed) => feed.state !== 'fresh').length;
  return stale === 0 ? plural(feeds.length, 'feed') : `${plural(feeds.length, 'feed')}, ${stale} not fresh`;
}

const FeedList = ({ feeds }: { readonly feeds: readonly FeedView[] }) =>
  feeds.length === 0 ? (
    <Empty icon="feeds" title="There is no feed, so nothing can be judged." command="portwarden feeds add debian">
      Until there is one, everything is shown as not judged, and nothing as clean. Add one below, or on the command
      line:
    </Empty>
  ) : (
    <ul className={css.list}>
      {feeds.map((feed) => (
        <FeedRow key={feed.id} feed={feed} />
      ))}
    </ul>
  );

function UpdateAll({ feeds }: { readonly feeds: readonly FeedView[] }) {
  const client = useQueryClient();
  const update = useMutation({
    mutationFn: () => Promise.all(feeds.map((feed) => post(`feeds/${encodeURIComponent(feed.id)}/update`))),
    onSettled: () => client.invalidateQueries({ queryKey: feedsQuery.queryKey }),
  });
  return (
    <>
      {update.error !== null && <span className="soft">{update.error.message}</span>}
      <Button onClick={() => update.mutate()} disabled={update.isPending}>
        Update all
      </Button>
    </>
  );
}
