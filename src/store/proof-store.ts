import type { AskedProof, ProofStore } from '../model/index.ts';
import { keyText, packJson, unpackJson } from './codec.ts';
import type { Database } from './database.ts';
import type { Tables } from './schema.ts';

const keptFor = 3_600_000;

export function createProofStore({ reading, write }: Database): ProofStore {
  return {
    ask: (host, at) =>
      write(async (queries) => {
        await queries
          .deleteFrom('proofs')
          .where('asked_at', '<', at - keptFor)
          .execute();
        const asked = await queries
          .insertInto('proofs')
          .values({ host: keyText(host), asked_at: at, state: 'asked', told_at: at, tried: 0, report: null })
          .returning('proof_id')
          .executeTakeFirstOrThrow();
        return asked.proof_id;
      }),
    async take(host, since, at) {
      const next = await reading
        .selectFrom('proofs')
        .select('proof_id')
        .where('host', '=', keyText(host))
        .where('state', '=', 'asked')
        .where('asked_at', '>=', since)
        .orderBy('proof_id')
        .executeTakeFirst();
      if (next === undefined) return undefined;
      const taken = await write((queries) =>
        queries
          .updateTable('proofs')
          .set({ state: 'running', told_at: at })
          .where('proof_id', '=', next.proof_id)
          .where('state', '=', 'asked')
          .returningAll()
          .executeTakeFirst(),
      );
      return taken && toProof(taken);
    },
    async tell(proofId, tried, at) {
      const told = await write((queries) =>
        queries
          .updateTable('proofs')
          .set({ tried, told_at: at })
          .where('proof_id', '=', proofId)
          .where('state', '=', 'running')
          .executeTakeFirst(),
      );
      return Number(told.numUpdatedRows) > 0;
    },
    async finish(proofId, report, at) {
      await write((queries) =>
        queries
          .updateTable('proofs')
          .set({ state: 'done', told_at: at, tried: report.results.length, report: packJson(report) })
          .where('proof_id', '=', proofId)
          .execute(),
      );
    },
    async get(proofId) {
      const row = await reading.selectFrom('proofs').selectAll().where('proof_id', '=', proofId).executeTakeFirst();
      return row && toProof(row);
    },
    async withdraw(proofId) {
      await write((queries) => queries.deleteFrom('proofs').where('proof_id', '=', proofId).execute());
    },
  };
}

function toProof(row: Omit<Tables['proofs'], 'proof_id'> & { readonly proof_id: number }): AskedProof {
  const { proof_id, host, asked_at, state, told_at, tried, report } = row;
  return {
    proofId: proof_id,
    host,
    askedAt: asked_at,
    state,
    toldAt: told_at,
    tried,
    ...(report === null ? {} : { report: unpackJson(report) }),
  };
}
