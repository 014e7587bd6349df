import { Link } from '@tanstack/react-router';
import type { WhoRunsQuestion } from '../../api/queries.ts';
import type { WhoRunsAnswer } from '../../api/wire.ts';
import { formatCount, plural } from '../../parts/format.ts';
import css from './who-runs-page.module.css';

/** The count, and as plainly what could not be counted. */
export function Answer({ answer, question }: { readonly answer: WhoRunsAnswer; readonly question: WhoRunsQuestion }) {
  const when =
    question.at === undefined ? 'run it now' : question.at.includes('T') ? 'ran it then' : `ran it on ${question.at}`;
  return (
    <div className={css.answer} role="status" aria-label="Answer">
      <p className={css.count} data-zero={answer.count === 0 || undefined}>
        <strong>{formatCount(answer.count)}</strong>
        <span>
          {answer.count === 1 ? 'container' : 'containers'}
          <br />
          {answer.count === 1 ? when.replace('run it', 'runs it') : when}
        </span>
      </p>
      <dl className={css.facts}>
        <div className={css.fact}>
          <dt>from</dt>
          <dd>{plural(answer.images, 'image')}</dd>
        </div>
        <div className={css.fact}>
          <dt>not running, holding it</dt>
          <dd>{plural(answer.imagesNotRunning, 'image')}</dd>
        </div>
        <div className={css.fact}>
          <dt>machines with it</dt>
          <dd>
            {answer.hosts.length === 0 && 'none'}
            {answer.hosts.slice(0, 3).map((host, index) => (
              <span key={host}>
                {index > 0 && ', '}
                <Link to="/hosts/$host" params={{ host }} search={{ tab: 'components', filter: question.name }}>
                  {host}
                </Link>
              </span>
            ))}
            {answer.hosts.length > 3 && ` and ${formatCount(answer.hosts.length - 3)} more`}
          </dd>
        </div>
      </dl>
      {(answer.merely > 0 || answer.undetermined > 0 || answer.unread > 0) && (
        <div className={css.open}>
          {answer.merely > 0 && (
            <span>
              <strong>{plural(answer.merely, 'container')}</strong> more whose images declare or claim it: not known to
              be installed, and not counted
            </span>
          )}
          {answer.undetermined > 0 && (
            <span>
              <strong>{plural(answer.undetermined, 'container')}</strong> in a version that cannot be compared: neither
              counted nor cleared
            </span>
          )}
          {answer.unread > 0 && (
            <span>
              <strong>{plural(answer.unread, 'container')}</strong> of images that are not read: not known
            </span>
          )}
        </div>
      )}
    </div>
  );
}
