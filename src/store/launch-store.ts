import type { SelectQueryBuilder } from 'kysely';
import type { Digest } from '../base/index.ts';
import type {
  InputReport,
  LaunchRecord,
  LaunchRequest,
  LaunchStore,
  LaunchTicket,
  StartedLaunch,
  TicketAnswer,
} from '../model/index.ts';
import { containing, decodeJson, encodeJson, keyText, packJson, unpackJson } from './codec.ts';
import { compileInsert, compileQuestion } from './compiled-question.ts';
import type { Database } from './database.ts';
import { longestBeforeTail, type PackedTail, packBefore, packTail } from './packed-tail.ts';
import type { Tables } from './schema.ts';

export function createLaunchStore(database: Database): LaunchStore {
  const { reading } = database;
  const admissions = (fingerprint: Digest) =>
    reading
      .selectFrom('admissions')
      .where('fingerprint', '=', fingerprint)
      .orderBy('last_at', 'desc')
      .orderBy('host')
      .limit(1)
      .selectAll();
  const newestAdmission = compileQuestion(reading, admissions);
  const admission = compileQuestion(reading, (fingerprint: Digest, host: string) =>
    admissions(fingerprint).where('host', '=', host),
  );
  const putLaunches = compileInsert((queries, rows: readonly ReturnType<typeof toRow>[]) =>
    queries
      .insertInto('launches')
      .values(rows)
      .onConflict((conflict) => conflict.column('launch_id').doNothing()),
  );
  const putAdmissions = compileInsert((queries, rows: readonly Tables['admissions'][]) =>
    queries
      .insertInto('admissions')
      .values(rows)
      .onConflict((conflict) =>
        conflict.columns(['fingerprint', 'host']).doUpdateSet(({ ref, fn }) => ({
          last_at: ref('excluded.last_at'),
          admitted_at: fn.coalesce('excluded.admitted_at', 'admissions.admitted_at'),
        })),
      ),
  );
  const ticket = compileQuestion(reading, (fingerprint: Digest) =>
    reading
      .selectFrom('launch_tickets')
      .where('fingerprint', '=', fingerprint)
      .orderBy('ticket_row', 'desc')
      .limit(1)
      .selectAll(),
  );
  return {
    async record(records, started) {
      await database.write(async (queries) => {
        await putLaunches(queries, records.map(toRow));
        await putAdmissions(queries, admissionsOf(started));
      });
    },
    async get(id) {
      const row = await reading
        .selectFrom('launches')
        .where('launch_id', '=', keyText(id))
        .select('document')
        .executeTakeFirst();
      return row && unpackJson<LaunchRecord>(row.document);
    },
    async list({ limit, offset, outcome, gate, host, observed, text }) {
      let query = reading.selectFrom('launches');
      if (outcome !== undefined) query = query.where('outcome', '=', outcome);
      if (gate !== undefined) query = query.where('gate', '=', gate);
      if (host !== undefined) query = query.where('host', '=', keyText(host));
      if (observed !== undefined) query = query.where('observed', '=', observed ? 1 : 0);
      if (text !== undefined) query = withText(query, text);
      const newest = query.orderBy('at', 'desc').orderBy('launch_row', 'desc').limit(limit).offset(offset);
      const [rows, { total }] = await Promise.all([
        newest.select('document').execute(),
        query.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
      ]);
      return { items: rows.map(({ document }) => unpackJson<LaunchRecord>(document)), total };
    },
    async since(at, limit, after) {
      let query = reading.selectFrom('launches').where('at', '>=', at);
      const last =
        after === undefined
          ? undefined
          : await reading
              .selectFrom('launches')
              .where('launch_id', '=', after)
              .select(['at', 'launch_row'])
              .executeTakeFirst();
      if (last) {
        query = query.where(({ or, and, eb }) =>
          or([eb('at', '>', last.at), and([eb('at', '=', last.at), eb('launch_row', '>', last.launch_row)])]),
        );
      }
      const rows = await query.orderBy('at').orderBy('launch_row').limit(limit).select('document').execute();
      return rows.map(({ document }) => unpackJson<LaunchRecord>(document));
    },
    async admission(fingerprint, host) {
      const row = host === undefined ? await newestAdmission(fingerprint) : await admission(fingerprint, keyText(host));
      if (!row) return undefined;
      const admitted = row.admitted_at === null ? {} : { admittedAt: row.admitted_at };
      return { fingerprint, host: row.host, firstAt: row.first_at, lastAt: row.last_at, ...admitted };
    },
    async ticketOf(fingerprint) {
      const row = await ticket(fingerprint);
      return row && toTicket(row);
    },
    async openTicket(ticket) {
      await database.write((queries) =>
        queries
          .insertInto('launch_tickets')
          .values({
            ticket_id: ticket.id,
            fingerprint: ticket.fingerprint,
            state: 'open',
            opened_at: ticket.openedAt,
            document: encodeJson(ticket),
            answer: null,
          })
          .onConflict((conflict) => conflict.doNothing())
          .execute(),
      );
    },
    async ticket(id) {
      const row = await reading
        .selectFrom('launch_tickets')
        .where('ticket_id', '=', keyText(id))
        .selectAll()
        .executeTakeFirst();
      return row && toTicket(row);
    },
    async tickets({ limit, offset, state }) {
      let query = reading.selectFrom('launch_tickets');
      if (state !== undefined) query = query.where('state', '=', state);
      const newest = query.orderBy('opened_at', 'desc').orderBy('ticket_row', 'desc').limit(limit).offset(offset);
      const [rows, { total }] = await Promise.all([
        newest.selectAll().execute(),
        query.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
      ]);
      return { items: rows.map(toTicket), total };
    },
    async answerTicket(id, state, answer) {
      const { numUpdatedRows } = await database.write((queries) =>
        queries
          .updateTable('launch_tickets')
          .set({ state, answer: encodeJson(answer) })
          .where('ticket_id', '=', keyText(id))
          .where('state', '=', 'open')
          .executeTakeFirstOrThrow(),
      );
      return numUpdatedRows > 0n;
    },
    async forget(before, limit) {
      const { numDeletedRows } = await database.write((queries) =>
        queries
          .deleteFrom('launches')
          .where('launch_row', 'in', (from) =>
            from.selectFrom('launches').where('at', '<', before).orderBy('at').limit(limit).select('launch_row'),
          )
          .executeTakeFirstOrThrow(),
      );
      return Number(numDeletedRows);
    },
  };
}

