import type { Digest, Instant } from '../base/index.ts';
import type { ApiToken, EngineKind, EngineStatus, TokenRole } from '../model/index.ts';
import type {
  AuthorView,
  BomFormat,
  ChangePage,
  ChangeQuery,
  ContainerListQuery,
  ContainerPage,
  DriftPage,
  DriftQuery,
  FeedInput,
  FeedView,
  FleetEvent,
  ImageListQuery,
  ImagePage,
  Impact,
  ImpactQuery,
  LookView,
  NotificationInput,
  NotificationView,
  Overview,
  Passport,
  StatementPage,
  StatementQuery,
  Suggestions,
  WhoRunsAnswer,
  WhoRunsQuery,
} from '../model/wire/index.ts';
import type { CertificationService } from './certification.ts';
import type { ContractService } from './contracts.ts';
import type { DocumentService } from './documents.ts';
import type { GateService } from './gate.ts';
import type { GroupService } from './groups/groups.ts';
import type { LaunchService } from './launches.ts';
import type { RegistriesService } from './registries.ts';

export type { CertificationService, CertifyInput } from './certification.ts';
export type { ContractService } from './contracts.ts';
export type { DocumentFile, DocumentService } from './documents.ts';
export type { GateService } from './gate.ts';
export type { Admission } from './gate-pulls.ts';
export type { GroupFile, GroupService } from './groups/groups.ts';
export type { TrafficRecorder, TrafficReport } from './groups/record-traffic.ts';
export type {
  AskedLaunch,
  EngineAdvice,
  LaunchDecider,
  LaunchDecision,
  LaunchService,
  PullAnswer,
  UnreadableLaunch,
} from './launches.ts';
export type { RegistriesService } from './registries.ts';
export type { RegistriesProgress } from './registries-diff.ts';

/** Everything that Portwarden can be asked to do, by the API, the CLI and the agent alike. */
export interface Services {
  whoRuns(query: WhoRunsQuery): Promise<WhoRunsAnswer>;
  overview(): Promise<Overview>;
  /** What became known of components since they were judged first. */
  changes(query: ChangeQuery): Promise<ChangePage>;
  /** What a flaw means for the fleet, by any of its names; undefined where none knows it. */
  impact(name: string, query: ImpactQuery): Promise<Impact | undefined>;
  suggest(prefix: string, limit: number): Promise<Suggestions>;
  readonly images: {
    list(query: ImageListQuery): Promise<ImagePage>;
    /** By image ID, a unique prefix of it, manifest digest, or reference; undefined where none is known. */
    passport(image: string): Promise<Passport | undefined>;
    /** Its bill of materials as JSON. */
    bom(image: string, format: BomFormat): Promise<string | undefined>;
    /** What became known of what it holds, newest first; undefined where it is not known. */
    history(image: string, query: Pick<ChangeQuery, 'limit' | 'offset'>): Promise<ChangePage | undefined>;
    /** Reads it again, whatever is known. False where it is not known. */
    readAgain(image: string): Promise<boolean>;
  };
  readonly hosts: {
    passport(host: string): Promise<Passport | undefined>;
    bom(host: string, format: BomFormat): Promise<string | undefined>;
  };
  containers(query: ContainerListQuery): Promise<ContainerPage>;
  readonly drift: DriftService;
  readonly feeds: FeedService;
  readonly inventory: InventoryRecorder;
  readonly notifications: NotificationService;
  readonly documents: DocumentService;
  readonly certification: CertificationService;
  readonly gate: GateService;
  readonly registries: RegistriesService;
  readonly launches: LaunchService;
  readonly contracts: ContractService;
  readonly groups: GroupService;
  readonly login: LoginService;
  readonly events: EventBus;
}

export interface DriftService {
  /** What containers have that their images did not bring, newest first. */
  list(query: DriftQuery): Promise<DriftPage>;
  /**
   * Looks at a container that runs on this host now, or asks its host to; by name, or by 4 or more leading digits of its ID.
   * Undefined where none such runs. Throws ServiceError `ambiguous-container`.
   */
  look(container: string, signal?: AbortSignal): Promise<LookView | undefined>;
}

