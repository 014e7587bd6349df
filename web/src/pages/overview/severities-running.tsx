import type { Overview } from '../../api/wire.ts';
import { formatCount, severities, totalOf } from '../../parts/format.ts';
import { Empty } from '../../parts/notice.tsx';
import { Panel } from '../../parts/panel.tsx';
import { SeverityBar, SeverityChip } from '../../parts/severity.tsx';
import css from './overview-page.module.css';

/** All flaws of what runs now; what is not judged is hatched, never left out. */
export function SeveritiesRunning({ overview }: { readonly overview: Overview }) {
  const { severitiesRunning: counts, imagesNotJudged, feeds } = overview;
  const total = totalOf(counts);
  if (feeds.total === 0) {
    return (
      <Panel title="Known flaws in what runs">
        <Empty icon="feeds" title="Nothing is judged yet: there is no feed." command="portwarden feeds add debian">
          Portwarden compares what it finds with advisories. Give it a feed, from a URL or a file.
        </Empty>
      </Panel>
    );
  }
  return (
    <Panel title="Known flaws in what runs" aside={total === 0 ? undefined : `${formatCount(total)} findings`}>
      <SeverityBar tall counts={counts} judgement={imagesNotJudged > 0 ? 'partly-judged' : 'judged'} />
      <ul className={css.legend}>
        {severities
          .filter((severity) => counts[severity] > 0)
          .map((severity) => (
            <li key={severity}>
              <strong>{formatCount(counts[severity])}</strong>
              <SeverityChip severity={severity} />
            </li>
          ))}
        {imagesNotJudged > 0 && (
          <li>
            <strong>{formatCount(imagesNotJudged)}</strong>
            <span className={css.notJudged}>
              <span className={css.uncharted} aria-hidden="true" />
              images not judged
            </span>
          </li>
        )}
      </ul>
    </Panel>
  );
}
