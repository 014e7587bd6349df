import type { EngineView, Overview } from '../../api/wire.ts';
import { formatAgo } from '../../parts/format.ts';
import { Panel } from '../../parts/panel.tsx';
import css from './overview-page.module.css';

const words: Readonly<Record<EngineView['state'], string>> = {
  watching: 'watching',
  unreachable: 'cannot be reached',
  forbidden: 'no permission',
};

/** Each engine with its state, and what to do where it is not watched. */
export const Engines = ({ engines }: { readonly engines: Overview['engines'] }) => (
  <Panel title="Engines">
    {engines.length === 0 ? (
      <p className="soft">
        No engine was found. Portwarden looks for the sockets of Docker and Podman, such as{' '}
        <code>/var/run/docker.sock</code>; the machine's own packages are read all the same.
      </p>
    ) : (
      <ul className={css.rows}>
        {engines.map((engine) => (
          <li key={`${engine.host} ${engine.socket}`}>
            <div className="clip">
              <span className={css.name}>
                {engine.engine} {engine.version}
              </span>
              <div className="quiet clip">
                {engine.host} · <code>{engine.socket}</code>
                {engine.state !== 'watching' &&
                  engine.lastSeen !== null &&
                  ` · last seen ${formatAgo(engine.lastSeen)}`}
              </div>
            </div>
            <span className={css.state} data-state={engine.state}>
              {words[engine.state]}
            </span>
            {engine.state !== 'watching' && engine.message !== null && <p className={css.remedy}>{engine.message}</p>}
          </li>
        ))}
      </ul>
    )}
  </Panel>
);
