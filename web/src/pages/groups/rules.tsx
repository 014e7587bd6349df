import type { GroupDetail } from '../../api/wire.ts';
import { formatAgo, formatCount, plural } from '../../parts/format.ts';
import { Panel } from '../../parts/panel.tsx';
import page from './group-page.module.css';
import css from './groups.module.css';

interface RulesProps {
  readonly group: Pick<GroupDetail, 'rulesInForce'>;
  readonly direction: 'inbound' | 'outbound';
}

const words = {
  inbound: { title: 'Inbound', who: 'From', none: 'Nobody may connect to its containers.' },
  outbound: { title: 'Outbound', who: 'To', none: 'Its containers may connect to nobody.' },
} as const;

/** The rules of one direction, with how much each let pass in a day: one that nobody used may be one too many. */
export function Rules({ group, direction }: RulesProps) {
  const { title, who, none } = words[direction];
  const rules = group.rulesInForce.filter((rule) => rule.direction === direction);
  return (
    <Panel title={title} aside={plural(rules.length, 'rule')}>
      {rules.length === 0 ? (
        <p className="soft">{none}</p>
      ) : (
        <table className={page.table}>
          <thead>
            <tr>
              <th scope="col">{who}</th>
              <th scope="col">Connections</th>
              <th scope="col">Passed in 24 hours</th>
              <th scope="col">Rule</th>
            </tr>
          </thead>
          <tbody>
            {rules.map(({ path, peers, connections, description, lastDay, lastSeen }) => (
              <tr key={path}>
                <td>
                  {peers.join(', ')}
                  {description !== null && <div className="quiet">{description}</div>}
                </td>
                <td className="mono">{connections}</td>
                <td>
                  {lastDay.allowed === 0 && lastSeen === null ? (
                    <span className={css.doubt}>never used</span>
                  ) : (
                    <>
                      {formatCount(lastDay.allowed)}
                      {lastSeen !== null && <span className="quiet">, last {formatAgo(lastSeen)}</span>}
                    </>
                  )}
                </td>
                <td>
                  <code className="quiet">{path}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
