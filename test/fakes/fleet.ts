import { formatInstant, type Instant } from '../../src/base/index.ts';
import type { Severity } from '../../src/model/index.ts';
import { severities } from '../../src/model/index.ts';
import type {
  ComponentView,
  ContainerRow,
  EngineView,
  FeedView,
  FindingView,
  ImageRow,
  Passport,
  SeverityCounts,
} from '../../src/model/wire/index.ts';
import { createRandom, type Random } from './random.ts';

const day = 24 * 60 * 60 * 1000;

/** Everything that the fake services answer from. Containers are sorted newest first. */
export interface FakeFleet {
  readonly images: readonly Passport[];
  readonly hosts: readonly Passport[];
  readonly containers: ContainerRow[];
  readonly engines: readonly EngineView[];
  readonly feeds: FeedView[];
}

const repositories = [
  'docker.io/library/nginx',
  'docker.io/library/redis',
  'docker.io/library/postgres',
  'docker.io/library/rabbitmq',
  'docker.io/library/traefik',
  'registry.example.com/shop/checkout',
  'registry.example.com/shop/cart',
  'registry.example.com/shop/catalog-search',
  'registry.example.com/payments/ledger',
  'registry.example.com/payments/card-vault',
  'registry.example.com/platform/log-shipper',
  'registry.example.com/platform/edge-proxy',
  'registry.example.com/data/report-builder',
  'registry.example.com/data/stream-joiner',
  'localhost:5000/team/nightly-import',
] as const;

interface KnownPackage {
  readonly ecosystem: ComponentView['ecosystem'];
  readonly name: string;
  readonly versions: readonly string[];
  readonly source?: string;
  readonly license: string;
}

const knownPackages: readonly KnownPackage[] = [
  {
    ecosystem: 'deb',
    name: 'libc6',
    source: 'glibc',
    versions: ['2.36-9+deb12u4', '2.36-9+deb12u7'],
    license: 'LGPL-2.1-or-later',
  },
  {
    ecosystem: 'deb',
    name: 'libssl3',
    source: 'openssl',
    versions: ['3.0.11-1~deb12u2', '3.0.14-1~deb12u2'],
    license: 'Apache-2.0',
  },
  {
    ecosystem: 'deb',
    name: 'openssl',
    source: 'openssl',
    versions: ['3.0.11-1~deb12u2', '3.0.14-1~deb12u2'],
    license: 'Apache-2.0',
  },
  { ecosystem: 'deb', name: 'zlib1g', source: 'zlib', versions: ['1:1.2.13.dfsg-1'], license: 'Zlib' },
  { ecosystem: 'deb', name: 'libexpat1', source: 'expat', versions: ['2.5.0-1', '2.5.0-1+deb12u1'], license: 'MIT' },
  { ecosystem: 'deb', name: 'bash', source: 'bash', versions: ['5.2.15-2+b7'], license: 'GPL-3.0-or-later' },
  {
    ecosystem: 'deb',
    name: 'curl',
    source: 'curl',
    versions: ['7.88.1-10+deb12u5', '7.88.1-10+deb12u8'],
    license: 'curl',
  },
  { ecosystem: 'npm', name: 'express', versions: ['4.17.3', '4.19.2'], license: 'MIT' },
  { ecosystem: 'npm', name: 'lodash', versions: ['4.17.20', '4.17.21'], license: 'MIT' },
  { ecosystem: 'npm', name: 'ws', versions: ['7.5.9', '8.13.0', '8.17.1'], license: 'MIT' },
  { ecosystem: 'npm', name: '@babel/core', versions: ['7.24.0'], license: 'MIT' },
  { ecosystem: 'pypi', name: 'requests', versions: ['2.28.1', '2.31.0', '2.32.3'], license: 'Apache-2.0' },
  { ecosystem: 'pypi', name: 'jinja2', versions: ['3.1.2', '3.1.4'], license: 'BSD-3-Clause' },
  { ecosystem: 'pypi', name: 'django', versions: ['3.2.18', '4.2.11'], license: 'BSD-3-Clause' },
  { ecosystem: 'golang', name: 'golang.org/x/net', versions: ['v0.17.0', 'v0.23.0'], license: 'BSD-3-Clause' },
  { ecosystem: 'golang', name: 'golang.org/x/crypto', versions: ['v0.14.0', 'v0.31.0'], license: 'BSD-3-Clause' },
  { ecosystem: 'golang', name: 'stdlib', versions: ['1.21.4', '1.22.7'], license: 'BSD-3-Clause' },
];

