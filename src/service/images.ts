import { type Clock, formatInstant, type Instant, parseDigest } from '../base/index.ts';
import {
  type BillOfMaterials,
  formatImageReference,
  formatPlatform,
  type ImageRecord,
  parseImageReference,
  type Store,
  type SubjectJudgement,
  subjectKey,
} from '../model/index.ts';
import type { ChangePage, ChangeQuery, ImageListQuery, ImagePage, ImageRow, Passport } from '../model/wire/index.ts';
import { type BomFormat, bomWriters } from './bom-formats.ts';
import { listImageChanges } from './changes.ts';
import { noSeverities } from './findings.ts';
import { type ComponentJudgement, readKnowledge } from './judge.ts';
import { ageInDays, compilePassport, judgementState } from './passport.ts';
import { ServiceError } from './service-error.ts';
import type { Services } from './services.ts';
import { compileUnknown } from './unknown.ts';
import type { WhoRuns } from './who-runs.ts';

export interface ImageQueryParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly host: string;
  readonly version: string;
  readonly whoRuns: Pick<WhoRuns, 'about'>;
}

type ImageQueries = Pick<Services, 'images' | 'hosts'>;

/** What is known of images and of machines, from the store alone. */
export function createImageQueries(parts: ImageQueryParts): ImageQueries {
  const { store, clock, version } = parts;

  async function list(query: ImageListQuery): Promise<ImagePage> {
    const page = await store.images.list({
      limit: query.limit ?? 100,
      offset: query.offset ?? 0,
      ...(query.search ? { search: query.search } : {}),
    });
    return { items: await imageRows(page.items), total: page.total };
  }

  async function imageRows(records: readonly ImageRecord[]): Promise<ImageRow[]> {
    const ids = records.map((record) => record.imageId);
    const running = await store.workloads.runningByImage(ids);
    const judgements = await store.matches.severityCounts(ids);
    const at = clock.now();
    return records.map((record) =>
      imageRow(record, running.get(record.imageId) ?? 0, judgements.get(record.imageId), at),
    );
  }

  async function find(image: string): Promise<ImageRecord | undefined> {
    const found = await store.images.find(fullReference(image));
    if (found.length > 1) {
      throw new ServiceError('ambiguous-image', `"${image}" is the name of ${found.length} images`, {
        remedy: `say which one by its ID: ${found
          .slice(0, 5)
          .map((record) => record.imageId)
          .join(', ')}`,
      });
    }
    return found[0];
  }

  async function passport(image: string): Promise<Passport | undefined> {
    const record = await find(image);
    if (!record) return undefined;
    const bom = await store.boms.get(record.imageId);
    const [row] = await imageRows([record]);
    const name = record.references[0] ?? record.imageId;
    const subject = { kind: 'image' as const, key: record.imageId, name };
    const digests = [record.imageId, ...(record.manifestDigest ? [record.manifestDigest] : [])];
    if (!bom) return unreadPassport(record, row ?? null, subject);
    return judgedPassport(bom, { subject, image: row ?? null, facts: record.facts, digests });
  }

  async function judgedPassport(
    bom: BillOfMaterials & { recordedAt: Instant },
    head: Pick<Parameters<typeof compilePassport>[0], 'subject' | 'image' | 'facts' | 'digests'>,
  ): Promise<Passport> {
    const componentIds = await store.boms.componentIds(subjectKey(bom.subject));
    const stored = await store.boms.componentsById(componentIds);
    const judgements = await store.matches.get(componentIds);
    const byPurl = new Map<string, ComponentJudgement>();
    for (const component of stored) {
      const judgement = judgements.get(component.componentId);
      if (judgement) byPurl.set(component.purl, judgement);
    }
    return compilePassport({
      ...head,
      bom,
      recordedAt: bom.recordedAt,
      judgementOf: (purl) => byPurl.get(purl),
      ...(await readKnowledge([...judgements.values()], store)),
      at: clock.now(),
    });
  }

  async function writeBom(image: string, format: BomFormat): Promise<string | undefined> {
    const record = await find(image);
    const bom = record && (await store.boms.get(record.imageId));
    if (!record || !bom) return undefined;
    return bomWriters[format](bom, {
      at: bom.recordedAt,
      version,
      identity: {
        imageId: record.imageId,
        references: record.references,
        ...(record.manifestDigest ? { manifestDigest: record.manifestDigest } : {}),
      },
      ...(record.facts ? { facts: record.facts } : {}),
    });
  }

  async function history(image: string, query: Pick<ChangeQuery, 'limit' | 'offset'>): Promise<ChangePage | undefined> {
    const record = await find(image);
    return record && listImageChanges(parts, record.imageId, query);
  }

  async function readAgain(image: string): Promise<boolean> {
    const record = await find(image);
    if (!record) return false;
    const source = await sourceOf(record);
    await store.jobs.enqueue(
      { kind: 'read-image', subject: record.imageId, source, host: parts.host, priority: 0 },
      clock.now(),
    );
    return true;
  }

  /** An engine of this host that was seen to run it, or the registry that its name points to. */
  async function sourceOf(record: ImageRecord): Promise<string> {
    const ran = await store.workloads.list({ imageId: record.imageId, limit: 1, offset: 0 });
    const engine =
      ran.items[0]?.engine ?? (await store.workloads.engines()).find(({ host }) => host === parts.host)?.engine;
    return engine ? `${engine}:${record.imageId}` : `registry:${record.references[0] ?? record.imageId}`;
  }

  return {
    images: { list, passport, bom: writeBom, history, readAgain },
    hosts: {
      passport: async (host) => {
        const bom = await store.boms.get(`host:${host}`);
        if (!bom) return undefined;
        const subject = { kind: 'host' as const, key: `host:${host}`, name: host };
        return judgedPassport(bom, { subject, image: null, facts: undefined, digests: [] });
      },
      bom: async (host, format) => {
        const bom = await store.boms.get(`host:${host}`);
        return bom && bomWriters[format](bom, { at: bom.recordedAt, version });
      },
    },
  };
}

