import type { Digest } from '../base/index.ts';
import type { Certificate, CertificateStore, ContentDescriptor, PinnedReference } from '../model/index.ts';
import { decodeJson, encodeJson, keyText, plainText } from './codec.ts';
import type { Database } from './database.ts';
import type { Tables } from './schema.ts';

/** Rows that one query of many values takes. */
const batch = 500;

export function createCertificateStore(database: Database): CertificateStore {
  const { reading } = database;

  const ofImage = ({ registry, repository, digest }: PinnedReference) =>
    reading
      .selectFrom('certificates')
      .where('digest', '=', digest)
      .where('repository', '=', keyText(repository))
      .where('registry', '=', keyText(registry));

  async function certificatesByRow(rows: readonly number[]): Promise<ReadonlyMap<number, Certificate>> {
    const found = new Map<number, Certificate>();
    const distinct = [...new Set(rows)];
    for (let at = 0; at < distinct.length; at += batch) {
      const page = reading.selectFrom('certificates').where('certificate_row', 'in', distinct.slice(at, at + batch));
      for (const row of await page.selectAll().execute()) found.set(row.certificate_row, toCertificate(row));
    }
    return found;
  }

  return {
    async put(certificate, contents) {
      const { image, outcome, judgedAt, expires } = certificate;
      const key = { registry: keyText(image.registry), repository: keyText(image.repository), digest: image.digest };
      await database.write(async (queries) => {
        await queries
          .updateTable('certificates')
          .set({ is_current: 0 })
          .where('digest', '=', key.digest)
          .where('repository', '=', key.repository)
          .where('registry', '=', key.registry)
          .where('is_current', '=', 1)
          .execute();
        const { certificate_row } = await queries
          .insertInto('certificates')
          .values({ ...key, is_current: 1, outcome, judged_at: judgedAt, expires, document: encodeJson(certificate) })
          .returning('certificate_row')
          .executeTakeFirstOrThrow();
        // An index may name the same content twice.
        const distinct = [...new Map(contents.map((content) => [content.digest, content])).values()];
        for (let at = 0; at < distinct.length; at += batch) {
          const rows = distinct.slice(at, at + batch).map((content) => ({
            certificate_row,
            digest: content.digest,
            kind: content.kind,
            document: encodeJson(content),
          }));
          await queries.insertInto('certificate_contents').values(rows).execute();
        }
      });
    },
    async get(image) {
      const row = await ofImage(image).where('is_current', '=', 1).selectAll().executeTakeFirst();
      return row && toCertificate(row);
    },
    async history(image) {
      const rows = await ofImage(image).orderBy('certificate_row', 'desc').limit(1000).selectAll().execute();
      return rows.map(toCertificate);
    },
    async list({ limit, offset, registry, repository, outcome }) {
      let query = reading.selectFrom('certificates').where('is_current', '=', 1);
      if (registry !== undefined) query = query.where('registry', '=', keyText(registry));
      if (repository !== undefined) query = query.where('repository', '=', keyText(repository));
      if (outcome !== undefined) query = query.where('outcome', '=', outcome);
      const newest = query.orderBy('judged_at', 'desc').orderBy('certificate_row', 'desc');
      const [rows, { total }] = await Promise.all([
        newest.limit(limit).offset(offset).selectAll().execute(),
        query.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
      ]);
      return { items: rows.map(toCertificate), total };
    },
    async granting(registry, repository, digest) {
      const rows = await reading
        .selectFrom('certificate_contents as contents')
        .innerJoin('certificates', 'certificates.certificate_row', 'contents.certificate_row')
        .where('contents.digest', '=', digest)
        .where('is_current', '=', 1)
        .where('repository', '=', keyText(repository))
        .where('registry', '=', keyText(registry))
        .selectAll('certificates')
        .select('contents.document as content')
        .limit(1000)
        .execute();
      return rows.map(({ content, ...row }) => ({ certificate: toCertificate(row), content: decodeJson(content) }));
    },
    async contents(image) {
      const row = ofImage(image).where('is_current', '=', 1).select('certificate_row');
      const rows = await reading
        .selectFrom('certificate_contents')
        .where('certificate_row', 'in', row)
        .select('document')
        .orderBy('digest')
        .execute();
      return rows.map(({ document }) => decodeJson<ContentDescriptor>(document));
    },
    async certifiedImages(imageIds) {
      const found = new Set<PinnedReference['digest']>();
      for (let at = 0; at < imageIds.length; at += batch) {
        const rows = await reading
          .selectFrom('certificate_contents as contents')
          .innerJoin('certificates', 'certificates.certificate_row', 'contents.certificate_row')
          .where('contents.digest', 'in', imageIds.slice(at, at + batch))
          .where('contents.kind', '=', 'config')
          .where('outcome', '=', 'certified')
          .select('contents.digest')
          .distinct()
          .execute();
        for (const { digest } of rows) found.add(digest);
      }
      return found;
    },
    async judgementsOf(imageIds) {
      const found = new Map<Digest, Certificate[]>();
      for (let at = 0; at < imageIds.length; at += batch) {
        // Each renewal keeps the contents again: the rows are told apart before their documents are read.
        const held = await reading
          .selectFrom('certificate_contents as contents')
          .innerJoin('certificates as was', 'was.certificate_row', 'contents.certificate_row')
          .innerJoin('certificates as now', (join) =>
            join
              .onRef('now.digest', '=', 'was.digest')
              .onRef('now.repository', '=', 'was.repository')
              .onRef('now.registry', '=', 'was.registry')
              .on('now.is_current', '=', 1),
          )
          .where('contents.digest', 'in', imageIds.slice(at, at + batch))
          .where('contents.kind', '!=', 'layer')
          .where('was.outcome', '=', 'certified')
          .select(['contents.digest as image_id', 'now.certificate_row'])
          .distinct()
          .execute();
        const judged = await certificatesByRow(held.map(({ certificate_row }) => certificate_row));
        for (const { image_id, certificate_row } of held) {
          const certificate = judged.get(certificate_row);
          if (certificate) found.set(image_id, [...(found.get(image_id) ?? []), certificate]);
        }
      }
      for (const certificates of found.values()) certificates.sort((a, b) => b.judgedAt - a.judgedAt);
      return found;
    },
    async withdraw({ registry, repository, digest }, { at, effective, reason }) {
      await database.write((queries) =>
        queries
          .updateTable('certificates')
          .set({ withdrawn_at: at, withdrawn_effective: effective, withdrawn_reason: plainText(reason) })
          .where('digest', '=', digest)
          .where('repository', '=', keyText(repository))
          .where('registry', '=', keyText(registry))
          .where('is_current', '=', 1)
          .execute(),
      );
    },
    async runningOut(before, limit) {
      const rows = await reading
        .selectFrom('certificates')
        .where('is_current', '=', 1)
        .where('outcome', '=', 'certified')
        .where('withdrawn_at', 'is', null)
        .where('expires', '<', before)
        .orderBy('expires')
        .limit(limit)
        .selectAll()
        .execute();
      return rows.map(toCertificate);
    },
    async putTag(registry, repository, { tag, digest, at }) {
      const key = { registry: keyText(registry), repository: keyText(repository), tag };
      await database.write((queries) =>
        queries
          .insertInto('certified_tags')
          .values({ ...key, digest, at })
          .onConflict((conflict) => conflict.columns(['repository', 'registry', 'tag']).doUpdateSet({ digest, at }))
          .execute(),
      );
    },
    async tags(registry, repository) {
      return reading
        .selectFrom('certified_tags')
        .where('repository', '=', keyText(repository))
        .where('registry', '=', keyText(registry))
        .select(['tag', 'digest', 'at'])
        .orderBy('tag')
        .limit(100_000)
        .execute();
    },
    async taggedRepositories() {
      return reading
        .selectFrom('certified_tags')
        .select(['registry', 'repository'])
        .distinct()
        .orderBy('repository')
        .orderBy('registry')
        .execute();
    },
    async recordResolution({ registry, repository, channel, platform, tag, digest, at }) {
      const key = { registry: keyText(registry), repository: keyText(repository), channel, platform };
      await database.write(async (queries) => {
        const last = await queries
          .selectFrom('resolutions')
          .where('repository', '=', key.repository)
          .where('registry', '=', key.registry)
          .where('channel', '=', channel)
          .where('platform', '=', platform)
          .orderBy('resolution_row', 'desc')
          .select(['digest', 'tag'])
          .executeTakeFirst();
        if (last?.digest === digest && last.tag === tag) return;
        await queries
          .insertInto('resolutions')
          .values({ ...key, tag, digest, at })
          .execute();
      });
    },
    async resolutions({ registry, repository, limit, offset }) {
      const query = reading
        .selectFrom('resolutions')
        .where('repository', '=', keyText(repository))
        .where('registry', '=', keyText(registry));
      const newest = query.orderBy('resolution_row', 'desc').limit(limit).offset(offset);
      const [items, { total }] = await Promise.all([
        newest.select(['registry', 'repository', 'channel', 'platform', 'tag', 'digest', 'at']).execute(),
        query.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
      ]);
      return { items, total };
    },
  };
}

function toCertificate(row: Omit<Tables['certificates'], 'certificate_row'>): Certificate {
  const certificate = decodeJson<Certificate>(row.document);
  if (row.withdrawn_at === null || row.withdrawn_effective === null) return certificate;
  const reason = row.withdrawn_reason ?? '';
  return { ...certificate, withdrawn: { at: row.withdrawn_at, effective: row.withdrawn_effective, reason } };
}
