import type { Attack, AttackPlan, AttackReport, AttackRequest } from '../attack/index.ts';
import type { FindLanguage } from '../input/index.ts';
import type { ProbeReport, ReadProgress, SourceReference, Trust } from '../model/index.ts';
import type { ScanReport, Services } from '../service/index.ts';
import type { ExpectedIdentity } from '../trust/index.ts';

/** What the verbs need of the world. main.ts builds it; nothing in it is loaded before a verb asks. */
export interface Wiring {
  readonly version: string;
  /** The services over this machine's store. Throws StoreError. */
  openServices(options: StoreOptions): Promise<OpenServices>;
  /** Reads and judges one source; records nothing. Needs no server and, without `data`, no store. */
  scan(source: SourceReference, options: ScanRequest): Promise<ScanReport>;
  /** Judges a bill of materials that was made elsewhere. */
  match(document: { readonly name: string; readonly text: string }, options: StoreOptions): Promise<ScanReport>;
  /** Who vouches for an artifact, by what the request trusts; asks no store. Throws TrustError, ImageError. */
  verify(request: VerifyRequest): Promise<VerifyReport>;
  /** The whole server; resolves when it has stopped. */
  up(options: UpOptions): Promise<void>;
  /** What this machine has and lacks for running Portwarden. */
  examine(options: StoreOptions): Promise<readonly DoctorRow[]>;
  /** The wrapper of the runtime gate on this machine. Throws RuntimeGateError. */
  manageRuntime(request: RuntimeRequest): Promise<readonly RuntimeReport[]>;
  /** Attacks on a container host, tried without harm. Each throws AttackError. */
  readonly attackTest: AttackTest;
  /** What makes a cluster ask this gate. Throws ManifestError, CertificateStoreError. */
  kubernetesManifests(request: KubernetesManifestsRequest): Promise<readonly object[]>;
  /** What tells code in inputs from data; read from files when it is first asked for. */
  findLanguage(): Promise<FindLanguage>;
  readonly segmentation: SegmentationControls;
}

/** Rules of this very host. Each throws SegmentationError, WiringError. */
export interface SegmentationControls {
  /** As nft reads them. */
  render(request: RenderRequest): Promise<{ readonly text: string }>;
  /** Sends real packets between containers: by the agent of the host where it runs, so that they are not told as traffic. */
  verify(request: ProbeRequest): Promise<ProbeReport>;
  installBoot(options: StoreOptions): Promise<void>;
  removeBoot(): Promise<void>;
  /** Takes away all that is ours. */
  remove(): Promise<void>;
}

export interface RenderRequest extends StoreOptions {
  readonly host?: string;
  readonly files?: readonly { readonly name: string; readonly text: string }[];
}

export interface ProbeRequest extends StoreOptions {
  readonly signal: AbortSignal;
  /** This one unless said; another only where its agent runs. */
  readonly host?: string;
  /** Told how many attempts there were so far. */
  readonly onProgress: (tried: number) => void;
}

export interface AttackTest {
  list(only: readonly string[]): Promise<readonly Attack[]>;
  /** Asks the engine, and makes nothing. */
  plan(request: AttackRequest): Promise<AttackPlan>;
  run(request: AttackRequest, onProgress: (done: number, total: number, id: string) => void): Promise<AttackReport>;
}

export const runtimeEngineNames = ['docker', 'podman', 'containerd'] as const;

export interface RuntimeRequest {
  readonly action: 'install' | 'uninstall' | 'status';
  readonly engines: readonly (typeof runtimeEngineNames)[number][];
  /** Absolute path of the only runtime that is meant. */
  readonly runtime?: string;
  readonly dryRun: boolean;
}

export interface RuntimeReport {
  readonly engine: (typeof runtimeEngineNames)[number];
  readonly state: 'installed' | 'partly' | 'absent' | 'planned' | 'done' | 'unchanged';
  readonly agent?: 'listens' | 'away';
  /** Runtimes of the engine that no wrapper stands before. */
  readonly unseen: readonly string[];
  /** Those that changed, or of a status those that are not as they should be. */
  readonly files: readonly string[];
  /** For a person. */
  readonly changes: string;
  /** Commands after which it counts. */
  readonly restart: readonly string[];
  /** What else whoever installs should know, in sentences. */
  readonly notes: readonly string[];
}

