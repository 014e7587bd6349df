import { type SelectQueryBuilder, sql } from 'kysely';
import { type Digest, parseDigest } from '../base/index.ts';
import type { ImageRecord, ImageStore } from '../model/index.ts';
import { containing, decodeJson, encodeJson, keyText, plainText } from './codec.ts';
import type { Database, Queries } from './database.ts';
import { numbersOf, tableOf, textsOf } from './rows.ts';
import type { Tables } from './schema.ts';

const findAtMost = 100;

export function createImageStore(database: Database): ImageStore {
  const { kind, reading } = database;

  const see: ImageStore['see'] = async (sight) => {
    const references = [...new Set(sight.references.map(keyText))];
    // Engines show the same images again and again: what is known costs no transaction.
    if (await isKnown(reading, sight.imageId, sight.manifestDigest, references)) return;
    await database.change('images', async (queries) => {
      const row = await imageRow(queries, sight.imageId, sight.at);
      if (sight.manifestDigest !== undefined) {
        const manifest = { manifest_digest: sight.manifestDigest };
        await queries.updateTable('images').set(manifest).where('image_row', '=', row).execute();
      }
      const rows = references.map((reference) => ({ image_row: row, reference }));
      if (rows.length === 0) return;
      const table = tableOf(
        kind,
        { image_row: 'bigint', reference: 'text' },
        references.map((text) => [row, text]),
      );
      await sql`insert into image_references (image_row, reference) select image_row, reference from ${table} where true on conflict do nothing`.execute(
        queries,
      );
    });
  };

  const recordRead: ImageStore['recordRead'] = (image) =>
    database.change('images', async (queries) => {
      const row = await imageRow(queries, image.imageId, image.at);
      const read = {
        state: 'read' as const,
        platform: encodeJson(image.platform),
        read_at: image.at,
        failure: null,
        facts: encodeJson(image.facts),
        layer_chain: encodeJson(image.facts.layers.map((layer) => layer.diffId)),
      };
      await queries.updateTable('images').set(read).where('image_row', '=', row).execute();
    });

  const recordFailure: ImageStore['recordFailure'] = (imageId, failure, at) =>
    database.change('images', async (queries) => {
      const row = await imageRow(queries, imageId, at);
      const failed = { state: 'failed' as const, failure: plainText(failure) };
      await queries.updateTable('images').set(failed).where('image_row', '=', row).execute();
    });

  const getMany: ImageStore['getMany'] = async (imageIds) =>
    records(selectImages(reading).where('image_id', 'in', textsOf(kind, imageIds)).orderBy('image_id'));

  const find: ImageStore['find'] = async (text) => {
    const digest = parseDigest(text);
    const prefix = /^(?:sha256:)?([0-9a-f]{4,64})$/.exec(text)?.[1];
    const found = selectImages(reading).where((where) =>
      where.or([
        where('image_row', 'in', (inner) =>
          inner.selectFrom('image_references').select('image_row').where('reference', '=', keyText(text)),
        ),
        ...(digest ? [where('image_id', '=', digest), where('manifest_digest', '=', digest)] : []),
        ...(prefix
          ? [
              where.and([
                where('image_id', '>=', `sha256:${prefix}` as Digest),
                where('image_id', '<', `sha256:${prefix}g` as Digest),
              ]),
            ]
          : []),
      ]),
    );
    return records(found.orderBy('first_seen', 'desc').orderBy('image_id').limit(findAtMost));
  };

  const list: ImageStore['list'] = async ({ limit, offset, search }) => {
    let matching = reading.selectFrom('images');
    if (search) {
      const pattern = containing(search);
      matching = matching.where(
        sql<boolean>`(image_id like ${pattern} escape '\\' or exists (select 1 from image_references
          where image_references.image_row = images.image_row and lower(reference) like ${pattern} escape '\\'))`,
      );
    }
    const counted = await matching
      .select((select) => select.fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow();
    const page = matching.select(imageColumns).orderBy('first_seen', 'desc').orderBy('image_id');
    return { items: await records(page.limit(limit).offset(offset)), total: counted.total };
  };

  async function records(query: SelectQueryBuilder<Tables, 'images', ImageRow>): Promise<ImageRecord[]> {
    const rows = await query.execute();
    const references = await referencesOf(rows.map((row) => row.image_row));
    return rows.map((row) => toRecord(row, references.get(row.image_row) ?? []));
  }

  async function referencesOf(imageRows: readonly number[]): Promise<Map<number, string[]>> {
    const found = new Map<number, string[]>();
    if (imageRows.length === 0) return found;
    const rows = await reading
      .selectFrom('image_references')
      .select(['image_row', 'reference'])
      .where('image_row', 'in', numbersOf(kind, imageRows))
      .orderBy('image_row')
      .orderBy('reference')
      .execute();
    for (const row of rows) {
      const references = found.get(row.image_row);
      if (references) references.push(row.reference);
      else found.set(row.image_row, [row.reference]);
    }
    return found;
  }

  return {
    see,
    recordRead,
    recordFailure,
    find,
    getMany,
    list,
    get: async (imageId) => (await getMany([imageId]))[0],
    async counts() {
      const rows = await reading
        .selectFrom('images')
        .select((select) => ['state' as const, select.fn.countAll<number>().as('images')])
        .groupBy('state')
        .execute();
      const counts = { known: 0, read: 0, failed: 0 };
      for (const row of rows) counts[row.state] = row.images;
      return counts;
    },
    async layerChains() {
      const rows = await reading
        .selectFrom('images')
        .select(['image_row', 'image_id', 'layer_chain'])
        .where('layer_chain', 'is not', null)
        .orderBy('image_row')
        .execute();
      const references = await referencesOf(rows.map((row) => row.image_row));
      return rows.map((row) => ({
        imageId: row.image_id,
        references: references.get(row.image_row) ?? [],
        diffIds: decodeJson<Digest[]>(row.layer_chain ?? '[]'),
      }));
    },
  };
}

const imageColumns = [
  'image_row',
  'image_id',
  'manifest_digest',
  'platform',
  'first_seen',
  'state',
  'read_at',
  'failure',
  'facts',
] as const;
type ImageRow = Pick<
  { [Column in keyof Tables['images']]: Column extends 'image_row' ? number : Tables['images'][Column] },
  (typeof imageColumns)[number]
>;

function selectImages(queries: Queries): SelectQueryBuilder<Tables, 'images', ImageRow> {
  return queries.selectFrom('images').select(imageColumns);
}

function toRecord(row: ImageRow, references: readonly string[]): ImageRecord {
  return {
    imageId: row.image_id,
    references,
    firstSeen: row.first_seen,
    state: row.state,
    ...(row.manifest_digest === null ? {} : { manifestDigest: row.manifest_digest }),
    ...(row.platform === null ? {} : { platform: decodeJson(row.platform) }),
    ...(row.read_at === null ? {} : { readAt: row.read_at }),
    ...(row.failure === null ? {} : { failure: row.failure }),
    ...(row.facts === null ? {} : { facts: decodeJson(row.facts) }),
  };
}

/** The row of the image, created where it is not known yet. */
async function imageRow(queries: Queries, imageId: Digest, at: number): Promise<number> {
  const known = await queries
    .selectFrom('images')
    .select('image_row')
    .where('image_id', '=', imageId)
    .executeTakeFirst();
  if (known) return known.image_row;
  const created = await queries
    .insertInto('images')
    .values({ image_id: imageId, first_seen: at, state: 'known' })
    .returning('image_row')
    .executeTakeFirstOrThrow();
  return created.image_row;
}

async function isKnown(
  queries: Queries,
  imageId: Digest,
  manifestDigest: Digest | undefined,
  references: readonly string[],
): Promise<boolean> {
  const image = await queries
    .selectFrom('images')
    .select(['image_row', 'manifest_digest'])
    .where('image_id', '=', imageId)
    .executeTakeFirst();
  if (!image || (manifestDigest !== undefined && image.manifest_digest !== manifestDigest)) return false;
  const rows = await queries
    .selectFrom('image_references')
    .select('reference')
    .where('image_row', '=', image.image_row)
    .execute();
  const known = new Set(rows.map((row) => row.reference));
  return references.every((reference) => known.has(reference));
}
