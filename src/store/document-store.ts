import { sql } from 'kysely';
import type { DocumentStore } from '../model/index.ts';
import { decodeJson, encodeJson, keyText, plainText } from './codec.ts';
import type { Database } from './database.ts';

export function createDocumentStore(database: Database): DocumentStore {
  const { reading } = database;
  return {
    async list(kind) {
      let query = reading.selectFrom('documents').selectAll().orderBy('kind').orderBy('name');
      if (kind !== undefined) query = query.where('kind', '=', kind);
      return (await query.execute()).map((row) => ({
        kind: row.kind,
        name: row.name,
        body: decodeJson(row.body),
        digest: row.digest,
        appliedAt: row.applied_at,
        appliedBy: row.applied_by,
      }));
    },
    async apply({ put, remove, at, by }) {
      await database.write(async (queries) => {
        for (const { kind, name } of remove) {
          await queries.deleteFrom('documents').where('kind', '=', kind).where('name', '=', keyText(name)).execute();
        }
        for (const { kind, name, body, digest } of put) {
          const values = { body: encodeJson(body), digest, applied_at: at, applied_by: plainText(by) };
          await queries
            .insertInto('documents')
            .values({ kind, name: keyText(name), ...values })
            .onConflict((conflict) => conflict.columns(['kind', 'name']).doUpdateSet(values))
            .execute();
        }
        await queries.updateTable('document_revision').set({ revision: sql`revision + 1` }).execute();
      });
    },
    async revision() {
      return (await reading.selectFrom('document_revision').select('revision').executeTakeFirstOrThrow()).revision;
    },
  };
}
