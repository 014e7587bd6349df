import { type Clock, type Log, messageOf } from '../base/index.ts';
import type { FindLanguage } from '../input/index.ts';
import {
  type AdmissionBook,
  type Deliver,
  formatPlatform,
  type LaunchRecord,
  type OpenImage,
  type OpenWritableLayer,
  type Platform,
  type ReadLimits,
  type Store,
} from '../model/index.ts';
import type { SignStatement } from './certificate-statement.ts';
import { createCertificationService } from './certification.ts';
import { runCertificationQueue } from './certification-queue.ts';
import { listChanges } from './changes.ts';
import { listContainers } from './containers.ts';
import { createContractService } from './contracts.ts';
import { createDocumentService } from './documents.ts';
import { createDriftService } from './drift.ts';
import { createEventBus } from './event-bus.ts';
import { createFeedService } from './feeds.ts';
import { forgetLaunches } from './forget-launches.ts';
import { createGateService } from './gate.ts';
import { createGroupService } from './groups/groups.ts';
import type { ReadAddressList } from './groups/refresh-lists.ts';
import { createImageQueries } from './images.ts';
import { readImpact } from './impact.ts';
import { keepGoing } from './keep-going.ts';
import { createLaunchService } from './launches.ts';
import { createLoginService } from './login.ts';
import { lookedForBy } from './looked-for.ts';
import { createNotificationService } from './notifications.ts';
import { notify } from './notify.ts';
import { readOverview } from './overview.ts';
import { readHost } from './read-host.ts';
import { createImageQueue } from './read-images.ts';
import type { LookFor } from './read-subject.ts';
import { createInventoryRecorder } from './record-inventory.ts';
import { createLaunchRecorder, type LaunchJournal } from './record-launches.ts';
import { refreshFeeds } from './refresh-feeds.ts';
import { createRegistriesService } from './registries.ts';
import type { RegistryDesk } from './registry-desk.ts';
import { replayLaunches } from './replay-launches.ts';
import { replayCertificates, reviewCertificates } from './review-certificates.ts';
import { createRulesReader, type DocumentsBook } from './rules-in-force.ts';
import type { Services } from './services.ts';
import type { TrustSources } from './trust-anchors.ts';
import { watchDrift } from './watch-drift.ts';
import { watchStore } from './watch-store.ts';
import { createWhoRuns } from './who-runs.ts';

export interface ServiceParts extends LookFor {
  readonly store: Store;
  readonly openImage: OpenImage;
  readonly openWritableLayer: OpenWritableLayer;
  /** Milliseconds between two looks at a running container; undefined where none is looked at but on demand. */
  readonly driftEvery: number | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Name of this machine. */
  readonly host: string;
  readonly platform: Platform;
  /** Of readings. */
  readonly limits: ReadLimits;
  readonly version: string;
  /** Directory of feeds that are being downloaded. */
  readonly downloads?: string;
  /** How registries are reached, and by what images of theirs are opened. */
  readonly desk: RegistryDesk;
  readonly trustSources: TrustSources;
  /** Signs certificates; without it images are promoted without a statement. */
  readonly sign?: SignStatement;
  /** What tells code in inputs from data; loaded when it is first asked for. */
  readonly findLanguage: () => Promise<FindLanguage>;
  /** By which what was let start is named. */
  readonly launchKey: Uint8Array;
  /** What was let start on this host, for when the store is away. */
  readonly admissions: AdmissionBook;
  /** Which policies held, for a start while the store is away. */
  readonly documents?: DocumentsBook;
  /** Where launches are kept while the store is away. */
  readonly journal?: LaunchJournal;
  /** Sends a message to a target of notifications. */
  readonly deliver: Deliver;
  /** Reads lists of addresses that documents name; without it these cannot be read, and say so. */
  readonly readList?: ReadAddressList;
}

/** The use cases over one store, and the work that goes on behind them in a server. */
export interface ServiceSet extends Services {
  /**
   * Loads the index of who runs what, reads this machine, then the images that are queued, and keeps feeds fresh, until the
   * signal. Never rejects.
   */
  work(signal: AbortSignal): Promise<void>;
}

const readNoList: ReadAddressList = () => Promise.reject(new Error('sources of lists are not read here'));