export interface FeedService {
  list(): Promise<readonly FeedView[]>;
  /** Remembers where it comes from; update does the import. */
  add(input: FeedInput): Promise<FeedView>;
  /** Imports one feed again, or all; a failure of one does not stop the others. */
  update(id: string | undefined, options?: FeedUpdateOptions): Promise<readonly FeedUpdateResult[]>;
  remove(id: string): Promise<boolean>;
  /** The lines of a bundle with these feeds, or all that were imported. Throws ServiceError `unknown-feed`. */
  export(ids: readonly string[]): AsyncIterable<string>;
  /** Imports the feeds of a bundle, all or none. Throws ServiceError `bad-bundle`, `feed-older`, `feed-shrunk`. */
  import(lines: AsyncIterable<string>, options?: Pick<FeedUpdateOptions, 'allowOlder'>): Promise<readonly FeedView[]>;
  /** What VEX documents state. */
  statements(query: StatementQuery): Promise<StatementPage>;
  /** Who makes statements in feeds of VEX documents, and whose word counts. */
  authors(): Promise<readonly AuthorView[]>;
  /** Takes or refuses an author's word, and judges again what it is about. False where the feed has no such author. */
  trust(feed: string, author: string, trusted: boolean): Promise<boolean>;
}
export interface FeedUpdateOptions {
  readonly signal?: AbortSignal;
  /** Takes it even where it is older than what is held, or has lost most of it. */
  readonly allowOlder?: boolean;
  readonly onProgress?: (progress: FeedProgress & { id: string }) => void;
}
export interface FeedProgress {
  readonly records: number;
  readonly bytes: number;
  readonly totalBytes?: number;
}
export type FeedUpdateResult =
  | {
      readonly id: string;
      readonly state: 'imported';
      readonly feed: FeedView;
      readonly componentsJudged: number;
      /** The first reasons for records that were refused. */
      readonly rejected: readonly string[];
    }
  | { readonly id: string; readonly state: 'unchanged'; readonly feed: FeedView }
  | { readonly id: string; readonly state: 'failed'; readonly code: string; readonly message: string };

/** What an engine says of one container. */
export interface ObservedContainer {
  readonly containerId: string;
  readonly name: string;
  readonly imageReference: string;
  readonly imageId: Digest;
  readonly labels: Readonly<Record<string, string>>;
  readonly running: boolean;
  /** Absent for one that was created and never started. */
  readonly started?: Instant;
  /** Of the last run, where it has ended. */
  readonly finished?: Instant;
}

export interface StoredImage {
  readonly imageId: Digest;
  readonly manifestDigest?: Digest;
  /** In full: `docker.io/library/busybox:1`. */
  readonly references: readonly string[];
}

/** Where agents report what they see. Calls of one engine must come one after the other. */
export interface InventoryRecorder {
  engineStatus(status: EngineStatus): Promise<void>;
  /**
   * Everything that one engine has, running and stopped: opens and closes intervals until the store agrees with it.
   * What ran at the last report and is gone ends at its last sight, marked as not exact.
   */
  reconcile(host: string, engine: EngineKind, containers: readonly ObservedContainer[], at: Instant): Promise<void>;
  /** One container changed: started, died, was renamed. */
  observed(host: string, engine: EngineKind, container: ObservedContainer, at: Instant): Promise<void>;
  /** A container is gone; its open interval ends at `at` unless its death was seen. */
  removed(host: string, engine: EngineKind, containerId: string, at: Instant): Promise<void>;
  /** Images that the engine holds: they become known and are queued for reading, those that run first. */
  imagesStored(host: string, engine: EngineKind, images: readonly StoredImage[], at: Instant): Promise<void>;
}

export interface NotificationService {
  list(): Promise<readonly NotificationView[]>;
  /** Creates a target that is told from now on, or changes one. */
  put(input: NotificationInput): Promise<NotificationView>;
  remove(id: string): Promise<boolean>;
  /** Sends a message that says it is a test; undefined where there is no such target. */
  test(id: string): Promise<{ readonly delivered: boolean; readonly message: string } | undefined>;
}

export interface LoginService {
  /** A fresh one-time token; earlier ones stay valid until used or expired. */
  issueLoginToken(): Promise<string>;
  /** The secret of a new session, for a cookie; undefined where the token is wrong, used or expired. */
  redeemLoginToken(token: string): Promise<{ readonly session: string; readonly expires: Instant } | undefined>;
  sessionValid(session: string): Promise<boolean>;
  endSession(session: string): Promise<void>;
  createApiToken(name: string, role?: TokenRole): Promise<string>;
  /** Undefined where it is none of ours. */
  apiToken(token: string): Promise<ApiToken | undefined>;
  apiTokens(): Promise<readonly ApiToken[]>;
  removeApiToken(name: string): Promise<boolean>;
}

export interface EventBus {
  publish(event: FleetEvent): void;
  /** Gives back how to stop. A listener must not throw and must be quick. */
  subscribe(listener: (event: FleetEvent) => void): () => void;
}