const nameParts = [
  'async',
  'core',
  'data',
  'edge',
  'fast',
  'graph',
  'http',
  'io',
  'json',
  'kit',
  'log',
  'map',
  'net',
  'pool',
  'queue',
  'stream',
] as const;

/** 200 images, container runs of the last 90 days, two hosts, four feeds; the same for the same seed and time. */
export function createFakeFleet(now: Instant, { seed = 7, runs = 10_000 } = {}): FakeFleet {
  const random = createRandom(seed);
  const packages = [...knownPackages, ...inventPackages(random, 400)];
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
        dataAsOf: null,
        ageDays: null,
        state: 'never-imported',
        advisories: 0,
        rejected: 0,
        coverage: [],
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
    dataAsOf: at,
    ageDays,
    state: ageDays > 7 ? 'stale' : 'fresh',
    advisories,
    rejected: id === 'osv-go' ? 3 : 0,
    coverage,
  };
}

function inventPackages(random: Random, count: number): KnownPackage[] {
  return Array.from({ length: count }, (_, index) => {
    const ecosystem = random.pick(['deb', 'deb', 'npm', 'npm', 'npm', 'pypi', 'golang', 'apk']);
    const base = `${random.pick(nameParts)}-${random.pick(nameParts)}-${index}`;
    const name = ecosystem === 'golang' ? `go.example.com/${base}` : ecosystem === 'deb' ? `lib${base}` : base;
    const version = () => `${random.integer(9)}.${random.integer(20)}.${random.integer(12)}`;
    return {
      ecosystem,
      name,
      versions: [version(), version()].map((text) =>
        ecosystem === 'golang' ? `v${text}` : ecosystem === 'deb' ? `${text}-1` : text,
      ),
      license: random.pick(['MIT', 'Apache-2.0', 'BSD-3-Clause', 'GPL-2.0-or-later', 'ISC']),
    };
  });
}

type Flaw = Omit<FindingView, 'component' | 'version' | 'evidence'>;

function inventFlaws(random: Random, known: KnownPackage, now: Instant): readonly Flaw[] {
  if (known.ecosystem === 'pypi' || !random.chance(0.25)) return [];
  return Array.from({ length: 1 + random.integer(3) }, () => {
    const severity: Severity = random.pick([
      'critical',
      'high',
      'high',
      'medium',
      'medium',
      'medium',
      'low',
      'low',
      'negligible',
      'unknown',
    ]);
    const year = 2022 + random.integer(4);
    const cve = `CVE-${year}-${1000 + random.integer(48_000)}`;
    const advisory = known.ecosystem === 'deb' ? cve : `GHSA-${random.hex(4)}-${random.hex(4)}-${random.hex(4)}`;
    const fixedIn = random.chance(0.8) ? `${known.versions.at(-1)}.1` : null;
    return {
      advisory,
      aliases: advisory === cve ? [] : [cve],
      severity,
      title: random.pick([
        `Out-of-bounds read in ${known.name} while it parses a long header`,
        `${known.name} takes time without bound on crafted input`,
        `${known.name} follows a link out of the directory that it was given`,
        `Request smuggling in ${known.name} through a repeated length`,
      ]),
      name: known.name,
      fixedIn,
      remedy: fixedIn ? `Upgrade ${known.name} to ${fixedIn} or later` : 'No fixed version is known yet',
      since: formatInstant(now - random.integer(400) * day),
      references: [`https://advisories.example.com/${cve}`],
    };
  });
}

