import type { ReactNode } from 'react';
import type { Passport } from '../../api/wire.ts';
import { formatBytes, formatCount, formatTime } from '../../parts/format.ts';
import { Panel } from '../../parts/panel.tsx';
import css from './facts.module.css';

const orNone = (values: readonly string[]): ReactNode =>
  values.length === 0 ? <span className="quiet">none</span> : <code>{values.join(' ')}</code>;

export function Facts({ passport: { facts, unknown } }: { readonly passport: Passport }) {
  if (facts === null) return null;
  const labels = Object.entries(facts.labels);
  return (
    <div className={css.columns}>
      <Panel title="How it starts">
        <dl className={css.facts}>
          <Fact name="User">
            {facts.user === '' ? 'root, as none is named' : facts.user}
            {facts.runsAsRoot === null && ' (whether that is root is not known)'}
          </Fact>
          <Fact name="Entrypoint">{orNone(facts.entrypoint)}</Fact>
          <Fact name="Command">{orNone(facts.command)}</Fact>
          <Fact name="Ports">{orNone(facts.exposedPorts)}</Fact>
          <Fact name="Volumes">{orNone(facts.volumes)}</Fact>
        </dl>
      </Panel>
      <Panel title="Where it comes from">
        <dl className={css.facts}>
          <Fact name="Made">{facts.created === null ? 'it does not say' : `${formatTime(facts.created)} UTC`}</Fact>
          <Fact name="Base image">
            {facts.baseImage === null ? (
              <span className="quiet">not known</span>
            ) : (
              <>
                {facts.baseImage.name ?? <code>{facts.baseImage.digest}</code>}
                <span className="quiet">
                  {' '}
                  {facts.baseImage.evidence === 'label' ? 'as its label says' : 'by its layers'}
                </span>
              </>
            )}
          </Fact>
          {labels.map(([name, value]) => (
            <Fact key={name} name={name}>
              {value}
            </Fact>
          ))}
        </dl>
      </Panel>
      <Panel title="What nothing accounts for" aside={unknown.state.replace('-', ' ')}>
        <p>{unknown.summary}</p>
        <LargestFiles title="Programs and libraries of no package" list={unknown.unowned} />
        <LargestFiles title="Archives that nobody opened" list={unknown.archives} />
      </Panel>
      <Panel title="Setuid and setgid files" aside={`${facts.setuidFiles.length} and ${facts.setgidFiles.length}`}>
        {facts.setuidFiles.length + facts.setgidFiles.length === 0 ? (
          <p className="quiet">None.</p>
        ) : (
          <ul className={css.files}>
            {facts.setuidFiles.map((path) => (
              <li key={path}>{path}</li>
            ))}
            {facts.setgidFiles.map((path) => (
              <li key={`gid ${path}`}>
                {path} <span className="quiet">gid</span>
              </li>
            ))}
          </ul>
        )}
      </Panel>
    </div>
  );
}

function LargestFiles({ title, list }: { readonly title: string; readonly list: Passport['unknown']['unowned'] }) {
  if (list === null || list.files === 0) return null;
  return (
    <>
      <p className="quiet">
        {title}: {formatCount(list.files)}, {formatBytes(list.bytes)}
      </p>
      <ul className={css.files}>
        {list.largest.map(({ path, size }) => (
          <li key={path}>
            {path} <span className="quiet">{formatBytes(size)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

const Fact = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
  <>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </>
);
