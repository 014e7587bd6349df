import { describe, expect, it } from 'vitest';
import { silentLog } from '../base/index.ts';
import type { ProbeReport } from '../model/index.ts';
import type { TakenProof } from '../service/index.ts';
import { answerProofs } from './answer-proofs.ts';
import type { VerifyOptions } from './segment-host.ts';

const report: ProbeReport = {
  results: [],
  agreed: 1,
  disagreed: [],
  untried: [],
  left: [],
  names: {},
  isEveryPair: true,
  milliseconds: 1,
};

/** One proof that is asked for, and what became of it. */
async function answer(
  verify: (options: VerifyOptions) => Promise<ProbeReport | undefined>,
  tell: TakenProof['tell'] = async () => true,
): Promise<string[]> {
  const said: string[] = [];
  const ending = new AbortController();
  const queue: (TakenProof | Error)[] = [
    new Error('the store is away'),
    {
      tell: async (tried) => {
        said.push(`tried ${tried}`);
        return tell(tried);
      },
      finish: async ({ agreed }) => void said.push(`agreed ${agreed}`),
      giveUp: async () => void said.push('gave up'),
    },
  ];
  const proofs = {
    async take() {
      const next = queue.shift();
      if (next instanceof Error) throw next;
      if (!next) ending.abort();
      return next;
    },
  };
  await answerProofs({ host: 'quay', proofs, verify, log: silentLog, askEvery: 1, tellEvery: 1 }, ending.signal);
  return said;
}

describe('answerProofs', () => {
  it('does what is asked for and tells how far it is, also after the store was away', async () => {
    const said = await answer(async ({ onResult }) => {
      for (let at = 0; at < 3; at++)
        onResult?.({
          probe: {
            from: 'a',
            to: 'b',
            isEndpoint: true,
            source: '10.0.0.2',
            destination: '10.0.0.3',
            protocol: 'tcp',
            port: 1,
            expected: 'passed',
          },
          seen: 'passed',
          agrees: true,
        });
      await new Promise((resolve) => setTimeout(resolve, 20));
      return report;
    });
    expect(said).toContain('tried 3');
    expect(said.at(-1)).toBe('agreed 1');
  });

  it('ends it where nobody waits any more', async () => {
    const said = await answer(
      async ({ signal }) => {
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        return report;
      },
      async () => false,
    );
    expect(said).toEqual(['tried 0', 'gave up']);
  });

  it('gives up where no rules hold, and where it fails, and goes on', async () => {
    expect((await answer(async () => undefined)).at(-1)).toBe('gave up');
    expect((await answer(() => Promise.reject(new Error('no')))).at(-1)).toBe('gave up');
  });
});
