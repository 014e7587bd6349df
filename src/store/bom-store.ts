import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { yieldToEventLoop } from '../base/index.ts';
import {
  type BillOfMaterials,
  type BomStore,
  type Component,
  type ComponentEcosystem,
  coverageKey,
  otherNameOf,
  type StoredComponent,
  subjectKey,
} from '../model/index.ts';
import { decodeJson, encodeJson, keyText, lowerAscii, packIds, packJson, unpackIds, unpackJson } from './codec.ts';
import type { Database, DatabaseKind, Queries } from './database.ts';
import { chunksOf, numbersOf, tableOf, textsOf } from './rows.ts';

const batch = 2000;
/** How many of the names that begin with a text are counted, shortest first. */
const suggestionsCounted = 50;

export function createBomStore(database: Database): BomStore {
  const { kind, reading } = database;

  const put: BomStore['put'] = (bom, at) =>
    database.change('boms', async (queries, revision) => {
      const counted = distinctComponents(bom);
      const ids = await componentIdsOf(queries, kind, counted);
      const packed = { component_ids: packIds(ids), document: packJson(bom), recorded_at: at, revision };
      const { subject_row } = await queries
        .insertInto('boms')
        .values({ subject: keyText(subjectKey(bom.subject)), ...packed })
        .onConflict((conflict) => conflict.column('subject').doUpdateSet(packed))
        .returning('subject_row')
        .executeTakeFirstOrThrow();
      await replaceMembership(queries, kind, subject_row, ids);
    });

  const get: BomStore['get'] = async (subject) => {
    const row = await reading
      .selectFrom('boms')
      .select(['recorded_at', 'document'])
      .where('subject', '=', keyText(subject))
      .executeTakeFirst();
    return row && { ...unpackJson<BillOfMaterials>(row.document), recordedAt: row.recorded_at };
  };

  async function* components(filter: Parameters<BomStore['components']>[0] = {}) {
    let after = filter.afterId ?? 0;
    const names = filter.names?.map((name) => lowerAscii(keyText(name)));
    for (;;) {
      let query = reading.selectFrom('components').select(['component_id', 'document']);
      if (names) {
        query = query.where((where) =>
          where.or([
            where(sql`lower(name)`, 'in', textsOf(kind, names)),
            where(sql`lower(other_name)`, 'in', textsOf(kind, names)),
          ]),
        );
      }
      const rows = await query.where('component_id', '>', after).orderBy('component_id').limit(batch).execute();
      if (rows.length > 0) yield rows.map(toComponent);
      if (rows.length < batch) return;
      after = rows.at(-1)?.component_id ?? after;
      await yieldToEventLoop();
    }
  }

  async function* memberships(filter: Parameters<BomStore['memberships']>[0] = {}) {
    if (filter.componentIds) yield* membershipsByComponent(filter.componentIds, filter);
    else yield* membershipsBySubject(filter);
  }

  type MembershipFilter = NonNullable<Parameters<BomStore['memberships']>[0]>;

  async function* membershipsBySubject(filter: MembershipFilter) {
    for (let after = 0; ; await yieldToEventLoop()) {
      let query = reading.selectFrom('boms').select(['subject_row', 'subject', 'component_ids']);
      if (filter.subjects) query = query.where('subject', 'in', textsOf(kind, filter.subjects.map(keyText)));
      if (filter.changedSince !== undefined) query = query.where('revision', '>', filter.changedSince);
      const rows = await query.where('subject_row', '>', after).orderBy('subject_row').limit(batch).execute();
      if (rows.length > 0) {
        yield rows.map((row) => ({ subject: row.subject, componentIds: unpackIds(row.component_ids) }));
      }
      if (rows.length < batch) return;
      after = rows.at(-1)?.subject_row ?? after;
    }
  }

  async function* membershipsByComponent(componentIds: readonly number[], filter: MembershipFilter) {
    for (let after = 0; ; await yieldToEventLoop()) {
      let page = reading
        .selectFrom('bom_components')
        .select('subject_row')
        .distinct()
        .where('component_id', 'in', numbersOf(kind, componentIds));
      if (filter.subjects || filter.changedSince !== undefined) {
        let subjects = reading.selectFrom('boms').select('subject_row');
        if (filter.subjects) subjects = subjects.where('subject', 'in', textsOf(kind, filter.subjects.map(keyText)));
        if (filter.changedSince !== undefined) subjects = subjects.where('revision', '>', filter.changedSince);
        page = page.where('subject_row', 'in', subjects);
      }
      const subjectRows = await page.where('subject_row', '>', after).orderBy('subject_row').limit(batch).execute();
      if (subjectRows.length === 0) return;
      const numbers = subjectRows.map((row) => row.subject_row);
      const rows = await reading
        .selectFrom('bom_components')
        .innerJoin('boms', 'boms.subject_row', 'bom_components.subject_row')
        .select(['boms.subject_row', 'boms.subject', 'bom_components.component_id'])
        .where('bom_components.subject_row', 'in', numbersOf(kind, numbers))
        .where('bom_components.component_id', 'in', numbersOf(kind, componentIds))
        .orderBy('boms.subject_row')
        .orderBy('bom_components.component_id')
        .execute();
      yield [...Map.groupBy(rows, (row) => row.subject)].map(([subject, group]) => ({
        subject,
        componentIds: group.map((row) => row.component_id),
      }));
      if (subjectRows.length < batch) return;
      after = numbers.at(-1) ?? after;
    }
  }

  return {
    put,
    get,
    components,
    memberships,
    async hosts() {
      const rows = await reading
        .selectFrom('boms')
        .select(['subject', 'recorded_at'])
        .where('subject', '>=', 'host:')
        .where('subject', '<', 'host;')
        .orderBy('subject')
        .execute();
      return rows.map((row) => ({ host: row.subject.slice('host:'.length), recordedAt: row.recorded_at }));
    },
    async componentIds(subject) {
      const row = await reading
        .selectFrom('boms')
        .select('component_ids')
        .where('subject', '=', keyText(subject))
        .executeTakeFirst();
      return row ? unpackIds(row.component_ids) : [];
    },
    async componentsById(componentIds) {
      const found: StoredComponent[] = [];
      for (const chunk of chunksOf(componentIds, batch)) {
        const rows = await reading
          .selectFrom('components')
          .select(['component_id', 'document'])
          .where('component_id', 'in', numbersOf(kind, chunk))
          .orderBy('component_id')
          .execute();
        for (const row of rows) found.push(toComponent(row));
      }
      return found;
    },
    async suggest(prefix, limit) {
      const start = lowerAscii(keyText(prefix));
      const end = `${start}\u{10ffff}`;
      const { rows } = await sql<{ name: string; ecosystem: ComponentEcosystem; subjects: number }>`
        select name, ecosystem, (
          select count(distinct subject_row) from bom_components join components on
            components.component_id = bom_components.component_id
          where lower(components.name) = lower(candidates.name) and components.name = candidates.name
            and components.ecosystem = candidates.ecosystem) as subjects
        from (
          select distinct name, ecosystem, length(name) as size from components
          where (lower(name) >= ${start} and lower(name) < ${end})
            or (ecosystem = 'maven' and lower(other_name) >= ${start} and lower(other_name) < ${end})
          order by size, name, ecosystem limit ${Math.max(limit, suggestionsCounted)}) as candidates
        order by subjects desc, name, ecosystem limit ${limit}`.execute(reading);
      return rows
        .filter((row) => row.subjects > 0)
        .map(({ name, ecosystem, subjects }) => ({ name, ecosystem, subjects }));
    },
    async counts() {
      const components = reading.selectFrom('components').select((select) => select.fn.countAll<number>().as('rows'));
      const subjects = reading.selectFrom('boms').select((select) => select.fn.countAll<number>().as('rows'));
      return {
        components: (await components.executeTakeFirstOrThrow()).rows,
        subjects: (await subjects.executeTakeFirstOrThrow()).rows,
      };
    },
  };
}

