import type { JudgementState, Severity, SeverityCounts } from '../api/wire.ts';
import { describeSeverities, formatCount, severities, totalOf } from './format.ts';
import css from './severity.module.css';

interface SeverityBarProps {
  readonly counts: SeverityCounts;
  /** How much could be judged; what could not is hatched. */
  readonly judgement?: JudgementState;
  readonly tall?: boolean;
}

/** Proportions of severities. A bar that is not fully judged ends in a hatched part, however few its findings. */
export function SeverityBar({ counts, judgement = 'judged', tall = false }: SeverityBarProps) {
  const total = totalOf(counts);
  const uncharted =
    judgement === 'not-judged' ? Math.max(1, total) : judgement === 'partly-judged' ? Math.max(1, total * 0.12) : 0;
  const said = [total > 0 ? describeSeverities(counts) : '', judgement === 'judged' ? '' : judgement.replace('-', ' ')];
  return (
    <div
      className={`${css.bar} ${tall ? css.tall : ''}`}
      role="img"
      aria-label={said.filter(Boolean).join('; ') || 'no known flaws'}
    >
      {severities
        .filter((severity) => counts[severity] > 0)
        .map((severity) => (
          <span key={severity} className={`${css.part} ${css[severity]}`} style={{ flexGrow: counts[severity] }} />
        ))}
      {uncharted > 0 && <span className={`${css.part} ${css.uncharted}`} style={{ flexGrow: uncharted }} />}
    </div>
  );
}

/** A bar with the two figures that matter most beside it: critical, high. */
export function SeverityFigures({ counts, judgement }: Required<Pick<SeverityBarProps, 'counts' | 'judgement'>>) {
  if (judgement === 'not-judged') return <NotJudged />;
  if (judgement === 'judged' && totalOf(counts) === 0) return <span className={css.clear}>no known flaws</span>;
  return (
    <div className={css.figures}>
      <SeverityBar counts={counts} judgement={judgement} />
      <Figure severity="critical" counts={counts} />
      <Figure severity="high" counts={counts} />
    </div>
  );
}

function Figure({ severity, counts }: { readonly severity: 'critical' | 'high'; readonly counts: SeverityCounts }) {
  const count = counts[severity];
  return (
    <span
      className={`${css.figure} ${severity === 'critical' ? css.criticalText : css.highText}`}
      data-zero={count === 0 || undefined}
      title={`${formatCount(count)} ${severity}`}
    >
      {formatCount(count)}
    </span>
  );
}

export const SeverityChip = ({ severity, children }: { readonly severity: Severity; readonly children?: string }) => (
  <span className={css.chip} data-severity={severity}>
    {children ?? severity}
  </span>
);

/** A state of its own: nobody looked, so nobody may say that it is clean. */
export const NotJudged = ({ children = 'not judged' }: { readonly children?: string }) => (
  <span className={css.notJudged} title="No feed covers it, so nothing can be said of it">
    {children}
  </span>
);
