import { type SqlBool, sql } from 'kysely';
import { digestOf, type Instant } from '../base/index.ts';
import type { Flow, FlowQuery, FlowRecording, FlowSum, StoredFlow, TrafficStore } from '../model/index.ts';
import { containing, decodeJson, encodeJson, keyText, lowerAscii } from './codec.ts';
import type { Database, Queries } from './database.ts';
import { endsOf, formatEnd, parseEnd } from './flow-end.ts';
import { chunksOf, tableOf } from './rows.ts';
import type { Tables } from './schema.ts';

const hour = 3_600_000;
/** Attempts are told apart by hour for so long, in hours. */
const hoursKept = 49;

type FlowStore = Pick<TrafficStore, 'record' | 'recordings' | 'flows' | 'sums' | 'forget'>;

export function createFlowStore(database: Database): FlowStore {
  const { kind, reading } = database;
  return {
    async record(recording, flows, bound) {
      const rows = new Map<string, Row>();
      for (const flow of flows) add(rows, toRow(flow));
      await database.write(async (queries) => {
        await prolong(queries, recording);
        for (const chunk of chunksOf([...rows.values()])) {
          const numbers = await upsert(queries, kind, chunk);
          await countHours(queries, kind, chunk, numbers);
        }
        if (rows.size > 0) await shrink(queries, recording.host, bound);
      });
    },
    async recordings() {
      const rows = await reading.selectFrom('flow_recordings').selectAll().orderBy('host').execute();
      return rows.map(({ host, from_at, to_at, overflowed }) => ({
        host,
        from: from_at,
        to: to_at,
        overflowed: overflowed !== 0,
      }));
    },
    async flows(query) {
      const where = conditionsOf(query);
      const recent = query.since === undefined ? sql<number>`attempts` : attemptsSince(query.since);
      const { rows } = await sql<Tables['flows'] & { recent: number }>`select flows.*, ${recent} as recent
        from flows ${where} order by last_at desc, flow_row desc
        limit ${query.limit} offset ${query.offset}`.execute(reading);
      const counted = await sql<{ total: number }>`select count(*) as total from flows ${where}`.execute(reading);
      return { items: rows.map(toFlow), total: counted.rows[0]?.total ?? 0 };
    },
    async sums({ since, host, limit }) {
      const ofHost = host === undefined ? sql`` : sql`and host = ${keyText(host)}`;
      const { rows } = await sql<SumRow>`select host, from_end, to_end, direction, protocol, port, outcome,
          cast(sum(recent) as bigint) as attempts, max(last_at) as last_at
        from (select flows.*, ${attemptsSince(since)} as recent
          from flows where last_at >= ${since} ${ofHost}
            and ${seenOnce}) as seen
        group by host, from_end, to_end, direction, protocol, port, outcome
        order by attempts desc, from_end, to_end, port limit ${limit}`.execute(reading);
      return rows.map(
        ({ host, from_end, to_end, direction, protocol, port, outcome, attempts, last_at }): FlowSum => ({
          host,
          from: parseEnd(from_end),
          to: parseEnd(to_end),
          direction,
          protocol,
          port: Number(port),
          outcome,
          attempts: Number(attempts),
          last: Number(last_at),
        }),
      );
    },
    async forget(before, limit) {
      return database.write(async (queries) => {
        const old = queries.selectFrom('flows').where('last_at', '<', before).orderBy('last_at').limit(limit);
        const gone = await old.select('flow_row').execute();
        await removeFlows(
          queries,
          gone.map(({ flow_row }) => flow_row),
        );
        const events = await queries
          .deleteFrom('traffic_events')
          .where('event_row', 'in', (from) =>
            from.selectFrom('traffic_events').where('at', '<', before).orderBy('at').limit(limit).select('event_row'),
          )
          .executeTakeFirstOrThrow();
        return gone.length + Number(events.numDeletedRows);
      });
    },
  };
}

/** As who asks saw it: what came in from a container went out of it as well. */
const seenOnce = sql<SqlBool>`not (direction = 'inbound' and from_end like 'groups:%')`;

