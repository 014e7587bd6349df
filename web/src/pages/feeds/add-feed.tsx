import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { post } from '../../api/client.ts';
import { feedsQuery } from '../../api/queries.ts';
import type { FeedView } from '../../api/wire.ts';
import { Button } from '../../parts/button.tsx';
import css from '../../parts/form.module.css';
import { ErrorNotice } from '../../parts/notice.tsx';

/** Adds a feed and imports it at once; its progress is shown in its row. */
export function AddFeed() {
  const client = useQueryClient();
  const [location, setLocation] = useState('');
  const [id, setId] = useState('');
  const add = useMutation({
    mutationFn: async () => {
      const feed = await post<FeedView>('feeds', {
        location: location.trim(),
        ...(id.trim() === '' ? {} : { id: id.trim() }),
      });
      setLocation('');
      setId('');
      await client.invalidateQueries({ queryKey: feedsQuery.queryKey });
      await post(`feeds/${encodeURIComponent(feed.id)}/update`);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  return (
    <>
      <form className={css.form} onSubmit={submit}>
        <label className={`${css.field} ${css.wide}`}>
          URL, or path on the server
          <input
            className={css.input}
            value={location}
            required
            spellCheck={false}
            placeholder="https://… or /srv/feeds/osv.zip"
            onChange={(event) => setLocation(event.target.value)}
          />
        </label>
        <label className={css.field}>
          Name, if you like
          <input
            className={css.input}
            value={id}
            pattern="[a-z0-9][a-z0-9._\-]{0,63}"
            title="Small letters, digits, dot, dash and underscore"
            spellCheck={false}
            onChange={(event) => setId(event.target.value)}
          />
        </label>
        <Button main type="submit" disabled={add.isPending}>
          Add and import
        </Button>
      </form>
      {add.error !== null && (
        <div style={{ marginTop: 12 }}>
          <ErrorNotice error={add.error} />
        </div>
      )}
    </>
  );
}
