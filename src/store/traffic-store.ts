import { sql } from 'kysely';
import type {
  FetchedAddresses,
  GroupPeer,
  NetworkReport,
  SegmentationStatus,
  TrafficEvent,
  TrafficStore,
} from '../model/index.ts';
import { decodeJson, encodeJson, keyText, packJson, unpackJson } from './codec.ts';
import type { Database, Queries } from './database.ts';
import { createFlowStore } from './flow-store.ts';

export function createTrafficStore(database: Database): TrafficStore {
  const { reading } = database;
  return {
    ...createFlowStore(database),
    async putNetwork(report) {
      const host = keyText(report.host);
      const values = { at: report.at, document: packNetwork(report) };
      await database.write((queries) =>
        queries
          .insertInto('host_networks')
          .values({ host, ...values })
          .onConflict((conflict) => conflict.column('host').doUpdateSet(values))
          .execute(),
      );
    },
    async networks() {
      const rows = await reading.selectFrom('host_networks').selectAll().orderBy('host').execute();
      return rows.map(({ document }) => unpackNetwork(document));
    },
    async putStatus(status) {
      const document = encodeJson(status);
      await database.write((queries) =>
        queries
          .insertInto('segmentation_statuses')
          .values({ host: keyText(status.host), document })
          .onConflict((conflict) => conflict.column('host').doUpdateSet({ document }))
          .execute(),
      );
    },
    async statuses() {
      const rows = await reading.selectFrom('segmentation_statuses').selectAll().orderBy('host').execute();
      return rows.map(({ document }) => decodeJson<SegmentationStatus>(document));
    },
    async count({ host, ...counts }) {
      await database.write((queries) =>
        queries
          .insertInto('traffic_counts')
          .values({ host: keyText(host), ...counts })
          .onConflict((conflict) =>
            conflict.column('host').doUpdateSet(({ ref }) => ({
              allowed: sql<number>`${ref('traffic_counts.allowed')} + ${ref('excluded.allowed')}`,
              refused: sql<number>`${ref('traffic_counts.refused')} + ${ref('excluded.refused')}`,
              observed: sql<number>`${ref('traffic_counts.observed')} + ${ref('excluded.observed')}`,
              listed: sql<number>`${ref('traffic_counts.listed')} + ${ref('excluded.listed')}`,
              spoofed: sql<number>`${ref('traffic_counts.spoofed')} + ${ref('excluded.spoofed')}`,
            })),
          )
          .execute(),
      );
    },
    counts: () => reading.selectFrom('traffic_counts').selectAll().orderBy('host').execute(),
    learnPeers: (peers, bound) => database.write((queries) => learnPeers(queries, peers, bound)),
    async knownPeers() {
      const rows = await reading.selectFrom('group_peers').select('peer_key').orderBy('peer_key').execute();
      return rows.map(({ peer_key }) => peer_key);
    },
    async recordEvents(events) {
      if (events.length === 0) return;
      const rows = events.map((event) => ({
        at: event.at,
        kind: event.kind,
        host: keyText(event.host),
        document: encodeJson(event),
      }));
      // One writer after the other: whoever reads after a number misses none that is below it.
      await database.transaction(({ write }) =>
        write(async (queries) => {
          for (let at = 0; at < rows.length; at += 200) {
            await queries
              .insertInto('traffic_events')
              .values(rows.slice(at, at + 200))
              .execute();
          }
        }),
      );
    },
    async events({ limit, offset, kind, host, since }) {
      let query = reading.selectFrom('traffic_events');
      if (kind !== undefined) query = query.where('kind', '=', kind);
      if (host !== undefined) query = query.where('host', '=', keyText(host));
      if (since !== undefined) query = query.where('at', '>=', since);
      const newest = query.orderBy('at', 'desc').orderBy('event_row', 'desc').limit(limit).offset(offset);
      const [rows, { total }] = await Promise.all([
        newest.select('document').execute(),
        query.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
      ]);
      return { items: rows.map(({ document }) => decodeJson<TrafficEvent>(document)), total };
    },
    async eventsAfter({ after, upTo, limit }) {
      const parts = Object.entries(after).map(([kind, number]) => {
        const end = upTo === undefined ? sql`` : sql`and event_row <= ${upTo}`;
        return sql`select * from (select event_row, document from traffic_events
          where kind = ${kind} and event_row > ${number} ${end} order by event_row limit ${limit}) as of_kind`;
      });
      if (parts.length === 0) return [];
      const { rows } = await sql<{ event_row: number; document: string }>`
        ${sql.join(parts, sql` union all `)} order by event_row limit ${limit}`.execute(reading);
      return rows.map(({ event_row, document }) => ({ number: Number(event_row), event: decodeJson(document) }));
    },
    async lastEvent() {
      const query = reading.selectFrom('traffic_events').select(({ fn }) => fn.max('event_row').as('last'));
      return Number((await query.executeTakeFirst())?.last ?? 0);
    },
    async putAddresses(fetched) {
      const document = packAddresses(fetched);
      await database.write((queries) =>
        queries
          .insertInto('fetched_addresses')
          .values({ list: keyText(fetched.list), source: keyText(fetched.source), document })
          .onConflict((conflict) => conflict.columns(['list', 'source']).doUpdateSet({ document }))
          .execute(),
      );
    },
    async addresses() {
      const rows = await reading
        .selectFrom('fetched_addresses')
        .selectAll()
        .orderBy('list')
        .orderBy('source')
        .execute();
      return rows.map(({ document }) => unpackAddresses(document));
    },
    async removeAddresses(list, source) {
      await database.write((queries) =>
        queries
          .deleteFrom('fetched_addresses')
          .where('list', '=', keyText(list))
          .where('source', '=', keyText(source))
          .execute(),
      );
    },
  };
}

