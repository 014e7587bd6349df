import { type SqlBool, sql } from 'kysely';
import type { AdvisoryStore, Remark, StatementRemark, StoredRemark } from '../model/index.ts';
import { decodeJson, encodeJson, keyText } from './codec.ts';
import type { Database, DatabaseKind, Queries } from './database.ts';
import { chunksOf, tableOf, textsOf } from './rows.ts';

type RemarkStore = Pick<AdvisoryStore, 'remarks' | 'statements' | 'authors' | 'trustAuthor'>;

/** What feeds remark on flaws. Rows of an import that did not finish are of another number than the feed's current one. */
export function createRemarkStore({ kind, reading, change }: Database): RemarkStore {
  const remarks: RemarkStore['remarks'] = async (flaws, only) => {
    const found: StoredRemark[] = [];
    for (const chunk of chunksOf([...new Set(flaws.map(keyText))])) {
      const rows = await reading
        .selectFrom('remarks')
        .innerJoin('feeds', (join) =>
          join.onRef('feeds.feed_id', '=', 'remarks.feed_id').onRef('feeds.current_import', '=', 'remarks.import_id'),
        )
        .select(['remarks.feed_id', 'remarks.flaw', 'remarks.document', 'feeds.trusted_authors'])
        .where('remarks.flaw', 'in', textsOf(kind, chunk))
        .$if(only !== undefined, (query) => query.where('remarks.kind', '=', only as Remark['kind']))
        .orderBy('remarks.remark_row')
        .execute();
      for (const row of rows) {
        const remark = decodeJson<Remark>(row.document);
        const trusted =
          remark.kind === 'statement' && decodeJson<string[]>(row.trusted_authors).includes(remark.author);
        found.push({ ...remark, flaw: row.flaw, feed: row.feed_id, trusted });
      }
    }
    return found;
  };

  const statements: RemarkStore['statements'] = async ({ feed, author, flaw, limit, offset }) => {
    const conditions = [
      sql<SqlBool>`remarks.kind = 'statement'`,
      // By an alias it is found as well as by its own name; without a name each is listed once.
      flaw === undefined ? sql<SqlBool>`remarks.is_alias = 0` : sql<SqlBool>`remarks.flaw = ${keyText(flaw)}`,
      ...(feed === undefined ? [] : [sql<SqlBool>`remarks.feed_id = ${keyText(feed)}`]),
      ...(author === undefined ? [] : [sql<SqlBool>`remarks.author = ${keyText(author)}`]),
    ];
    const from = sql`from remarks
      join feeds on feeds.feed_id = remarks.feed_id and feeds.current_import = remarks.import_id
      where ${sql.join(conditions, sql` and `)}`;
    const { rows } = await sql<{ feed_id: string; document: string; trusted_authors: string }>`
      select remarks.feed_id, remarks.document, feeds.trusted_authors ${from}
      order by remarks.remark_row limit ${limit} offset ${offset}`.execute(reading);
    const counted = await sql<{ total: number }>`select count(*) as total ${from}`.execute(reading);
    const items = rows.map(({ feed_id, document, trusted_authors }) => {
      const remark = decodeJson<StatementRemark>(document);
      const trusted = decodeJson<string[]>(trusted_authors).includes(remark.author);
      return { ...remark, feed: feed_id, trusted };
    });
    return { items, total: counted.rows[0]?.total ?? 0 };
  };

  const authors: RemarkStore['authors'] = async () => {
    const { rows } = await sql<{ feed_id: string; author: string; statements: number; trusted_authors: string }>`
      select remarks.feed_id, remarks.author, count(*) as statements, feeds.trusted_authors from remarks
      join feeds on feeds.feed_id = remarks.feed_id and feeds.current_import = remarks.import_id
      where remarks.kind = 'statement' and remarks.is_alias = 0 group by remarks.feed_id, remarks.author, feeds.trusted_authors
      order by remarks.feed_id, remarks.author`.execute(reading);
    return rows.map(({ feed_id, author, statements, trusted_authors }) => ({
      feed: feed_id,
      author,
      statements,
      trusted: decodeJson<string[]>(trusted_authors).includes(author),
    }));
  };

  const trustAuthor: RemarkStore['trustAuthor'] = (feed, author, trusted) =>
    change('advisories', async (queries, revision) => {
      const feedId = keyText(feed);
      const row = await queries
        .selectFrom('feeds')
        .select(['trusted_authors', 'current_import'])
        .where('feed_id', '=', feedId)
        .executeTakeFirst();
      if (!row) return;
      const known = new Set(decodeJson<string[]>(row.trusted_authors));
      if (known.has(author) === trusted) return;
      if (trusted) known.add(author);
      else known.delete(author);
      await queries
        .updateTable('feeds')
        .set({ trusted_authors: encodeJson([...known].sort()) })
        .where('feed_id', '=', feedId)
        .execute();
      await invalidateStated(queries, feedId, row.current_import, revision);
    });

  return { remarks, statements, authors, trustAuthor };
}

