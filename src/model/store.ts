import type { Digest, Instant } from '../base/index.ts';
import type {
  Advisory,
  Feed,
  FeedFormat,
  FeedValidators,
  FeedVerification,
  Match,
  MatchResult,
  Severity,
} from './advisory.ts';
import type { CertificateStore, DocumentStore } from './certificate.ts';
import type { BillOfMaterials, Component, SubjectKey } from './component.ts';
import type { DriftStore } from './drift.ts';
import type { ComponentEcosystem, CoverageKey, DistributionRelease, Ecosystem } from './ecosystem.ts';
import type { ImageFacts } from './image-facts.ts';
import type { LaunchStore } from './launch-record.ts';
import type { NotificationState, NotificationTarget } from './notification.ts';
import type { Platform } from './platform.ts';
import type { ProofStore } from './proof.ts';
import type { Remark, StatementRemark, StoredRemark } from './remark.ts';
import type { TrafficStore } from './traffic-record.ts';
import type { VerdictChange } from './verdict-change.ts';
import type { EngineStatus, Workload } from './workload.ts';

/**
 * What Portwarden remembers, one small interface for each noun. SQLite and PostgreSQL stand behind it and pass the same
 * contract tests (test/contract). A returned promise means: on disk, kept on kill -9.
 *
 * Errors are StoreError: `unavailable`, `corrupt`, `newer-schema`, `conflict`.
 */
export interface Store {
  readonly images: ImageStore;
  readonly boms: BomStore;
  readonly advisories: AdvisoryStore;
  readonly matches: MatchStore;
  readonly changes: VerdictChangeStore;
  readonly notifications: NotificationStore;
  readonly workloads: WorkloadStore;
  readonly drift: DriftStore;
  readonly documents: DocumentStore;
  readonly certificates: CertificateStore;
  readonly launches: LaunchStore;
  readonly traffic: TrafficStore;
  readonly proofs: ProofStore;
  readonly jobs: JobStore;
  readonly logins: LoginStore;
  /** All or nothing. Nested calls join the outer one. */
  transaction<Result>(work: (store: Store) => Promise<Result>): Promise<Result>;
  /**
   * Counters that grow with every change of a noun, by whichever process: how a server learns that another process
   * imported a feed or that a replica recorded a container. Cheap enough to ask each second.
   */
  revisions(): Promise<Revisions>;
  close(): Promise<void>;
}

export type Revisions = Readonly<Record<'images' | 'boms' | 'advisories' | 'matches' | 'workloads', number>>;

/** An image that is known: seen on an engine or read from anywhere. Kept for ever. */
export interface ImageRecord {
  readonly imageId: Digest;
  readonly manifestDigest?: Digest;
  /** All names it was ever found under, sorted. */
  readonly references: readonly string[];
  readonly platform?: Platform;
  readonly firstSeen: Instant;
  /** `known`: its contents were not read yet. `failed`: the last attempt could not read it; `failure` says why. */
  readonly state: 'known' | 'read' | 'failed';
  readonly readAt?: Instant;
  readonly failure?: string;
  readonly facts?: ImageFacts;
}

export interface ImageStore {
  /** A sight of an image: creates the record, or adds the references to it. */
  see(image: { imageId: Digest; manifestDigest?: Digest; references: readonly string[]; at: Instant }): Promise<void>;
  /** Its contents were read. The bill of materials goes to BomStore.put in the same transaction. */
  recordRead(image: { imageId: Digest; platform: Platform; facts: ImageFacts; at: Instant }): Promise<void>;
  recordFailure(imageId: Digest, failure: string, at: Instant): Promise<void>;
  get(imageId: Digest): Promise<ImageRecord | undefined>;
  /** By an exact reference in full, by a digest (image ID or manifest), or by 4 or more leading hex digits of the image ID. */
  find(text: string): Promise<readonly ImageRecord[]>;
  getMany(imageIds: readonly Digest[]): Promise<readonly ImageRecord[]>;
  counts(): Promise<Readonly<Record<ImageRecord['state'], number>>>;
  /** Sorted by first sight, newest first. `search` is a part of a reference or of the image ID. */
  list(page: Page & { search?: string }): Promise<Paged<ImageRecord>>;
  /** Diff IDs of the layers of every image read, to recognize base images. */
  layerChains(): Promise<readonly { imageId: Digest; references: readonly string[]; diffIds: readonly Digest[] }[]>;
}

