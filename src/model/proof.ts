import type { Instant } from '../base/index.ts';

/** One attempt of a proof, from the namespace of a container. */
export interface Probe {
  readonly from: string;
  /** ID of an endpoint, or what is tried outside of all: `metadata`, `portwarden` … */
  readonly to: string;
  /** Whether an end of ours listens there; at services nobody of ours does. */
  readonly isEndpoint: boolean;
  readonly source: string;
  readonly destination: string;
  /** `icmp`: an echo request, to which the kernel of the receiver answers. */
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  /** Of ICMP the type. */
  readonly port: number;
  readonly expected: 'passed' | 'stopped';
}

export interface ProbeResult {
  readonly probe: Probe;
  /** `untried`: nothing can be said. */
  readonly seen: 'passed' | 'stopped' | 'untried';
  /** How it was stopped, or why it was not tried. */
  readonly why?: string;
  readonly agrees: boolean;
}

/** What real packets between the containers of a host proved of its rules. */
export interface ProbeReport {
  readonly results: readonly ProbeResult[];
  readonly agreed: number;
  /** The kernel does otherwise than the model says. */
  readonly disagreed: readonly ProbeResult[];
  readonly untried: readonly ProbeResult[];
  /** Pairs of containers for which nothing was planned, and why. */
  readonly left: readonly { readonly from: string; readonly to: string; readonly reason: string }[];
  /** Of containers, by the IDs that attempts have. */
  readonly names: Readonly<Record<string, string>>;
  readonly isEveryPair: boolean;
  readonly milliseconds: number;
}

/** A proof that somebody asked the agent of a host for. */
export interface AskedProof {
  readonly proofId: number;
  readonly host: string;
  readonly askedAt: Instant;
  readonly state: 'asked' | 'running' | 'done';
  /** When the agent said something of it last. */
  readonly toldAt: Instant;
  /** Attempts so far. */
  readonly tried: number;
  /** Once it is done. */
  readonly report?: ProbeReport;
}

/** Proofs that were asked for, for as long as somebody waits for them. Errors as of Store. */
export interface ProofStore {
  /** Gives its number. Those of an hour ago go. */
  ask(host: string, at: Instant): Promise<number>;
  /** For one process of the host: the first that was asked for since then and that nobody took. */
  take(host: string, since: Instant, at: Instant): Promise<AskedProof | undefined>;
  /** False where nobody waits for it any more. */
  tell(proofId: number, tried: number, at: Instant): Promise<boolean>;
  finish(proofId: number, report: ProbeReport, at: Instant): Promise<void>;
  get(proofId: number): Promise<AskedProof | undefined>;
  /** Nobody waits for it any more, or whoever took it could not. */
  withdraw(proofId: number): Promise<void>;
}
