import { sql } from 'kysely';
import type { Clock } from '../base/index.ts';
import type { Advisory, AdvisoryStore, CoverageKey, Remark, StoredAdvisory } from '../model/index.ts';
import { beginImport } from './advisory-import.ts';
import { decodeJson, encodeJson, keyText, plainText } from './codec.ts';
import type { Database } from './database.ts';
import { distributionKey, newFeed, toFeed } from './feed-row.ts';
import { invalidatePackages } from './match-store.ts';
import { createRemarkStore, deleteRemarks, invalidateStated, remarksOf } from './remark-store.ts';
import { chunksOf, numbersOf, tableOf, textsOf } from './rows.ts';
import type { Tables } from './schema.ts';

const rowsAtOnce = 500;
/** The number of no import. */
const none = -1;

/** How many packages one statement asks for. */
const packagesAtOnce = 500;

export function createAdvisoryStore(database: Database, clock: Clock): AdvisoryStore {
  const { kind, reading } = database;

  const putFeed: AdvisoryStore['putFeed'] = async ({ id, format, location, verification = {} }) => {
    await database.change('advisories', (queries) =>
      queries
        .insertInto('feeds')
        .values(newFeed(id, format, location, verification))
        .onConflict((conflict) =>
          conflict.column('feed_id').doUpdateSet({ format, location, verification: encodeJson(verification) }),
        )
        .execute(),
    );
  };

  const recordAttempt: AdvisoryStore['recordAttempt'] = async (id, { at, error }) => {
    await database.change('advisories', (queries) =>
      queries
        .updateTable('feeds')
        .set({ attempted_at: at, attempt_error: error === undefined ? null : plainText(error) })
        .$if(error === undefined, (query) => query.set({ imported_at: at }))
        .where('feed_id', '=', keyText(id))
        .execute(),
    );
  };

  const removeFeed: AdvisoryStore['removeFeed'] = (id) =>
    database.change('advisories', async (queries, revision) => {
      const feed = await queries
        .deleteFrom('feeds')
        .where('feed_id', '=', keyText(id))
        .returningAll()
        .executeTakeFirst();
      if (!feed) return;
      const visible = sql`feed_id = ${feed.feed_id} and died_import is null and born_import <= ${feed.current_import}`;
      const packages = await sql<{ ecosystem: string; name: string }>`
        select distinct ecosystem, name from advisory_packages
        join advisories on advisories.advisory_row = advisory_packages.advisory_row where ${visible}`.execute(queries);
      await sql`update advisories set died_import = ${feed.newest_import}, valid_to = ${clock.now()} where ${visible}`.execute(
        queries,
      );
      await queries
        .deleteFrom('advisories')
        .where('feed_id', '=', feed.feed_id)
        .where('born_import', '>', feed.current_import)
        .execute();
      await invalidatePackages(queries, kind, packages.rows, revision);
      await invalidateStated(queries, feed.feed_id, feed.current_import, revision);
      await deleteRemarks(queries, feed.feed_id, none);
      await queries
        .updateTable('components')
        .set({ pending: revision })
        .where('coverage', 'in', textsOf(kind, decodeJson<string[]>(feed.coverage).map(keyText)))
        .execute();
    });

  const naming: AdvisoryStore['naming'] = async (packages) => {
    const asked = new Map<string, (string | null)[]>();
    for (const { ecosystem, name, distribution } of packages) {
      const row = [ecosystem, keyText(name), distribution ? distributionKey(distribution) : null];
      asked.set(row.join('\0'), row);
    }
    const rows = new Set<number>();
    for (const chunk of chunksOf([...asked.values()], packagesAtOnce)) {
      const table = tableOf(kind, { ecosystem: 'text', name: 'text', distribution: 'text' }, chunk);
      const found = await sql<{ advisory_row: number }>`
        select distinct advisories.advisory_row from ${table}
        join advisory_packages on advisory_packages.name = input.name
          and advisory_packages.ecosystem = input.ecosystem
          and (input.distribution is null or advisory_packages.distribution in ('', input.distribution))
        join advisories on advisories.advisory_row = advisory_packages.advisory_row
        join feeds on feeds.feed_id = advisories.feed_id and advisories.born_import <= feeds.current_import
        where advisories.died_import is null and advisories.withdrawn = 0`.execute(reading);
      for (const row of found.rows) rows.add(row.advisory_row);
    }
    const advisories: StoredAdvisory[] = [];
    for (const chunk of chunksOf([...rows].sort((a, b) => a - b))) {
      const found = await reading
        .selectFrom('advisories')
        .select(['feed_id', 'learned_at', 'document'])
        .where('advisory_row', 'in', numbersOf(kind, chunk))
        .orderBy('advisory_row')
        .execute();
      for (const row of found) advisories.push(toAdvisory(row));
    }
    return advisories;
  };

  const get: AdvisoryStore['get'] = async (ids) => {
    const advisories: StoredAdvisory[] = [];
    for (const chunk of chunksOf([...new Set(ids.map(keyText))])) {
      const found = await reading
        .selectFrom('advisories')
        .innerJoin('feeds', 'feeds.feed_id', 'advisories.feed_id')
        .select(['advisories.feed_id', 'advisories.learned_at', 'advisories.document'])
        .where('advisories.advisory_id', 'in', textsOf(kind, chunk))
        .where('advisories.died_import', 'is', null)
        .whereRef('advisories.born_import', '<=', 'feeds.current_import')
        .orderBy('advisories.advisory_id')
        .orderBy('advisories.feed_id')
        .execute();
      for (const row of found) advisories.push(toAdvisory(row));
    }
    return advisories;
  };

  const named: AdvisoryStore['named'] = async (names) => {
    const asked = textsOf(kind, names.map(keyText));
    const found = await sql<Pick<Tables['advisories'], 'feed_id' | 'learned_at' | 'document'>>`
      select advisories.feed_id, advisories.learned_at, advisories.document from advisories
      join feeds on feeds.feed_id = advisories.feed_id and advisories.born_import <= feeds.current_import
      where advisories.died_import is null and (advisories.advisory_id in ${asked} or advisories.advisory_row in (
        select advisory_row from advisory_aliases where name in ${asked}))
      order by advisories.feed_id, advisories.advisory_id`.execute(reading);
    return found.rows.map(toAdvisory);
  };

  async function* contents(feed: string): AsyncGenerator<{ advisories: Advisory[]; remarks: Remark[] }> {
    const feedId = keyText(feed);
    for (let after = ''; ; ) {
      const { rows } = await sql<Pick<Tables['advisories'], 'advisory_id' | 'document'>>`
        select advisories.advisory_id, advisories.document from advisories
        join feeds on feeds.feed_id = advisories.feed_id and advisories.born_import <= feeds.current_import
        where advisories.feed_id = ${feedId} and advisories.died_import is null and advisories.advisory_id > ${after}
        order by advisories.advisory_id limit ${rowsAtOnce}`.execute(reading);
      if (rows.length === 0) break;
      yield { advisories: rows.map(({ document }) => decodeJson<Advisory>(document)), remarks: [] };
      after = rows.at(-1)?.advisory_id ?? after;
    }
    yield* remarksOf(database, feedId, rowsAtOnce);
  }

  return {
    ...createRemarkStore(database),
    contents,
    named,
    putFeed,
    recordAttempt,
    removeFeed,
    naming,
    get,
    beginImport: (feed, at) => beginImport(database, feed, at),
    async feeds() {
      return (await reading.selectFrom('feeds').selectAll().orderBy('feed_id').execute()).map(toFeed);
    },
    async coverage() {
      const rows = await reading.selectFrom('feeds').select('coverage').where('current_import', '>', 0).execute();
      return new Set(rows.flatMap((row) => decodeJson<CoverageKey[]>(row.coverage)));
    },
  };
}

function toAdvisory(row: Pick<Tables['advisories'], 'feed_id' | 'learned_at' | 'document'>): StoredAdvisory {
  return { ...decodeJson<StoredAdvisory>(row.document), feed: row.feed_id, learnedAt: row.learned_at };
}