export interface Page {
  readonly limit: number;
  readonly offset: number;
}
export interface Paged<Item> {
  readonly items: readonly Item[];
  /** Of all that match, not of this page. */
  readonly total: number;
}

/** A distinct component with its row number, which is stable and small: what the index in memory is built from. */
export interface StoredComponent extends Component {
  readonly componentId: number;
}

export interface BomStore {
  /** Replaces the subject's bill of materials; distinct components are created once. */
  put(bom: BillOfMaterials, at: Instant): Promise<void>;
  get(subject: SubjectKey): Promise<(BillOfMaterials & { readonly recordedAt: Instant }) | undefined>;
  /** Host names that have a bill of materials. */
  hosts(): Promise<readonly { host: string; recordedAt: Instant }[]>;
  /** Row numbers of the subject's components, each once, without those that a distribution package owns. */
  componentIds(subject: SubjectKey): Promise<readonly number[]>;
  componentsById(componentIds: readonly number[]): Promise<readonly StoredComponent[]>;
  /** All distinct components of these names (its own or otherNameOf, in any case), or all; in batches. */
  components(filter?: { names?: readonly string[]; afterId?: number }): AsyncIterable<readonly StoredComponent[]>;
  /** Which subject has which components (without owned ones), for these components or all; in batches. */
  memberships(filter?: {
    componentIds?: readonly number[];
    subjects?: readonly SubjectKey[];
    /** A revision of boms: only what was put after it. */
    changedSince?: number;
  }): AsyncIterable<readonly { subject: SubjectKey; componentIds: readonly number[] }[]>;
  /** Component names that begin with the text, in any case (of Maven, the artifact's too), with how many subjects have them; for a search box. */
  suggest(
    prefix: string,
    limit: number,
  ): Promise<readonly { name: string; ecosystem: ComponentEcosystem; subjects: number }[]>;
  counts(): Promise<{ components: number; subjects: number }>;
}

/** An advisory as a feed gave it, with when Portwarden learned of it. */
export interface StoredAdvisory extends Advisory {
  readonly feed: string;
  readonly learnedAt: Instant;
}

export interface AdvisoryStore {
  feeds(): Promise<readonly Feed[]>;
  /** Where a feed comes from, before anything was imported: so that `feeds update` knows it. Feeds never imported have importedAt 0. */
  putFeed(feed: { id: string; format: FeedFormat; location: string; verification?: FeedVerification }): Promise<void>;
  /** An attempt that brought nothing new: it failed, or the server had what is held, which then is of `at`. */
  recordAttempt(id: string, attempt: { at: Instant; error?: string }): Promise<void>;
  removeFeed(id: string): Promise<void>;
  /**
   * Starts an import that replaces what the feed held. Nothing of it is visible before `finish`; an import that was
   * cut off leaves no trace but rows that the next one sweeps away.
   */
  beginImport(feed: { id: string; format: FeedFormat; location: string }, at: Instant): Promise<AdvisoryImport>;
  /** Advisories that name any of these packages, of feeds that are complete; withdrawn ones left out. */
  naming(
    packages: readonly { ecosystem: Ecosystem; name: string; distribution?: DistributionRelease }[],
  ): Promise<readonly StoredAdvisory[]>;
  /** Every feed's advisory that goes by one of these names: its own ID, or an alias. */
  named(names: readonly string[]): Promise<readonly StoredAdvisory[]>;
  /** Every feed's advisory of these IDs. */
  get(ids: readonly string[]): Promise<readonly StoredAdvisory[]>;
  coverage(): Promise<ReadonlySet<CoverageKey>>;
  /** All that a feed says, withdrawn advisories too, in an order that is the same each time; in batches. */
  contents(feed: string): AsyncIterable<{ advisories: readonly Advisory[]; remarks: readonly Remark[] }>;
  /** What feeds that are complete remark on these flaws, all of it or of one kind. */
  remarks(flaws: readonly string[], kind?: Remark['kind']): Promise<readonly StoredRemark[]>;
  /** What VEX documents state, by feed, by author, or on a flaw by any of its names; in the order in which they came. */
  statements(
    query: Page & { feed?: string; author?: string; flaw?: string },
  ): Promise<Paged<StatementRemark & Pick<StoredRemark, 'feed' | 'trusted'>>>;
  /** Authors of statements, with how many they made. */
  authors(): Promise<readonly { feed: string; author: string; statements: number; trusted: boolean }[]>;
  /** Takes or refuses an author's word from now on; components with flaws that it is about are to be judged again. */
  trustAuthor(feed: string, author: string, trusted: boolean): Promise<void>;
}

