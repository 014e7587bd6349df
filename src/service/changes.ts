import { formatInstant } from '../base/index.ts';
import type { Store, VerdictChange } from '../model/index.ts';
import type { ChangePage, ChangeQuery, ChangeView } from '../model/wire/index.ts';
import { parseQueryTime } from './query-time.ts';
import type { WhoRuns } from './who-runs.ts';

interface ChangeParts {
  readonly store: Store;
  readonly whoRuns: Pick<WhoRuns, 'about'>;
}

/** What became known of components since they were judged first, with whom it concerns now. */
export async function listChanges({ store, whoRuns }: ChangeParts, query: ChangeQuery): Promise<ChangePage> {
  const page = await store.changes.list({
    limit: query.limit ?? 100,
    offset: query.offset ?? 0,
    ...(query.since === undefined ? {} : { since: parseQueryTime(query.since).from }),
    ...(query.kind ? { kind: query.kind } : {}),
    ...(query.severity ? { severity: query.severity } : {}),
  });
  return { items: await changeViews(page.items, whoRuns), total: page.total };
}

/** The changes that concern what an image holds today. */
export async function listImageChanges(
  { store, whoRuns }: ChangeParts,
  subject: string,
  query: Pick<ChangeQuery, 'limit' | 'offset'>,
): Promise<ChangePage> {
  const componentIds = await store.boms.componentIds(subject);
  const page = await store.changes.list({ componentIds, limit: query.limit ?? 100, offset: query.offset ?? 0 });
  return { items: await changeViews(page.items, whoRuns), total: page.total };
}

async function changeViews(changes: readonly VerdictChange[], whoRuns: Pick<WhoRuns, 'about'>): Promise<ChangeView[]> {
  const ask = await whoRuns.about(changes.map(({ component }) => component));
  return changes.map((change) => {
    const { containers, images, imagesNotRunning } = ask([change.component]);
    return {
      id: change.changeId,
      at: formatInstant(change.at),
      kind: change.kind,
      advisory: change.flaw,
      severity: change.severity,
      feed: change.feed,
      component: change.component.purl,
      name: change.component.name,
      version: change.component.version,
      evidence: change.component.merely ?? 'installed',
      fixedIn: change.fixedIn ?? null,
      images: images + imagesNotRunning,
      running: containers,
    };
  });
}
