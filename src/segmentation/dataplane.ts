import type { ConnectionSet, TrafficProtocol } from '../model/index.ts';
import type { Ruleset } from './nftables/ruleset.ts';

/**
 * Where the rules of a host hold: the kernel. Own tables only. Every change is one transaction: all of it holds, or what
 * held before.
 *
 * Errors are SegmentationError: `no-dataplane`, `refused-by-kernel`.
 */
export interface Dataplane {
  /** Reads back what holds; undefined where no table of ours is there. */
  observe(): Promise<Ruleset | undefined>;
  /** Makes the desired hold, whatever held: by elements where only elements differ. Idempotent. */
  apply(desired: Ruleset): Promise<ApplyReport>;
  /** A name led to these addresses, for so many seconds; at once for every rule by that name. Ignored where none has it. */
  allowName(name: string, addresses: readonly string[], seconds: number): Promise<void>;
  /**
   * From now on, for so many seconds, questions about names go to the resolver of the rules; after that to the servers that they are
   * for, as the rules let them. 0: at once.
   */
  answerNames(seconds: number): Promise<void>;
  /** What was counted since the last reading; bounded. */
  readCounters(): Promise<TrafficCounters>;
  /** Takes away all that is ours. */
  remove(): Promise<void>;
}

export interface ApplyReport {
  /** `none`: it held already. `rules`: some chains too, the others stay. `repaired`: somebody else had changed what is ours. */
  readonly change: 'none' | 'elements' | 'rules' | 'whole' | 'repaired';
  readonly milliseconds: number;
}

/** A kind of connection that was asked for, as the kernel saw it. */
export interface TrafficCount {
  readonly source: string;
  readonly destination: string;
  readonly protocol: TrafficProtocol;
  /** Of ICMP the type. */
  readonly port: number;
  readonly packets: number;
}

export interface TrafficCounters {
  readonly allowed: readonly TrafficCount[];
  readonly refused: readonly TrafficCount[];
  /** Passed, and would have been refused. */
  readonly observed: readonly TrafficCount[];
  /** Packets with a source that is not the sender's, or of a sender that is not known yet, by interface. */
  readonly spoofed: readonly { readonly port: string; readonly packets: number }[];
  /** A sum was full: attempts are missing. */
  readonly overflowed: boolean;
}

/** How one connection fares in a model. */
export interface TrafficAnswer {
  readonly outcome: 'allowed' | 'refused';
  /** By which of its ends; absent where both let it. */
  readonly refusedBy?: 'outbound' | 'inbound';
  readonly connections: ConnectionSet;
}
