import { useQuery } from '@tanstack/react-query';
import { queueQuery } from '../../api/certificate-queries.ts';
import { formatCount } from '../../parts/format.ts';
import { ErrorNotice } from '../../parts/notice.tsx';
import css from './certificates.module.css';

/** What waits to be judged, is being judged, and could not be after every try. */
export function Queue() {
  const { data, error } = useQuery(queueQuery);
  if (data === undefined) return error === null ? null : <ErrorNotice error={error} />;
  return (
    <dl className={css.queue} aria-label="Queue">
      <div>
        <dt>Waiting</dt>
        <dd>{formatCount(data.waiting)}</dd>
      </div>
      <div>
        <dt>Being judged</dt>
        <dd>{formatCount(data.running)}</dd>
      </div>
      <div data-bad={data.failed > 0 || undefined}>
        <dt>Could not be judged</dt>
        <dd>{formatCount(data.failed)}</dd>
      </div>
    </dl>
  );
}
