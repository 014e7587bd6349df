import { Link } from '@tanstack/react-router';
import type { Passport, ProblemView } from '../../api/wire.ts';
import { formatCount, plural } from '../../parts/format.ts';
import { Notice } from '../../parts/notice.tsx';
import css from './passport.module.css';

/** What could not be looked at or not be judged comes before everything that could. */
export function PassportNotices({ passport }: { readonly passport: Passport }) {
  const { problems, judgement, undetermined, image } = passport;
  return (
    <>
      {image?.state === 'failed' && (
        <Notice tone="bad" title="This image could not be read.">
          {image.failure}
        </Notice>
      )}
      {image?.state === 'known' && (
        <Notice tone="warn" title="This image is known and not read yet: what is in it is not known." />
      )}
      {problems.length > 0 && <Problems problems={problems} />}
      {judgement.state !== 'judged' && passport.components.length > 0 && (
        <Notice
          tone="warn"
          title={
            judgement.state === 'not-judged'
              ? 'Not judged: no feed covers what is in it.'
              : `${formatCount(judgement.componentsNotJudged)} of ${plural(passport.components.length, 'component')} not judged: no feed covers ${judgement.componentsNotJudged === 1 ? 'it' : 'them'}.`
          }
        >
          {judgement.notCovered.length > 0 && (
            <>
              Wanted: <code>{judgement.notCovered.slice(0, 8).join(', ')}</code>
              {judgement.notCovered.length > 8 && ` and ${judgement.notCovered.length - 8} more`}.{' '}
            </>
          )}
          <Link to="/feeds">Add a feed</Link>
        </Notice>
      )}
      {undetermined.length > 0 && (
        <Notice
          tone="warn"
          title={`${plural(undetermined.length, 'advisory', 'advisories')} could not be compared with what is installed.`}
        >
          <details>
            <summary>Which, and why</summary>
            <ul className={css.problems}>
              {undetermined.map((item) => (
                <li key={`${item.advisory} ${item.component}`}>
                  <span>
                    {item.advisory}: {item.reason}
                  </span>
                  <code>{item.component}</code>
                </li>
              ))}
            </ul>
          </details>
        </Notice>
      )}
    </>
  );
}

const Problems = ({ problems }: { readonly problems: readonly ProblemView[] }) => (
  <Notice tone="bad" title={`Could not look at ${plural(problems.length, 'thing')}: what is there is not known.`}>
    <ul className={css.problems}>
      {problems.map((problem, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: problems have no identity and never move
        <li key={index}>
          <span>
            {problem.message}
            {problem.path !== undefined && <code> {problem.path}</code>}
          </span>
          <code className="quiet">{problem.code}</code>
        </li>
      ))}
    </ul>
  </Notice>
);
