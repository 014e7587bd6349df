import { useMemo } from 'react';
import type { FindingView, Passport } from '../../api/wire.ts';
import { describeSeverities, formatCount, plural, totalOf } from '../../parts/format.ts';
import { SeverityBar } from '../../parts/severity.tsx';
import css from './findings.module.css';
import { type Fix, groupByFix } from './group-by-fix.ts';

/** Upgrades, each with what it clears. */
export function Fixes({
  passport,
  findings,
}: {
  readonly passport: Passport;
  readonly findings: readonly FindingView[];
}) {
  const base = passport.facts?.baseImage;
  const fixes = useMemo(() => groupByFix(findings, base?.layers ?? undefined), [findings, base]);
  const left = findings.filter(({ fixedIn }) => fixedIn === null).length;
  return (
    <ol className={css.groups}>
      {fixes.map((fix) => (
        <li key={`${fix.name} ${fix.isInBase}`} className={css.fixRow}>
          <span className={css.fixText}>
            Upgrade <strong>{fix.name}</strong>
            {fix.to !== '' && (
              <>
                {' '}
                to <code>{fix.to}</code>
              </>
            )}
            {fix.isInBase &&
              ` in the base image${base?.name ? ` (${base.name.replace(/^docker\.io\/(library\/)?/, '')})` : ''}`}
            <span className="quiet"> {componentsOf(fix)}</span>
          </span>
          <SeverityBar counts={fix.counts} />
          <span title={describeSeverities(fix.counts)}>
            clears <strong>{formatCount(totalOf(fix.counts))}</strong>
            {fix.exploited > 0 && <span className={css.exploited}> {fix.exploited} exploited</span>}
          </span>
        </li>
      ))}
      {left > 0 && <li className="quiet">For {plural(left, 'finding')} no fixed version is known yet.</li>}
    </ol>
  );
}

function componentsOf({ components }: Fix): string {
  const [first] = components;
  if (first === undefined) return '';
  return components.length === 1
    ? `${first.name} ${first.version}`
    : `${first.name} ${first.version} and ${components.length - 1} more`;
}
