import type { NotificationStore, NotificationTarget } from '../model/index.ts';
import { decodeJson, encodeJson, keyText, plainText } from './codec.ts';
import type { Database } from './database.ts';
import type { Tables } from './schema.ts';

/** Who is told of changes. A target is its own outbox: what comes after its cursor is still to be delivered. */
export function createNotificationStore(database: Database): NotificationStore {
  const { reading, write } = database;
  return {
    async list() {
      return (await reading.selectFrom('notification_targets').selectAll().orderBy('target_id').execute()).map(
        toTarget,
      );
    },
    async put({ id, kind, address, secret, filter, state }) {
      const described = { kind, address, secret: secret ?? null, filter: encodeJson(filter) };
      await write((queries) =>
        queries
          .insertInto('notification_targets')
          .values({
            target_id: keyText(id),
            ...described,
            cursor_at: state.cursor,
            attempting: state.attempting ?? null,
            traffic: encodeJson(state.traffic),
            attempts: state.attempts,
            due: state.due,
            last_delivered: state.lastDelivered ?? null,
            last_error: state.lastError ?? null,
            leased_until: 0,
          })
          .onConflict((conflict) => conflict.column('target_id').doUpdateSet({ ...described, due: state.due }))
          .execute(),
      );
    },
    async remove(id) {
      const removed = await write((queries) =>
        queries.deleteFrom('notification_targets').where('target_id', '=', keyText(id)).executeTakeFirst(),
      );
      return Number(removed.numDeletedRows) > 0;
    },
    async lease(id, until, at) {
      const row = await write((queries) =>
        queries
          .updateTable('notification_targets')
          .set({ leased_until: until })
          .where('target_id', '=', keyText(id))
          .where('leased_until', '<=', at)
          .returningAll()
          .executeTakeFirst(),
      );
      return row && toTarget(row);
    },
    async settle(id, { cursor, attempting, traffic, attempts, due, lastDelivered, lastError }) {
      await write((queries) =>
        queries
          .updateTable('notification_targets')
          .set({
            cursor_at: cursor,
            attempting: attempting ?? null,
            traffic: encodeJson(traffic),
            attempts,
            due,
            last_delivered: lastDelivered ?? null,
            last_error: lastError === undefined ? null : plainText(lastError),
            leased_until: 0,
          })
          .where('target_id', '=', keyText(id))
          .execute(),
      );
    },
  };
}

function toTarget(row: Tables['notification_targets']): NotificationTarget {
  return {
    id: row.target_id,
    kind: row.kind as NotificationTarget['kind'],
    address: row.address,
    ...(row.secret === null ? {} : { secret: row.secret }),
    filter: decodeJson(row.filter),
    state: {
      cursor: row.cursor_at,
      ...(row.attempting === null ? {} : { attempting: row.attempting }),
      traffic: row.traffic === null ? { told: {}, due: 0 } : decodeJson(row.traffic),
      attempts: row.attempts,
      due: row.due,
      ...(row.last_delivered === null ? {} : { lastDelivered: row.last_delivered }),
      ...(row.last_error === null ? {} : { lastError: row.last_error }),
    },
  };
}
