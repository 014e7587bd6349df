import type { Digest, Instant } from '../base/index.ts';
import type { LaunchRequest } from './launch.ts';
import type { LaunchFacts, LaunchFingerprint, LaunchVerdict } from './launch-verdict.ts';
import type { Page, Paged } from './store.ts';

/** Who asks about launches. `review`: a person or a CI system, before anything is started. */
export const launchGates = ['docker', 'runtime', 'kubernetes', 'review'] as const;
export type LaunchGate = (typeof launchGates)[number];

/** What was decided of a launch, and everything that it was decided by: the same can be judged by other rules. */
export interface LaunchRecord {
  /** Names it for people: `L`, then letters and digits that sort by time. */
  readonly id: string;
  readonly at: Instant;
  readonly gate: LaunchGate;
  readonly host: string;
  /** Who asked, where the engine tells. */
  readonly who?: string;
  readonly outcome: LaunchVerdict['outcome'];
  /** A policy that only observes let it pass. */
  readonly observed: boolean;
  readonly verdict: LaunchVerdict;
  /** Of each container; requests without their secrets. None where it could not be read. */
  readonly facts: readonly RecordedFacts[];
  /** Why it could not be read. */
  readonly unreadable?: string;
  /** Revision of the documents that it was decided by. */
  readonly revision: number;
}

export interface RecordedFacts extends Omit<LaunchFacts, 'now' | 'host'> {
  readonly fingerprint: LaunchFingerprint;
}

/** That something was let start, by what it is: image, inputs and settings. */
export interface Admission {
  readonly fingerprint: LaunchFingerprint;
  readonly host: string;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  /** When it last started with nothing against it; absent where policies only ever observed. */
  readonly admittedAt?: Instant;
}

export interface StartedLaunch {
  readonly fingerprint: LaunchFingerprint;
  readonly host: string;
  readonly at: Instant;
  /** Nothing was against it. */
  readonly isAdmitted: boolean;
}

/** That a launch was let start, for when nobody else can say so. */
export interface BookedVerdict {
  /** Until when it holds. */
  readonly until: Instant;
  /** Digest of the documents that it was decided by. */
  readonly rules: Digest;
}

/** What was let start on this host, on its own disk: for when the store cannot be asked. */
export interface AdmissionBook {
  /** Undefined where there is none that is signed and fresh. */
  find(fingerprint: LaunchFingerprint): Promise<BookedVerdict | undefined>;
  /** Resolves when it is written. */
  admit(fingerprint: LaunchFingerprint, verdict: BookedVerdict): Promise<void>;
}

export const ticketStates = ['open', 'approved', 'refused'] as const;
export type TicketState = (typeof ticketStates)[number];

/** A launch with inputs that nobody has seen, for a person to look at. */
export interface LaunchTicket {
  readonly id: string;
  readonly fingerprint: LaunchFingerprint;
  /** Of the launch that was first held. */
  readonly decision: string;
  readonly openedAt: Instant;
  readonly host: string;
  readonly who?: string;
  /** Without its secrets. */
  readonly request: LaunchRequest;
  readonly state: TicketState;
  readonly answer?: TicketAnswer;
}

export interface TicketAnswer {
  readonly by: string;
  readonly at: Instant;
  readonly reason: string;
  /** Until when the same launch passes. */
  readonly until?: Instant;
}

export interface LaunchQuery extends Page {
  readonly outcome?: LaunchVerdict['outcome'];
  readonly gate?: LaunchGate;
  readonly host?: string;
  readonly observed?: boolean;
  /** Names it by its beginning, as a person pastes it; or an image, by any part of its name. */
  readonly text?: string;
}

export interface LaunchStore {
  /** All or none; what was recorded before stays as it is. Where something was let start, that it was. */
  record(records: readonly LaunchRecord[], started: readonly StartedLaunch[]): Promise<void>;
  get(id: string): Promise<LaunchRecord | undefined>;
  /** Newest first. */
  list(query: LaunchQuery): Promise<Paged<LaunchRecord>>;
  /** Oldest first, from a moment on; `after` is the ID of the last one that was got. */
  since(at: Instant, limit: number, after?: string): Promise<readonly LaunchRecord[]>;
  /** Of any host where none is named; the one that was let start last. */
  admission(fingerprint: LaunchFingerprint, host?: string): Promise<Admission | undefined>;
  /** The ticket of this launch, whatever its state; the newest. */
  ticketOf(fingerprint: LaunchFingerprint): Promise<LaunchTicket | undefined>;
  openTicket(ticket: LaunchTicket): Promise<void>;
  ticket(id: string): Promise<LaunchTicket | undefined>;
  /** Newest first. */
  tickets(query: Page & { readonly state?: TicketState }): Promise<Paged<LaunchTicket>>;
  /** False where it is not there or was answered before. */
  answerTicket(id: string, state: 'approved' | 'refused', answer: TicketAnswer): Promise<boolean>;
  /** Records of before a moment; how many went. Tickets and what was let start stay. */
  forget(before: Instant, limit: number): Promise<number>;
}
