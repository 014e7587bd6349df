import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { imageHistoryQuery } from '../../api/queries.ts';
import { formatAgo, formatTime, plural } from '../../parts/format.ts';
import { Empty, ErrorNotice, Waiting } from '../../parts/notice.tsx';
import { SeverityChip } from '../../parts/severity.tsx';
import css from './findings.module.css';

/** What became known of what the image holds since it was judged first, newest first. */
export function History({ imageId }: { readonly imageId: string }) {
  const { data, error } = useQuery(imageHistoryQuery(imageId));
  if (data === undefined) return error === null ? <Waiting /> : <ErrorNotice error={error} />;
  if (data.items.length === 0)
    return (
      <Empty icon="clock" title="Its verdict has not changed.">
        Nothing became known of what is in it since it was judged first.
      </Empty>
    );
  return (
    <>
      <ol className={css.group}>
        {data.items.map((change) => (
          <li key={change.id} className={css.observation}>
            <SeverityChip severity={change.severity} />
            <div className={css.body}>
              <span className={css.title}>
                <Link to="/advisories/$id" params={{ id: change.advisory }}>
                  {change.advisory}
                </Link>{' '}
                {change.kind === 'newly-affected' ? 'newly affects' : 'no longer affects'} {change.name}{' '}
                <code>{change.version}</code>
              </span>
              <span className={css.evidence} title={`${formatTime(change.at)} UTC`}>
                {formatAgo(change.at)}, by feed {change.feed}
                {change.fixedIn !== null && `; fixed in ${change.fixedIn}`}
              </span>
            </div>
          </li>
        ))}
      </ol>
      {data.items.length < data.total && <p className="quiet">of {plural(data.total, 'change')}</p>}
    </>
  );
}