/** Of the hour in which it lies and later; all of a flow whose hours are no longer told apart. */
function attemptsSince(since: Instant) {
  return sql<number>`case when first_at >= ${since} or last_at - ${since} > ${(hoursKept - 1) * hour} then attempts
    else coalesce((select sum(hours.attempts) from flow_hours as hours
      where hours.flow_row = flows.flow_row and hours.hour >= ${Math.floor(since / hour)}), 0) end`;
}

/** A digest of what tells one from another: they are longer than an index takes. */
function identityOf(parts: readonly (string | number)[]): string {
  return digestOf(encodeJson(parts)).slice('sha256:'.length, 'sha256:'.length + 40);
}

type Row = Omit<Tables['flows'], 'flow_row'> & { readonly hour: number };
type SumRow = Pick<
  Tables['flows'],
  'host' | 'from_end' | 'to_end' | 'direction' | 'protocol' | 'port' | 'outcome' | 'attempts' | 'last_at'
>;

function toRow(flow: Flow): Row {
  const { host, container, peer, direction, protocol, port, outcome, first, last, attempts, ...rest } = flow;
  const [from, to] = endsOf(flow);
  const peerKey =
    peer.kind === 'container'
      ? `${peer.engine} ${peer.containerId}`
      : peer.kind === 'address'
        ? peer.address
        : peer.kind;
  return {
    identity: identityOf([
      host,
      container.engine,
      container.containerId,
      direction,
      peer.kind,
      peerKey,
      protocol,
      port,
      outcome,
    ]),
    host: keyText(host),
    container_id: keyText(container.containerId),
    container_name: lowerAscii(keyText(container.name)),
    peer_id: peer.kind === 'container' ? keyText(peer.containerId) : '',
    peer_name: peer.kind === 'container' ? lowerAscii(keyText(peer.name)) : '',
    from_end: formatEnd(from),
    to_end: formatEnd(to),
    direction,
    protocol,
    port,
    outcome,
    first_at: first,
    last_at: last,
    attempts,
    document: encodeJson({ container, peer, ...rest }),
    hour: Math.floor(last / hour),
  };
}

/** A statement must not meet the same flow twice. */
function add(rows: Map<string, Row>, row: Row): void {
  const known = rows.get(row.identity);
  rows.set(
    row.identity,
    known
      ? {
          ...row,
          first_at: Math.min(known.first_at, row.first_at),
          last_at: Math.max(known.last_at, row.last_at),
          attempts: known.attempts + row.attempts,
          hour: Math.max(known.hour, row.hour),
        }
      : row,
  );
}

async function prolong(queries: Queries, { host, from, to, overflowed }: FlowRecording): Promise<void> {
  const key = keyText(host);
  const known = await queries.selectFrom('flow_recordings').where('host', '=', key).selectAll().executeTakeFirst();
  const goesOn = known !== undefined && from <= known.to_at + hour;
  const values = {
    from_at: goesOn ? Math.min(known.from_at, from) : from,
    to_at: goesOn ? Math.max(known.to_at, to) : to,
    overflowed: overflowed || (goesOn && known.overflowed !== 0) ? 1 : 0,
  };
  await queries
    .insertInto('flow_recordings')
    .values({ host: key, ...values })
    .onConflict((conflict) => conflict.column('host').doUpdateSet(values))
    .execute();
}

const columns = {
  identity: 'text',
  host: 'text',
  container_id: 'text',
  container_name: 'text',
  peer_id: 'text',
  peer_name: 'text',
  from_end: 'text',
  to_end: 'text',
  direction: 'text',
  protocol: 'text',
  port: 'bigint',
  outcome: 'text',
  first_at: 'bigint',
  last_at: 'bigint',
  attempts: 'bigint',
  document: 'text',
} as const;
const names = Object.keys(columns) as (keyof typeof columns)[];

async function upsert(queries: Queries, kind: Database['kind'], rows: readonly Row[]): Promise<Map<string, number>> {
  const table = tableOf(
    kind,
    columns,
    rows.map((row) => names.map((name) => row[name])),
  );
  const list = sql.join(names.map((name) => sql.ref(name)));
  const { rows: written } = await sql<{ identity: string; flow_row: number }>`insert into flows (${list})
    select ${list} from ${table} where true
    on conflict (identity) do update set container_name = excluded.container_name, peer_name = excluded.peer_name,
      from_end = excluded.from_end, to_end = excluded.to_end, document = excluded.document,
      attempts = flows.attempts + excluded.attempts,
      first_at = case when excluded.first_at < flows.first_at then excluded.first_at else flows.first_at end,
      last_at = case when excluded.last_at > flows.last_at then excluded.last_at else flows.last_at end
    returning identity, flow_row`.execute(queries);
  return new Map(written.map(({ identity, flow_row }) => [identity, flow_row]));
}

