import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { overviewQuery } from '../../api/queries.ts';
import type { Overview } from '../../api/wire.ts';
import { Figure, FigureStrip } from '../../parts/figure.tsx';
import { formatCount, plural } from '../../parts/format.ts';
import { ErrorNotice, Waiting } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { Engines } from './engines.tsx';
import { FeedsPanel } from './feeds-panel.tsx';
import { Hosts } from './hosts.tsx';
import { KnownFlaws } from './known-flaws.tsx';
import { MostAffected } from './most-affected.tsx';
import { OldestRunning } from './oldest-running.tsx';
import css from './overview-page.module.css';
import { Reading } from './reading.tsx';

/** The state of the fleet at a glance: what runs, what is wrong with it, how old it is, what could not be looked at. */
export function OverviewPage() {
  const { data: overview, error } = useQuery(overviewQuery);
  return (
    <Page title="Overview" lead={overview && lead(overview)}>
      {error !== null && <ErrorNotice error={error} />}
      {overview === undefined ? error === null && <Waiting /> : <Panels overview={overview} />}
    </Page>
  );
}

const lead = ({ hosts, engines }: Overview): string =>
  `${plural(hosts.length, 'host')}, ${plural(engines.length, 'engine')}`;

function Panels({ overview }: { readonly overview: Overview }) {
  const anyImage = overview.images.known > 0;
  return (
    <>
      <Figures overview={overview} />
      <div className={css.pair}>
        <div className={css.stack}>
          <KnownFlaws overview={overview} />
          <Reading overview={overview} />
        </div>
        <FeedsPanel feeds={overview.feeds} />
      </div>
      {anyImage && (
        <div className={css.half}>
          <MostAffected images={overview.mostAffected} />
          <OldestRunning images={overview.oldestRunning} />
        </div>
      )}
      <div className={css.half}>
        <Hosts hosts={overview.hosts} />
        <Engines engines={overview.engines} />
      </div>
    </>
  );
}

function Figures({ overview }: { readonly overview: Overview }) {
  const { images, imagesNotJudged, severitiesRunning, feeds } = overview;
  const urgent = severitiesRunning.critical + severitiesRunning.high;
  const judged = feeds.total > 0;
  const running = overview.containersRunning > 0;
  return (
    <FigureStrip label="Figures">
      <Figure
        label="Containers running"
        value={formatCount(overview.containersRunning)}
        note={<Link to="/containers">{formatCount(overview.containersRemembered)} remembered</Link>}
      />
      <Figure
        label="Images read"
        value={formatCount(images.read)}
        of={formatCount(images.known)}
        note={
          images.failed > 0 ? `${formatCount(images.failed)} could not be read` : <Link to="/images">All images</Link>
        }
      />
      <Figure label="Distinct components" value={formatCount(overview.distinctComponents)} note="each judged once" />
      <Figure
        label="Critical and high"
        value={judged && running ? formatCount(urgent) : '–'}
        note={!judged ? 'not judged: there is no feed' : running ? 'in what runs now' : 'no container runs'}
        tone={!judged ? 'uncharted' : urgent > 0 && running ? 'bad' : undefined}
      />
      <Figure
        label="Images not judged"
        value={formatCount(imagesNotJudged)}
        note={
          imagesNotJudged > 0
            ? 'for want of a feed'
            : images.read > 0
              ? 'every image is covered'
              : 'no image is read yet'
        }
        tone={imagesNotJudged > 0 ? 'uncharted' : undefined}
      />
    </FigureStrip>
  );
}
