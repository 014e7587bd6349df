import { type SelectQueryBuilder, sql } from 'kysely';
import { type Instant, yieldToEventLoop } from '../base/index.ts';
import { type EngineStatus, type Workload, type WorkloadStore } from '../model/index.ts';
import { containing, decodeJson, encodeJson, keyText, plainText } from './codec.ts';
import type { Database, Queries } from './database.ts';
import { chunksOf, numbersOf, textsOf } from './rows.ts';
import type { Tables } from './schema.ts';

const batch = 5000;

export function createWorkloadStore(database: Database): WorkloadStore {
  const { kind, reading } = database;

  const started: WorkloadStore['started'] = async (workload) => {
    const row = toRow(workload);
    const known = await find(reading, row);
    // Agents report the same runs again and again: what is known costs no transaction.
    if (known && wordsOf(known, row) === undefined) return;
    await database.change('workloads', async (queries, revision) => {
      const before = await find(queries, row);
      if (!before)
        await queries
          .insertInto('workloads')
          .values({ ...row, revision })
          .execute();
      else await update(queries, before.workload_id, { ...wordsOf(before, row), revision });
    });
  };

  const ended: WorkloadStore['ended'] = async (key, at, exact) => {
    const known = await find(reading, toKey(key));
    if (known && !endChanges(known, at, exact)) return;
    await database.change('workloads', async (queries, revision) => {
      const before = await find(queries, toKey(key));
      if (!before || !endChanges(before, at, exact)) return;
      await update(queries, before.workload_id, { ended: at, ended_exact: exact ? 1 : 0, revision });
    });
  };

  const list: WorkloadStore['list'] = async (page) => {
    let matching = reading.selectFrom('workloads');
    if (page.running) matching = matching.where('ended', 'is', null);
    if (page.imageId) matching = matching.where('image_id', '=', page.imageId);
    const to = least(page.at, page.to);
    const from = page.at === undefined ? page.from : Math.max(page.at, page.from ?? page.at);
    if (to !== undefined) matching = matching.where('started', '<=', to);
    if (from !== undefined) {
      matching = matching.where((where) => where.or([where('ended', 'is', null), where('ended', '>=', from)]));
    }
    if (page.search) {
      const pattern = containing(page.search);
      matching = matching.where(
        sql<boolean>`(lower(name) like ${pattern} escape '\\' or lower(image_reference) like ${pattern} escape '\\'
          or lower(host) like ${pattern} escape '\\' or container_id like ${pattern} escape '\\'
          or image_id like ${pattern} escape '\\')`,
      );
    }
    const counted = await matching
      .select((select) => select.fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow();
    const rows = await matching
      .selectAll()
      .orderBy('started', 'desc')
      .orderBy('container_id')
      .orderBy('host')
      .orderBy('engine')
      .limit(page.limit)
      .offset(page.offset)
      .execute();
    return { items: rows.map(toWorkload), total: counted.total };
  };

  /** In order of start, by keyset, so that no statement stays open between batches. */
  async function* intervals(filter: Parameters<WorkloadStore['intervals']>[0] = {}) {
    let after: { started: number; id: number } | undefined;
    for (;;) {
      let query = reading.selectFrom('workloads').selectAll();
      if (filter.imageIds) query = query.where('image_id', 'in', textsOf(kind, filter.imageIds));
      if (filter.changedSince !== undefined) query = query.where('revision', '>', filter.changedSince);
      if (after) {
        const { started, id } = after;
        query = query.where(sql<boolean>`(started, workload_id) > (${started}, ${id})`);
      }
      const rows = await query.orderBy('started').orderBy('workload_id').limit(batch).execute();
      if (rows.length > 0) yield rows.map(toWorkload);
      const last = rows.at(-1);
      if (!last || rows.length < batch) return;
      after = { started: last.started, id: last.workload_id };
      await yieldToEventLoop();
    }
  }

  async function* spans(filter: Parameters<WorkloadStore['spans']>[0] = {}) {
    for (let after = 0; ; await yieldToEventLoop()) {
      let query = reading.selectFrom('workloads').select(['workload_id', 'image_id', 'started', 'ended']);
      const { imageIds, unread, changedSince } = filter;
      if (imageIds || unread) {
        query = query.where((where) =>
          where.or([
            ...(imageIds ? [where('image_id', 'in', textsOf(kind, imageIds))] : []),
            ...(unread ? [where.not(where.exists(bomOfImage(reading)))] : []),
          ]),
        );
      }
      if (changedSince !== undefined) query = query.where('revision', '>', changedSince);
      const rows = await query.where('workload_id', '>', after).orderBy('workload_id').limit(batch).execute();
      if (rows.length > 0) {
        yield rows.map((row) => ({
          workloadId: row.workload_id,
          imageId: row.image_id,
          started: row.started,
          ended: row.ended ?? undefined,
        }));
      }
      if (rows.length < batch) return;
      after = rows.at(-1)?.workload_id ?? after;
    }
  }

  return {
    started,
    ended,
    list,
    intervals,
    spans,
    async byId(workloadIds) {
      const found: (readonly [number, Workload])[] = [];
      for (const chunk of chunksOf(workloadIds)) {
        const query = reading.selectFrom('workloads').selectAll();
        const rows = await query.where('workload_id', 'in', numbersOf(kind, chunk)).execute();
        for (const row of rows) found.push([row.workload_id, toWorkload(row)]);
      }
      return new Map(found);
    },
    async running(of) {
      let query = reading.selectFrom('workloads').selectAll().where('ended', 'is', null);
      if (of) query = query.where('host', '=', keyText(of.host)).where('engine', '=', of.engine);
      return (await inOrder(query).execute()).map(toWorkload);
    },
    async runningByImage(imageIds) {
      let query = reading
        .selectFrom('workloads')
        .select((select) => ['image_id' as const, select.fn.countAll<number>().as('running')])
        .where('ended', 'is', null)
        .groupBy('image_id');
      if (imageIds) query = query.where('image_id', 'in', textsOf(kind, imageIds));
      return new Map((await query.execute()).map((row) => [row.image_id, row.running] as const));
    },
    async seen(host, engine, at) {
      await database.write((queries) =>
        queries
          .insertInto('engines')
          .values({ host: keyText(host), engine, seen: at })
          .onConflict((conflict) => conflict.columns(['host', 'engine']).doUpdateSet({ seen: at }))
          .execute(),
      );
    },
    async putEngine(status) {
      const { lastSeen, ...rest } = status;
      const row = { status: encodeJson(rest), ...(lastSeen === undefined ? {} : { seen: lastSeen }) };
      await database.write((queries) =>
        queries
          .insertInto('engines')
          .values({ host: keyText(status.host), engine: status.engine, ...row })
          .onConflict((conflict) => conflict.columns(['host', 'engine']).doUpdateSet(row))
          .execute(),
      );
    },
    async engines() {
      const rows = await reading.selectFrom('engines').selectAll().orderBy('host').orderBy('engine').execute();
      return rows.flatMap(({ status, seen }): EngineStatus[] =>
        status === null ? [] : [{ ...decodeJson<EngineStatus>(status), ...(seen === null ? {} : { lastSeen: seen }) }],
      );
    },
    async counts() {
      const row = await reading
        .selectFrom('workloads')
        .select((select) => [
          select.fn.countAll<number>().as('total'),
          sql<number>`count(*) filter (where ended is null)`.as('running'),
          sql<number>`count(distinct host)`.as('hosts'),
        ])
        .executeTakeFirstOrThrow();
      return { running: row.running, total: row.total, hosts: row.hosts };
    },
  };
}

type WorkloadRow = Omit<Tables['workloads'], 'workload_id' | 'revision'>;
type StoredRow = { [Column in keyof WorkloadRow]: WorkloadRow[Column] } & { workload_id: number; revision: number };
type Key = Pick<Workload, 'host' | 'engine' | 'containerId' | 'started'>;

function toKey(key: Key) {
  return { host: keyText(key.host), engine: key.engine, container_id: keyText(key.containerId), started: key.started };
}

function find(queries: Queries, key: ReturnType<typeof toKey>) {
  return queries
    .selectFrom('workloads')
    .selectAll()
    .where('container_id', '=', key.container_id)
    .where('started', '=', key.started)
    .where('host', '=', key.host)
    .where('engine', '=', key.engine)
    .executeTakeFirst();
}

function bomOfImage(queries: Queries) {
  return queries
    .selectFrom('boms')
    .select('subject_row')
    .where('boms.subject', '=', sql.ref<string>('workloads.image_id'));
}

async function update(queries: Queries, workloadId: number, changes: Partial<StoredRow>): Promise<void> {
  await queries.updateTable('workloads').set(changes).where('workload_id', '=', workloadId).execute();
}

/** What another sight of a known run changes; undefined where nothing. */
function wordsOf(known: StoredRow, seen: WorkloadRow): Partial<StoredRow> | undefined {
  const reopened = known.ended !== null && known.ended_exact === 0 && seen.ended === null;
  const { name, image_reference, labels } = seen;
  const same = known.name === name && known.image_reference === image_reference && known.labels === labels;
  if (same && !reopened) return undefined;
  return { name, image_reference, labels, ...(reopened ? { ended: null, ended_exact: seen.ended_exact } : {}) };
}

function endChanges(known: StoredRow, at: Instant, exact: boolean): boolean {
  if (known.ended === null) return true;
  if (known.ended_exact === 1 && !exact) return false;
  return known.ended !== at || (known.ended_exact === 1) !== exact;
}

function toRow(workload: Workload): WorkloadRow {
  return {
    ...toKey(workload),
    ended: workload.ended ?? null,
    ended_exact: workload.endedExact ? 1 : 0,
    image_id: workload.imageId,
    name: plainText(workload.name),
    image_reference: plainText(workload.imageReference),
    labels: encodeJson(workload.labels),
  };
}

export function toWorkload(row: WorkloadRow): Workload {
  return {
    host: row.host,
    engine: row.engine,
    containerId: row.container_id,
    name: row.name,
    imageReference: row.image_reference,
    imageId: row.image_id,
    labels: decodeJson(row.labels),
    started: row.started,
    ...(row.ended === null ? {} : { ended: row.ended }),
    endedExact: row.ended_exact === 1,
  };
}

function inOrder<Output>(query: SelectQueryBuilder<Tables, 'workloads', Output>) {
  return query.orderBy('started').orderBy('workload_id');
}

function least(a: Instant | undefined, b: Instant | undefined): Instant | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}
