import { type Clock, formatInstant, type Instant } from '../base/index.ts';
import type { EngineStatus, ImageRecord, Store, SubjectJudgement } from '../model/index.ts';
import type { EngineView, Overview, SeverityCounts } from '../model/wire/index.ts';
import { noSeverities } from './findings.ts';
import { imageRow } from './images.ts';
import { judgementState } from './passport.ts';
import type { FeedService } from './services.ts';

export interface OverviewParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly feeds: FeedService;
  readonly version: string;
  /** What is being read at this moment; nothing in a process that reads nothing. */
  readonly reading: () => Overview['reading']['current'];
}

const rowsShown = 10;

/** The state of the fleet on one page. */
export async function readOverview(parts: OverviewParts): Promise<Overview> {
  const { store, clock } = parts;
  const at = clock.now();
  const [counts, images, boms, jobs, engines, feeds, runningByImage] = await Promise.all([
    store.workloads.counts(),
    store.images.counts(),
    store.boms.counts(),
    store.jobs.counts('read-image'),
    store.workloads.engines(),
    parts.feeds.list(),
    store.workloads.runningByImage(),
  ]);
  const ids = [...runningByImage.keys()];
  const records = await store.images.getMany(ids);
  const judgements = await store.matches.severityCounts(ids);
  const rows = records.map((record) => ({
    record,
    row: imageRow(record, runningByImage.get(record.imageId) ?? 0, judgements.get(record.imageId), at),
  }));
  return {
    containersRunning: counts.running,
    containersRemembered: counts.total,
    hosts: await hostRows(store),
    images: { ...images, known: images.known + images.read + images.failed },
    distinctComponents: boms.components,
    severitiesRunning: sumSeverities(rows.map(({ row }) => row.severities)),
    imagesNotJudged: rows.filter(({ row }) => row.judgement !== 'judged').length,
    oldestRunning: rows
      .filter(({ row }) => row.ageDays !== null)
      .sort((a, b) => (b.row.ageDays ?? 0) - (a.row.ageDays ?? 0))
      .slice(0, rowsShown)
      .map(({ record, row }) => ({
        imageId: record.imageId,
        image: nameOf(record),
        ageDays: row.ageDays ?? 0,
        running: row.running,
      })),
    mostAffected: rows
      .filter(({ row }) => Object.values(row.severities).some((count) => count > 0))
      .sort((a, b) => compareSeverities(b.row.severities, a.row.severities))
      .slice(0, rowsShown)
      .map(({ record, row }) => ({
        imageId: record.imageId,
        image: nameOf(record),
        running: row.running,
        severities: row.severities,
      })),
    engines: engines.map(engineView),
    reading: { ...jobs, current: parts.reading() },
    feeds: { total: feeds.length, stale: feeds.filter((feed) => feed.state !== 'fresh').length },
    version: parts.version,
  };
}

async function hostRows(store: Store): Promise<Overview['hosts']> {
  const hosts = await store.boms.hosts();
  const judgements = await store.matches.severityCounts(hosts.map(({ host }) => `host:${host}`));
  return Promise.all(
    hosts.map(async ({ host, recordedAt }) => {
      const judgement = judgements.get(`host:${host}`);
      const bom = await store.boms.get(`host:${host}`);
      return {
        host,
        recordedAt: formatInstant(recordedAt),
        distribution: bom?.distribution?.prettyName ?? null,
        components: componentsOf(judgement),
        severities: judgement ? { ...judgement.advisories } : noSeverities(),
        judgement: judgementState(judgement?.componentsJudged ?? 0, judgement?.componentsNotJudged ?? 0),
      };
    }),
  );
}

function componentsOf(judgement: SubjectJudgement | undefined): number {
  return (judgement?.componentsJudged ?? 0) + (judgement?.componentsNotJudged ?? 0);
}

export function engineView(status: EngineStatus): EngineView {
  const time = (instant: Instant | undefined) => (instant === undefined ? null : formatInstant(instant));
  return {
    host: status.host,
    engine: status.engine,
    socket: status.socket,
    state: status.state,
    version: status.version ?? null,
    message: status.message ?? null,
    lastSeen: time(status.lastSeen),
  };
}

function nameOf(record: ImageRecord): string {
  return record.references[0] ?? record.imageId;
}

function sumSeverities(all: readonly SeverityCounts[]): SeverityCounts {
  const sum = noSeverities();
  for (const counts of all) {
    for (const severity of Object.keys(sum) as (keyof SeverityCounts)[]) sum[severity] += counts[severity];
  }
  return sum;
}

function compareSeverities(a: SeverityCounts, b: SeverityCounts): number {
  return a.critical - b.critical || a.high - b.high || a.medium - b.medium || a.low - b.low;
}
