import { Link } from '@tanstack/react-router';
import type { GroupDetail } from '../../api/wire.ts';
import { plural } from '../../parts/format.ts';
import { Panel } from '../../parts/panel.tsx';
import page from './group-page.module.css';
import css from './groups.module.css';

/** Its containers, by host. */
export function Members({ group: { name, containers, moreContainers, hosts } }: { readonly group: GroupDetail }) {
  return (
    <Panel title="Containers" aside={plural(containers.length + moreContainers, 'container')}>
      {containers.length === 0 && <p className="soft">No container runs that it has.</p>}
      {hosts.map(({ host }) => {
        const own = containers.filter((container) => container.host === host);
        if (own.length === 0) return null;
        return (
          <div key={host} className={page.host}>
            <h3>{host}</h3>
            <ul className={css.list} aria-label={`Containers on ${host}`}>
              {own.map(({ id, name: container, engine, image, addresses, groups, mode, outOfReach }) => (
                <li key={id}>
                  <div className={page.member}>
                    <Link to="/containers" search={{ search: container }}>
                      <strong>{container}</strong>
                    </Link>
                    <span className="quiet">{engine}</span>
                    <span className="soft">{image}</span>
                    <code className="quiet">{addresses.join(', ')}</code>
                    {groups.length > 1 && <span>also in {groups.filter((other) => other !== name).join(', ')}</span>}
                    {mode === 'observe' && <span className={css.doubt}>only observed</span>}
                  </div>
                  {outOfReach.map((message) => (
                    <p key={message} className={css.bad}>
                      {message}
                    </p>
                  ))}
                </li>
              ))}
            </ul>
          </div>
        );
      })}
      {moreContainers > 0 && <p className="quiet">And {plural(moreContainers, 'container')} more.</p>}
    </Panel>
  );
}
