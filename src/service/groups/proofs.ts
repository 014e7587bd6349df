import { type Clock, pause } from '../../base/index.ts';
import type { AskedProof, ProbeReport, Store } from '../../model/index.ts';

/** Proofs of a host's rules by real packets, done by its agent: what it sends then is not told as traffic. */
export interface ProofDesk {
  /** Undefined where no agent does it: none runs there, or it has no rules in force. */
  ask(host: string, options: AskOptions): Promise<ProbeReport | undefined>;
  /** For the agent of the host: what it is asked for. */
  take(host: string): Promise<TakenProof | undefined>;
}

export interface AskOptions {
  readonly signal: AbortSignal;
  /** Told how many attempts there were so far. */
  readonly onProgress: (tried: number) => void;
}

export interface TakenProof {
  /** False where nobody waits for it any more. */
  tell(tried: number): Promise<boolean>;
  finish(report: ProbeReport): Promise<void>;
  /** It could not be done. */
  giveUp(): Promise<void>;
}

export interface ProofParts {
  readonly store: Pick<Store, 'proofs' | 'traffic'>;
  readonly clock: Clock;
  /** Milliseconds between two questions how far it is. */
  readonly askEvery?: number;
}

/** Milliseconds. An agent tells its state each half minute, and asks for proofs each second. */
const believedFor = 120_000;
const takenWithin = 5000;
const silentFor = 15_000;

export function createProofDesk({ store, clock, askEvery = 200 }: ProofParts): ProofDesk {
  const { proofs } = store;
  const isLost = ({ state, askedAt, toldAt }: AskedProof) =>
    (state === 'asked' && clock.now() - askedAt > takenWithin) ||
    (state === 'running' && clock.now() - toldAt > silentFor);

  return {
    async ask(host, { signal, onProgress }) {
      const status = (await store.traffic.statuses()).find((one) => one.host === host);
      if (status?.state !== 'in-force' || clock.now() - status.at > believedFor) return undefined;
      const id = await proofs.ask(host, clock.now());
      try {
        while (!signal.aborted) {
          const proof = await proofs.get(id);
          if (proof === undefined || isLost(proof)) return undefined;
          if (proof.report !== undefined) return proof.report;
          onProgress(proof.tried);
          await pause(askEvery, signal);
        }
      } finally {
        await proofs.withdraw(id);
      }
      throw signal.reason;
    },

    async take(host) {
      const taken = await proofs.take(host, clock.now() - takenWithin, clock.now());
      if (taken === undefined) return undefined;
      const { proofId } = taken;
      return {
        tell: (tried) => proofs.tell(proofId, tried, clock.now()),
        finish: (report) => proofs.finish(proofId, report, clock.now()),
        giveUp: () => proofs.withdraw(proofId),
      };
    },
  };
}
