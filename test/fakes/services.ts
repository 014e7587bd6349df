import { type Clock, formatInstant, systemClock } from '../../src/base/index.ts';
import type {
  ContainerListQuery,
  ContainerRow,
  FeedView,
  NotificationView,
  StatementRow,
} from '../../src/model/wire/index.ts';
import { createEventBus } from '../../src/service/event-bus.ts';
import { createLoginService } from '../../src/service/login.ts';
import { ServiceError } from '../../src/service/service-error.ts';
import type { FeedService, Services } from '../../src/service/services.ts';
import { createFakeCertification } from './certification.ts';
import { impactOf } from './changes.ts';
import { createFakeDrift } from './drift.ts';
import { createFakeFleet, type FakeFleet, inventContainer } from './fleet.ts';
import { billOf, findImage, overview, ranAt, suggest, whoRuns } from './fleet-questions.ts';
import { createFakeGroups, type FakeGroupService } from './group-service.ts';
import { createMemoryLoginStore } from './login-store.ts';
import { createRandom } from './random.ts';

export interface FakeServices extends Services {
  readonly fleet: FakeFleet;
  readonly groups: FakeGroupService;
  /** Starts and ends a few containers and says so on the bus, as a living fleet would. */
  tick(): void;
}

interface FakeFleetOptions {
  readonly clock?: Clock;
  readonly seed?: number;
  readonly runs?: number;
  /** Compose projects of five groups for each tier, of which there is one unless said. */
  readonly projects?: number;
  readonly tiers?: number;
}

/**
 * All services over an invented fleet in memory: what the API's tests and the console are developed against. Versions
 * are compared number by number, which is enough for what is invented.
 */
export function createFakeServices(options: FakeFleetOptions = {}): FakeServices {
  const clock = options.clock ?? systemClock;
  const fleet = createFakeFleet(clock.now(), options);
  const events = createEventBus();
  const random = createRandom(options.seed ?? 11);
  const login = createLoginService({ logins: createMemoryLoginStore(), clock });

  return {
    fleet,
    events,
    login,
    ...createFakeCertification(clock, events),
    feeds: createFakeFeeds(fleet, clock, events),
    async whoRuns(query) {
      return whoRuns(fleet, query);
    },
    async overview() {
      return overview(fleet);
    },
    async changes({ limit = 100, offset = 0 }) {
      return { items: fleet.changes.slice(offset, offset + limit), total: fleet.changes.length };
    },
    impact: async (name) => impactOf(fleet, name, clock.now()),
    notifications: createFakeNotifications(),
    async suggest(prefix, limit) {
      return { items: suggest(fleet, prefix, limit) };
    },
    images: {
      async list({ search = '', limit = 100, offset = 0 }) {
        const rows = fleet.images.flatMap(({ image }) => (image ? [image] : []));
        const found = rows.filter((row) => [row.imageId, ...row.references].some((name) => name.includes(search)));
        return { items: found.slice(offset, offset + limit), total: found.length };
      },
      passport: async (image) => findImage(fleet, image),
      async bom(image, format) {
        const passport = findImage(fleet, image);
        return passport && billOf(passport, format);
      },
      async history(image) {
        if (!findImage(fleet, image)) return undefined;
        return { items: fleet.changes, total: fleet.changes.length };
      },
      async readAgain(image) {
        const found = findImage(fleet, image)?.image;
        if (!found) return false;
        const reference = found.references[0] ?? found.imageId;
        events.publish({ type: 'image', imageId: found.imageId, state: 'reading', reference });
        events.publish({ type: 'image', imageId: found.imageId, state: 'read', reference });
        return true;
      },
    },
    hosts: {
      passport: async (host) => fleet.hosts.find((passport) => passport.subject.name === host),
      async bom(host, format) {
        const passport = fleet.hosts.find((candidate) => candidate.subject.name === host);
        return passport && billOf(passport, format);
      },
    },
    async containers({ search = '', state = 'all', at, image, origin, limit = 100, offset = 0 }) {
      const found = fleet.containers.filter(
        (row) =>
          (state === 'all' || row.ended === null) &&
          (image === undefined || row.digest === image) &&
          (at === undefined || ranAt(row, at)) &&
          (origin === undefined || isOf(row, origin)) &&
          [row.name, row.id, row.image, row.host].some((text) => text.includes(search)),
      );
      return { items: found.slice(offset, offset + limit), total: found.length };
    },
    drift: createFakeDrift(fleet),
    groups: createFakeGroups(clock, events, options.projects, options.tiers),
    inventory: {
      async engineStatus() {},
      async reconcile() {},
      async observed() {},
      async removed() {},
      async imagesStored() {},
    },
    tick() {
      const running = fleet.containers.filter((row) => row.ended === null);
      const ending = random.pick(running);
      Object.assign(ending, { ended: formatInstant(clock.now()), origin: null });
      const image = random.pick(fleet.images).image;
      if (!image) return;
      const started = inventContainer(random, image, clock.now(), undefined);
      fleet.containers.unshift(started);
      image.running++;
      const ended = fleet.images.find((passport) => passport.image?.imageId === ending.digest)?.image;
      if (ended) ended.running--;
      events.publish({ type: 'containers', running: running.length, changed: [ending.id, started.id] });
    },
  };
}

