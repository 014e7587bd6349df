import { sql } from 'kysely';
import {
  type Judgement,
  type MatchStore,
  type Severity,
  type StoredMatch,
  type SubjectJudgement,
  severities,
} from '../model/index.ts';
import { type KnownFlaw, recordChanges } from './change-store.ts';
import { decodeJson, encodeJson, keyText } from './codec.ts';
import type { Database, DatabaseKind, Queries } from './database.ts';
import { chunksOf, numbersOf, tableOf, textsOf } from './rows.ts';
import type { Tables } from './schema.ts';

/**
 * What the advisories' revision was when a component was handed out for judging. A feed that is imported meanwhile, by
 * whichever process, asks for judging again with a later revision, and that must outlive the answer.
 */
export type HandedOut = Map<number, number>;

export function createMatchStore(database: Database, handedOut: HandedOut): MatchStore {
  const { kind, reading } = database;

  const put: MatchStore['put'] = async (judgements, at) => {
    if (judgements.length === 0) return;
    await database.change('matches', async (queries) => {
      for (const chunk of chunksOf(judgements)) await putChunk(queries, kind, chunk, at, handedOut);
    });
    for (const { componentId } of judgements) handedOut.delete(componentId);
  };

  const get: MatchStore['get'] = async (componentIds) => {
    const found = new Map<number, Judgement>();
    for (const chunk of chunksOf(componentIds)) {
      const ids = numbersOf(kind, chunk);
      const judged = await reading
        .selectFrom('judgements')
        .selectAll()
        .where('component_id', 'in', ids)
        .orderBy('component_id')
        .execute();
      const matches = await reading
        .selectFrom('matches')
        .select(['component_id', 'since', 'document'])
        .where('component_id', 'in', ids)
        .orderBy('component_id')
        .orderBy('advisory_id')
        .orderBy('feed_id')
        .orderBy('package')
        .execute();
      const byComponent = Map.groupBy(matches, (row) => row.component_id);
      for (const row of judged) {
        found.set(row.component_id, {
          componentId: row.component_id,
          judged: row.judged === 1,
          matches: (byComponent.get(row.component_id) ?? []).map(
            ({ since, document }): StoredMatch => ({ ...decodeJson<StoredMatch>(document), since }),
          ),
          undetermined: decodeJson(row.undetermined),
        });
      }
    }
    return found;
  };

  const pending: MatchStore['pending'] = async (limit) => {
    const { advisories } = await reading.selectFrom('revisions').select('advisories').executeTakeFirstOrThrow();
    const rows = await reading
      .selectFrom('components')
      .select('component_id')
      .where('pending', 'is not', null)
      .orderBy('component_id')
      .limit(limit)
      .execute();
    for (const row of rows) handedOut.set(row.component_id, advisories);
    return rows.map((row) => row.component_id);
  };

  const severityCounts: MatchStore['severityCounts'] = async (subjects) => {
    const counts = new Map<string, SubjectJudgement>();
    for (const chunk of chunksOf(subjects, 500)) {
      const chosen = sql`select subject_row, subject from boms where subject in ${textsOf(kind, chunk.map(keyText))}`;
      const judged = await sql<{ subject: string; total: number; judged: number }>`
        select subject, count(component_id) as total, count(judged) as judged from (
          select chosen.subject, bom_components.component_id,
            (select 1 from judgements where judgements.component_id = bom_components.component_id and judged = 1) as judged
          from (${chosen}) as chosen left join bom_components on bom_components.subject_row = chosen.subject_row
        ) as each_component group by subject`.execute(reading);
      const worst = await sql<{ subject: string; severity_rank: number; flaws: number; exploited: number }>`
        select subject, severity_rank, count(*) as flaws,
          sum(case when exists (select 1 from remarks
            join feeds on feeds.feed_id = remarks.feed_id and feeds.current_import = remarks.import_id
            where remarks.flaw = each_flaw.flaw and remarks.kind = 'exploited') then 1 else 0 end) as exploited from (
          select chosen.subject, matches.flaw, min(matches.severity_rank) as severity_rank
          from (${chosen}) as chosen
          join bom_components on bom_components.subject_row = chosen.subject_row
          join matches on matches.component_id = bom_components.component_id and matches.suppressed = 0
          group by chosen.subject, matches.flaw
        ) as each_flaw group by subject, severity_rank`.execute(reading);
      const bySubject = Map.groupBy(worst.rows, (row) => row.subject);
      for (const row of judged.rows) {
        const advisories: Record<Severity, number> = {
          critical: 0,
          high: 0,
          medium: 0,
          low: 0,
          negligible: 0,
          unknown: 0,
        };
        let knownExploited = 0;
        for (const { severity_rank, flaws: count, exploited } of bySubject.get(row.subject) ?? []) {
          advisories[severities[severity_rank] as Severity] = count;
          knownExploited += exploited;
        }
        const componentsNotJudged = row.total - row.judged;
        counts.set(row.subject, { advisories, knownExploited, componentsJudged: row.judged, componentsNotJudged });
      }
    }
    return counts;
  };

  const byFlaw: MatchStore['byFlaw'] = async (names) => {
    const asked = textsOf(kind, names.map(keyText));
    const rows = await reading
      .selectFrom('matches')
      .select(['component_id', 'since', 'document'])
      .where((where) => where.or([where('flaw', 'in', asked), where('advisory_id', 'in', asked)]))
      .orderBy('component_id')
      .orderBy('advisory_id')
      .orderBy('feed_id')
      .execute();
    return rows.map(({ component_id, since, document }) => ({
      ...decodeJson<StoredMatch>(document),
      since,
      componentId: component_id,
    }));
  };

  return { put, get, byFlaw, pending, severityCounts };
}