export function createServices(parts: ServiceParts): ServiceSet {
  const { store, clock, log, version } = parts;
  const events = createEventBus();
  const queue = createImageQueue({ ...parts, events });
  const whoRuns = createWhoRuns({ store, clock });
  const feeds = createFeedService({ store, clock, events, ...(parts.downloads ? { downloads: parts.downloads } : {}) });
  const notifying = { store, clock, whoRuns, deliver: parts.deliver, host: parts.host };
  const drifting = { ...parts, events };
  const notifications = createNotificationService(notifying);
  const queries = createImageQueries({ ...parts, whoRuns });
  const rules = createRulesReader({
    store: store.documents,
    sources: parts.trustSources,
    now: () => clock.now(),
    log,
    ...(parts.documents ? { book: parts.documents } : {}),
  });
  const certifying = {
    ...parts,
    events,
    rules,
    lookedFor: lookedForBy(parts),
    passportOf: (imageId: string) => queries.images.passport(imageId),
  };
  const groups = createGroupService({ ...parts, events, readList: parts.readList ?? readNoList });
  const platform = formatPlatform(parts.platform);
  const recorder = createLaunchRecorder({ ...parts, store: store.launches });
  const onDecision = ({ id, outcome, observed }: LaunchRecord) =>
    events.publish({ type: 'launch', id, outcome: observed ? 'observed' : outcome });
  return {
    ...queries,
    documents: createDocumentService({
      ...parts,
      replay: async (changed, days) => ({
        ...(await replayCertificates(certifying, changed)),
        launches: await replayLaunches(store.launches, changed, await parts.findLanguage(), clock.now(), days),
      }),
      onChange() {
        rules.forget();
        groups.documentsChanged();
      },
    }),
    certification: createCertificationService({ ...certifying, platform }),
    gate: createGateService({ ...certifying, platform }),
    registries: createRegistriesService(certifying),
    launches: createLaunchService({
      ...parts,
      key: parts.launchKey,
      book: parts.admissions,
      rules,
      recorder,
      onDecision,
    }),
    contracts: createContractService({ store, clock, rules, findLanguage: parts.findLanguage }),
    groups,
    whoRuns: (query) => whoRuns.answer(query),
    overview: () => readOverview({ store, clock, feeds, version, reading: queue.current }),
    changes: (query) => listChanges({ store, whoRuns }, query),
    impact: (name, query) => readImpact({ store, whoRuns, clock }, name, query),
    notifications,
    suggest: async (prefix, limit) => ({ items: [...(await store.boms.suggest(prefix, limit))] }),
    containers: (query) => listContainers({ store, clock, rules }, query),
    drift: createDriftService(drifting),
    feeds,
    inventory: createInventoryRecorder({ store, events, lookedFor: lookedForBy(parts) }),
    login: createLoginService({ logins: store.logins, clock }),
    events,
    work: async (signal) => {
      const soon = Promise.all([
        keepGoing('loading who runs what', () => whoRuns.refresh(), { log, signal }),
        keepGoing('recording launches', () => recorder.run(signal), { log, signal }),
      ]);
      await readHost({ ...parts, events }, signal).catch((error) => {
        if (!signal.aborted) log.warn({ error: messageOf(error) }, 'could not read the packages of this machine');
      });
      await Promise.all([
        soon,
        keepGoing('reading images', () => queue.run(signal), { log, signal }),
        keepGoing('refreshing feeds', () => refreshFeeds({ feeds, clock, log }, signal), { log, signal }),
        keepGoing('watching the store', () => watchStore({ store, clock, events, whoRuns }, signal), { log, signal }),
        keepGoing('looking at containers', () => watchDrift(drifting, parts.driftEvery, signal), { log, signal }),
        keepGoing('certifying images', () => runCertificationQueue(certifying, signal), { log, signal }),
        keepGoing('reviewing certificates', () => reviewCertificates(certifying, signal), { log, signal }),
        keepGoing('forgetting launches', () => forgetLaunches({ store, clock }, signal), { log, signal }),
        keepGoing('watching traffic', () => groups.work(signal), { log, signal }),
        keepGoing('notifying', () => notify({ ...notifying, log }, signal), { log, signal }),
      ]);
    },
  };
}
