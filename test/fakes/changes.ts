import { formatInstant, type Instant } from '../../src/base/index.ts';
import type { ChangeView, Impact, Passport } from '../../src/model/wire/index.ts';
import type { FakeFleet } from './fleet.ts';
import { ranAt } from './fleet-questions.ts';

const day = 86_400_000;

/** The findings that were known last, as if their feeds had said so after the images were read. */
export function inventChanges(images: readonly Passport[], now: Instant): ChangeView[] {
  const newest = new Map<string, ChangeView>();
  for (const { findings, image } of images) {
    for (const finding of findings) {
      const key = `${finding.advisory} ${finding.component}`;
      const known = newest.get(key);
      const running = (known?.running ?? 0) + (image?.running ?? 0);
      newest.set(key, {
        id: 0,
        at: finding.since,
        kind: 'newly-affected',
        advisory: finding.advisory,
        severity: finding.severity,
        feed: finding.evidence.feed,
        component: finding.component,
        name: finding.name,
        version: finding.version,
        evidence: finding.evidence.component?.kind ?? 'installed',
        fixedIn: finding.fixedIn,
        images: (known?.images ?? 0) + 1,
        running,
      });
    }
  }
  return [...newest.values()]
    .filter(({ at }) => Date.parse(at) > now - 120 * day)
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at))
    .slice(0, 60)
    .map((change, index, all) => ({
      ...change,
      id: all.length - index,
      kind: index % 7 === 5 ? 'no-longer-affected' : change.kind,
    }));
}

/** What a flaw of the fake fleet means for it. */
export function impactOf(fleet: FakeFleet, name: string, now: Instant): Impact | undefined {
  const isNamed = (finding: Passport['findings'][number]) =>
    finding.advisory === name || finding.aliases.includes(name);
  const affected = fleet.images.filter(({ findings }) => findings.some(isNamed));
  const found = affected.flatMap(({ findings }) => findings.filter(isNamed));
  const [first] = found;
  if (!first) return undefined;
  const ids = new Set(affected.map(({ subject }) => subject.key));
  const runs = fleet.containers.filter(({ digest }) => ids.has(digest));
  const running = runs.filter(({ ended }) => ended === null);
  return {
    advisory: {
      id: first.advisory,
      aliases: [...first.aliases],
      title: first.title,
      severity: first.severity,
      cvss: first.cvss,
      knownExploited: first.knownExploited,
      epss: first.epss,
      records: [
        {
          feed: first.evidence.feed,
          id: first.evidence.advisory,
          summary: first.title,
          published: first.since,
          modified: null,
          learned: first.since,
          withdrawn: null,
        },
      ],
      references: [...first.references],
    },
    components: [...new Map(found.map((finding) => [finding.component, finding])).values()].map((finding) => ({
      component: finding.component,
      name: finding.name,
      version: finding.version,
      severity: finding.severity,
      fixedIn: finding.fixedIn,
      since: finding.since,
      suppressed: false,
      evidence: 'installed',
      images: affected.filter(({ components }) => components.some(({ purl }) => purl === finding.component)).length,
      running: running.length,
    })),
    images: {
      total: affected.length,
      items: affected.map(({ subject, image, findings, facts }, index) => ({
        imageId: subject.key,
        image: subject.name,
        running: image?.running ?? 0,
        component: findings.find(isNamed)?.component ?? '',
        layer: findings.find(isNamed)?.evidence.layer ?? 0,
        baseImage: facts?.baseImage
          ? {
              name: facts.baseImage.name,
              digest: facts.baseImage.digest,
              brings: index % 3 === 0 ? null : index % 3 === 1,
            }
          : null,
      })),
    },
    containers: {
      total: running.length,
      undetermined: 1,
      unread: 0,
      items: running
        .slice(0, 100)
        .map(({ engine: _engine, labels: _labels, endedExact: _exact, origin: _origin, ...run }) => ({
          ...run,
          component: first.component,
        })),
    },
    hosts: [],
    history: Array.from({ length: 90 }, (_, back) => {
      const date = formatInstant(now - (89 - back) * day).slice(0, 10);
      return { day: date, running: runs.filter((row) => ranAt(row, date)).length };
    }),
  };
}
