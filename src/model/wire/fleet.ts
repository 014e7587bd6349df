import { type Static, Type } from 'typebox';
import type { CertificateStateView } from './certificates.ts';
import { Nullable, Page, PageQuery, TextMap, Time } from './common.ts';
import { SeverityCounts, StatementView } from './images.ts';

/** Whether what runs passed the gate. */
export const ContainerOrigin = Type.Object({
  state: Type.Enum(['certified', 'tag-moved', 'was-certified', 'never-certified'], {
    description: 'tag-moved: it is certified, and its tag names another certified image now',
  }),
  reason: Nullable(Type.String()),
  startedBy: Nullable(Type.String({ description: 'Who started it, where the engine knows: none does so far' })),
  project: Nullable(
    Type.String({ description: 'Of Compose, as a label says: a hint and no proof, anybody can write a label' }),
  ),
});
export type ContainerOrigin = Static<typeof ContainerOrigin>;

export const ContainerRow = Type.Object({
  id: Type.String(),
  name: Type.String(),
  host: Type.String(),
  engine: Type.String(),
  image: Type.String(),
  digest: Type.String(),
  started: Time,
  ended: Nullable(Time),
  endedExact: Type.Boolean({ description: 'False where the end was not seen and is when it was last known to run' }),
  labels: TextMap,
  origin: Nullable(ContainerOrigin),
});
export type ContainerRow = Static<typeof ContainerRow>;
export const ContainerListQuery = Type.Object({
  search: Type.Optional(Type.String({ maxLength: 200 })),
  /** Running now, or every interval that is remembered. */
  state: Type.Optional(Type.Enum(['running', 'all'])),
  at: Type.Optional(Type.String({ maxLength: 40 })),
  image: Type.Optional(Type.String({ maxLength: 200, description: 'Image ID' })),
  origin: Type.Optional(
    Type.Enum(['ad-hoc', 'certified', 'tag-moved', 'was-certified', 'never-certified'], {
      description: 'Of what runs now; ad-hoc: all that is not certified. None where no registry has a document',
    }),
  ),
  ...PageQuery,
});
export type ContainerListQuery = Static<typeof ContainerListQuery>;
export const ContainerPage = Page(ContainerRow);
export type ContainerPage = Static<typeof ContainerPage>;

export const EngineView = Type.Object({
  host: Type.String(),
  engine: Type.String(),
  socket: Type.String(),
  state: Type.Enum(['watching', 'unreachable', 'forbidden']),
  version: Nullable(Type.String()),
  message: Nullable(Type.String()),
  lastSeen: Nullable(Time),
});
export type EngineView = Static<typeof EngineView>;

export const FeedView = Type.Object({
  id: Type.String(),
  format: Type.String(),
  location: Type.String(),
  importedAt: Nullable(Time),
  changedAt: Nullable(Time),
  dataAsOf: Nullable(Time),
  ageDays: Nullable(
    Type.Number({ description: 'Days since the newest record changed; null where records carry no dates' }),
  ),
  state: Type.Enum(['fresh', 'stale', 'never-imported']),
  advisories: Type.Integer(),
  rejected: Type.Integer({ description: 'Records that are broken' }),
  skipped: Type.Integer({ description: 'Records of ecosystems that are not known' }),
  coverage: Type.Array(Type.String()),
  isVerified: Type.Boolean({ description: 'By a checksum or a signature, before anything of it is read' }),
  lastAttempt: Nullable(Type.Object({ at: Time, error: Nullable(Type.String()) })),
});
export type FeedView = Static<typeof FeedView>;
export const FeedList = Type.Object({ items: Type.Array(FeedView) });
export type FeedList = Static<typeof FeedList>;
export const FeedInput = Type.Object({
  id: Type.Optional(Type.String({ pattern: '^[a-z0-9][a-z0-9._-]{0,63}$' })),
  location: Type.String({ minLength: 1, maxLength: 2000, description: 'An https URL, or a path on the server' }),
  checksum: Type.Optional(
    Type.String({ maxLength: 2000, description: 'sha256:HEX, or a URL or file with lines of sha256sum' }),
  ),
  signature: Type.Optional(
    Type.String({ maxLength: 2000, description: 'A URL or file with the signature of the whole' }),
  ),
  key: Type.Optional(Type.String({ maxLength: 2000, description: 'The file of the public key, PEM, on the server' })),
});
export type FeedInput = Static<typeof FeedInput>;

/** An author of VEX statements in a feed. Anybody may write any name there: it counts only where it is trusted. */
export const AuthorView = Type.Object({
  feed: Type.String(),
  author: Type.String(),
  statements: Type.Integer(),
  trusted: Type.Boolean(),
});
export type AuthorView = Static<typeof AuthorView>;
export const AuthorList = Type.Object({ items: Type.Array(AuthorView) });
export type AuthorList = Static<typeof AuthorList>;
export const AuthorTrust = Type.Object({
  author: Type.String({ minLength: 1, maxLength: 600 }),
  trusted: Type.Boolean(),
});
export type AuthorTrust = Static<typeof AuthorTrust>;

