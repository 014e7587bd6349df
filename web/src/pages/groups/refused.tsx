import type { FlowView, GroupEdge } from '../../api/wire.ts';
import { formatAgo, formatCount } from '../../parts/format.ts';
import { DraftRules } from './draft-rules-button.tsx';
import page from './group-page.module.css';
import { describePort, type NameOf } from './group-words.ts';
import css from './groups.module.css';

interface RefusedProps {
  readonly edges: readonly GroupEdge[];
  readonly nameOf: NameOf;
  /** Of the group, the newest of them. */
  readonly flows: readonly FlowView[];
}

/** What was tried and is not allowed, each with the rules that would allow it. */
export function Refused({ edges, nameOf, flows }: RefusedProps) {
  const refused = edges.filter(({ attempts }) => attempts.refused + attempts.observed > 0);
  if (refused.length === 0) return <p className="soft">Nothing was tried that its rules do not allow.</p>;
  return (
    <ul className={css.list}>
      {refused.map((edge) => {
        const own = flows.filter((flow) => flow.edge === edge.id && flow.outcome !== 'allowed');
        const last = own.map((flow) => flow.last).reduce((a, b) => (a > b ? a : b), '');
        const ports = [...new Set(own.map(describePort))];
        return (
          <li key={edge.id} className={page.refused}>
            <div>
              <strong>
                {nameOf(edge.from)} → {nameOf(edge.to)}
              </strong>{' '}
              {ports.slice(0, 5).join(', ')}
              {ports.length > 5 && <span className="quiet"> and {ports.length - 5} more</span>}
              <div>
                {edge.attempts.refused > 0 && (
                  <span className={css.bad}>{formatCount(edge.attempts.refused)} refused</span>
                )}
                {edge.attempts.observed > 0 && (
                  <span className={css.doubt}>
                    {edge.attempts.refused > 0 && ', '}
                    {formatCount(edge.attempts.observed)} passed that would be refused
                  </span>
                )}
                {last !== '' && <span className="quiet">, last {formatAgo(last)}</span>}
              </div>
            </div>
            <DraftRules edge={edge} flows={own} />
          </li>
        );
      })}
    </ul>
  );
}