/**
 * Marks the components that advisories of these packages speak of: by name, by source, and signed kernels by `linux`, from
 * which distributions make them. To mark one too many costs a little work; one too few would be taken for clean.
 */
export async function invalidatePackages(
  queries: Queries,
  kind: DatabaseKind,
  packages: readonly { readonly ecosystem: string; readonly name: string }[],
  revision: number,
): Promise<number> {
  let marked = 0;
  for (const chunk of chunksOf(packages)) {
    const columns = { ecosystem: 'text', name: 'text' } as const;
    const table = tableOf(
      kind,
      columns,
      chunk.map((each) => [each.ecosystem, keyText(each.name)]),
    );
    const updated = await sql`
      update components set pending = ${revision} where component_id in (
        select component_id from ${table} join components as named
          on lower(named.name) = lower(input.name) and named.ecosystem = input.ecosystem
        union
        select component_id from ${table} join components as built
          on lower(built.other_name) = lower(input.name) and built.ecosystem = input.ecosystem
        union
        select component_id from ${table} join components as signed
          on input.name = 'linux' and signed.ecosystem = input.ecosystem
          and lower(signed.other_name) >= 'linux-signed' and lower(signed.other_name) < 'linux-signee')
      and (pending is null or pending <> ${revision})`.execute(queries);
    marked += Number(updated.numAffectedRows ?? 0);
  }
  return marked;
}