function toComponent(row: { component_id: number; document: string }): StoredComponent {
  return { componentId: row.component_id, ...decodeJson<Component>(row.document) };
}

/** What the subject counts by, each once: without what a distribution package owns. */
function distinctComponents(bom: BillOfMaterials): Map<string, Component> {
  const distinct = new Map<string, Component>();
  for (const installed of bom.components) {
    if (installed.ownedBy !== undefined) continue;
    const { purl, ecosystem, name, version, distribution, source, evidence } = installed;
    const component = {
      purl,
      ecosystem,
      name,
      version,
      ...(distribution ? { distribution: { id: distribution.id, release: distribution.release } } : {}),
      ...(source ? { source: { name: source.name, version: source.version } } : {}),
      ...(evidence && evidence.kind !== 'installed' ? { merely: evidence.kind } : {}),
    };
    distinct.set(createHash('sha256').update(encodeJson(component)).digest('base64url').slice(0, 24), component);
  }
  return distinct;
}

async function componentIdsOf(
  queries: Queries,
  kind: DatabaseKind,
  distinct: ReadonlyMap<string, Component>,
): Promise<number[]> {
  const ids: number[] = [];
  for (const identities of chunksOf([...distinct.keys()])) {
    const known = await queries
      .selectFrom('components')
      .select(['component_id', 'identity'])
      .where('identity', 'in', textsOf(kind, identities))
      .execute();
    const unknown = new Set(identities);
    for (const row of known) {
      ids.push(row.component_id);
      unknown.delete(row.identity);
    }
    if (unknown.size === 0) continue;
    const rows = [...unknown].map((identity) => toRow(identity, distinct.get(identity) as Component));
    const table = tableOf(kind, componentColumns, rows);
    const created = await sql<{ component_id: number }>`
      insert into components (identity, ecosystem, name, other_name, coverage, document, pending)
      select identity, ecosystem, name, other_name, coverage, document, 0 from ${table}
      returning component_id`.execute(queries);
    for (const row of created.rows) ids.push(row.component_id);
  }
  return ids.sort((a, b) => a - b);
}

const componentColumns = {
  identity: 'text',
  ecosystem: 'text',
  name: 'text',
  other_name: 'text',
  coverage: 'text',
  document: 'text',
} as const;

function toRow(identity: string, component: Component): (string | null)[] {
  const otherName = otherNameOf(component);
  return [
    identity,
    component.ecosystem,
    keyText(component.name),
    otherName === undefined ? null : keyText(otherName),
    keyText(coverageKey(component.ecosystem, component.distribution)),
    encodeJson(component),
  ];
}

/** Most readings of a subject change little of what it holds. */
async function replaceMembership(
  queries: Queries,
  kind: DatabaseKind,
  subjectRow: number,
  ids: readonly number[],
): Promise<void> {
  const before = await queries
    .selectFrom('bom_components')
    .select('component_id')
    .where('subject_row', '=', subjectRow)
    .execute();
  const was = new Set(before.map((row) => row.component_id));
  const is = new Set(ids);
  const gone = [...was.difference(is)];
  if (gone.length > 0) {
    await queries
      .deleteFrom('bom_components')
      .where('subject_row', '=', subjectRow)
      .where('component_id', 'in', numbersOf(kind, gone))
      .execute();
  }
  for (const added of chunksOf([...is.difference(was)])) {
    await sql`insert into bom_components (component_id, subject_row)
      select ids.id, ${sql.lit(subjectRow)} from ${numbersOf(kind, added)} as ids`.execute(queries);
  }
}