async function countHours(
  queries: Queries,
  kind: Database['kind'],
  rows: readonly Row[],
  numbers: ReadonlyMap<string, number>,
): Promise<void> {
  const table = tableOf(
    kind,
    { flow_row: 'bigint', hour: 'bigint', attempts: 'bigint' },
    rows.map(({ identity, hour, attempts }) => [numbers.get(identity) ?? 0, hour, attempts]),
  );
  await sql`insert into flow_hours (flow_row, hour, attempts) select flow_row, hour, attempts from ${table} where true
    on conflict (flow_row, hour) do update set attempts = flow_hours.attempts + excluded.attempts`.execute(queries);
  const newest = rows.reduce((newest, { hour }) => Math.max(newest, hour), 0);
  // Clocks of hosts differ; what goes is only the finer count.
  await queries
    .deleteFrom('flow_hours')
    .where('hour', '<', newest - hoursKept)
    .execute();
}

async function shrink(queries: Queries, host: string, bound: number): Promise<void> {
  const { count } = await queries
    .selectFrom('flows')
    .where('host', '=', keyText(host))
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  if (count <= bound) return;
  const rows = await queries
    .selectFrom('flows')
    .where('host', '=', keyText(host))
    .orderBy('last_at')
    .orderBy('flow_row')
    .limit(count - bound)
    .select('flow_row')
    .execute();
  await removeFlows(
    queries,
    rows.map(({ flow_row }) => flow_row),
  );
}

async function removeFlows(queries: Queries, numbers: readonly number[]): Promise<void> {
  for (const chunk of chunksOf(numbers, 500)) {
    await queries.deleteFrom('flow_hours').where('flow_row', 'in', chunk).execute();
    await queries.deleteFrom('flows').where('flow_row', 'in', chunk).execute();
  }
}

function conditionsOf(query: FlowQuery) {
  const conditions: ReturnType<typeof sql<SqlBool>>[] = [];
  const { group, container, host, outcome, since, firstSince, fromGroup, toGroup, once } = query;
  if (host !== undefined) conditions.push(sql<SqlBool>`host = ${keyText(host)}`);
  if (outcome !== undefined) conditions.push(sql<SqlBool>`outcome = ${outcome}`);
  if (since !== undefined) conditions.push(sql<SqlBool>`last_at >= ${since}`);
  if (firstSince !== undefined) conditions.push(sql<SqlBool>`first_at >= ${firstSince}`);
  if (once === true) conditions.push(seenOnce);
  if (group !== undefined) conditions.push(sql<SqlBool>`(${has('from_end', group)} or ${has('to_end', group)})`);
  if (fromGroup !== undefined) conditions.push(has('from_end', fromGroup));
  if (toGroup !== undefined) conditions.push(has('to_end', toGroup));
  if (container !== undefined) {
    const text = lowerAscii(keyText(container));
    conditions.push(sql<SqlBool>`(container_name = ${text} or peer_name = ${text}
      or (container_id >= ${text} and container_id < ${`${text}~`}) or (peer_id >= ${text} and peer_id < ${`${text}~`}))`);
  }
  return conditions.length > 0 ? sql`where ${sql.join(conditions, sql` and `)}` : sql``;
}

function has(column: 'from_end' | 'to_end', group: string) {
  return sql<SqlBool>`(${sql.ref(column)} like 'groups:%' and lower(${sql.ref(column)}) like ${containing(`,${group},`)} escape '\\')`;
}

function toFlow(row: Tables['flows'] & { recent: number }): StoredFlow {
  return {
    ...decodeJson<Pick<Flow, 'container' | 'peer' | 'listed'>>(row.document),
    host: row.host,
    direction: row.direction,
    protocol: row.protocol,
    port: Number(row.port),
    outcome: row.outcome,
    first: Number(row.first_at),
    last: Number(row.last_at),
    attempts: Number(row.attempts),
    recent: Number(row.recent),
  };
}
