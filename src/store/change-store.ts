import { type SqlBool, sql } from 'kysely';
import { type Severity, severities, type VerdictChange, type VerdictChangeStore } from '../model/index.ts';
import { decodeJson, keyText } from './codec.ts';
import type { Database, Queries } from './database.ts';
import { chunksOf, numbersOf, tableOf } from './rows.ts';
import type { Tables } from './schema.ts';

export function createChangeStore({ kind, reading }: Database): VerdictChangeStore {
  const list: VerdictChangeStore['list'] = async (query) => {
    const conditions = [
      ...(query.afterId === undefined ? [] : [sql<SqlBool>`verdict_changes.change_id > ${query.afterId}`]),
      ...(query.upToId === undefined ? [] : [sql<SqlBool>`verdict_changes.change_id <= ${query.upToId}`]),
      ...(query.since === undefined ? [] : [sql<SqlBool>`verdict_changes.at >= ${query.since}`]),
      ...(query.kind === undefined ? [] : [sql<SqlBool>`verdict_changes.kind = ${query.kind}`]),
      ...(query.flaw === undefined ? [] : [sql<SqlBool>`verdict_changes.flaw = ${keyText(query.flaw)}`]),
      ...(query.severity === undefined
        ? []
        : [sql<SqlBool>`verdict_changes.severity_rank in ${numbersOf(kind, ranksFrom(query.severity))}`]),
      ...(query.componentIds === undefined
        ? []
        : [sql<SqlBool>`verdict_changes.component_id in ${numbersOf(kind, query.componentIds)}`]),
    ];
    const where = conditions.length > 0 ? sql`where ${sql.join(conditions, sql` and `)}` : sql``;
    const direction = query.oldestFirst ? sql`asc` : sql`desc`;
    const found = await sql<Tables['verdict_changes'] & { change_id: number; document: string }>`
      select verdict_changes.*, components.document from verdict_changes
      join components on components.component_id = verdict_changes.component_id ${where}
      order by verdict_changes.change_id ${direction} limit ${query.limit} offset ${query.offset}`.execute(reading);
    const total = await sql<{ total: number }>`select count(*) as total from verdict_changes ${where}`.execute(reading);
    return { items: found.rows.map(toChange), total: total.rows[0]?.total ?? 0 };
  };

  return {
    list,
    async lastId() {
      const row = await reading
        .selectFrom('verdict_changes')
        .select((select) => select.fn.max('change_id').as('last'))
        .executeTakeFirst();
      return row?.last ?? 0;
    },
  };
}

/** Ranks of a severity and of all that is worse. What nobody rated may be as bad as anything. */
export function ranksFrom(severity: Severity): number[] {
  const worst = severities.indexOf(severity);
  return severities.flatMap((each, rank) => (rank <= worst || each === 'unknown' ? rank : []));
}

function toChange(row: Tables['verdict_changes'] & { change_id: number; document: string }): VerdictChange {
  return {
    changeId: row.change_id,
    at: row.at,
    kind: row.kind as VerdictChange['kind'],
    flaw: row.flaw,
    severity: severities[row.severity_rank] as Severity,
    advisory: row.advisory_id,
    feed: row.feed_id,
    ...(row.fixed_in === null ? {} : { fixedIn: row.fixed_in }),
    component: { ...decodeJson<VerdictChange['component']>(row.document), componentId: row.component_id },
  };
}

/** One flaw of one component, as it was or is known. */
export interface KnownFlaw {
  readonly componentId: number;
  readonly flaw: string;
  readonly rank: number;
  readonly advisory: string;
  readonly feed: string;
  readonly fixedIn: string | undefined;
}

/**
 * Writes down what differs between what was known of components and what is known now. A flaw that has another name in one
 * of the two (since a feed gave it a CVE, say) is the same one where the record of the feed is.
 */
export async function recordChanges(
  queries: Queries,
  kind: Database['kind'],
  before: readonly KnownFlaw[],
  after: readonly KnownFlaw[],
  at: number,
): Promise<void> {
  const rows = [
    ...missingFrom(before, after).map((flaw) => rowOf('newly-affected', flaw)),
    ...missingFrom(after, before).map((flaw) => rowOf('no-longer-affected', flaw)),
  ];
  for (const chunk of chunksOf(rows)) {
    const table = tableOf(kind, changeColumns, chunk);
    await sql`insert into verdict_changes (at, kind, component_id, flaw, severity_rank, advisory_id, feed_id, fixed_in)
      select cast(${at} as bigint), kind, component_id, flaw, severity_rank, advisory_id, feed_id, fixed_in
      from ${table}`.execute(queries);
  }
}

/** The flaws of `all` that are not in `known`, each once, by its worst record. */
function missingFrom(known: readonly KnownFlaw[], all: readonly KnownFlaw[]): KnownFlaw[] {
  const names = new Set(known.map(({ componentId, flaw }) => `${componentId}\0${flaw}`));
  const records = new Set(known.map(recordKey));
  const missing = new Map<string, KnownFlaw>();
  for (const flaw of all) {
    const name = `${flaw.componentId}\0${flaw.flaw}`;
    if (names.has(name) || records.has(recordKey(flaw))) continue;
    const worst = missing.get(name);
    if (!worst || flaw.rank < worst.rank) missing.set(name, flaw);
  }
  return [...missing.values()];
}

function recordKey({ componentId, feed, advisory }: KnownFlaw): string {
  return `${componentId}\0${feed}\0${advisory}`;
}

function rowOf(kind: VerdictChange['kind'], flaw: KnownFlaw): (string | number | null)[] {
  return [kind, flaw.componentId, flaw.flaw, flaw.rank, flaw.advisory, flaw.feed, flaw.fixedIn ?? null];
}

const changeColumns = {
  kind: 'text',
  component_id: 'bigint',
  flaw: 'text',
  severity_rank: 'bigint',
  advisory_id: 'text',
  feed_id: 'text',
  fixed_in: 'text',
} as const;
