import { parseInstant } from '../../src/base/index.ts';
import type {
  BomFormat,
  ComponentView,
  ContainerRow,
  Overview,
  Passport,
  SeverityCounts,
  WhoRunsAnswer,
  WhoRunsQuery,
} from '../../src/model/wire/index.ts';
import { ServiceError } from '../../src/service/service-error.ts';
import type { FakeFleet } from './fleet.ts';

export function findImage(fleet: FakeFleet, text: string): Passport | undefined {
  const found = fleet.images.filter(
    ({ image }) =>
      image?.imageId === text ||
      image?.manifestDigest === text ||
      image?.references.includes(text) ||
      (text.length >= 4 && image?.imageId.startsWith(`sha256:${text}`)),
  );
  if (found.length > 1)
    throw new ServiceError('ambiguous-image', `${text} is the beginning of ${found.length} image IDs`);
  return found[0];
}

/** `at` is an instant, or a date for any time of that day. */
export function ranAt(row: ContainerRow, at: string): boolean {
  const from = parseInstant(at);
  if (from === undefined)
    throw new ServiceError('bad-query', `${at} is not a time`, {
      remedy: 'Write it as 2026-03-01 or 2026-03-01T12:00:00Z',
    });
  const to = at.length === 10 ? from + 86_400_000 : from + 1;
  return Date.parse(row.started) < to && (row.ended === null || Date.parse(row.ended) > from);
}

export function whoRuns(fleet: FakeFleet, query: WhoRunsQuery): WhoRunsAnswer {
  const { name, version, at, limit = 100, offset = 0 } = query;
  const wanted = name.startsWith('pkg:')
    ? (component: ComponentView) => component.purl.startsWith(name)
    : (component: ComponentView) => component.name === name || component.source?.name === name;
  const matches = (passport: Passport) =>
    passport.components.filter((component) => wanted(component) && inRange(component.version, version));
  const byImage = new Map(
    fleet.images
      .map((passport) => [passport.subject.key, matches(passport)] as const)
      .filter(([, found]) => found.length > 0),
  );
  const then = fleet.containers.filter((row) => (at === undefined ? row.ended === null : ranAt(row, at)));
  const matched = then.filter((row) => byImage.has(row.digest));
  const images = new Set(matched.map((row) => row.digest));
  const read = new Set(fleet.images.filter(({ image }) => image?.state === 'read').map(({ subject }) => subject.key));
  return {
    count: matched.length,
    images: images.size,
    imagesNotRunning: byImage.size - images.size,
    hosts: fleet.hosts.filter((host) => matches(host).length > 0).map((host) => host.subject.name),
    merely: 0,
    undetermined: 0,
    unread: then.filter((row) => !read.has(row.digest)).length,
    containers: matched.slice(offset, offset + limit).map((row) => {
      const [component, ...others] = (byImage.get(row.digest) ?? []).map(({ purl }) => purl);
      const { id, host, engine, image, digest, started, ended } = row;
      return {
        id,
        name: row.name,
        host,
        engine,
        image,
        digest,
        started,
        ended,
        component: component ?? '',
        evidence: 'installed' as const,
        otherComponents: others,
      };
    }),
  };
}

/** Space-separated conditions, `>=1.0 <2`; all must hold. */
function inRange(version: string, range: string | undefined): boolean {
  const conditions = (range ?? '').match(/(?:[<>]=?|=)?\s*[^\s<>=,]+/g) ?? [];
  return conditions.every((condition) => {
    const [, operator = '=', bound = ''] = /^([<>]=?|=)?\s*(.*)$/.exec(condition) ?? [];
    const order = version.localeCompare(bound, 'en', { numeric: true });
    if (operator === '<') return order < 0;
    if (operator === '<=') return order <= 0;
    if (operator === '>') return order > 0;
    if (operator === '>=') return order >= 0;
    return order === 0;
  });
}

export function suggest(fleet: FakeFleet, prefix: string, limit: number) {
  const found = new Map<string, { name: string; ecosystem: string; subjects: number }>();
  for (const { components } of [...fleet.images, ...fleet.hosts]) {
    for (const { name, ecosystem } of components) {
      if (!name.toLowerCase().startsWith(prefix.toLowerCase())) continue;
      const entry = found.get(`${ecosystem} ${name}`) ?? { name, ecosystem, subjects: 0 };
      entry.subjects++;
      found.set(`${ecosystem} ${name}`, entry);
    }
  }
  return [...found.values()].sort((a, b) => b.subjects - a.subjects).slice(0, limit);
}

export function overview(fleet: FakeFleet): Overview {
  const images = fleet.images.flatMap(({ image }) => (image ? [image] : []));
  const running = images.filter((image) => image.running > 0);
  const severitiesRunning: SeverityCounts = { critical: 0, high: 0, medium: 0, low: 0, negligible: 0, unknown: 0 };
  for (const image of running) {
    for (const severity of Object.keys(severitiesRunning) as (keyof SeverityCounts)[])
      severitiesRunning[severity] += image.severities[severity];
  }
  const nameOf = (image: (typeof images)[number]) => image.references[0] ?? image.imageId;
  return {
    containersRunning: fleet.containers.filter((row) => row.ended === null).length,
    containersRemembered: fleet.containers.length,
    hosts: fleet.hosts.map((host) => ({
      host: host.subject.name,
      recordedAt: host.recordedAt,
      distribution: host.distribution,
      components: host.components.length,
      severities: host.severities,
      judgement: host.judgement.state,
    })),
    images: {
      known: images.length,
      read: images.filter((image) => image.state === 'read').length,
      failed: images.filter((image) => image.state === 'failed').length,
    },
    distinctComponents: new Set(fleet.images.flatMap(({ components }) => components.map(({ purl }) => purl))).size,
    severitiesRunning,
    imagesNotJudged: running.filter((image) => image.judgement !== 'judged').length,
    oldestRunning: running
      .flatMap((image) =>
        image.ageDays === null
          ? []
          : [{ imageId: image.imageId, image: nameOf(image), ageDays: image.ageDays, running: image.running }],
      )
      .sort((a, b) => b.ageDays - a.ageDays)
      .slice(0, 10),
    mostAffected: [...running]
      .sort((a, b) => b.severities.critical - a.severities.critical || b.severities.high - a.severities.high)
      .slice(0, 10)
      .map((image) => ({
        imageId: image.imageId,
        image: nameOf(image),
        running: image.running,
        severities: image.severities,
      })),
    engines: [...fleet.engines],
    reading: {
      waiting: 3,
      running: 1,
      failed: 4,
      current: [{ source: 'docker:registry.example.com/shop/cart:2.4', bytes: 81_788_928, totalBytes: 312_475_648 }],
    },
    feeds: { total: fleet.feeds.length, stale: fleet.feeds.filter((feed) => feed.state !== 'fresh').length },
    version: '0.0.0-fake',
  };
}

export function billOf(passport: Passport, format: BomFormat): string {
  if (format === 'spdx') return JSON.stringify({ spdxVersion: 'SPDX-2.3', name: passport.subject.name, packages: [] });
  return JSON.stringify({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    components: passport.components.map(({ name, version, purl }) => ({ type: 'library', name, version, purl })),
  });
}
