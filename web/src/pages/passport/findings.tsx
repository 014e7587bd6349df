import { useMemo, useState } from 'react';
import type { FindingView, Severity } from '../../api/wire.ts';
import { FilterBox } from '../../parts/filter-box.tsx';
import { formatCount, plural, severities } from '../../parts/format.ts';
import { Empty } from '../../parts/notice.tsx';
import { SeverityChip } from '../../parts/severity.tsx';
import { FindingGroupView } from './finding-group.tsx';
import css from './findings.module.css';
import { groupFindings } from './group-findings.ts';
import passportCss from './passport.module.css';
import type { PanelProps } from './passport-view.tsx';

const holds = (finding: FindingView, text: string): boolean =>
  [finding.name, finding.advisory, finding.title, ...finding.aliases].some((field) =>
    field.toLowerCase().includes(text),
  );

export function Findings({ passport, filter, onFilter }: PanelProps) {
  const [hidden, setHidden] = useState<ReadonlySet<Severity>>(new Set());
  const { findings } = passport;
  const groups = useMemo(() => {
    const text = filter.trim().toLowerCase();
    return groupFindings(findings.filter((finding) => !hidden.has(finding.severity) && holds(finding, text)));
  }, [findings, filter, hidden]);
  if (findings.length === 0) return <NoFindings passport={passport} />;
  const toggle = (severity: Severity) =>
    setHidden((now) =>
      now.has(severity) ? new Set([...now].filter((other) => other !== severity)) : new Set([...now, severity]),
    );
  return (
    <>
      <div className={passportCss.tools}>
        <FilterBox label="Filter flaws" value={filter} onChange={onFilter} />
        <div className={css.chips} role="group" aria-label="Severities shown">
          {severities
            .filter((severity) => passport.severities[severity] > 0)
            .map((severity) => (
              <button
                key={severity}
                type="button"
                aria-pressed={!hidden.has(severity)}
                onClick={() => toggle(severity)}
              >
                <SeverityChip
                  severity={severity}
                >{`${severity} ${formatCount(passport.severities[severity])}`}</SeverityChip>
              </button>
            ))}
        </div>
        <span>in {plural(groups.length, 'component')}</span>
      </div>
      <div className={css.groups}>
        {groups.map((group, index) => (
          <FindingGroupView key={group.component} group={group} opened={index === 0 || filter !== ''} />
        ))}
      </div>
    </>
  );
}

function NoFindings({ passport: { judgement } }: Pick<PanelProps, 'passport'>) {
  const { state } = judgement;
  return state === 'judged' ? (
    <Empty icon="check" title="No known flaws.">
      Every component was judged against a feed that covers it.
    </Empty>
  ) : (
    <Empty icon="warning" title={state === 'not-judged' ? 'Not judged.' : 'No known flaw in the part that was judged.'}>
      {state === 'not-judged'
        ? 'No feed covers what is in it, so nothing can be said of it.'
        : 'A feed is missing for the rest of what is in it; nothing can be said of that.'}
    </Empty>
  );
}