function withText<Query extends SelectQueryBuilder<Tables, 'launches', object>>(query: Query, text: string): Query {
  return query.where(({ or, eb, fn }) =>
    or([
      eb('launch_id', '>=', text).and('launch_id', '<', `${text}~`),
      eb(fn('lower', ['images']), 'like', containing(text)),
    ]),
  ) as Query;
}

function toRow(record: LaunchRecord) {
  const { id, at, gate, host, outcome, observed, facts } = record;
  const images = facts.flatMap(({ request }) => request.image?.value ?? []).join(' ');
  return {
    launch_id: id,
    at,
    gate,
    host: keyText(host),
    outcome,
    observed: observed ? 1 : 0,
    images: keyText(images),
    document: documentOf(record),
  };
}

/** What was asked is the same object each time the same is started. What its record ends with is packed once for all of them. */
const ends = new WeakMap<LaunchRequest, { readonly inputs: InputReport; readonly end: PackedTail }>();

function documentOf(record: LaunchRecord): Buffer {
  const { facts, ...head } = record;
  const [first, ...more] = facts;
  if (!first || more.length > 0) return packJson(record);
  const { request, inputs, ...own } = first;
  // The record without the braces behind its last fields, which are in the end.
  const start = `${encodeJson(head).slice(0, -1)},"facts":[${encodeJson(own).slice(0, -1)}`;
  if (start.length * 3 > longestBeforeTail) return packJson(record);
  const known = ends.get(request);
  if (known?.inputs === inputs) return packBefore(start, known.end);
  const end = packTail(`,"request":${encodeJson(request)},"inputs":${encodeJson(inputs)}}]}`);
  ends.set(request, { inputs, end });
  return packBefore(start, end);
}

/** One of each, as rows: a statement for every start of a container that starts each second would be many. */
function admissionsOf(started: readonly StartedLaunch[]) {
  const admissions = new Map<string, Tables['admissions']>();
  for (const { fingerprint, host: named, at, isAdmitted } of started) {
    const host = keyText(named);
    const key = `${fingerprint} ${host}`;
    const known = admissions.get(key) ?? { fingerprint, host, first_at: at, last_at: at, admitted_at: null };
    admissions.set(key, { ...known, last_at: at, ...(isAdmitted ? { admitted_at: at } : {}) });
  }
  return [...admissions.values()];
}

function toTicket({
  document,
  state,
  answer,
}: Pick<Tables['launch_tickets'], 'document' | 'state' | 'answer'>): LaunchTicket {
  const ticket = decodeJson<LaunchTicket>(document);
  return { ...ticket, state, ...(answer === null ? {} : { answer: decodeJson<TicketAnswer>(answer) }) };
}
