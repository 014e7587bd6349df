import { advisoryPackagesOf, applyStatements, matchComponent } from '../advisory/index.ts';
import type { Clock, Instant } from '../base/index.ts';
import {
  type Component,
  coverageKey,
  type Judgement,
  type Store,
  type StoredAdvisory,
  type StoredComponent,
  type StoredRemark,
} from '../model/index.ts';
import { advisoryKey } from './findings.ts';
import { nameFlaws, type UnnamedMatch } from './flaws.ts';

/** What the advisories say of one component that need not be in the store. */
export type ComponentJudgement = Omit<Judgement, 'componentId'>;

/**
 * Holds components against the advisories of the store. A component is judged where some feed covers its ecosystem and
 * release; otherwise the answer is *not judged*, which is not *clean*.
 */
export async function judgeComponents(
  components: readonly Component[],
  store: Pick<Store, 'advisories'>,
  at: Instant,
): Promise<ComponentJudgement[]> {
  const coverage = await store.advisories.coverage();
  const packages = components.map(advisoryPackagesOf);
  const byPackage = groupByPackage(await store.advisories.naming(packages.flat()));
  const judgements = components.map((component, index) => {
    const judged = coverage.has(coverageKey(component.ecosystem, component.distribution));
    const advisories = new Set(
      packages[index]?.flatMap(({ ecosystem, name }) => byPackage.get(`${ecosystem}\0${name}`) ?? []),
    );
    return { judged, ...matchEachFeed(component, [...advisories], at) };
  });
  return suppressCleared(components, judgements, store);
}

/** Marks the matches of which a trusted author says that the component, in whatever image, is not affected. */
async function suppressCleared(
  components: readonly Component[],
  judgements: ComponentJudgement[],
  store: Pick<Store, 'advisories'>,
): Promise<ComponentJudgement[]> {
  const flaws = new Set(judgements.flatMap(({ matches }) => matches.map(({ flaw }) => flaw)));
  const statements = flaws.size > 0 ? await store.advisories.remarks([...flaws], 'statement') : [];
  if (statements.length === 0) return judgements;
  const byFlaw = Map.groupBy(statements, ({ flaw }) => flaw);
  return judgements.map((judgement, index) => {
    const component = components[index] as Component;
    const matches = judgement.matches.map((match) => {
      const { suppressed } = applyStatements({ component }, byFlaw.get(match.flaw) ?? []);
      return suppressed ? { ...match, suppressed } : match;
    });
    return { ...judgement, matches };
  });
}

/** What the feeds say of the flaws that were found, to be shown with them. */
export async function readKnowledge(
  judgements: readonly Pick<ComponentJudgement, 'matches'>[],
  store: Pick<Store, 'advisories'> | undefined,
): Promise<{ advisories: readonly StoredAdvisory[]; remarks: readonly StoredRemark[] }> {
  const matches = judgements.flatMap((judgement) => judgement.matches);
  if (!store || matches.length === 0) return { advisories: [], remarks: [] };
  const advisories = await store.advisories.get([...new Set(matches.map(({ advisory }) => advisory))]);
  const remarks = await store.advisories.remarks([...new Set(matches.map(({ flaw }) => flaw))]);
  return { advisories, remarks };
}

/** Judges what the store holds as never judged or touched by a feed since. Gives how many components. */
export async function judgePending(store: Store, clock: Clock, signal: AbortSignal): Promise<number> {
  let judged = 0;
  while (!signal.aborted) {
    const pending = await store.matches.pending(1000);
    if (pending.length === 0) break;
    const components = await store.boms.componentsById(pending);
    const at = clock.now();
    const judgements = await judgeComponents(components, store, at);
    await store.matches.put(withIds(components, judgements), at);
    judged += pending.length;
  }
  return judged;
}

function withIds(components: readonly StoredComponent[], judgements: readonly ComponentJudgement[]): Judgement[] {
  return judgements.map((judgement, index) => ({
    ...judgement,
    componentId: (components[index] as StoredComponent).componentId,
  }));
}

/** Advisory IDs are unique within a feed only, so feeds are matched one by one. */
function matchEachFeed(component: Component, advisories: readonly StoredAdvisory[], at: Instant) {
  const matches: UnnamedMatch[] = [];
  const undetermined: Judgement['undetermined'][number][] = [];
  for (const [feed, ofFeed] of Map.groupBy(advisories, (advisory) => advisory.feed)) {
    const result = matchComponent(component, ofFeed);
    for (const match of result.matches) matches.push({ ...match, feed, since: at });
    undetermined.push(...result.undetermined);
  }
  const aliases = new Map(advisories.map((advisory) => [advisoryKey(advisory), advisory.aliases] as const));
  const aliasesOf = (match: UnnamedMatch) => aliases.get(advisoryKey({ feed: match.feed, id: match.advisory })) ?? [];
  return { matches: nameFlaws(matches, aliasesOf), undetermined };
}

function groupByPackage(advisories: readonly StoredAdvisory[]): Map<string, StoredAdvisory[]> {
  const groups = new Map<string, StoredAdvisory[]>();
  for (const advisory of advisories) {
    const keys = new Set(advisory.affected.map((affected) => `${affected.ecosystem}\0${affected.name}`));
    for (const key of keys) {
      const group = groups.get(key);
      if (group) group.push(advisory);
      else groups.set(key, [advisory]);
    }
  }
  return groups;
}
