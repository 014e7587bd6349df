import type { ReactNode } from 'react';
import type { PolicyFindingView } from '../api/wire.ts';
import { formatDay, formatUntil } from './format.ts';
import css from './policy-findings.module.css';
import { SeverityChip } from './severity.tsx';

interface PolicyFindingsProps<Finding> {
  readonly findings: readonly Finding[];
  /** Where there is none. */
  readonly none: string;
  /** What may be done about one, beside its remedy. */
  readonly actions?: (finding: Finding) => ReactNode;
}

/** What a policy has against something, what was seen and what to do; those that an exception lets pass come last. */
export function PolicyFindings<Finding extends PolicyFindingView & { readonly path?: string }>({
  findings,
  none,
  actions,
}: PolicyFindingsProps<Finding>) {
  if (findings.length === 0) return <p className="quiet">{none}</p>;
  const sorted = findings.toSorted((a, b) => Number(a.excepted !== null) - Number(b.excepted !== null));
  return (
    <ul className={css.findings}>
      {sorted.map((finding, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a rule may say the same twice, and the list never changes its order
        <li key={index} className={css.finding} data-excepted={finding.excepted !== null || undefined}>
          <SeverityChip severity={finding.severity} />
          <div className={css.said}>
            <span>
              <strong>{finding.title}</strong> <code className="soft">{finding.rule}</code>
            </span>
            {finding.evidence !== '' && <span>{finding.evidence}</span>}
            <Where finding={finding} />
            {finding.excepted === null ? (
              <span className="soft">{finding.remedy}</span>
            ) : (
              <span className={css.exception}>
                Passes by the exception {finding.excepted.name}: {finding.excepted.owner} answers for it until{' '}
                {formatDay(finding.excepted.expires)} ({formatUntil(finding.excepted.expires)})
              </span>
            )}
            {finding.excepted === null && actions?.(finding)}
          </div>
        </li>
      ))}
    </ul>
  );
}

function Where({ finding: { path, subject, evidence } }: { readonly finding: PolicyFindingView & { path?: string } }) {
  const where = path ?? subject;
  return where === '' || evidence.includes(where) ? null : <code className="quiet">{where}</code>;
}
