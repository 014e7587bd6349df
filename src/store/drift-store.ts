import { type SqlBool, sql } from 'kysely';
import { digestOf, type Instant } from '../base/index.ts';
import {
  type ContainerKey,
  type ContainerLook,
  type DriftFinding,
  type DriftQuery,
  type DriftStore,
  type StoredDriftFinding,
  severities,
} from '../model/index.ts';
import { ranksFrom } from './change-store.ts';
import { containing, decodeJson, encodeJson, keyText, plainText } from './codec.ts';
import type { Database, DatabaseKind, Queries } from './database.ts';
import { chunksOf, numbersOf, tableOf } from './rows.ts';
import type { Tables } from './schema.ts';
import { toWorkload } from './workload-store.ts';

const isRunning = sql<SqlBool>`exists (select 1 from workloads where workloads.container_id = container_looks.container_id
  and workloads.host = container_looks.host and workloads.engine = container_looks.engine and workloads.ended is null)`;

export function createDriftStore(database: Database): DriftStore {
  const { kind, reading } = database;

  const record: DriftStore['record'] = (look) =>
    database.transaction(({ write }) =>
      write(async (queries) => {
        const before = await findLook(queries, look);
        const lookId = await writeLook(queries, before?.look_id, look);
        if ('failure' in look.result) return [];
        const absentAt = before?.looked_at ?? Math.min(look.started, look.at);
        return writeFindings(queries, kind, lookId, look, look.result, absentAt);
      }),
    );

  const list: DriftStore['list'] = async (query) => {
    const where = conditionsOf(kind, query);
    const from = sql`from drift_findings join container_looks on container_looks.look_id = drift_findings.look_id ${where}`;
    const { rows } = await sql<FindingRow>`select drift_findings.*, container_looks.host, container_looks.engine,
      container_looks.container_id, container_looks.name, container_looks.image_reference, container_looks.image_id ${from}
      order by first_seen desc, finding_id desc limit ${query.limit} offset ${query.offset}`.execute(reading);
    const counted = await sql<{ total: number }>`select count(*) as total ${from}`.execute(reading);
    return { items: rows.map(toFinding), total: counted.rows[0]?.total ?? 0 };
  };

  return {
    record,
    list,
    async counts() {
      const { rows } = await sql<{ looked: number; failed: number; drifted: number }>`select
        count(*) filter (where looked_at is not null) as looked,
        count(*) filter (where failure is not null or problems <> '[]') as failed,
        count(*) filter (where exists (select 1 from drift_findings
          where drift_findings.look_id = container_looks.look_id and gone_at is null)) as drifted
        from container_looks where ${isRunning}`.execute(reading);
      return rows[0] ?? { looked: 0, failed: 0, drifted: 0 };
    },
    async state(container) {
      const row = await findLook(reading, container);
      return (
        row && {
          ...containerOf(row),
          attemptedAt: row.attempted_at,
          ...(row.looked_at === null ? {} : { lookedAt: row.looked_at }),
          ...(row.seen_by === null ? {} : { seenBy: row.seen_by }),
          ...(row.failure === null ? {} : { failure: row.failure }),
          problems: decodeJson(row.problems),
          more: row.more,
        }
      );
    },
    async due(host, before, limit) {
      const rows = await reading
        .selectFrom('workloads')
        .leftJoin('container_looks', (join) =>
          join
            .onRef('container_looks.container_id', '=', 'workloads.container_id')
            .onRef('container_looks.host', '=', 'workloads.host')
            .onRef('container_looks.engine', '=', 'workloads.engine'),
        )
        .selectAll('workloads')
        .where('workloads.host', '=', keyText(host))
        .where('workloads.ended', 'is', null)
        .where((where) =>
          where.or([where('attempted_at', 'is', null), where('container_looks.attempted_at', '<=', before)]),
        )
        .where(sql<SqlBool>`exists (select 1 from boms where boms.subject = workloads.image_id)`)
        .orderBy(sql`coalesce(container_looks.attempted_at, 0)`)
        .orderBy('workloads.workload_id')
        .limit(limit)
        .execute();
      return rows.map(toWorkload);
    },
  };
}

function findLook(queries: Queries, { host, engine, containerId }: ContainerKey) {
  return queries
    .selectFrom('container_looks')
    .selectAll()
    .where('container_id', '=', keyText(containerId))
    .where('host', '=', keyText(host))
    .where('engine', '=', engine)
    .executeTakeFirst();
}

async function writeLook(queries: Queries, known: number | undefined, look: ContainerLook): Promise<number> {
  const { result } = look;
  const words = {
    name: plainText(look.name),
    image_reference: plainText(look.imageReference),
    image_id: look.imageId,
    attempted_at: look.at,
    ...('failure' in result
      ? { failure: plainText(result.failure) }
      : {
          failure: null,
          looked_at: look.at,
          seen_by: result.seenBy,
          problems: encodeJson(result.problems),
          more: result.more,
        }),
  };
  if (known !== undefined) {
    await queries.updateTable('container_looks').set(words).where('look_id', '=', known).execute();
    return known;
  }
  const key = { host: keyText(look.host), engine: look.engine, container_id: keyText(look.containerId) };
  const { look_id } = await queries
    .insertInto('container_looks')
    .values({ looked_at: null, seen_by: null, problems: '[]', more: 0, ...words, ...key })
    .returning('look_id')
    .executeTakeFirstOrThrow();
  return look_id;
}