function inventComponents(random: Random, packages: readonly KnownPackage[], count: number): ComponentView[] {
  const start = random.integer(packages.length);
  const chosen = new Set([
    ...knownPackages.filter(() => random.chance(0.5)),
    ...Array.from({ length: count }, (_, i) => packages[(start + i * 3) % packages.length] as KnownPackage),
  ]);
  return [...chosen].map((known) => {
    const version = random.pick(known.versions);
    const qualifier = known.ecosystem === 'deb' ? '?distro=debian-12' : '';
    const space = known.ecosystem === 'deb' ? 'debian/' : known.ecosystem === 'apk' ? 'alpine/' : '';
    return {
      purl: `pkg:${known.ecosystem}/${space}${known.name.replace('@', '%40')}@${encodeURIComponent(version)}${qualifier}`,
      ecosystem: known.ecosystem,
      name: known.name,
      version,
      source: known.ecosystem === 'deb' ? { name: known.source ?? known.name, version } : null,
      licenses: [known.license],
      locations: [locationOf(known)],
      layer: known.ecosystem === 'deb' ? 0 : 2,
      ownedBy: null,
      judged: known.ecosystem !== 'pypi' && known.ecosystem !== 'apk',
    };
  });
}

function locationOf(known: KnownPackage): string {
  switch (known.ecosystem) {
    case 'deb':
      return '/var/lib/dpkg/status';
    case 'npm':
      return `/app/node_modules/${known.name}/package.json`;
    case 'pypi':
      return `/usr/lib/python3/dist-packages/${known.name}.dist-info/METADATA`;
    case 'apk':
      return '/lib/apk/db/installed';
    default:
      return '/usr/local/bin/service';
  }
}

function judge(
  components: readonly ComponentView[],
  flaws: ReadonlyMap<string, readonly Flaw[]>,
): Pick<Passport, 'judgement' | 'severities' | 'findings'> {
  const findings = components.flatMap((component) =>
    (flaws.get(component.name) ?? []).map(
      (flaw): FindingView => ({
        ...flaw,
        component: component.purl,
        version: component.version,
        evidence: {
          feed: component.ecosystem === 'deb' ? 'debian' : `osv-${component.ecosystem}`,
          package: component.source?.name ?? component.name,
          locations: component.locations,
          layer: component.layer,
        },
      }),
    ),
  );
  findings.sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  const counts: SeverityCounts = { critical: 0, high: 0, medium: 0, low: 0, negligible: 0, unknown: 0 };
  for (const finding of findings) counts[finding.severity]++;
  const notJudged = components.filter((component) => !component.judged);
  return {
    findings,
    severities: counts,
    judgement: {
      state: notJudged.length === 0 ? 'judged' : 'partly-judged',
      componentsJudged: components.length - notJudged.length,
      componentsNotJudged: notJudged.length,
      notCovered: [
        ...new Set(
          notJudged.map((component) => (component.ecosystem === 'apk' ? 'apk:alpine:v3.19' : component.ecosystem)),
        ),
      ],
    },
  };
}

