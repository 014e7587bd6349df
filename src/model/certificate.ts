import type { Digest, Instant } from '../base/index.ts';
import type { PolicyFinding } from './image-verdict.ts';
import type { ImageName, PinnedReference } from './reference.ts';
import type { Page, Paged } from './store.ts';
import type { Attestation, Trust } from './trust.ts';

/** Content that belongs to an image: what a puller of the image may have. */
export interface ContentDescriptor {
  readonly digest: Digest;
  readonly size: number;
  readonly mediaType: string;
  /** `config`: its digest is the image ID that engines report. */
  readonly kind: 'manifest' | 'config' | 'layer';
  /** Of a manifest in an index, `linux/amd64`. */
  readonly platform?: string;
}

/** What was judged of an image in a trusted repository, when, by which policy, and for how long that holds. */
export interface Certificate {
  /** Where it is, or would be, trusted: the registry itself, not the gate before it. */
  readonly image: PinnedReference;
  /** Where it was read for the judgement. */
  readonly source: string;
  readonly outcome: 'certified' | 'refused' | 'undecided';
  /** What the policy has against it; where certified, what an exception lets pass or was only observed. */
  readonly findings: readonly PolicyFinding[];
  /** Why it could not be decided. */
  readonly cause?: string;
  /** What each trust root of the registry said. */
  readonly signatures: readonly { readonly trustRoot: string; readonly trust: Trust }[];
  /** Statements about it and who vouches for them; what they say is not kept. */
  readonly attestations: readonly (Omit<Attestation, 'predicate'> & { readonly trustRoot: string })[];
  /** The images that it is or lists, each for one platform. */
  readonly images: readonly CertifiedImage[];
  /** InputContract document that whoever made the image states of it, by a signature that its registry accepts. */
  readonly contract?: unknown;
  readonly policy: { readonly name: string; readonly digest: Digest };
  /** `FEED@TIME of its data` of every feed that it was judged by. */
  readonly feeds: readonly string[];
  /** When the image was built, where it says so. */
  readonly created?: Instant;
  readonly judgedAt: Instant;
  /** Until when it holds: an image kept longer is suspect. */
  readonly expires: Instant;
  readonly withdrawn?: Withdrawal;
}

export interface CertifiedImage {
  /** `linux/amd64`. */
  readonly platform: string;
  /** Of its manifest. */
  readonly digest: Digest;
  /** As engines report it. */
  readonly imageId: Digest;
}

/** Later knowledge turned the verdict; from `effective` on it counts no more. */
export interface Withdrawal {
  readonly at: Instant;
  readonly effective: Instant;
  readonly reason: string;
}

/** `suspect`: it held once, and nobody has looked since it ran out. */
export type CertificateState = 'certified' | 'suspect' | 'withdrawn' | 'refused' | 'undecided';

export function certificateState({ outcome, expires, withdrawn }: Certificate, now: Instant): CertificateState {
  if (outcome !== 'certified') return outcome;
  if (withdrawn && withdrawn.effective <= now) return 'withdrawn';
  return expires <= now ? 'suspect' : 'certified';
}

/** A channel's choice, from when on. */
export interface Resolution {
  readonly registry: string;
  readonly repository: string;
  readonly channel: string;
  readonly platform: string;
  readonly tag: string;
  readonly digest: Digest;
  readonly at: Instant;
}

/** A tag of a trusted repository, as it was set by whoever promoted or moved it. */
export interface TagRecord {
  readonly tag: string;
  readonly digest: Digest;
  readonly at: Instant;
}

export interface CertificateStore {
  /** Replaces what was judged of the image before, which stays in its history; `contents` of a certified image are what pullers may have. */
  put(certificate: Certificate, contents: readonly ContentDescriptor[]): Promise<void>;
  get(image: PinnedReference): Promise<Certificate | undefined>;
  /** Each judgement of it, newest first. */
  history(image: PinnedReference): Promise<readonly Certificate[]>;
  /** Newest judgement first; of one registry, repository or outcome where said. */
  list(
    query: Page & { registry?: string; repository?: string; outcome?: Certificate['outcome'] },
  ): Promise<Paged<Certificate>>;
  /** Those in the repository whose image has this content. */
  granting(registry: string, repository: string, digest: Digest): Promise<readonly Grant[]>;
  contents(image: PinnedReference): Promise<readonly ContentDescriptor[]>;
  /** Which of these image IDs belong to an image that was ever certified anywhere. */
  certifiedImages(imageIds: readonly Digest[]): Promise<ReadonlySet<Digest>>;
  /**
   * Of each of these image IDs that was ever certified: the last judgement of every image in a registry that it was certified
   * as a part of, the newest first. Docker with the image store of containerd has the digest of a manifest or an index for an
   * image ID, which is bound to the content as well: that counts too.
   */
  judgementsOf(imageIds: readonly Digest[]): Promise<ReadonlyMap<Digest, readonly Certificate[]>>;
  withdraw(image: PinnedReference, withdrawal: Withdrawal): Promise<void>;
  /** Certified and not withdrawn, that run out before a moment; soonest first. */
  runningOut(before: Instant, limit: number): Promise<readonly Certificate[]>;
  putTag(registry: string, repository: string, tag: TagRecord): Promise<void>;
  /** Where each tag of the repository is now; by name. */
  tags(registry: string, repository: string): Promise<readonly TagRecord[]>;
  /** Every repository that has such a tag; by path, then by registry. */
  taggedRepositories(): Promise<readonly ImageName[]>;
  /** Remembers a choice where it is another than the last. */
  recordResolution(resolution: Resolution): Promise<void>;
  /** Newest first. */
  resolutions(query: Page & { registry: string; repository: string }): Promise<Paged<Resolution>>;
}

/** Content, and an image that it belongs to. */
export interface Grant {
  readonly certificate: Certificate;
  readonly content: ContentDescriptor;
}

/** A document as it was applied. */
export interface StoredDocument {
  readonly kind: string;
  readonly name: string;
  /** The document itself, as JSON. */
  readonly body: unknown;
  readonly digest: Digest;
  readonly appliedAt: Instant;
  readonly appliedBy: string;
}

export interface DocumentStore {
  list(kind?: string): Promise<readonly StoredDocument[]>;
  /** Sets all of these and removes the others named, in one transaction. */
  apply(change: {
    readonly put: readonly Omit<StoredDocument, 'appliedAt' | 'appliedBy'>[];
    readonly remove: readonly { readonly kind: string; readonly name: string }[];
    readonly at: Instant;
    readonly by: string;
  }): Promise<void>;
  /** Grows with every change. */
  revision(): Promise<number>;
}