type Seen = Exclude<ContainerLook['result'], { failure: string }>;

async function writeFindings(
  queries: Queries,
  kind: DatabaseKind,
  lookId: number,
  { at }: ContainerLook,
  { findings, problems, more }: Seen,
  absentAt: Instant,
): Promise<readonly DriftFinding[]> {
  const seen = new Map(findings.map((finding) => [identityOf(finding), finding]));
  const rows = await queries
    .selectFrom('drift_findings')
    .select(['finding_id', 'identity', 'gone_at'])
    .where('look_id', '=', lookId)
    .execute();
  const known = new Set(rows.filter(({ gone_at }) => gone_at === null).map(({ identity }) => identity));
  const isWhole = problems.length === 0 && more === 0;
  const gone = isWhole ? rows.filter(({ identity, gone_at }) => gone_at === null && !seen.has(identity)) : [];
  for (const ids of chunksOf(gone.map(({ finding_id }) => finding_id)))
    await queries
      .updateTable('drift_findings')
      .set({ gone_at: at })
      .where('finding_id', 'in', numbersOf(kind, ids))
      .execute();
  for (const chunk of chunksOf([...seen])) await upsertFindings(queries, kind, { lookId, at, absentAt }, chunk);
  return [...seen].filter(([identity]) => !known.has(identity)).map(([, finding]) => finding);
}

/** What was gone and is back is new again. */
async function upsertFindings(
  queries: Queries,
  kind: DatabaseKind,
  { lookId, at, absentAt }: { lookId: number; at: Instant; absentAt: Instant },
  findings: readonly (readonly [identity: string, finding: DriftFinding])[],
): Promise<void> {
  const table = tableOf(
    kind,
    { identity: 'text', subject: 'text', severity_rank: 'bigint', document: 'text' },
    findings.map(([identity, finding]) => [
      identity,
      plainText(finding.subject),
      severities.indexOf(finding.severity),
      encodeJson(finding),
    ]),
  );
  await sql`insert into drift_findings (look_id, identity, subject, severity_rank, absent_at, first_seen, last_seen, document)
    select cast(${lookId} as bigint), identity, subject, severity_rank, cast(${absentAt} as bigint), cast(${at} as bigint),
      cast(${at} as bigint), document from ${table} where true
    on conflict (look_id, identity) do update set severity_rank = excluded.severity_rank, document = excluded.document,
      last_seen = excluded.last_seen, gone_at = null,
      absent_at = case when drift_findings.gone_at is null then drift_findings.absent_at else excluded.absent_at end,
      first_seen = case when drift_findings.gone_at is null then drift_findings.first_seen else excluded.first_seen end`.execute(
    queries,
  );
}

function identityOf({ rule, subject }: DriftFinding): string {
  return digestOf(Buffer.from(`${rule}\n${subject}`));
}

function conditionsOf(kind: DatabaseKind, query: DriftQuery) {
  const conditions: ReturnType<typeof sql<SqlBool>>[] = [];
  if (query.running) conditions.push(isRunning);
  if (!query.gone) conditions.push(sql<SqlBool>`drift_findings.gone_at is null`);
  if (query.container) {
    const { host, engine, containerId } = query.container;
    conditions.push(sql<SqlBool>`container_looks.container_id = ${keyText(containerId)}
      and container_looks.host = ${keyText(host)} and container_looks.engine = ${engine}`);
  }
  if (query.severity) {
    conditions.push(sql<SqlBool>`drift_findings.severity_rank in ${numbersOf(kind, ranksFrom(query.severity))}`);
  }
  if (query.search) {
    const pattern = containing(query.search);
    conditions.push(sql<SqlBool>`(lower(container_looks.name) like ${pattern} escape '\\'
      or lower(container_looks.image_reference) like ${pattern} escape '\\' or lower(container_looks.host) like ${pattern} escape '\\'
      or container_looks.container_id like ${pattern} escape '\\' or lower(drift_findings.subject) like ${pattern} escape '\\')`);
  }
  return conditions.length > 0 ? sql`where ${sql.join(conditions, sql` and `)}` : sql``;
}

type FindingRow = Tables['drift_findings'] & Omit<Tables['container_looks'], 'look_id'>;

function containerOf(
  row: Pick<FindingRow, 'host' | 'engine' | 'container_id' | 'name' | 'image_reference' | 'image_id'>,
) {
  return {
    host: row.host,
    engine: row.engine,
    containerId: row.container_id,
    name: row.name,
    imageReference: row.image_reference,
    imageId: row.image_id,
  };
}

function toFinding(row: FindingRow): StoredDriftFinding {
  return {
    ...decodeJson<DriftFinding>(row.document),
    ...containerOf(row),
    absentAt: row.absent_at,
    firstSeen: row.first_seen,
    lastSeen: row.last_seen,
    ...(row.gone_at === null ? {} : { goneAt: row.gone_at }),
  };
}
