import type { JudgementState, Overview, SeverityCounts } from '../../api/wire.ts';
import { addSeverities, formatCount, noSeverities, severities, totalOf } from '../../parts/format.ts';
import { Empty } from '../../parts/notice.tsx';
import { Panel } from '../../parts/panel.tsx';
import { SeverityBar, SeverityChip } from '../../parts/severity.tsx';
import css from './overview-page.module.css';

/** All flaws of what runs now; where nothing runs, of the machines themselves. What is not judged is hatched, never left out. */
export function KnownFlaws({ overview }: { readonly overview: Overview }) {
  const { feeds, hosts, containersRunning, severitiesRunning, imagesNotJudged } = overview;
  if (feeds.total === 0) {
    return (
      <Panel title="Known flaws">
        <Empty icon="feeds" title="Nothing is judged yet: there is no feed." command="portwarden feeds add debian">
          Portwarden compares what it finds with advisories. Give it a feed, from a URL or a file.
        </Empty>
      </Panel>
    );
  }
  if (containersRunning === 0 && hosts.length > 0) {
    const notJudged = hosts.filter(({ judgement }) => judgement === 'not-judged').length;
    const judgement =
      notJudged === hosts.length
        ? 'not-judged'
        : hosts.every((host) => host.judgement === 'judged')
          ? 'judged'
          : 'partly-judged';
    const counts = hosts.reduce((sum, host) => addSeverities(sum, host.severities), noSeverities);
    return (
      <Flaws
        title="Known flaws of the hosts"
        counts={counts}
        judgement={judgement}
        notJudged={notJudged}
        subject="host"
      />
    );
  }
  return (
    <Flaws
      title="Known flaws in what runs"
      counts={severitiesRunning}
      judgement={imagesNotJudged > 0 ? 'partly-judged' : 'judged'}
      notJudged={imagesNotJudged}
      subject="image"
    />
  );
}

interface FlawsProps {
  readonly title: string;
  readonly counts: SeverityCounts;
  readonly judgement: JudgementState;
  readonly notJudged: number;
  readonly subject: 'image' | 'host';
}

function Flaws({ title, counts, judgement, notJudged, subject }: FlawsProps) {
  const total = totalOf(counts);
  return (
    <Panel title={title} aside={total === 0 ? undefined : `${formatCount(total)} findings`}>
      <SeverityBar tall counts={counts} judgement={judgement} />
      <ul className={css.legend}>
        {severities
          .filter((severity) => counts[severity] > 0)
          .map((severity) => (
            <li key={severity}>
              <strong>{formatCount(counts[severity])}</strong>
              <SeverityChip severity={severity} />
            </li>
          ))}
        {notJudged > 0 && (
          <li>
            <strong>{formatCount(notJudged)}</strong>
            <span className={css.notJudged}>
              <span className={css.uncharted} aria-hidden="true" />
              {notJudged === 1 ? subject : `${subject}s`} not judged
            </span>
          </li>
        )}
      </ul>
      {total === 0 && judgement === 'judged' && <p className="soft">No flaw is known in it.</p>}
    </Panel>
  );
}