async function putChunk(
  queries: Queries,
  kind: DatabaseKind,
  judgements: readonly Judgement[],
  at: number,
  handedOut: HandedOut,
): Promise<void> {
  const ids = numbersOf(
    kind,
    judgements.map((judgement) => judgement.componentId),
  );
  const before = await queries
    .selectFrom('matches')
    .select(['component_id', 'feed_id', 'advisory_id', 'package', 'since', 'flaw', 'severity_rank', 'suppressed'])
    .select(['document'])
    .where('component_id', 'in', ids)
    .execute();
  const judgedBefore = await queries
    .selectFrom('judgements')
    .select('component_id')
    .where('component_id', 'in', ids)
    .where('judged', '=', 1)
    .execute();
  const since = new Map(
    before.map((row) => [keyOf(row.component_id, row.feed_id, row.advisory_id, row.package), row.since] as const),
  );
  await queries.deleteFrom('matches').where('component_id', 'in', ids).execute();

  const rows = new Map<string, (string | number)[]>();
  for (const { componentId, matches } of judgements) {
    for (const match of matches) {
      const { since: first, ...document } = match;
      const names = [keyText(match.feed), keyText(match.advisory), keyText(match.package)] as const;
      const key = keyOf(componentId, ...names);
      const rank = severities.indexOf(match.severity);
      const kept = since.get(key) ?? first;
      const suppressed = match.suppressed ? 1 : 0;
      rows.set(key, [componentId, ...names, keyText(match.flaw), rank, kept, encodeJson(document), suppressed]);
    }
  }
  for (const chunk of chunksOf([...rows.values()])) {
    const table = tableOf(kind, matchColumns, chunk);
    await sql`insert into matches (component_id, feed_id, advisory_id, package, flaw, severity_rank, since, document, suppressed)
      select component_id, feed_id, advisory_id, package, flaw, severity_rank, since, document, suppressed from ${table}`.execute(
      queries,
    );
  }

  // What is judged for the first time, or by no feed any more, is no change of a verdict.
  const stillJudged = new Set(judgements.filter((each) => each.judged).map((each) => each.componentId));
  const both = new Set(judgedBefore.map((row) => row.component_id).filter((id) => stillJudged.has(id)));
  await recordChanges(
    queries,
    kind,
    before.filter((row) => row.suppressed === 0 && both.has(row.component_id)).map(knownFlaw),
    judgements.filter(({ componentId }) => both.has(componentId)).flatMap(flawsOf),
    at,
  );

  const judged = judgements.map((each) => [
    each.componentId,
    each.judged ? 1 : 0,
    encodeJson(each.undetermined),
    handedOut.get(each.componentId) ?? Number.MAX_SAFE_INTEGER,
  ]);
  const table = tableOf(
    kind,
    { component_id: 'bigint', judged: 'bigint', undetermined: 'text', asked: 'bigint' },
    judged,
  );
  await sql`insert into judgements (component_id, judged, judged_at, undetermined)
    select component_id, judged, cast(${at} as bigint), undetermined from ${table} where true
    on conflict (component_id) do update set
      judged = excluded.judged, judged_at = excluded.judged_at, undetermined = excluded.undetermined`.execute(queries);
  await sql`update components set pending = null
    from ${table} where components.component_id = input.component_id and components.pending <= input.asked`.execute(
    queries,
  );
}

function knownFlaw(
  row: Pick<Tables['matches'], 'component_id' | 'flaw' | 'severity_rank' | 'advisory_id' | 'feed_id' | 'document'>,
): KnownFlaw {
  const { fixedIn } = decodeJson<StoredMatch>(row.document);
  return {
    componentId: row.component_id,
    flaw: row.flaw,
    rank: row.severity_rank,
    advisory: row.advisory_id,
    feed: row.feed_id,
    fixedIn,
  };
}

function flawsOf({ componentId, matches }: Judgement): KnownFlaw[] {
  return matches
    .filter((match) => !match.suppressed)
    .map((match) => ({
      componentId,
      flaw: keyText(match.flaw),
      rank: severities.indexOf(match.severity),
      advisory: keyText(match.advisory),
      feed: keyText(match.feed),
      fixedIn: match.fixedIn,
    }));
}

const matchColumns = {
  component_id: 'bigint',
  feed_id: 'text',
  advisory_id: 'text',
  package: 'text',
  flaw: 'text',
  severity_rank: 'bigint',
  since: 'bigint',
  document: 'text',
  suppressed: 'bigint',
} as const;

function keyOf(componentId: number, feed: string, advisory: string, name: string): string {
  return `${componentId}\0${feed}\0${advisory}\0${name}`;
}