export function imageRow(
  record: ImageRecord,
  running: number,
  judgement: SubjectJudgement | undefined,
  at: Instant,
): ImageRow {
  const created = record.facts?.created;
  const judged = judgement?.componentsJudged ?? 0;
  const notJudged = judgement?.componentsNotJudged ?? 0;
  return {
    imageId: record.imageId,
    manifestDigest: record.manifestDigest ?? null,
    references: [...record.references],
    platform: record.platform ? formatPlatform(record.platform) : null,
    state: record.state,
    failure: record.failure ?? null,
    created: created === undefined ? null : formatInstant(created),
    ageDays: created === undefined ? null : ageInDays(created, at),
    firstSeen: formatInstant(record.firstSeen),
    running,
    components: judged + notJudged,
    size: record.facts?.totalFileBytes ?? 0,
    severities: judgement ? { ...judgement.advisories } : noSeverities(),
    knownExploited: judgement?.knownExploited ?? 0,
    judgement: judgementState(judged, notJudged),
  };
}

/** An image whose contents were not read: what is known of it is its names, and that nobody could look inside. */
function unreadPassport(record: ImageRecord, image: ImageRow | null, subject: Passport['subject']): Passport {
  const problem = {
    code: record.state === 'failed' ? 'image/unreadable' : 'image/not-read',
    message: record.failure ?? 'This image was not read yet',
  };
  return {
    subject,
    image,
    distribution: null,
    platform: image?.platform ?? null,
    recordedAt: formatInstant(record.firstSeen),
    facts: null,
    judgement: { state: 'not-judged', componentsJudged: 0, componentsNotJudged: 0, notCovered: [] },
    severities: noSeverities(),
    components: [],
    findings: [],
    suppressed: [],
    observations: [],
    moreObservations: 0,
    undetermined: [],
    problems: [problem],
    unknown: compileUnknown(undefined, [problem]),
  };
}

/** People leave out the registry and the tag; the store knows names in full. IDs and digests pass as they are. */
function fullReference(text: string): string {
  if (parseDigest(text) || /^[0-9a-f]{4,64}$/.test(text)) return text;
  try {
    const reference = parseImageReference(text);
    return formatImageReference(reference.tag || reference.digest ? reference : { ...reference, tag: 'latest' });
  } catch {
    return text;
  }
}
