import { type ReactNode, useEffect } from 'react';
import type { Passport } from '../../api/wire.ts';
import { DownloadLink } from '../../parts/button.tsx';
import { CopyButton } from '../../parts/copy-button.tsx';
import { formatTime, shortDigest, shortReference } from '../../parts/format.ts';
import { type Tab, TabPanel, Tabs } from '../../parts/tabs.tsx';
import { Components } from './components.tsx';
import { Facts } from './facts.tsx';
import { Findings } from './findings.tsx';
import { History } from './history.tsx';
import { Layers } from './layers.tsx';
import { Observations } from './observations.tsx';
import css from './passport.module.css';
import { PassportFigures } from './passport-figures.tsx';
import { PassportNotices } from './passport-notices.tsx';
import { ReadAgain } from './read-again.tsx';
import { RunsHere } from './runs-here.tsx';
import type { TabId } from './tab-of.ts';

/** Tabs whose table takes the room that is left and scrolls by itself. */
const filling: readonly TabId[] = ['components', 'runs'];

export interface PassportPlace {
  readonly tab: TabId | undefined;
  readonly filter: string;
}
interface PassportViewProps {
  readonly passport: Passport;
  /** Where the API has it: `images/sha256:…`. */
  readonly path: string;
  readonly place: PassportPlace;
  readonly onPlace: (place: PassportPlace) => void;
}

/** Everything that is known of an image, or of a machine's own packages. */
export function PassportView({ passport, path, place, onPlace }: PassportViewProps) {
  const { subject, image } = passport;
  const name = nameOf(passport);
  const fileName = name.replaceAll(/[^\w.-]+/g, '-');
  const read = image === null || image.state === 'read';
  useEffect(() => {
    document.title = `${name} · Portwarden`;
  }, [name]);
  const tabs = tabsOf(passport);
  const tab = tabs.find(({ id }) => id === place.tab)?.id ?? firstTab(passport);
  return (
    <div className={css.page} data-filling={filling.includes(tab) || undefined}>
      <header className={css.head}>
        <div className={css.titleRow}>
          <span className={css.kind}>{subject.kind}</span>
          <h1>{name}</h1>
          <div className={css.actions}>
            {image !== null && <ReadAgain key={image.imageId} imageId={image.imageId} />}
            {read && (
              <>
                <DownloadLink href={`/api/v1/${path}/bom`} fileName={`${fileName}.cdx.json`}>
                  CycloneDX
                </DownloadLink>
                <DownloadLink href={`/api/v1/${path}/bom?format=spdx`} fileName={`${fileName}.spdx.json`}>
                  SPDX
                </DownloadLink>
              </>
            )}
          </div>
        </div>
        <div className={css.under}>
          {image !== null && (
            <span className={css.digest}>
              <code title={image.imageId}>{shortDigest(image.imageId)}</code>
              <CopyButton text={image.imageId} label="Copy the image ID" />
            </span>
          )}
          <span>{passport.distribution ?? 'no distribution known'}</span>
          {passport.platform !== null && <span>{passport.platform}</span>}
          {read && <span className="quiet">read {formatTime(passport.recordedAt)} UTC</span>}
          {image !== null && image.references.length > 1 && (
            <span className="quiet" title={image.references.join('\n')}>
              also known by {image.references.length - 1} other {image.references.length === 2 ? 'name' : 'names'}
            </span>
          )}
        </div>
      </header>
      <div className={css.notices}>
        <PassportNotices passport={passport} />
      </div>
      <div className={css.tabHead}>
        <PassportFigures passport={passport} />
        <Tabs
          label="Parts of the passport"
          tabs={tabs}
          selected={tab}
          onSelect={(id) => onPlace({ tab: id, filter: '' })}
        />
      </div>
      <TabPanel id={tab} className={css.panel}>
        {panels[tab]({ passport, filter: place.filter, onFilter: (filter) => onPlace({ tab, filter }) })}
      </TabPanel>
    </div>
  );
}

/** Its short ID where nobody gave it a name. */
const nameOf = ({ subject }: Passport): string =>
  subject.name === subject.key && subject.kind === 'image' ? shortDigest(subject.key) : shortReference(subject.name);

export interface PanelProps {
  readonly passport: Passport;
  readonly filter: string;
  readonly onFilter: (filter: string) => void;
}
const panels: Readonly<Record<TabId, (props: PanelProps) => ReactNode>> = {
  findings: (props) => <Findings {...props} />,
  seen: (props) => <Observations {...props} />,
  history: ({ passport }) => <History imageId={passport.subject.key} />,
  components: (props) => <Components {...props} />,
  runs: ({ passport }) => <RunsHere imageId={passport.subject.key} />,
  facts: ({ passport }) => <Facts passport={passport} />,
  layers: ({ passport }) => <Layers passport={passport} />,
};

/** What says most: flaws where it was judged, else what is in it, else who runs it. */
function firstTab({ image, judgement, findings }: Passport): TabId {
  if (image !== null && image.state !== 'read') return 'runs';
  return judgement.state === 'not-judged' && findings.length === 0 ? 'components' : 'findings';
}

/** Of an image that was not read there is nothing to show but who runs it; no zero must look like an answer. */
function tabsOf(passport: Passport): Tab<TabId>[] {
  const { subject, image, findings, components, facts, judgement, observations, moreObservations } = passport;
  const tabs: Tab<TabId>[] = [];
  if (image === null || image.state === 'read') {
    tabs.push(
      judgement.state === 'not-judged'
        ? { id: 'findings', name: 'Known flaws' }
        : { id: 'findings', name: 'Known flaws', count: findings.length },
    );
    if (facts !== null) tabs.push({ id: 'seen', name: 'In its files', count: observations.length + moreObservations });
    tabs.push({ id: 'components', name: 'What is in it', count: components.length });
  }
  if (subject.kind === 'image') tabs.push({ id: 'runs', name: 'Who runs it', count: image?.running ?? 0 });
  if (subject.kind === 'image' && facts !== null) tabs.push({ id: 'history', name: 'History' });
  if (facts !== null)
    tabs.push({ id: 'facts', name: 'Facts' }, { id: 'layers', name: 'Layers', count: facts.layers.length });
  return tabs;
}
