import { type Clock, type Digest, formatInstant } from '../base/index.ts';
import { type Store, type StoredAdvisory, type StoredComponent, type StoredMatch, severities } from '../model/index.ts';
import type { AdvisorySummary, Impact, ImpactQuery } from '../model/wire/index.ts';
import { runView } from './containers.ts';
import { bestCvss, severityRank, urgencyOf } from './findings.ts';
import { parseQueryTime } from './query-time.ts';
import type { AskInventory, WhoRuns } from './who-runs.ts';

interface ImpactParts {
  readonly store: Store;
  readonly whoRuns: Pick<WhoRuns, 'about'>;
  readonly clock: Clock;
}

type FlawMatch = StoredMatch & { readonly componentId: number };

const day = 86_400_000;
const daysOfHistory = 90;

/**
 * What one flaw means for the fleet: which components and images have it, who runs them now or ran them then, since when,
 * and which base image brings it. Undefined where neither a feed nor a match knows the name.
 */
export async function readImpact(parts: ImpactParts, name: string, query: ImpactQuery): Promise<Impact | undefined> {
  const { store, whoRuns, clock } = parts;
  const { flaw, advisories, matches } = await resolve(store, name);
  if (advisories.length === 0 && matches.length === 0) return undefined;
  const byComponent = Map.groupBy(matches, ({ componentId }) => componentId);
  const components = await store.boms.componentsById([...byComponent.keys()]);
  const counted = components.filter(
    ({ componentId, merely }) => merely === undefined && !isSuppressed(byComponent.get(componentId)),
  );
  const when = query.at === undefined ? 'now' : parseQueryTime(query.at);
  const limit = query.limit ?? 100;
  const ask = await whoRuns.about(components);
  const answer = ask(counted, { when, limit });
  const images = await affectedImages(parts, counted, limit);
  return {
    advisory: await summarizeAdvisory(store, flaw, advisories, matches),
    components: components.map((component) => {
      const found = byComponent.get(component.componentId) ?? [];
      const { containers, images: running, imagesNotRunning } = ask([component], { when });
      return {
        component: component.purl,
        name: component.name,
        version: component.version,
        severity: worstOf(found),
        fixedIn: found.find(({ fixedIn }) => fixedIn !== undefined)?.fixedIn ?? null,
        since: formatInstant(Math.min(...found.map(({ since }) => since))),
        suppressed: isSuppressed(found),
        evidence: component.merely ?? 'installed',
        images: running + imagesNotRunning,
        running: containers,
      };
    }),
    images: { total: answer.images + answer.imagesNotRunning, items: images },
    containers: {
      total: answer.containers,
      undetermined: await undeterminedContainers(parts, advisories),
      unread: answer.unread,
      items: await describeRuns(store, answer.rows, components),
    },
    hosts: [...answer.hosts],
    history: historyOf(ask, counted, clock.now()),
  };
}

/** Every record and every match of a flaw, by whichever of its names it was asked for. */
async function resolve(store: Store, name: string) {
  const asked = await store.advisories.named([name]);
  const first = await store.matches.byFlaw([name, ...asked.map(({ id }) => id)]);
  const flaw = first.find((match) => match.flaw === name)?.flaw ?? first[0]?.flaw ?? flawOf(name, asked);
  const matches = first.filter((match) => match.flaw === flaw);
  // An advisory that bundles several CVEs speaks of this one too, and must not bring in the others' names.
  const aliases = asked
    .filter(({ aliases: names }) => cvesOf(names).length <= 1)
    .flatMap(({ aliases: names }) => names);
  const advisories = await store.advisories.named([name, flaw, ...aliases, ...matches.map(({ advisory }) => advisory)]);
  return { flaw, advisories, matches };
}

function flawOf(name: string, advisories: readonly StoredAdvisory[]): string {
  if (name.startsWith('CVE-')) return name;
  const names = cvesOf(advisories.flatMap(({ id, aliases }) => [id, ...aliases]));
  return names.length === 1 ? (names[0] as string) : name;
}

function cvesOf(names: readonly string[]): string[] {
  return [...new Set(names.filter((name) => name.startsWith('CVE-')))];
}

async function summarizeAdvisory(
  store: Store,
  flaw: string,
  advisories: readonly StoredAdvisory[],
  matches: readonly FlawMatch[],
): Promise<AdvisorySummary> {
  const names = new Set(
    advisories.flatMap(({ id, aliases }) => (cvesOf(aliases).length > 1 ? [id] : [id, ...aliases])),
  );
  names.delete(flaw);
  const severity = [...matches, ...advisories]
    .map((each) => each.severity)
    .sort((a, b) => severityRank(a) - severityRank(b));
  return {
    id: flaw,
    aliases: [...names].sort(),
    title: advisories.find(({ summary }) => summary !== '')?.summary ?? flaw,
    severity: severity[0] ?? 'unknown',
    cvss: bestCvss(advisories),
    ...urgencyOf(await store.advisories.remarks([flaw])),
    records: advisories.map(({ feed, id, summary, published, modified, learnedAt, withdrawn }) => ({
      feed,
      id,
      summary,
      published: published === undefined ? null : formatInstant(published),
      modified: modified === undefined ? null : formatInstant(modified),
      learned: formatInstant(learnedAt),
      withdrawn: withdrawn === undefined ? null : formatInstant(withdrawn),
    })),
    references: [...new Set(advisories.flatMap(({ references }) => references))].slice(0, 50),
  };
}