export interface AdvisoryImport {
  /** Adds a batch, at most 1,000; a repeated ID replaces the one before. Advisories that the feed already had keep their learnedAt. */
  add(advisories: readonly Advisory[]): Promise<void>;
  /** Adds remarks on flaws, at most 1,000. */
  remark(remarks: readonly Remark[]): Promise<void>;
  /** Makes the import visible, all at once. Gives the packages whose advisories changed, came or went. */
  finish(summary: {
    dataAsOf?: Instant;
    rejectedCount: number;
    skippedCount: number;
    coverage: readonly CoverageKey[];
    validators?: FeedValidators;
  }): Promise<{
    readonly feed: Feed;
    readonly changedPackages: readonly { ecosystem: Ecosystem; name: string }[];
  }>;
  abandon(): Promise<void>;
}

/** What is known of one distinct component. `judged` false: no feed covers it, so an empty list says nothing. */
export interface Judgement {
  readonly componentId: number;
  readonly judged: boolean;
  readonly matches: readonly StoredMatch[];
  readonly undetermined: MatchResult['undetermined'];
}
export interface StoredMatch extends Match {
  readonly feed: string;
  /** One name for the flaw, whatever each feed calls it: matches that share it are one finding. */
  readonly flaw: string;
  /** When Portwarden could first have said so. */
  readonly since: Instant;
  /** True where a trusted author says that the component is not affected: shown apart, and not counted. */
  readonly suppressed?: boolean;
}

export interface MatchStore {
  /**
   * Replaces what was known of these components; a match that stays keeps its `since`. What that changes of components
   * that were judged before is written down with it.
   */
  put(judgements: readonly Judgement[], at: Instant): Promise<void>;
  get(componentIds: readonly number[]): Promise<ReadonlyMap<number, Judgement>>;
  /** Matches of flaws by these names, or by records of these names. */
  byFlaw(names: readonly string[]): Promise<readonly (StoredMatch & { readonly componentId: number })[]>;
  /** Components that were never judged, or whose feeds changed since: work left over from a cut-off evaluation. */
  pending(limit: number): Promise<readonly number[]>;
  /** Distinct flaws by severity over the subjects given. */
  severityCounts(subjects: readonly SubjectKey[]): Promise<ReadonlyMap<SubjectKey, SubjectJudgement>>;
}
/** What became known of components after they had been judged. Written by MatchStore.put. */
export interface VerdictChangeStore {
  /** Newest first unless said; `severity`: that bad or worse, and what nobody rated. */
  list(
    query: Page & {
      afterId?: number;
      upToId?: number;
      since?: Instant;
      kind?: VerdictChange['kind'];
      severity?: Severity;
      flaw?: string;
      componentIds?: readonly number[];
      oldestFirst?: true;
    },
  ): Promise<Paged<VerdictChange>>;
  /** 0 where nothing ever changed. */
  lastId(): Promise<number>;
}

/** Who is told. A target is its own outbox: what comes after its cursors is still to be delivered. */
export interface NotificationStore {
  list(): Promise<readonly NotificationTarget[]>;
  /** Creates it with its state, or changes how it is reached and what it is told; then only `due` of its state is taken. */
  put(target: NotificationTarget): Promise<void>;
  remove(id: string): Promise<boolean>;
  /** For one process to deliver to it; undefined while another does. */
  lease(id: string, until: Instant, at: Instant): Promise<NotificationTarget | undefined>;
  /** Ends a lease with what came of it. */
  settle(id: string, state: NotificationState): Promise<void>;
}

export interface SubjectJudgement {
  readonly advisories: Readonly<Record<Advisory['severity'], number>>;
  /** Of these flaws, those that are known to be exploited. */
  readonly knownExploited: number;
  readonly componentsJudged: number;
  readonly componentsNotJudged: number;
}

/** An interval by its row number, which is stable and small: what the index in memory is built from. */
export interface WorkloadSpan {
  readonly workloadId: number;
  readonly imageId: Digest;
  readonly started: Instant;
  readonly ended: Instant | undefined;
}

