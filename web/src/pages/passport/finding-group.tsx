import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { FindingView } from '../../api/wire.ts';
import disclosure from '../../parts/disclosure.module.css';
import { formatCount, formatDay } from '../../parts/format.ts';
import { Icon } from '../../parts/icon.tsx';
import { SeverityBar, SeverityChip } from '../../parts/severity.tsx';
import { Urgency } from '../../parts/urgency.tsx';
import { WebLinks } from '../../parts/web-links.tsx';
import { EvidenceMark } from './evidence-mark.tsx';
import css from './findings.module.css';
import type { FindingGroup } from './group-findings.ts';

/** The flaws of one component; drawn when opened. */
export function FindingGroupView({ group, opened }: { readonly group: FindingGroup; readonly opened: boolean }) {
  const [chosen, setChosen] = useState<boolean>();
  const open = chosen ?? opened;
  const fixed = group.findings.filter((finding) => finding.fixedIn !== null).length;
  return (
    <details className={css.group} open={open}>
      <summary
        className={`${disclosure.summary} ${css.summary}`}
        onClick={(event) => {
          event.preventDefault();
          setChosen(!open);
        }}
      >
        <Icon name="down" size={14} />
        <span className="clip">
          <span className={css.name}>{group.name}</span> <code className="soft">{group.version}</code>
        </span>
        <span className={fixed > 0 ? css.fix : 'quiet'}>
          {fixed > 0 ? `${formatCount(fixed)} with a fix` : 'no fix yet'}
        </span>
        <SeverityBar counts={group.counts} />
        <span style={{ textAlign: 'right' }}>{formatCount(group.findings.length)} found</span>
      </summary>
      {open && (
        <ul className={css.list}>
          {group.findings.map((finding) => (
            <Finding key={finding.advisory} finding={finding} />
          ))}
        </ul>
      )}
    </details>
  );
}

export function Finding({ finding }: { readonly finding: FindingView }) {
  const { evidence } = finding;
  return (
    <li className={css.finding}>
      <SeverityChip severity={finding.severity} />
      <div className={css.body}>
        <span className={css.title}>{finding.title}</span>
        <span className={css.ids}>
          <Link to="/advisories/$id" params={{ id: finding.advisory }}>
            {finding.advisory}
          </Link>
          {finding.aliases.map((alias) => ` · ${alias}`)}
        </span>
        <span className={css.marks}>
          <Urgency finding={finding} />
        </span>
        <span className={css.remedy}>{finding.remedy}</span>
        <span className={css.evidence}>
          {finding.fixedIn !== null && (
            <>
              Fixed in <code>{finding.fixedIn}</code>.{' '}
            </>
          )}
          Matched by {evidence.package} in feed {evidence.feed}; layer {evidence.layer + 1}
          {evidence.locations.length > 0 && (
            <>
              , <code>{evidence.locations.slice(0, 3).join(', ')}</code>
              {evidence.locations.length > 3 && ` and ${evidence.locations.length - 3} more`}
            </>
          )}
          . Known since {formatDay(finding.since)}.
          <EvidenceMark evidence={evidence.component} />
        </span>
        {finding.statements.map((statement) => (
          <span key={`${statement.feed} ${statement.author}`} className={css.evidence}>
            {statement.trusted ? '' : 'Not trusted: '}
            {statement.author} says {statement.status.replaceAll('-', ' ')}
            {statement.justification !== null && ` (${statement.justification.replaceAll('_', ' ')})`}
            {statement.note !== null && `: ${statement.note}`}, {formatDay(statement.statedAt)}.
          </span>
        ))}
        <WebLinks addresses={finding.references} />
      </div>
    </li>
  );
}
