import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { impactQuery } from '../../api/queries.ts';
import type { Impact } from '../../api/wire.ts';
import { formatAgo, formatCount, formatDay, formatTime, plural, shortReference } from '../../parts/format.ts';
import { ErrorNotice, Waiting } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { SeverityChip } from '../../parts/severity.tsx';
import { Urgency } from '../../parts/urgency.tsx';
import { WebLinks } from '../../parts/web-links.tsx';
import css from './advisory-page.module.css';
import { ImpactChart } from './impact-chart.tsx';

const route = getRouteApi('/advisories/$id');

/** What a flaw means for the fleet. */
export function AdvisoryPage() {
  const { id } = route.useParams();
  const { data: impact, error } = useQuery(impactQuery(id));
  if (impact === undefined)
    return <Page title={id}>{error === null ? <Waiting /> : <ErrorNotice error={error} />}</Page>;
  const { advisory, images, containers, hosts } = impact;
  const unsure = containers.undetermined + containers.unread;
  return (
    <Page title={advisory.id} lead={<SeverityChip severity={advisory.severity} />}>
      <div className={css.about}>
        <p className={css.title}>{advisory.title}</p>
        <div className={css.marks}>
          <Urgency finding={advisory} />
          {advisory.aliases.length > 0 && <span className="mono soft">{advisory.aliases.join(' · ')}</span>}
        </div>
        <WebLinks addresses={advisory.references} />
      </div>
      <Panel
        title="Who runs it"
        aside={`${plural(containers.total, 'container')}, ${plural(images.total, 'image')}${
          hosts.length > 0 ? `, ${plural(hosts.length, 'host')}` : ''
        }`}
      >
        <ImpactChart history={impact.history} />
        {unsure > 0 && <p className="soft">Of {plural(unsure, 'more container')} it cannot be told.</p>}
      </Panel>
      <div className={css.columns}>
        <Components impact={impact} />
        <Images impact={impact} />
      </div>
      <Containers impact={impact} />
      <Records impact={impact} />
    </Page>
  );
}

function Components({ impact: { components } }: { readonly impact: Impact }) {
  return (
    <Panel title="What has it" aside={plural(components.length, 'component')}>
      <ul className={css.rows}>
        {components.map((each) => (
          <li key={each.component}>
            <span className={css.main} title={each.component}>
              {each.name} <code className="soft">{each.version}</code>
              {each.suppressed && <span className="quiet"> cleared by a trusted author</span>}
              {each.evidence !== 'installed' && (
                <span className="quiet"> merely {each.evidence}, and not known to be installed</span>
              )}
            </span>
            <span className={each.fixedIn === null ? 'quiet' : css.fix}>
              {each.fixedIn === null ? 'no fix yet' : `fixed in ${each.fixedIn}`}
            </span>
            <span className="soft" title={`${formatTime(each.since)} UTC`}>
              known {formatAgo(each.since)}
            </span>
            <strong>{formatCount(each.running)}</strong>
          </li>
        ))}
      </ul>
      {components.length === 0 && <p className="quiet">Nothing that is here.</p>}
    </Panel>
  );
}

function Images({ impact: { images } }: { readonly impact: Impact }) {
  return (
    <Panel title="Images" aside={images.total > images.items.length ? `the first ${images.items.length}` : undefined}>
      <ul className={css.rows}>
        {images.items.map((each) => (
          <li key={each.imageId}>
            <Link className={css.main} to="/images/$image" params={{ image: each.imageId }}>
              {shortReference(each.image)}
            </Link>
            <span className="soft">{broughtBy(each)}</span>
            <strong>{formatCount(each.running)}</strong>
          </li>
        ))}
      </ul>
      {images.items.length === 0 && <p className="quiet">None.</p>}
    </Panel>
  );
}

function broughtBy({ baseImage, layer }: Impact['images']['items'][number]): string {
  if (baseImage === null) return `layer ${layer + 1}`;
  const base = shortReference(baseImage.name ?? 'its base image');
  if (baseImage.brings === null) return `layer ${layer + 1}; ${base} was not read`;
  return baseImage.brings ? `brought by ${base}` : `layer ${layer + 1}, above ${base}`;
}

function Containers({ impact: { containers } }: { readonly impact: Impact }) {
  if (containers.items.length === 0) return null;
  const shown = containers.items.length < containers.total ? `the first ${containers.items.length}` : undefined;
  return (
    <Panel title="Containers" aside={shown}>
      <ul className={css.rows}>
        {containers.items.map((each) => (
          <li key={`${each.host} ${each.id} ${each.started}`}>
            <span className={css.main}>{each.name}</span>
            <span className="soft">{each.host}</span>
            <span className="soft clip">{shortReference(each.image)}</span>
            <span title={`${formatTime(each.started)} UTC`}>since {formatDay(each.started)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Records({ impact: { advisory } }: { readonly impact: Impact }) {
  return (
    <Panel title="Who says so" aside={plural(advisory.records.length, 'record')}>
      <ul className={css.rows}>
        {advisory.records.map((record) => (
          <li key={`${record.feed} ${record.id}`}>
            <span className={css.main}>
              <code>{record.id}</code> <span className="quiet">in feed {record.feed}</span>
            </span>
            <span className="soft">
              {record.withdrawn !== null
                ? `withdrawn ${formatDay(record.withdrawn)}`
                : record.published === null
                  ? ''
                  : `published ${formatDay(record.published)}`}
            </span>
            <span className="soft">learned {formatDay(record.learned)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