async function learnPeers(queries: Queries, peers: readonly GroupPeer[], bound: number) {
  const learned: { readonly peer: GroupPeer; readonly groupSince: number }[] = [];
  for (const [group, ofGroup] of Map.groupBy(peers, (peer) => peer.group)) {
    const { since, known } = await queries
      .selectFrom('group_peers')
      .where('group_name', '=', keyText(group))
      .select(({ fn }) => [fn.countAll<number>().as('known'), fn.min('first_at').as('since')])
      .executeTakeFirstOrThrow();
    let room = bound - known;
    let groupSince: number | null = since;
    for (const peer of ofGroup) {
      if (room <= 0) break;
      const row = await queries
        .insertInto('group_peers')
        .values({ peer_key: keyText(peer.key), group_name: keyText(group), first_at: peer.first })
        .onConflict((conflict) => conflict.doNothing())
        .returning('first_at')
        .executeTakeFirst();
      if (row === undefined) continue;
      room -= 1;
      groupSince ??= peer.first;
      learned.push({ peer, groupSince });
    }
  }
  return learned;
}

function packNetwork(report: NetworkReport): Uint8Array {
  const { services } = report.network;
  return packJson({ ...report, network: { ...report.network, services: [...services] } });
}

function unpackNetwork(bytes: Uint8Array): NetworkReport {
  const report = unpackJson<NetworkReport>(bytes);
  // As it was packed: pairs.
  return { ...report, network: { ...report.network, services: new Map(report.network.services) } };
}

/** JSON has no number that holds an address of version 6. */
interface PackedAddresses extends Omit<FetchedAddresses, 'addresses'> {
  readonly v4: readonly (readonly [number, number])[];
  readonly v6: readonly (readonly [string, string])[];
}

function packAddresses({ addresses, ...rest }: FetchedAddresses): Uint8Array {
  const packed: PackedAddresses = {
    ...rest,
    v4: addresses.v4.map(({ from, end }) => [from, end]),
    v6: addresses.v6.map(({ from, end }) => [from.toString(16), end.toString(16)]),
  };
  return packJson(packed);
}

function unpackAddresses(bytes: Uint8Array): FetchedAddresses {
  const { v4, v6, ...rest } = unpackJson<PackedAddresses>(bytes);
  const addresses = {
    v4: v4.map(([from, end]) => ({ from, end })),
    v6: v6.map(([from, end]) => ({ from: BigInt(`0x${from}`), end: BigInt(`0x${end}`) })),
  };
  return { ...rest, addresses };
}
