import type { Instant } from '../base/index.ts';
import type { Flow, HostNetwork, NetworkedContainer, TrafficEvent } from '../model/index.ts';
import type { TrafficRules } from './rules-book.ts';

/** Where the segmenter of a host gets its rules, and tells what holds and what it saw. Any of it may reject for a while. */
export interface SegmentDesk {
  /** What holds now. */
  rules(): Promise<TrafficRules>;
  /** Keys of peers that were told of before, by whichever host. */
  knownPeers(): Promise<readonly string[]>;
  network(report: HostReport): Promise<void>;
  status(status: SegmentStatus): Promise<void>;
  traffic(report: TrafficReport): Promise<void>;
  /** Calls whenever other rules may hold; gives what ends that. */
  onRulesChanged(listener: () => void): () => void;
}

export interface HostReport {
  readonly host: string;
  readonly at: Instant;
  readonly network: HostNetwork;
  readonly containers: readonly NetworkedContainer[];
}

export interface SegmentStatus {
  readonly host: string;
  readonly at: Instant;
  /** `idle`: there are no groups, and nothing of ours is in the kernel. `off`: this machine cannot have rules. */
  readonly state: 'in-force' | 'idle' | 'off' | 'failed';
  /** For a person: what is wrong and what to do. */
  readonly message?: string;
  /** Containers that are closed until their interface is known. */
  readonly waiting: number;
  /** From when on rules hold without a break that is known. */
  readonly since?: Instant;
  /** Containers that rules hold for. */
  readonly bound: number;
}

export interface TrafficReport {
  readonly host: string;
  /** Of the look before, and of this one. */
  readonly from: Instant;
  readonly to: Instant;
  /** Some attempts are not among the flows. */
  readonly overflowed: boolean;
  readonly flows: readonly Flow[];
  readonly events: readonly TrafficEvent[];
  /** To be known from now on. */
  readonly newPeers: readonly string[];
}
