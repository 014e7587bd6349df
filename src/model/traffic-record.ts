import type { AddressSet, Instant } from '../base/index.ts';
import type { TrafficProtocol } from './connection-set.ts';
import type { Flow, FlowRecording, TrafficEvent } from './flow.ts';
import type { HostNetwork, NetworkedContainer } from './network.ts';
import type { Page, Paged } from './store.ts';

/** The networks of a host and what is in them, as its agent saw them. */
export interface NetworkReport {
  readonly host: string;
  readonly at: Instant;
  readonly network: HostNetwork;
  readonly containers: readonly NetworkedContainer[];
}

/** What holds on a host, as its agent says. */
export interface SegmentationStatus {
  readonly host: string;
  readonly at: Instant;
  /** `idle`: there are no groups, and nothing of ours is in the kernel. `off`: this machine cannot have rules. */
  readonly state: 'in-force' | 'idle' | 'off' | 'failed';
  /** For a person: what is wrong and what to do. */
  readonly message?: string;
  /** Containers that are closed until the agent knows their place. */
  readonly waiting: number;
}

/** A flow as it is kept. */
export interface StoredFlow extends Flow {
  /** Attempts since the moment that was asked for, to the hour; those of long ago count as a whole. */
  readonly recent: number;
}

export interface FlowQuery extends Page {
  /** At either end; empty: a container that no group has. */
  readonly group?: string;
  /** At either end: a name, or the start of an ID. */
  readonly container?: string;
  readonly host?: string;
  readonly outcome?: Flow['outcome'];
  /** Seen at that time or later. */
  readonly since?: Instant;
  /** Seen for the first time at that time or later. */
  readonly firstSince?: Instant;
  /** Of who asks, and of whom is asked. */
  readonly fromGroup?: string;
  readonly toGroup?: string;
  /** Between containers each is seen at both its ends: given once, as who asks saw it. */
  readonly once?: boolean;
}

/** An end of flows that are summed up: members of a group, or what is no container. */
export type FlowEnd =
  | { readonly kind: 'groups'; readonly groups: readonly string[] }
  | { readonly kind: 'address'; readonly address: string; readonly name?: string }
  | { readonly kind: 'host' }
  | { readonly kind: 'others' };

/** Flows that fare alike and have ends of the same groups. */
export interface FlowSum {
  readonly host: string;
  readonly from: FlowEnd;
  readonly to: FlowEnd;
  readonly direction: Flow['direction'];
  readonly protocol: TrafficProtocol;
  readonly port: number;
  readonly outcome: Flow['outcome'];
  readonly attempts: number;
  readonly last: Instant;
}

/** Where members of a group were seen to connect, whichever of them did. */
export interface GroupPeer {
  readonly group: string;
  /** Names the peer and the port there; another for each group. */
  readonly key: string;
  readonly first: Instant;
}

/** Addresses of a deny list that come from elsewhere, as they were read last. */
export interface FetchedAddresses {
  readonly list: string;
  /** Path or URL. */
  readonly source: string;
  readonly addresses: AddressSet;
  readonly fetchedAt: Instant;
  readonly attemptedAt: Instant;
  /** Why the last attempt failed; the addresses are those of before. */
  readonly problem?: string;
}

/** What was ever counted on a host: it only grows. */
export interface TrafficCounts {
  readonly host: string;
  /** Attempts by what became of them; between containers, each once. */
  readonly allowed: number;
  readonly refused: number;
  readonly observed: number;
  /** Of these, with addresses of deny lists. */
  readonly listed: number;
  /** Packets with a source that was not the sender's own. */
  readonly spoofed: number;
}

/** Networks, and what passed through them. Errors as of Store. */
export interface TrafficStore {
  /** Takes the place of the report before of that host. */
  putNetwork(report: NetworkReport): Promise<void>;
  /** By host. */
  networks(): Promise<readonly NetworkReport[]>;
  putStatus(status: SegmentationStatus): Promise<void>;
  /** By host. */
  statuses(): Promise<readonly SegmentationStatus[]>;
  /**
   * Adds up flows of a host, all or none, and prolongs its recording; one that was not prolonged for an hour begins anew.
   * Of a host with more than `bound` sums, those that were seen longest ago go.
   */
  record(recording: FlowRecording, flows: readonly Flow[], bound: number): Promise<void>;
  /** Adds to what was counted on the host. */
  count(counts: TrafficCounts): Promise<void>;
  /** By host. */
  counts(): Promise<readonly TrafficCounts[]>;
  /** By host. */
  recordings(): Promise<readonly FlowRecording[]>;
  /** Seen last first. */
  flows(query: FlowQuery): Promise<Paged<StoredFlow>>;
  /**
   * What was tried most first; attempts since that time, to the hour. Between containers, each is counted once: as who asks
   * saw it.
   */
  sums(query: { readonly since: Instant; readonly host?: string; readonly limit: number }): Promise<readonly FlowSum[]>;
  /**
   * Remembers peers and gives those that were not known, with when the first peer of their group was learned: of a group
   * that nobody has watched yet everything is new. A group with more than `bound` peers learns no more.
   */
  learnPeers(
    peers: readonly GroupPeer[],
    bound: number,
  ): Promise<readonly { readonly peer: GroupPeer; readonly groupSince: Instant }[]>;
  /** Keys of all that are remembered. */
  knownPeers(): Promise<readonly string[]>;
  recordEvents(events: readonly TrafficEvent[]): Promise<void>;
  /** Newest first. */
  events(
    query: Page & { readonly kind?: TrafficEvent['kind']; readonly host?: string; readonly since?: Instant },
  ): Promise<Paged<TrafficEvent>>;
  /** After those numbers and of their kinds alone, oldest first, with their numbers. */
  eventsAfter(query: {
    readonly after: Partial<Readonly<Record<TrafficEvent['kind'], number>>>;
    readonly upTo?: number;
    readonly limit: number;
  }): Promise<readonly { readonly number: number; readonly event: TrafficEvent }[]>;
  /** 0 where there is none. */
  lastEvent(): Promise<number>;
  /** Of flows and events last seen before; how many rows went. Call again while it is not 0. */
  forget(before: Instant, limit: number): Promise<number>;
  putAddresses(addresses: FetchedAddresses): Promise<void>;
  /** By list and source. */
  addresses(): Promise<readonly FetchedAddresses[]>;
  /** Those of lists and sources that are no longer there. */
  removeAddresses(list: string, source: string): Promise<void>;
}