/** What a VEX document states of one flaw. */
export const StatementRow = Type.Object({
  flaw: Type.String(),
  aliases: Type.Array(Type.String()),
  products: Type.Array(Type.String(), { description: 'A name of each product that it is about, the first 20' }),
  moreProducts: Type.Integer(),
  ...StatementView.properties,
});
export type StatementRow = Static<typeof StatementRow>;
export const StatementQuery = Type.Object({
  feed: Type.Optional(Type.String({ maxLength: 100 })),
  author: Type.Optional(Type.String({ maxLength: 600 })),
  flaw: Type.Optional(Type.String({ maxLength: 200, description: 'CVE or any other name' })),
  ...PageQuery,
});
export type StatementQuery = Static<typeof StatementQuery>;
export const StatementPage = Page(StatementRow);
export type StatementPage = Static<typeof StatementPage>;

export const Overview = Type.Object({
  containersRunning: Type.Integer(),
  containersRemembered: Type.Integer(),
  hosts: Type.Array(
    Type.Object({
      host: Type.String(),
      recordedAt: Nullable(Time),
      distribution: Nullable(Type.String()),
      components: Type.Integer(),
      severities: SeverityCounts,
      judgement: Type.String(),
    }),
  ),
  images: Type.Object({
    known: Type.Integer({ description: 'All of them' }),
    read: Type.Integer(),
    failed: Type.Integer(),
  }),
  distinctComponents: Type.Integer(),
  severitiesRunning: SeverityCounts,
  imagesNotJudged: Type.Integer({ description: 'Of those that run' }),
  oldestRunning: Type.Array(
    Type.Object({ imageId: Type.String(), image: Type.String(), ageDays: Type.Number(), running: Type.Integer() }),
  ),
  mostAffected: Type.Array(
    Type.Object({ imageId: Type.String(), image: Type.String(), running: Type.Integer(), severities: SeverityCounts }),
  ),
  engines: Type.Array(EngineView),
  reading: Type.Object({
    waiting: Type.Integer(),
    running: Type.Integer(),
    failed: Type.Integer(),
    current: Type.Array(
      Type.Object({ source: Type.String(), bytes: Type.Integer(), totalBytes: Nullable(Type.Integer()) }),
    ),
  }),
  feeds: Type.Object({ total: Type.Integer(), stale: Type.Integer() }),
  version: Type.String(),
});
export type Overview = Static<typeof Overview>;

export const Suggestions = Type.Object({
  items: Type.Array(Type.Object({ name: Type.String(), ecosystem: Type.String(), subjects: Type.Integer() })),
});
export type Suggestions = Static<typeof Suggestions>;

/** What GET /api/v1/events sends: the `event:` field is `type`, `data:` is the whole object as JSON. */
export type FleetEvent =
  | { readonly type: 'containers'; readonly running: number; readonly changed: readonly string[] }
  | {
      readonly type: 'image';
      readonly imageId: string;
      readonly state: 'known' | 'reading' | 'read' | 'failed';
      readonly reference: string;
      readonly message?: string;
    }
  | { readonly type: 'progress'; readonly source: string; readonly bytes: number; readonly totalBytes?: number }
  | { readonly type: 'host'; readonly host: string }
  /** A connection that was refused or is odd; `edge` is the ID of its edge in the map of groups. */
  | {
      readonly type: 'traffic';
      readonly kind: 'new-peer' | 'listed' | 'refused' | 'spoofed' | 'foreign-change';
      readonly at: string;
      readonly host: string;
      readonly message: string;
      readonly edge?: string;
    }
  | { readonly type: 'launch'; readonly id: string; readonly outcome: 'allow' | 'observed' | 'deny' | 'undecided' }
  | {
      readonly type: 'drift';
      readonly host: string;
      readonly container: string;
      readonly name: string;
      readonly appeared: number;
    }
  | { readonly type: 'engine'; readonly host: string; readonly engine: string; readonly state: string }
  | {
      readonly type: 'feed';
      readonly id: string;
      readonly state: 'importing' | 'imported' | 'failed';
      readonly advisories?: number;
      readonly message?: string;
    }
  | { readonly type: 'judged'; readonly components: number }
  /** An image was judged for its repository; `failed`: it could not be. */
  | { readonly type: 'certificate'; readonly image: string; readonly state: CertificateStateView | 'failed' }
  | {
      readonly type: 'newly-affected' | 'no-longer-affected';
      readonly advisory: string;
      readonly severity: string;
      readonly images: number;
      readonly running: number;
    };
