import type { ObservationView } from '../../api/wire.ts';
import { FilterBox } from '../../parts/filter-box.tsx';
import { plural } from '../../parts/format.ts';
import { Empty } from '../../parts/notice.tsx';
import { SeverityChip } from '../../parts/severity.tsx';
import css from './findings.module.css';
import passportCss from './passport.module.css';
import type { PanelProps } from './passport-view.tsx';

const holds = (seen: ObservationView, text: string): boolean =>
  [seen.rule, seen.title, seen.path ?? '', seen.detail].some((field) => field.toLowerCase().includes(text));

/** Secrets, marks of malware and risky modes, the worst first. */
export function Observations({ passport, filter, onFilter }: PanelProps) {
  const { observations, moreObservations } = passport;
  if (observations.length === 0)
    return (
      <Empty icon="check" title="No secret, no mark of malware, no risky mode was seen.">
        What is looked for, and what is not, is said in the reference of rules.
      </Empty>
    );
  const text = filter.trim().toLowerCase();
  const shown = observations.filter((seen) => holds(seen, text));
  return (
    <>
      <div className={passportCss.tools}>
        <FilterBox label="Filter what was seen" value={filter} onChange={onFilter} />
        <span>
          {plural(shown.length, 'observation')}
          {moreObservations > 0 && `, and ${moreObservations} that are not listed`}
        </span>
      </div>
      <ul className={css.group}>
        {shown.map((seen) => (
          <li key={`${seen.rule} ${seen.path} ${seen.detail}`} className={css.observation}>
            <SeverityChip severity={seen.severity} />
            <div className={css.body}>
              <span className={css.title}>{seen.title}</span>
              <span className={css.ids}>
                {seen.path ?? 'the configuration'}
                {seen.layer !== null && ` · layer ${seen.layer + 1}`}
                {seen.hidden && ' · hidden by a layer above, and in the image all the same'}
              </span>
              <span className={css.evidence}>
                {seen.detail}
                {seen.confidence !== 'certain' && ` · ${seen.confidence === 'likely' ? 'likely' : 'a guess'}`}
              </span>
              <span className={css.remedy}>{seen.remedy}</span>
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}
