import type { PolicyFindingView } from '../../api/wire.ts';
import { formatDay, formatUntil } from '../../parts/format.ts';
import { SeverityChip } from '../../parts/severity.tsx';
import css from './certificates.module.css';

/** What a policy has against an image, what was seen and what to do; those that an exception lets pass come last. */
export function PolicyFindings({ findings }: { readonly findings: readonly PolicyFindingView[] }) {
  if (findings.length === 0) return <p className="quiet">Its policy has nothing against it.</p>;
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
            {!finding.evidence.includes(finding.subject) && <code className="quiet">{finding.subject}</code>}
            {finding.excepted === null ? (
              <span className="soft">{finding.remedy}</span>
            ) : (
              <span className={css.exception}>
                Passes by the exception {finding.excepted.name}: {finding.excepted.owner} answers for it until{' '}
                {formatDay(finding.excepted.expires)} ({formatUntil(finding.excepted.expires)})
              </span>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}
