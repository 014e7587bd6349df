import { useMemo, useState } from 'react';
import type { FindingView, Severity } from '../../api/wire.ts';
import { Choice } from '../../parts/choice.tsx';
import disclosure from '../../parts/disclosure.module.css';
import { FilterBox } from '../../parts/filter-box.tsx';
import { formatCount, plural, severities } from '../../parts/format.ts';
import { Icon } from '../../parts/icon.tsx';
import { Empty } from '../../parts/notice.tsx';
import { SeverityChip } from '../../parts/severity.tsx';
import { Finding, FindingGroupView } from './finding-group.tsx';
import css from './findings.module.css';
import { Fixes } from './fixes.tsx';
import { type FindingGroup, groupFindings } from './group-findings.ts';
import passportCss from './passport.module.css';
import type { PanelProps } from './passport-view.tsx';

const orders = [
  { value: false, name: 'by component' },
  { value: true, name: 'by fix' },
] as const;

const holds = (finding: FindingView, text: string): boolean =>
  [finding.name, finding.advisory, finding.title, ...finding.aliases].some((field) =>
    field.toLowerCase().includes(text),
  );

export function Findings({ passport, filter, onFilter }: PanelProps) {
  const [hidden, setHidden] = useState<ReadonlySet<Severity>>(new Set());
  const [byFix, setByFix] = useState(false);
  const { findings, suppressed } = passport;
  const shown = useMemo(() => {
    const text = filter.trim().toLowerCase();
    return findings.filter((finding) => !hidden.has(finding.severity) && holds(finding, text));
  }, [findings, filter, hidden]);
  const groups = useMemo(() => groupFindings(shown), [shown]);
  if (findings.length === 0)
    return (
      <>
        <NoFindings passport={passport} />
        <Suppressed findings={suppressed} />
      </>
    );
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
        <Choice label="Order" options={orders} value={byFix} onChoose={setByFix} />
        <span>in {plural(groups.length, 'component')}</span>
      </div>
      {byFix ? <Fixes passport={passport} findings={shown} /> : <Groups groups={groups} opened={filter !== ''} />}
      <Suppressed findings={suppressed} />
    </>
  );
}

function Groups({ groups, opened }: { readonly groups: readonly FindingGroup[]; readonly opened: boolean }) {
  return (
    <div className={css.groups}>
      {groups.map((group, index) => (
        <FindingGroupView key={group.component} group={group} opened={index === 0 || opened} />
      ))}
    </div>
  );
}

/** What a trusted author cleared: not counted, and never out of sight. */
function Suppressed({ findings }: { readonly findings: readonly FindingView[] }) {
  if (findings.length === 0) return null;
  return (
    <details className={`${css.group} ${css.apart}`}>
      <summary className={`${disclosure.summary} ${css.summary}`}>
        <Icon name="down" size={14} />
        <span>{plural(findings.length, 'finding')} cleared by an author whom you trust, not counted</span>
      </summary>
      <ul className={css.list}>
        {findings.map((finding) => (
          <Finding key={`${finding.advisory} ${finding.component}`} finding={finding} />
        ))}
      </ul>
    </details>
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
