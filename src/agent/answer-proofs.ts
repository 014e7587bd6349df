import { type Log, messageOf, pause } from '../base/index.ts';
import type { ProbeReport } from '../model/index.ts';
import type { ProofDesk, TakenProof } from '../service/index.ts';
import type { VerifyOptions } from './segment-host.ts';

export interface AnswerProofsParts {
  readonly host: string;
  readonly proofs: Pick<ProofDesk, 'take'>;
  /** Undefined where no rules hold. */
  verify(options: VerifyOptions): Promise<ProbeReport | undefined>;
  readonly log: Log;
  /** Milliseconds. */
  readonly askEvery?: number;
  readonly tellEvery?: number;
}

/** Does the proofs that somebody asks this host for, one after the other, until the signal. Never rejects. */
export async function answerProofs(parts: AnswerProofsParts, signal: AbortSignal): Promise<void> {
  const { host, proofs, log, askEvery = 1000 } = parts;
  let failure = '';
  while (!signal.aborted) {
    try {
      const taken = await proofs.take(host);
      failure = '';
      if (taken) await prove(parts, taken, signal);
    } catch (error) {
      if (failure !== messageOf(error)) log.warn({ error: messageOf(error) }, 'a proof of rules could not be done');
      failure = messageOf(error);
    }
    await pause(askEvery, signal);
  }
}

async function prove({ verify, tellEvery = 500 }: AnswerProofsParts, taken: TakenProof, signal: AbortSignal) {
  const ended = new AbortController();
  const until = AbortSignal.any([signal, ended.signal]);
  let tried = 0;
  /** Whoever asked may have gone: then it ends. */
  async function tell(): Promise<void> {
    while (!until.aborted) {
      await pause(tellEvery, until);
      if (!until.aborted && !(await taken.tell(tried))) ended.abort();
    }
  }
  const telling = tell().catch((error: unknown) => {
    ended.abort();
    throw error;
  });
  try {
    const report = await verify({ signal: until, onResult: () => tried++ });
    if (report === undefined || until.aborted) await taken.giveUp();
    else await taken.finish(report);
  } catch (error) {
    await taken.giveUp();
    throw error;
  } finally {
    ended.abort();
    await telling;
  }
}
