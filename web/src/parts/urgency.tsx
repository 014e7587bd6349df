import type { FindingView } from '../api/wire.ts';
import { formatDay } from './format.ts';
import css from './urgency.module.css';

/** What says how much a flaw hurries: known attacks, likelihood, score. Nothing where nobody says. */
export function Urgency({ finding }: { readonly finding: Pick<FindingView, 'knownExploited' | 'epss' | 'cvss'> }) {
  const { knownExploited, epss, cvss } = finding;
  return (
    <>
      {knownExploited !== null && (
        <span
          className={css.exploited}
          title={`Listed ${formatDay(knownExploited.since)}${knownExploited.due === null ? '' : `, due ${formatDay(knownExploited.due)}`}`}
        >
          known exploited{knownExploited.ransomware && ' by ransomware'}
        </span>
      )}
      {cvss !== null && (
        <span className="soft" title={cvss.vector}>
          CVSS {cvss.score.toFixed(1)}
        </span>
      )}
      {epss !== null && (
        <span className="soft" title="Likelihood of being attacked within 30 days (EPSS)">
          EPSS {(epss.probability * 100).toFixed(epss.probability < 0.1 ? 1 : 0)} %
        </span>
      )}
    </>
  );
}
