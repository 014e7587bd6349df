import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { type Instant, yieldToEventLoop } from '../base/index.ts';
import type { Advisory, AdvisoryImport, Ecosystem, FeedFormat } from '../model/index.ts';
import { decodeJson, encodeJson, keyText } from './codec.ts';
import type { Database, Queries } from './database.ts';
import { distributionKey, newFeed, toFeed } from './feed-row.ts';
import { invalidatePackages } from './match-store.ts';
import { deleteRemarks, insertRemarks, invalidateStated } from './remark-store.ts';
import { chunksOf, numbersOf, tableOf, textsOf } from './rows.ts';
import { StoreError } from './store-error.ts';

interface ImportedFeed {
  readonly id: string;
  readonly format: FeedFormat;
  readonly location: string;
}

/** A wording that is visible while the import runs. */
interface Known {
  readonly row: number;
  readonly digest: string;
  readonly learnedAt: Instant;
}

/** A wording to be written. */
interface Wording {
  readonly id: string;
  readonly digest: string;
  readonly document: string;
  readonly advisory: Advisory;
}

const batch = 2000;

/**
 * An import writes only wordings that are new, under its own number; what did not change stays where it is. Since the
 * feed's row says up to which number its wordings are visible, finishing is a matter of that one row and of marking what
 * is no longer said. Of two imports of one feed the later one wins; the other gets StoreError `conflict`.
 */
