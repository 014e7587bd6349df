import { sql } from 'kysely';
import type { Job, JobKind, JobStore } from '../model/index.ts';
import { keyText, plainText } from './codec.ts';
import type { Database } from './database.ts';
import type { Tables } from './schema.ts';

/** A job is `due` when it may be leased: at once, after a pause, or when the lease of whoever had it runs out. */
export function createJobStore(database: Database): JobStore {
  const { kind: databaseKind, reading } = database;

  const enqueue: JobStore['enqueue'] = async (job, at) => {
    const key = { kind: job.kind, subject: keyText(job.subject) };
    const open = await reading
      .selectFrom('jobs')
      .select('priority')
      .where('kind', '=', key.kind)
      .where('subject', '=', key.subject)
      .where('state', '!=', 'failed')
      .executeTakeFirst();
    if (open && open.priority <= job.priority) return false;
    return database.write(async (queries) => {
      const created = await queries
        .insertInto('jobs')
        .values({
          ...key,
          source: plainText(job.source),
          host: keyText(job.host),
          priority: job.priority,
          attempts: 0,
          state: 'waiting',
          due: at,
          enqueued_at: at,
        })
        .onConflict((conflict) => conflict.doNothing())
        .returning('job_id')
        .executeTakeFirst();
      const same = queries.updateTable('jobs').where('kind', '=', key.kind).where('subject', '=', key.subject);
      if (!created) {
        await same
          .set({ priority: job.priority })
          .where('state', '!=', 'failed')
          .where('priority', '>', job.priority)
          .execute();
        return false;
      }
      // A new try takes the place of what failed before.
      await queries
        .deleteFrom('jobs')
        .where('kind', '=', key.kind)
        .where('subject', '=', key.subject)
        .where('state', '=', 'failed')
        .execute();
      return true;
    });
  };

  const lease: JobStore['lease'] = async (kind, host, leaseFor, at) => {
    const next = reading
      .selectFrom('jobs')
      .select('job_id')
      .where('kind', '=', kind)
      .where('host', '=', keyText(host))
      .where('state', '!=', 'failed')
      .where('due', '<=', at)
      .orderBy('priority')
      .orderBy('job_id')
      .limit(1);
    // Workers ask twice a second: an empty queue costs no transaction.
    if (!(await next.executeTakeFirst())) return undefined;
    const row = await database.write((queries) =>
      queries
        .updateTable('jobs')
        .set({ state: 'leased', attempts: sql`attempts + 1`, due: at + leaseFor })
        .where('job_id', '=', databaseKind === 'postgres' ? next.forUpdate().skipLocked() : next)
        .returningAll()
        .executeTakeFirst(),
    );
    return row && toJob(row);
  };

  return {
    enqueue,
    lease,
    async renew(jobId, leaseFor, at) {
      await database.write((queries) =>
        queries
          .updateTable('jobs')
          .set({ due: at + leaseFor })
          .where('job_id', '=', jobId)
          .where('state', '=', 'leased')
          .execute(),
      );
    },
    async done(jobId) {
      await database.write((queries) => queries.deleteFrom('jobs').where('job_id', '=', jobId).execute());
    },
    async failed(jobId, message, retryAt) {
      const state = retryAt === undefined ? { state: 'failed' as const } : { state: 'waiting' as const, due: retryAt };
      await database.write((queries) =>
        queries
          .updateTable('jobs')
          .set({ ...state, message: plainText(message) })
          .where('job_id', '=', jobId)
          .execute(),
      );
    },
    async openSource(kind, subject) {
      const open = reading
        .selectFrom('jobs')
        .select('source')
        .where('kind', '=', kind)
        .where('subject', '=', keyText(subject))
        .where('state', '!=', 'failed');
      return (await open.executeTakeFirst())?.source;
    },
    async postpone(jobId, message, retryAt) {
      const state = { state: 'waiting' as const, due: retryAt, attempts: 0, message: plainText(message) };
      await database.write((queries) => queries.updateTable('jobs').set(state).where('job_id', '=', jobId).execute());
    },
    async counts(kind) {
      const rows = await reading
        .selectFrom('jobs')
        .select((select) => ['state' as const, select.fn.countAll<number>().as('jobs')])
        .where('kind', '=', kind)
        .groupBy('state')
        .execute();
      const of = (state: Tables['jobs']['state']) => rows.find((row) => row.state === state)?.jobs ?? 0;
      return { waiting: of('waiting'), running: of('leased'), failed: of('failed') };
    },
  };
}

function toJob(row: Omit<Tables['jobs'], 'job_id'> & { job_id: number }): Job {
  return {
    jobId: row.job_id,
    kind: row.kind as JobKind,
    subject: row.subject,
    source: row.source,
    host: row.host,
    priority: row.priority,
    attempts: row.attempts,
    enqueued: row.enqueued_at,
  };
}