/** Images that hold one of the components; those that run most first. */
async function affectedImages(
  { store }: ImpactParts,
  components: readonly StoredComponent[],
  limit: number,
): Promise<Impact['images']['items']> {
  const byId = new Map(components.map((component) => [component.componentId, component.purl] as const));
  const held = new Map<Digest, string>();
  for await (const batch of store.boms.memberships({ componentIds: [...byId.keys()] })) {
    for (const { subject, componentIds } of batch) {
      const purl = componentIds.map((id) => byId.get(id)).find((found) => found !== undefined);
      if (purl !== undefined && subject.startsWith('sha')) held.set(subject as Digest, purl);
    }
  }
  const running = await store.workloads.runningByImage([...held.keys()]);
  const shown = [...held].sort(([a], [b]) => (running.get(b) ?? 0) - (running.get(a) ?? 0)).slice(0, limit);
  const records = new Map((await store.images.getMany(shown.map(([id]) => id))).map((each) => [each.imageId, each]));
  return Promise.all(
    shown.map(async ([imageId, purl]) => {
      const record = records.get(imageId);
      const bom = await store.boms.get(imageId);
      const layer = bom?.components.find((component) => component.purl === purl)?.layer ?? 0;
      const base = record?.facts?.baseImage;
      return {
        imageId,
        image: record?.references[0] ?? imageId,
        running: running.get(imageId) ?? 0,
        component: purl,
        layer,
        baseImage: base
          ? { name: base.name ?? null, digest: base.digest ?? null, brings: await bringsIt(store, base.digest, layer) }
          : null,
      };
    }),
  );
}

/** Whether a layer is one of the base image's; null where the base is known by its label alone and was never read. */
async function bringsIt(store: Store, digest: Digest | undefined, layer: number): Promise<boolean | null> {
  const [base] = digest === undefined ? [] : await store.images.find(digest);
  return base?.facts ? layer < base.facts.layers.length : null;
}

/** Runs of what could not be held against the advisories of the flaw. */
async function undeterminedContainers(
  { store, whoRuns }: ImpactParts,
  advisories: readonly StoredAdvisory[],
): Promise<number> {
  const names = [...new Set(advisories.flatMap(({ affected }) => affected.map(({ name }) => name)))].slice(0, 100);
  const ids = new Set(advisories.map(({ id }) => id));
  const unsure: StoredComponent[] = [];
  for await (const batch of store.boms.components({ names })) {
    const judgements = await store.matches.get(batch.map(({ componentId }) => componentId));
    for (const component of batch) {
      const undetermined = judgements.get(component.componentId)?.undetermined ?? [];
      if (undetermined.some(({ advisory }) => ids.has(advisory))) unsure.push(component);
    }
  }
  return unsure.length === 0 ? 0 : (await whoRuns.about(unsure))(unsure).containers;
}

async function describeRuns(
  store: Store,
  rows: ReturnType<AskInventory>['rows'],
  components: readonly StoredComponent[],
): Promise<Impact['containers']['items']> {
  const purls = new Map(components.map(({ componentId, purl }) => [componentId, purl] as const));
  const workloads = await store.workloads.byId(rows.map(({ workloadId }) => workloadId));
  return rows.flatMap(({ workloadId, components: held }) => {
    const workload = workloads.get(workloadId);
    if (!workload) return [];
    const { engine: _engine, ...view } = runView(workload);
    return { ...view, component: purls.get(held[0] ?? -1) ?? '' };
  });
}

function historyOf(ask: AskInventory, components: readonly StoredComponent[], at: number) {
  const today = Math.floor(at / day);
  const history: { day: string; running: number }[] = [];
  if (components.length === 0) return history;
  for (let back = daysOfHistory - 1; back >= 0; back--) {
    const from = (today - back) * day;
    const { containers } = ask(components, { when: { from, to: from + day - 1 } });
    history.push({ day: formatInstant(from).slice(0, 10), running: containers });
  }
  return history;
}

function isSuppressed(matches: readonly FlawMatch[] | undefined): boolean {
  return matches !== undefined && matches.length > 0 && matches.every(({ suppressed }) => suppressed === true);
}

function worstOf(matches: readonly FlawMatch[]) {
  return severities[Math.min(...matches.map(({ severity }) => severities.indexOf(severity)))] ?? 'unknown';
}
