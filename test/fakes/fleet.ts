import { formatInstant, type Instant } from '../../src/base/index.ts';
import type {
  AuthorView,
  ChangeView,
  ContainerOrigin,
  ContainerRow,
  EngineView,
  FeedView,
  ImageRow,
  Passport,
} from '../../src/model/wire/index.ts';
import { inventChanges } from './changes.ts';
import { inventFlaws, inventPackages } from './packages.ts';
import { createRandom, type Random } from './random.ts';
import { inventHost, inventImage } from './subjects.ts';

const day = 24 * 60 * 60 * 1000;

/** Everything that the fake services answer from. Containers are sorted newest first. */
export interface FakeFleet {
  readonly images: readonly Passport[];
  readonly hosts: readonly Passport[];
  readonly containers: ContainerRow[];
  readonly engines: readonly EngineView[];
  readonly feeds: FeedView[];
  readonly authors: AuthorView[];
  readonly changes: ChangeView[];
}

/** 200 images, container runs of the last 90 days, two hosts, four feeds; the same for the same seed and time. */
export function createFakeFleet(now: Instant, { seed = 7, runs = 10_000 } = {}): FakeFleet {
  const random = createRandom(seed);
  const packages = inventPackages(random, 400);
  const flaws = new Map(packages.map((known) => [known.name, inventFlaws(random, known, now)]));
  const images = Array.from({ length: 200 }, (_, index) => inventImage(random, index, packages, flaws, now));
  const containers = inventContainers(random, images, runs, now);
  for (const { image } of images) {
    if (image) image.running = containers.filter((row) => row.digest === image.imageId && row.ended === null).length;
  }
  return {
    images,
    containers,
    hosts: ['harbor-1', 'harbor-2'].map((host) => inventHost(random, host, packages, flaws, now)),
    engines: [
      {
        host: 'harbor-1',
        engine: 'docker',
        socket: '/run/docker.sock',
        state: 'watching',
        version: '20.10.24',
        message: null,
        lastSeen: formatInstant(now),
      },
      {
        host: 'harbor-1',
        engine: 'podman',
        socket: '/run/podman/podman.sock',
        state: 'forbidden',
        version: null,
        message:
          '/run/podman/podman.sock may not be opened by this user: run portwarden as root or add the user to its group',
        lastSeen: null,
      },
      {
        host: 'harbor-2',
        engine: 'docker',
        socket: '/run/docker.sock',
        state: 'watching',
        version: '28.0.1',
        message: null,
        lastSeen: formatInstant(now - 4000),
      },
    ],
    changes: inventChanges(images, now),
    authors: [{ feed: 'vex', author: 'Shop Security', statements: 12, trusted: false }],
    feeds: [
      feed(
        'debian',
        'debian-tracker',
        'https://feeds.example.com/debian/tracker.json',
        0.4,
        38_211,
        ['deb:debian:11', 'deb:debian:12'],
        now,
      ),
      feed('osv-npm', 'osv', 'https://feeds.example.com/osv/npm.zip', 1.2, 19_004, ['npm'], now),
      feed('osv-go', 'osv', '/srv/feeds/go.jsonl.zst', 19, 3_902, ['golang'], now),
      {
        id: 'alpine',
        format: 'alpine-secdb',
        location: 'https://feeds.example.com/alpine/main.json',
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
      },
    ],
  };
}

function feed(
  id: string,
  format: string,
  location: string,
  ageDays: number,
  advisories: number,
  coverage: string[],
  now: Instant,
): FeedView {
  const at = formatInstant(now - ageDays * day);
  return {
    id,
    format,
    location,
    importedAt: at,
    changedAt: at,
    dataAsOf: at,
    ageDays,
    state: ageDays > 7 ? 'stale' : 'fresh',
    advisories,
    rejected: id === 'osv-go' ? 3 : 0,
    skipped: 0,
    coverage,
    isVerified: false,
    lastAttempt: null,
  };
}

/** One run of an image, as the engine would report it. */
export function inventContainer(
  random: Random,
  image: ImageRow,
  started: Instant,
  ended: Instant | undefined,
): ContainerRow {
  const reference = image.references[0] ?? image.imageId;
  const service = reference.replace(/^.*\//, '').replace(/:.*$/, '').slice(0, 30);
  const id = random.hex(64);
  return {
    id,
    name: `${service}-${random.hex(5)}`,
    host: random.pick(['harbor-1', 'harbor-2']),
    engine: 'docker',
    image: reference,
    digest: image.imageId,
    started: formatInstant(started),
    ended: ended === undefined ? null : formatInstant(ended),
    origin: ended === undefined ? inventOrigin(id, reference, started) : null,
    endedExact: ended === undefined || !random.chance(0.02),
    labels: { 'com.example.service': service, 'com.example.team': reference.split('/')[1] ?? 'none' },
  };
}

/** Each of the origins, most often certified; the same for the same container. */
function inventOrigin(id: string, reference: string, started: Instant): ContainerOrigin {
  const lot = Number.parseInt(id.slice(0, 2), 16) % 10;
  const since = formatInstant(started + 1000);
  const said =
    lot === 0
      ? { state: 'never-certified' as const, reason: null }
      : lot === 1
        ? {
            state: 'was-certified' as const,
            reason: `withdrawn at ${since}: image/vulnerabilities: CVE-2026-1006 in zlib`,
          }
        : lot === 2
          ? { state: 'tag-moved' as const, reason: `${reference} names sha256:${id.slice(0, 12)} since ${since}` }
          : { state: 'certified' as const, reason: null };
  return { ...said, startedBy: null, project: lot % 2 === 0 ? 'shop' : null };
}

function inventContainers(random: Random, images: readonly Passport[], count: number, now: Instant): ContainerRow[] {
  const rows = images.flatMap(({ image }) => (image ? [image] : []));
  const containers = Array.from({ length: count }, () => {
    const started = now - random.integer(90 * day);
    const lifetime = random.chance(0.05) ? Number.POSITIVE_INFINITY : random.integer(3 * day) + 1000;
    const ended = started + lifetime < now ? started + lifetime : undefined;
    return inventContainer(
      random,
      rows[Math.floor(random.integer(200) * (random.integer(100) / 100))] as ImageRow,
      started,
      ended,
    );
  });
  return containers.sort((a, b) => (a.started < b.started ? 1 : -1));
}
