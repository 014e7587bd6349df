import type { Digest, Instant } from '../base/index.ts';
import type { Severity } from './advisory.ts';
import type { Observation } from './observation.ts';
import type { Problem } from './problem.ts';
import type { Workload } from './workload.ts';

/** A container, whichever of its runs: its writable layer outlives a restart. */
export type ContainerKey = Pick<Workload, 'host' | 'engine' | 'containerId'>;

/** Something in the writable layer of a container that its image did not bring. */
export interface DriftFinding extends Pick<Observation, 'rule' | 'severity' | 'confidence' | 'detail'> {
  /** Absolute path, or package URL: with the rule, what tells it from others of the container. */
  readonly subject: string;
  /** When the kernel last noted a change of the file; absent where not known. */
  readonly changedAt?: Instant;
}

/** One look at the writable layer of one container. */
export interface ContainerLook extends ContainerKey {
  readonly name: string;
  readonly imageReference: string;
  readonly imageId: Digest;
  readonly started: Instant;
  readonly at: Instant;
  readonly result:
    | {
        readonly seenBy: 'storage' | 'engine';
        /** The worst first, bounded; `more` were left out. */
        readonly findings: readonly DriftFinding[];
        readonly more: number;
        /** What could not be looked at: what was found before and not now may still be there. */
        readonly problems: readonly Problem[];
      }
    | { readonly failure: string };
}

/** A finding as it is remembered. */
export interface StoredDriftFinding extends DriftFinding, ContainerKey {
  readonly name: string;
  readonly imageReference: string;
  readonly imageId: Digest;
  /** It was not there: at the look before, or when the container started. */
  readonly absentAt: Instant;
  readonly firstSeen: Instant;
  readonly lastSeen: Instant;
  /** When a look that could see everything did not find it any more. */
  readonly goneAt?: Instant;
}

/** What is known of looks at one container. */
export interface LookState extends ContainerKey {
  readonly name: string;
  readonly imageReference: string;
  readonly imageId: Digest;
  /** The last attempt. */
  readonly attemptedAt: Instant;
  /** The last that saw anything; absent where none did. */
  readonly lookedAt?: Instant;
  readonly seenBy?: 'storage' | 'engine';
  /** Why the last attempt failed; absent where it did not. */
  readonly failure?: string;
  readonly problems: readonly Problem[];
  readonly more: number;
}

export interface DriftQuery {
  /** Of containers that run now, or of all that are remembered. */
  readonly running?: true;
  readonly container?: ContainerKey;
  /** Part of a container's name, image, host or ID, or of the finding's subject. */
  readonly search?: string;
  /** That bad or worse. */
  readonly severity?: Severity;
  /** Also what is gone. */
  readonly gone?: true;
}

/** What containers have that their images did not bring. Kept when the container is gone: it is evidence. */
export interface DriftStore {
  /** Remembers a look: what is new appears, what stays keeps when it was first seen. Gives the findings that are new. */
  record(look: ContainerLook): Promise<readonly DriftFinding[]>;
  /** Newest first. */
  list(query: DriftQuery & { limit: number; offset: number }): Promise<{
    items: readonly StoredDriftFinding[];
    total: number;
  }>;
  /** Looks at containers that run now; `failed` counts those whose last look failed or could not see everything. */
  counts(): Promise<{ looked: number; failed: number; drifted: number }>;
  state(container: ContainerKey): Promise<LookState | undefined>;
  /** Running containers of a host whose last attempt was at or before `before`, the longest ago first; none whose image was not read. */
  due(host: string, before: Instant, limit: number): Promise<readonly Workload[]>;
}