export async function beginImport(database: Database, feed: ImportedFeed, at: Instant): Promise<AdvisoryImport> {
  const { kind } = database;
  const feedId = keyText(feed.id);
  const { importId, current } = await claim(database, feed, at);
  await sweep(database, feedId, current, importId);
  await database.write((queries) => deleteRemarks(queries, feedId, current));
  const known = await readKnown(database, feedId, current);
  /** IDs whose known wording is still said, and IDs that got a new one. */
  const kept = new Set<string>();
  const added = new Set<string>();
  let open = true;
  let remarked = 0;

  const add: AdvisoryImport['add'] = async (advisories) => {
    if (!open) throw new TypeError('the import has ended');
    const last = new Map(advisories.map((advisory) => [keyText(advisory.id), advisory] as const));
    const fresh: Wording[] = [];
    const repeated: string[] = [];
    for (const [id, advisory] of last) {
      const document = encodeJson(advisory);
      const digest = createHash('sha256').update(document).digest('base64url');
      if (added.has(id)) repeated.push(id);
      if (known.get(id)?.digest !== digest) fresh.push({ id, digest, document, advisory });
    }
    if (fresh.length > 0 || repeated.length > 0) await replace(repeated, fresh);
    for (const id of last.keys()) {
      kept.add(id);
      added.delete(id);
    }
    for (const { id } of fresh) {
      kept.delete(id);
      added.add(id);
    }
  };

  async function replace(repeated: readonly string[], fresh: readonly Wording[]): Promise<void> {
    await database.write(async (queries) => {
      await throwIfSuperseded(queries);
      if (repeated.length > 0) {
        await queries
          .deleteFrom('advisories')
          .where('feed_id', '=', feedId)
          .where('born_import', '=', importId)
          .where('advisory_id', 'in', textsOf(kind, repeated))
          .execute();
      }
      const rows = fresh.map(({ id, digest, document, advisory }) => [
        id,
        digest,
        known.get(id)?.learnedAt ?? at,
        advisory.withdrawn === undefined ? 0 : 1,
        document,
      ]);
      const table = tableOf(kind, advisoryColumns, rows);
      const inserted = await sql<{ advisory_row: number; advisory_id: string }>`
        insert into advisories (feed_id, born_import, valid_from, advisory_id, digest, learned_at, withdrawn, document)
        select cast(${feedId} as text), cast(${importId} as bigint), cast(${at} as bigint), advisory_id, digest, learned_at,
          withdrawn, document from ${table}
        returning advisory_row, advisory_id`.execute(queries);
      const rowOf = new Map(inserted.rows.map((row) => [row.advisory_id, row.advisory_row] as const));
      const numbered = fresh.map(({ id, advisory }) => [rowOf.get(id) as number, advisory] as const);
      await insertPackages(queries, numbered);
      await insertAliases(queries, numbered);
    });
  }

  async function insertPackages(queries: Queries, advisories: readonly (readonly [number, Advisory])[]): Promise<void> {
    const rows = new Map<string, (string | number)[]>();
    for (const [row, advisory] of advisories) {
      for (const { ecosystem, name, distribution } of advisory.affected) {
        const cells = [row, ecosystem, keyText(name), distributionKey(distribution)];
        rows.set(cells.join('\0'), cells);
      }
    }
    for (const chunk of chunksOf([...rows.values()], 5000)) {
      const table = tableOf(kind, packageColumns, chunk);
      await sql`insert into advisory_packages (advisory_row, ecosystem, name, distribution)
        select advisory_row, ecosystem, name, distribution from ${table}`.execute(queries);
    }
  }

  async function insertAliases(queries: Queries, advisories: readonly (readonly [number, Advisory])[]): Promise<void> {
    const rows = advisories.flatMap(([row, { aliases }]) =>
      [...new Set(aliases.map(keyText))].map((name) => [row, name]),
    );
    for (const chunk of chunksOf(rows, 5000)) {
      const table = tableOf(kind, { advisory_row: 'bigint', name: 'text' }, chunk);
      await sql`insert into advisory_aliases (advisory_row, name) select advisory_row, name from ${table}`.execute(
        queries,
      );
    }
  }

  const remark: AdvisoryImport['remark'] = async (remarks) => {
    if (!open) throw new TypeError('the import has ended');
    await database.write(async (queries) => {
      await throwIfSuperseded(queries);
      await insertRemarks(queries, kind, feedId, importId, remarks);
    });
    remarked += remarks.length;
  };

  const finish: AdvisoryImport['finish'] = async (summary) => {
    if (!open) throw new TypeError('the import has ended');
    const finished = await database.change('advisories', async (queries, revision) => {
      const before = await throwIfSuperseded(queries);
      const died = [...known].filter(([id]) => !kept.has(id)).map(([, wording]) => wording.row);
      for (const chunk of chunksOf(died, 5000)) {
        await queries
          .updateTable('advisories')
          .set({ died_import: importId, valid_to: at })
          .where('advisory_row', 'in', numbersOf(kind, chunk))
          .execute();
      }
      const isSame = before.current_import > 0 && died.length + added.size + remarked === 0;
      const row = await queries
        .updateTable('feeds')
        .set({
          format: feed.format,
          location: feed.location,
          current_import: importId,
          imported_at: at,
          changed_at: isSame ? before.changed_at : at,
          data_as_of: summary.dataAsOf ?? 0,
          advisory_count: kept.size + added.size + remarked,
          rejected_count: summary.rejectedCount,
          skipped_count: summary.skippedCount,
          coverage: encodeJson(summary.coverage),
          validators: encodeJson(summary.validators ?? {}),
          attempted_at: at,
          attempt_error: null,
        })
        .where('feed_id', '=', feedId)
        .returningAll()
        .executeTakeFirstOrThrow();
      await queries.updateTable('imports').set({ finished_at: at }).where('import_id', '=', importId).execute();
      const changed = await sql<{ ecosystem: Ecosystem; name: string }>`
        select distinct ecosystem, name from advisory_packages where advisory_row in (
          select advisory_row from advisories where feed_id = ${feedId} and born_import = ${importId}
          union all
          select advisory_row from advisories where feed_id = ${feedId} and died_import = ${importId})
        order by ecosystem, name`.execute(queries);
      const changedPackages = changed.rows.map(({ ecosystem, name }) => ({ ecosystem, name }));
      // Here rather than by whoever imports, so that a crash in between cannot leave a component judged by old knowledge.
      await invalidatePackages(queries, kind, changedPackages, revision);
      for (const stated of [current, importId]) await invalidateStated(queries, feedId, stated, revision);
      await deleteRemarks(queries, feedId, importId);
      const was = new Set(decodeJson<string[]>(before.coverage));
      const coverageChanged = [...was.symmetricDifference(new Set(summary.coverage))].map(keyText);
      if (coverageChanged.length > 0) {
        await queries
          .updateTable('components')
          .set({ pending: revision })
          .where('coverage', 'in', textsOf(kind, coverageChanged))
          .execute();
      }
      return { feed: toFeed(row), changedPackages };
    });
    open = false;
    return finished;
  };

  async function throwIfSuperseded(queries: Queries) {
    const row = await queries.selectFrom('feeds').selectAll().where('feed_id', '=', feedId).executeTakeFirst();
    if (row?.newest_import === importId) return row;
    const message = row ? `A later import of feed ${feed.id} has begun` : `Feed ${feed.id} was removed`;
    throw new StoreError('conflict', `${message}; this one is given up`, { remedy: 'Let one import finish at a time' });
  }

  return {
    add,
    remark,
    finish,
    async abandon() {
      if (!open) return;
      open = false;
      await sweep(database, feedId, importId - 1, importId + 1);
      await database.write((queries) =>
        queries.deleteFrom('remarks').where('feed_id', '=', feedId).where('import_id', '=', importId).execute(),
      );
      await database.write((queries) => queries.deleteFrom('imports').where('import_id', '=', importId).execute());
    },
  };
}