export interface WorkloadStore {
  /**
   * Creates the interval, or updates its name, reference and labels. One whose end was not exact is open again when it
   * is seen running: the end was concluded, wrongly.
   */
  started(workload: Workload): Promise<void>;
  ended(
    key: Pick<Workload, 'host' | 'engine' | 'containerId' | 'started'>,
    ended: Instant,
    exact: boolean,
  ): Promise<void>;
  /** Still open as far as the store knows; of one engine when given. */
  running(of?: { host: string; engine: Workload['engine'] }): Promise<readonly Workload[]>;
  /** How many containers run each of these images now, or each image that runs; images without any are left out. */
  runningByImage(imageIds?: readonly Digest[]): Promise<ReadonlyMap<Digest, number>>;
  list(
    page: Page & { search?: string; at?: Instant; from?: Instant; to?: Instant; running?: true; imageId?: Digest },
  ): Promise<Paged<Workload>>;
  /** All intervals, or those of these images, or those written after a revision of workloads; in batches, in order of start. */
  intervals(filter?: { imageIds?: readonly Digest[]; changedSince?: number }): AsyncIterable<readonly Workload[]>;
  /** The same without their words, in order of row number. `unread`: also those whose image has no bill of materials. */
  spans(filter?: {
    imageIds?: readonly Digest[];
    unread?: true;
    changedSince?: number;
  }): AsyncIterable<readonly WorkloadSpan[]>;
  byId(workloadIds: readonly number[]): Promise<ReadonlyMap<number, Workload>>;
  /** The agent's note that it still sees everything as recorded: bounds how wrong an unseen end can be. */
  seen(host: string, engine: Workload['engine'], at: Instant): Promise<void>;
  putEngine(status: EngineStatus): Promise<void>;
  engines(): Promise<readonly EngineStatus[]>;
  counts(): Promise<{ running: number; total: number; hosts: number }>;
}

export type JobKind = 'read-image' | 'look-at-container' | 'certify';

/** Work that survives a crash: leased, not taken; who holds a lease and dies gives it back by time. */
export interface Job {
  readonly jobId: number;
  readonly kind: JobKind;
  /** What the work is about; one open job for each kind and subject. */
  readonly subject: string;
  /** Where to read it: text of a SourceReference, on `host`. */
  readonly source: string;
  readonly host: string;
  /** Lower is sooner. */
  readonly priority: number;
  readonly attempts: number;
  /** When it was asked for. */
  readonly enqueued: Instant;
}

export interface JobStore {
  /** False where an open job of that kind and subject was there already (its priority is lowered if this one's is). */
  enqueue(job: Pick<Job, 'kind' | 'subject' | 'source' | 'host' | 'priority'>, at: Instant): Promise<boolean>;
  lease(kind: JobKind, host: string, leaseFor: number, at: Instant): Promise<Job | undefined>;
  renew(jobId: number, leaseFor: number, at: Instant): Promise<void>;
  done(jobId: number): Promise<void>;
  /** Tried again after `retryAt`; for good where it is absent. */
  failed(jobId: number, message: string, retryAt?: Instant): Promise<void>;
  /** The source of the open job of that kind and subject. */
  openSource(kind: JobKind, subject: string): Promise<string | undefined>;
  /** Nothing went wrong, and it is too early: asked again at `retryAt`, as if for the first time. */
  postpone(jobId: number, message: string, retryAt: Instant): Promise<void>;
  counts(kind: JobKind): Promise<{ waiting: number; running: number; failed: number }>;
}

/** `admin`: everything that the API can do. `push`, `pull`: images through the registry gate, and nothing else. */
export type TokenRole = 'admin' | 'push' | 'pull';
export const tokenRoles: readonly TokenRole[] = ['admin', 'push', 'pull'];

export interface ApiToken {
  readonly name: string;
  readonly created: Instant;
  readonly role: TokenRole;
}

/** Only digests of secrets are kept. */
export interface LoginStore {
  putLoginToken(tokenDigest: Digest, expires: Instant): Promise<void>;
  /** True once, for a token that is there and not expired. */
  takeLoginToken(tokenDigest: Digest, at: Instant): Promise<boolean>;
  putSession(session: { sessionDigest: Digest; created: Instant; expires: Instant }): Promise<void>;
  sessionValid(sessionDigest: Digest, at: Instant): Promise<boolean>;
  endSession(sessionDigest: Digest): Promise<void>;
  putApiToken(token: ApiToken & { readonly tokenDigest: Digest }): Promise<void>;
  apiToken(tokenDigest: Digest): Promise<ApiToken | undefined>;
  apiTokens(): Promise<readonly ApiToken[]>;
  removeApiToken(name: string): Promise<boolean>;
}
