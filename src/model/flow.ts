import type { Instant } from '../base/index.ts';
import type { TrafficProtocol } from './connection-set.ts';
import type { EngineKind } from './workload.ts';

/**
 * Connections of one kind, counted: who, to or from whom, over which port, and what became of them. Kept as sums, so that
 * a port scan is bounded; addresses beyond the bound are summed up as `others`.
 */
export interface Flow {
  readonly host: string;
  readonly container: FlowContainer;
  readonly direction: 'inbound' | 'outbound';
  readonly peer: FlowPeer;
  readonly protocol: TrafficProtocol;
  /** The destination's; of ICMP the type. */
  readonly port: number;
  /** `observed`: it passed, and an enforcing group would have refused it. */
  readonly outcome: 'allowed' | 'refused' | 'observed';
  /** The deny list that has the peer. */
  readonly listed?: string;
  readonly first: Instant;
  readonly last: Instant;
  /** Packets that asked for one: a client that tries again counts again. */
  readonly attempts: number;
}

export interface FlowContainer {
  readonly engine: EngineKind;
  readonly containerId: string;
  readonly name: string;
  readonly groups: readonly string[];
}

export type FlowPeer =
  | ({ readonly kind: 'container' } & FlowContainer)
  /** `name`: what a container asked to get it. */
  | { readonly kind: 'address'; readonly address: string; readonly name?: string }
  | { readonly kind: 'host' }
  | { readonly kind: 'others' };

/** Something about traffic that a person may want to know at once. */
export interface TrafficEvent {
  readonly at: Instant;
  /** `new-peer`: a group's first connection there. `listed`: with an address of a deny list. `refused`: not let pass. */
  readonly kind: 'new-peer' | 'listed' | 'refused' | 'spoofed' | 'foreign-change';
  readonly host: string;
  readonly flow?: Flow;
  readonly message: string;
}

/** For how long flows of a host were recorded: what was not seen then may still happen. */
export interface FlowRecording {
  readonly host: string;
  readonly from: Instant;
  /** Of the last look. */
  readonly to: Instant;
  /** Sums that were full: attempts beyond are not told apart. */
  readonly overflowed: boolean;
}
