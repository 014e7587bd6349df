import type { GroupDetail } from '../../api/wire.ts';
import { plural } from '../../parts/format.ts';
import { Panel } from '../../parts/panel.tsx';
import { Source } from './edge-panel.tsx';
import css from './groups.module.css';

/** What is odd about rules, each with where it stands; nothing where nothing is. */
export function Remarks({ remarks }: Pick<GroupDetail, 'remarks'>) {
  if (remarks.length === 0) return null;
  return (
    <Panel title="Remarks" aside={plural(remarks.length, 'remark')}>
      <ul className={css.list}>
        {remarks.map(({ kind, source, message }) => (
          <li key={`${kind} ${source.document} ${source.path} ${message}`}>
            <strong className={css.doubt}>{kind.replaceAll('-', ' ')}</strong> {message}{' '}
            <span className="quiet">
              <Source source={source} />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
