import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { post, remove } from '../../api/client.ts';
import { useLive } from '../../api/live.ts';
import { feedsQuery } from '../../api/queries.ts';
import type { FeedView } from '../../api/wire.ts';
import { Button, IconButton } from '../../parts/button.tsx';
import { FeedAge } from '../../parts/feed-age.tsx';
import { formatCount } from '../../parts/format.ts';
import { ErrorNotice, Notice } from '../../parts/notice.tsx';
import { ProgressBar } from '../../parts/progress.tsx';
import css from './feeds-page.module.css';
import { RemoveFeed } from './remove-feed.tsx';

export function FeedRow({ feed }: { readonly feed: FeedView }) {
  const client = useQueryClient();
  const { importing, failedFeeds } = useLive();
  const [removing, setRemoving] = useState(false);
  const path = `feeds/${encodeURIComponent(feed.id)}`;
  const onSuccess = () => client.invalidateQueries({ queryKey: feedsQuery.queryKey });
  const update = useMutation({ mutationFn: () => post(`${path}/update`), onSuccess });
  const removal = useMutation({ mutationFn: () => remove(path), onSuccess });
  const failure = failedFeeds.get(feed.id);
  const error = update.error ?? removal.error;
  return (
    <li className={css.feed} data-state={feed.state}>
      <div className="clip">
        <span className={css.name}>{feed.id}</span>
        <div className="quiet">{feed.format}</div>
      </div>
      <div className="clip">
        <div className={`${css.location} clip`} title={feed.location}>
          {feed.location}
        </div>
        <div className={`${css.coverage} clip`} title={feed.coverage.join('\n')}>
          {feed.coverage.length === 0 ? 'covers nothing yet' : `covers ${feed.coverage.join(', ')}`}
        </div>
      </div>
      <div className={css.end}>
        {formatCount(feed.advisories)} advisories
        {feed.rejected > 0 && <div className="quiet">{formatCount(feed.rejected)} refused</div>}
      </div>
      <FeedAge feed={feed} />
      <div className={css.actions}>
        <Button onClick={() => update.mutate()} disabled={update.isPending || importing.has(feed.id)}>
          Update
        </Button>
        <IconButton icon="close" label={`Remove the feed ${feed.id}`} onClick={() => setRemoving(true)} />
      </div>
      {importing.has(feed.id) && (
        <div className={css.whole}>
          <ProgressBar label={`Importing ${feed.id}`} />
        </div>
      )}
      {(failure !== undefined || error !== null) && (
        <div className={css.whole}>
          {error !== null ? (
            <ErrorNotice error={error} />
          ) : (
            <Notice tone="bad" title="The last import failed.">
              {failure}
            </Notice>
          )}
        </div>
      )}
      <RemoveFeed feed={feed} open={removing} onClose={() => setRemoving(false)} onRemove={() => removal.mutate()} />
    </li>
  );
}
