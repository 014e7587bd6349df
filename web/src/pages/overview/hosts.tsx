import { Link } from '@tanstack/react-router';
import type { JudgementState, Overview } from '../../api/wire.ts';
import { formatAgo, plural } from '../../parts/format.ts';
import { Panel } from '../../parts/panel.tsx';
import { SeverityFigures } from '../../parts/severity.tsx';
import css from './overview-page.module.css';

const isJudgement = (text: string): text is JudgementState => text === 'judged' || text === 'partly-judged';

/** The machines themselves: their own packages are a subject like any image. */
export const Hosts = ({ hosts }: { readonly hosts: Overview['hosts'] }) => (
  <Panel title="Hosts" aside="their own packages">
    {hosts.length === 0 ? (
      <p className="quiet">No machine has reported its packages yet. The agent does so within its first minute.</p>
    ) : (
      <ul className={css.rows}>
        {hosts.map((host) => (
          <li key={host.host} style={{ gridTemplateColumns: 'minmax(0, 1fr) minmax(170px, 1fr)' }}>
            <div className="clip">
              <Link className={css.name} to="/hosts/$host" params={{ host: host.host }}>
                {host.host}
              </Link>
              <div className="quiet clip">
                {host.distribution ?? 'unknown distribution'} · {plural(host.components, 'package')}
                {host.recordedAt !== null && ` · ${formatAgo(host.recordedAt)}`}
              </div>
            </div>
            <SeverityFigures
              counts={host.severities}
              judgement={isJudgement(host.judgement) ? host.judgement : 'not-judged'}
            />
          </li>
        ))}
      </ul>
    )}
  </Panel>
);