function inventImage(
  random: Random,
  index: number,
  packages: readonly KnownPackage[],
  flaws: ReadonlyMap<string, readonly Flaw[]>,
  now: Instant,
): Passport {
  const imageId = `sha256:${random.hex(64)}`;
  const manifestDigest = random.chance(0.9) ? `sha256:${random.hex(64)}` : null;
  const repository = repositories[index % repositories.length] as string;
  const reference = `${repository}:${1 + random.integer(4)}.${Math.floor(index / repositories.length)}`;
  const state = index % 41 === 7 ? 'failed' : index % 53 === 11 ? 'known' : 'read';
  const components = state === 'read' ? inventComponents(random, packages, 60 + random.integer(180)) : [];
  const judged = judge(components, flaws);
  const ageDays = Math.round((random.integer(9000) / 10 + 0.3) * 10) / 10;
  const created = formatInstant(now - ageDays * day);
  const size = 20_000_000 + random.integer(1_200_000_000);
  const judgement = state === 'read' ? judged.judgement : { ...judged.judgement, state: 'not-judged' as const };
  const row: ImageRow = {
    imageId,
    manifestDigest,
    references: index % 29 === 0 ? [] : index % 6 === 0 ? [reference, `${repository}:latest`] : [reference],
    platform: state === 'known' ? null : 'linux/amd64',
    state,
    failure: state === 'failed' ? 'Layer 3 of the image is cut off after 12,582,912 bytes: pull the image again' : null,
    created: state === 'read' ? created : null,
    ageDays: state === 'read' ? ageDays : null,
    firstSeen: formatInstant(now - index * 0.4 * day),
    running: 0,
    components: components.length,
    size: state === 'read' ? size : 0,
    severities: judged.severities,
    judgement: judgement.state,
  };
  return {
    subject: { kind: 'image', key: imageId, name: row.references[0] ?? imageId },
    image: row,
    distribution: state === 'read' ? 'debian 12' : null,
    platform: row.platform,
    recordedAt: row.firstSeen,
    facts: state === 'read' ? inventFacts(random, repository, created, ageDays, size) : null,
    ...judged,
    judgement,
    components,
    undetermined:
      index % 9 === 0 && components[0]
        ? [
            {
              advisory: 'CVE-2023-99999',
              component: components[0].purl,
              reason: 'the fixed version "n/a" is not a version',
            },
          ]
        : [],
    problems:
      index % 17 === 0 && state === 'read'
        ? [
            {
              code: 'catalog/dpkg/bad-stanza',
              message: 'A record of /var/lib/dpkg/status at line 8123 has no version',
              path: '/var/lib/dpkg/status',
              layer: `sha256:${random.hex(64)}`,
            },
          ]
        : [],
  };
}

function inventFacts(
  random: Random,
  repository: string,
  created: string,
  ageDays: number,
  size: number,
): Passport['facts'] {
  const runsAsRoot = random.chance(0.6);
  return {
    created,
    ageDays,
    user: runsAsRoot ? '' : '10001:10001',
    runsAsRoot,
    entrypoint: ['/usr/local/bin/entrypoint.sh'],
    command: ['serve', '--port', '8080'],
    exposedPorts: ['8080/tcp'],
    volumes: random.chance(0.2) ? ['/var/lib/data'] : [],
    labels: {
      'org.opencontainers.image.source': `https://git.example.com/${repository.split('/').slice(1).join('/')}`,
      maintainer: 'Harbor Team <harbor@example.com>',
    },
    setuidFiles: ['/usr/bin/passwd', '/usr/bin/su', '/usr/bin/mount'],
    setgidFiles: ['/usr/bin/wall'],
    baseImage: random.chance(0.7)
      ? { name: 'docker.io/library/debian:12-slim', digest: null, evidence: 'layers' }
      : null,
    layers: ['ADD rootfs.tar.gz /', 'RUN apt-get update && apt-get install -y ca-certificates', 'COPY . /app'].map(
      (createdBy, index) => ({ diffId: `sha256:${random.hex(64)}`, size: Math.floor(size / (index + 2)), createdBy }),
    ),
    totalFileBytes: size,
    fileCount: 3000 + random.integer(60_000),
  };
}

function inventHost(
  random: Random,
  host: string,
  packages: readonly KnownPackage[],
  flaws: ReadonlyMap<string, readonly Flaw[]>,
  now: Instant,
): Passport {
  const components = inventComponents(
    random,
    packages.filter((known) => known.ecosystem === 'deb'),
    140,
  );
  return {
    subject: { kind: 'host', key: `host:${host}`, name: host },
    image: null,
    distribution: 'debian 12',
    platform: 'linux/amd64',
    recordedAt: formatInstant(now - 3_600_000),
    facts: null,
    components,
    ...judge(components, flaws),
    undetermined: [],
    problems: [],
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
  return {
    id: random.hex(64),
    name: `${service}-${random.hex(5)}`,
    host: random.pick(['harbor-1', 'harbor-2']),
    engine: 'docker',
    image: reference,
    digest: image.imageId,
    started: formatInstant(started),
    ended: ended === undefined ? null : formatInstant(ended),
    endedExact: ended === undefined || !random.chance(0.02),
    labels: { 'com.example.service': service, 'com.example.team': reference.split('/')[1] ?? 'none' },
  };
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