/** Absent: $PORTWARDEN_DATA and $PORTWARDEN_DATABASE, or their defaults. */
export interface StoreOptions {
  readonly data?: string;
  readonly database?: string;
}

export interface OpenServices {
  readonly services: Services;
  close(): Promise<void>;
}

export interface ScanRequest extends StoreOptions {
  readonly platform?: string;
  readonly plainHttp: readonly string[];
  /** False: files are not looked into for secrets and malware. */
  readonly content: boolean;
  readonly yara: readonly string[];
  readonly badDigests: readonly string[];
  readonly clamd?: string;
  /** Files of rules that say which packages are wanted nowhere. */
  readonly unwanted: readonly string[];
  /** `NAME=VALUE` of bounds of the reading. */
  readonly limits: readonly string[];
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ReadProgress) => void;
  /** Something a person should know, that does not stop the scan. */
  readonly onNotice: (message: string) => void;
}

/** What is to be verified, and by what. Paths are files of this machine. */
export interface VerifyRequest extends StoreOptions {
  readonly subject:
    | { readonly kind: 'bundle'; readonly bundle: string; readonly artifact: string }
    | { readonly kind: 'image'; readonly reference: string; readonly platform?: string };
  readonly keys: readonly string[];
  readonly identities: readonly ExpectedIdentity[];
  readonly trustRoot?: string;
  readonly tuf?: string;
  readonly tufRoot?: string;
  /** Certificates in PEM of a trust store of Notary Project, and whose signatures count by it. */
  readonly certificates?: string;
  readonly notationIdentities: readonly string[];
  readonly keyring?: string;
  readonly fingerprints: readonly string[];
  readonly lookaside?: string;
  /** Other repositories under whose name it may have been signed. */
  readonly signedAs: readonly string[];
  /** How many different signers it takes. */
  readonly threshold: number;
  readonly plainHttp: readonly string[];
  readonly signal: AbortSignal;
}

export interface VerifyReport {
  readonly trust: Trust;
  /** What was verified: a file, or the index and the manifest of an image. */
  readonly subjects: readonly string[];
  readonly signatures: readonly { readonly where: string; readonly kind: string; readonly trust: Trust }[];
  readonly attestations: readonly { readonly predicateType: string; readonly trust: Trust }[];
}

export interface UpOptions extends StoreOptions {
  readonly host: string;
  /** Host names that it answers to besides localhost and its address. */
  readonly names: readonly string[];
  readonly port: number;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Called once, when it answers. */
  readonly onReady: (ready: {
    address: string;
    data: string;
    gate?: string;
    gates: readonly string[];
    /** By which to log in; absent where the store is away. */
    token?: string;
    /** Why the store is away. */
    away?: string;
  }) => void;
  /** Called once, when a store that was away at the start is there. */
  readonly onStore: (found: { address: string; token: string }) => void;
  /** Something a person should know while it runs: an engine that may not be read, say. */
  readonly onNotice: (message: string) => void;
  readonly signal: AbortSignal;
}

export interface DoctorRow {
  readonly check: string;
  readonly state: 'good' | 'missing' | 'bad';
  readonly detail: string;
  readonly remedy?: string;
}

export interface KubernetesManifestsRequest extends StoreOptions {
  readonly namespace: string;
  readonly service: string;
  /** Where the webhooks are outside of the cluster. */
  readonly url?: string;
  /** Of the server in the cluster, where there is no URL. */
  readonly image?: string;
  readonly replicas: number;
  /** A file with the certificates to trust, in PEM, where it is not this machine that makes them. */
  readonly caBundle?: string;
  readonly failurePolicy: 'Fail' | 'Ignore';
  readonly timeoutSeconds: number;
  readonly excludedNamespaces: readonly string[];
  readonly mode: 'enforce' | 'observe';
}