/** The number of a new import, and the number up to which the feed is visible. */
function claim(database: Database, feed: ImportedFeed, at: Instant) {
  const feedId = keyText(feed.id);
  return database.write(async (queries) => {
    await queries
      .insertInto('feeds')
      .values(newFeed(feed.id, feed.format, feed.location))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const { import_id } = await queries
      .insertInto('imports')
      .values({ feed_id: feedId, begun_at: at })
      .returning('import_id')
      .executeTakeFirstOrThrow();
    const { current_import } = await queries
      .updateTable('feeds')
      .set({ newest_import: import_id })
      .where('feed_id', '=', feedId)
      .returning('current_import')
      .executeTakeFirstOrThrow();
    await queries
      .deleteFrom('imports')
      .where('feed_id', '=', feedId)
      .where('finished_at', 'is', null)
      .where('import_id', '<', import_id)
      .execute();
    return { importId: import_id, current: current_import };
  });
}

/** Deletes what imports between these two numbers left behind, none of which was ever visible. */
async function sweep(database: Database, feedId: string, after: number, before: number): Promise<void> {
  for (;;) {
    const deleted = await database.write((queries) =>
      queries
        .deleteFrom('advisories')
        .where('advisory_row', 'in', (inner) =>
          inner
            .selectFrom('advisories')
            .select('advisory_row')
            .where('feed_id', '=', feedId)
            .where('born_import', '>', after)
            .where('born_import', '<', before)
            .limit(batch),
        )
        .executeTakeFirst(),
    );
    if (Number(deleted.numDeletedRows) < batch) return;
    await yieldToEventLoop();
  }
}

async function readKnown(database: Database, feedId: string, current: number): Promise<Map<string, Known>> {
  const known = new Map<string, Known>();
  for (let after = 0; ; await yieldToEventLoop()) {
    const rows = await database.reading
      .selectFrom('advisories')
      .select(['advisory_row', 'advisory_id', 'digest', 'learned_at'])
      .where('feed_id', '=', feedId)
      .where('died_import', 'is', null)
      .where('born_import', '<=', current)
      .where('advisory_row', '>', after)
      .orderBy('advisory_row')
      .limit(batch)
      .execute();
    for (const row of rows) {
      known.set(row.advisory_id, { row: row.advisory_row, digest: row.digest, learnedAt: row.learned_at });
    }
    if (rows.length < batch) return known;
    after = rows.at(-1)?.advisory_row ?? after;
  }
}

const advisoryColumns = {
  advisory_id: 'text',
  digest: 'text',
  learned_at: 'bigint',
  withdrawn: 'bigint',
  document: 'text',
} as const;

const packageColumns = { advisory_row: 'bigint', ecosystem: 'text', name: 'text', distribution: 'text' } as const;