function isOf({ origin }: ContainerRow, wanted: NonNullable<ContainerListQuery['origin']>): boolean {
  return origin !== null && (wanted === 'ad-hoc' ? origin.state !== 'certified' : origin.state === wanted);
}

function createFakeNotifications(): Services['notifications'] {
  const targets: NotificationView[] = [];
  return {
    list: async () => targets,
    async put({
      id,
      kind,
      address,
      secret,
      kinds = ['newly-affected', 'listed'],
      severity = 'high',
      runningOnly = false,
    }) {
      const target: NotificationView = {
        id,
        kind,
        address,
        signed: secret !== undefined,
        kinds,
        severity,
        runningOnly,
        state: 'idle',
        backlog: 0,
        attempts: 0,
        lastDelivered: null,
        lastError: null,
      };
      const before = targets.findIndex((one) => one.id === id);
      targets.splice(before < 0 ? targets.length : before, before < 0 ? 0 : 1, target);
      return target;
    },
    async remove(id) {
      const before = targets.findIndex((one) => one.id === id);
      if (before >= 0) targets.splice(before, 1);
      return before >= 0;
    },
    async test(id) {
      return targets.some((one) => one.id === id) ? { delivered: true, message: 'webhook took it' } : undefined;
    },
  };
}

function inventStatements({ authors, changes }: FakeFleet): StatementRow[] {
  const flaws = [...new Set(changes.map(({ advisory }) => advisory))];
  return authors.flatMap(({ feed, author, trusted, statements }) =>
    flaws.slice(0, statements).map((flaw, at) => ({
      flaw,
      aliases: [],
      products: [`pkg:oci/app-${at}`],
      moreProducts: 0,
      status: at % 3 === 0 ? 'affected' : 'not-affected',
      author,
      trusted,
      feed,
      document: `https://shop.example.com/vex/${at}`,
      justification: at % 3 === 0 ? null : 'vulnerable_code_not_in_execute_path',
      note: null,
      statedAt: '2026-02-01T00:00:00.000Z',
    })),
  );
}

function createFakeFeeds(fleet: FakeFleet, clock: Clock, events: Services['events']): FeedService {
  return {
    list: async () => fleet.feeds,
    async add({ id, location }) {
      const feedId = id ?? location.replace(/^.*\//, '').replace(/\..*$/, '');
      if (fleet.feeds.some((feed) => feed.id === feedId)) {
        throw new ServiceError('feed-exists', `There is a feed named ${feedId} already`);
      }
      const feed: FeedView = {
        id: feedId,
        format: 'osv',
        location,
        importedAt: null,
        changedAt: null,
        dataAsOf: null,
        ageDays: null,
        state: 'never-imported',
        advisories: 0,
        rejected: 0,
        skipped: 0,
        coverage: [],
        isVerified: false,
        lastAttempt: null,
      };
      fleet.feeds.push(feed);
      return feed;
    },
    async update(id) {
      const chosen = fleet.feeds.filter((feed) => id === undefined || feed.id === id);
      return chosen.map((feed) => {
        events.publish({ type: 'feed', id: feed.id, state: 'importing' });
        const at = formatInstant(clock.now());
        Object.assign(feed, { importedAt: at, changedAt: at, dataAsOf: at, ageDays: 0, state: 'fresh' });
        events.publish({ type: 'feed', id: feed.id, state: 'imported', advisories: feed.advisories });
        return { id: feed.id, state: 'imported', feed, componentsJudged: 4321, rejected: [] };
      });
    },
    async remove(id) {
      const index = fleet.feeds.findIndex((feed) => feed.id === id);
      if (index < 0) return false;
      fleet.feeds.splice(index, 1);
      return true;
    },
    async *export() {
      yield JSON.stringify({ kind: 'FeedBundle', feeds: [] });
    },
    import: async () => [],
    async statements({ feed, author, flaw, limit = 100, offset = 0 }) {
      const found = inventStatements(fleet).filter(
        (row) =>
          (feed === undefined || row.feed === feed) &&
          (author === undefined || row.author === author) &&
          (flaw === undefined || row.flaw === flaw),
      );
      return { items: found.slice(offset, offset + limit), total: found.length };
    },
    authors: async () => fleet.authors,
    async trust(feed, author, trusted) {
      const found = fleet.authors.find((one) => one.feed === feed && one.author === author);
      if (found) Object.assign(found, { trusted });
      return found !== undefined;
    },
  };
}
