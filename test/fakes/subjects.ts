import { formatInstant, type Instant } from '../../src/base/index.ts';
import type { Unexplained } from '../../src/model/index.ts';
import type { ImageRow, Passport } from '../../src/model/wire/index.ts';
import { compileUnknown } from '../../src/service/unknown.ts';
import { type Flaw, inventComponents, judge, type KnownPackage } from './packages.ts';
import type { Random } from './random.ts';

const day = 24 * 60 * 60 * 1000;

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

/** An image: most were read, a few could not be, a few wait. */
export function inventImage(
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
    knownExploited: judged.findings.filter((finding) => finding.knownExploited !== null).length,
    judgement: judgement.state,
  };
  const problems: Passport['problems'] =
    index % 17 === 0 && state === 'read'
      ? [
          {
            code: 'catalog/dpkg/bad-stanza',
            message: 'A record of /var/lib/dpkg/status at line 8123 has no version',
            path: '/var/lib/dpkg/status',
            layer: `sha256:${random.hex(64)}`,
          },
        ]
      : [];
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
    suppressed: [],
    observations: [],
    moreObservations: 0,
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
    problems,
    unknown: compileUnknown(state === 'read' ? inventUnexplained(index, size) : undefined, problems),
  };
}

function inventUnexplained(index: number, size: number): Unexplained {
  const [path, archive] = ['/app/bin/server', '/opt/vendor/tools.tar.gz'];
  const unowned = index % 3 === 0 ? [{ path, size: Math.floor(size / 20), layer: 2 }] : [];
  const archives = index % 7 === 0 ? [{ path: archive, size: 4_200_000, layer: 2 }] : [];
  const listed = (largest: typeof unowned) => ({
    files: largest.length,
    bytes: largest.reduce((sum, file) => sum + file.size, 0),
    largest,
  });
  const programs = { files: 400, bytes: Math.floor(size / 2) };
  return { programs, unowned: listed(unowned), archives: listed(archives), records: [] };
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
      ? { name: 'docker.io/library/debian:12-slim', digest: null, layers: 1, evidence: 'layers' }
      : null,
    layers: ['ADD rootfs.tar.gz /', 'RUN apt-get update && apt-get install -y ca-certificates', 'COPY . /app'].map(
      (createdBy, index) => ({ diffId: `sha256:${random.hex(64)}`, size: Math.floor(size / (index + 2)), createdBy }),
    ),
    lookedInto: true,
    scannedBy: ['ClamAV 1.4.3/27400/Mon Sep  9 08:31:02 2024'],
    totalFileBytes: size,
    fileCount: 3000 + random.integer(60_000),
  };
}

/** A machine with its own packages. */
export function inventHost(
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
    suppressed: [],
    observations: [],
    moreObservations: 0,
    undetermined: [],
    problems: [],
    unknown: compileUnknown(undefined, []),
  };
}