/** All remarks of a feed, each once, in the order in which the feed makes them. */
export async function* remarksOf(
  { reading }: Database,
  feedId: string,
  atOnce: number,
): AsyncGenerator<{ advisories: []; remarks: Remark[] }> {
  for (let after = 0; ; ) {
    const rows = await reading
      .selectFrom('remarks')
      .innerJoin('feeds', (join) =>
        join.onRef('feeds.feed_id', '=', 'remarks.feed_id').onRef('feeds.current_import', '=', 'remarks.import_id'),
      )
      .select(['remarks.remark_row', 'remarks.document'])
      .where('remarks.feed_id', '=', feedId)
      .where('remarks.is_alias', '=', 0)
      .where('remarks.remark_row', '>', after)
      .orderBy('remarks.remark_row')
      .limit(atOnce)
      .execute();
    if (rows.length === 0) return;
    yield { advisories: [], remarks: rows.map((row) => decodeJson<Remark>(row.document)) };
    after = rows.at(-1)?.remark_row ?? after;
  }
}

/** A row for each name of the flaw, so that a statement is found by whatever a feed calls it. */
export async function insertRemarks(
  queries: Queries,
  kind: DatabaseKind,
  feedId: string,
  importId: number,
  remarks: readonly Remark[],
): Promise<void> {
  const rows = remarks.flatMap((remark) => {
    const names = remark.kind === 'statement' ? [remark.flaw, ...remark.aliases] : [remark.flaw];
    const author = remark.kind === 'statement' ? keyText(remark.author) : null;
    return [...new Set(names.map(keyText))].map((name, at) => [
      remark.kind,
      name,
      at === 0 ? 0 : 1,
      author,
      encodeJson(remark),
    ]);
  });
  const table = tableOf(
    kind,
    { kind: 'text', flaw: 'text', is_alias: 'bigint', author: 'text', document: 'text' },
    rows,
  );
  await sql`insert into remarks (feed_id, import_id, kind, flaw, is_alias, author, document)
    select cast(${feedId} as text), cast(${importId} as bigint), kind, flaw, is_alias, author, document from ${table}`.execute(
    queries,
  );
}

/** Asks for judging again the components with flaws that statements of this import are about. */
export async function invalidateStated(
  queries: Queries,
  feedId: string,
  importId: number,
  revision: number,
): Promise<void> {
  await sql`update components set pending = ${revision} where component_id in (
    select matches.component_id from remarks join matches on matches.flaw = remarks.flaw
    where remarks.feed_id = ${feedId} and remarks.import_id = ${importId} and remarks.kind = 'statement')`.execute(
    queries,
  );
}

/** Forgets what a feed remarked in imports other than this one. */
export async function deleteRemarks(queries: Queries, feedId: string, exceptImport: number): Promise<void> {
  await queries.deleteFrom('remarks').where('feed_id', '=', feedId).where('import_id', '<>', exceptImport).execute();
}
