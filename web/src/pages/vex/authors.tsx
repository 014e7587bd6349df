import { useMutation, useQueryClient } from '@tanstack/react-query';
import { post } from '../../api/client.ts';
import type { AuthorView } from '../../api/wire.ts';
import { Button } from '../../parts/button.tsx';
import { plural } from '../../parts/format.ts';
import { ErrorNotice } from '../../parts/notice.tsx';
import { Panel } from '../../parts/panel.tsx';
import css from './vex-page.module.css';

interface AuthorsProps {
  readonly authors: readonly AuthorView[];
  /** An author of a feed: the same name in another is somebody else. */
  readonly isChosen: (author: AuthorView) => boolean;
  readonly onChoose: (author: AuthorView | undefined) => void;
}

/** Whose word counts. */
export function Authors({ authors, isChosen, onChoose }: AuthorsProps) {
  const client = useQueryClient();
  const trust = useMutation({
    mutationFn: ({ feed, author, trusted }: AuthorView) =>
      post(`feeds/${encodeURIComponent(feed)}/trust`, { author, trusted: !trusted }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['vex'] }),
  });
  return (
    <Panel title="Authors">
      {trust.error !== null && <ErrorNotice error={trust.error} />}
      <ul className={css.authors}>
        {authors.map((each) => (
          <li key={`${each.feed} ${each.author}`}>
            <button
              type="button"
              className={css.author}
              aria-pressed={isChosen(each)}
              title="Show what this author states alone"
              onClick={() => onChoose(isChosen(each) ? undefined : each)}
            >
              <strong className="clip">{each.author}</strong>
              <span className="quiet clip">
                {plural(each.statements, 'statement')} in feed {each.feed}
              </span>
            </button>
            <span className={each.trusted ? undefined : 'quiet'}>
              {each.trusted ? 'Trusted: clears flaws' : 'Shown only'}
            </span>
            <Button
              disabled={trust.isPending}
              onClick={() => trust.mutate(each)}
              aria-label={`${each.trusted ? 'Trust no more' : 'Trust'} ${each.author} in feed ${each.feed}`}
            >
              {each.trusted ? 'Trust no more' : 'Trust'}
            </Button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
